/* Deletes pairs of block and undo files; their format is in block_files.c. */
#include "node/store/block_files_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "node/store/crash.h"

static void
writer_forget (NodeFlatWriter *writer, gint32 file)
{
  g_hash_table_remove (writer->unsynced, GINT_TO_POINTER (file));
  if (writer->file != file)
    return;
  close (writer->fd);
  g_clear_pointer (&writer->path, g_free);
  writer->fd = -1;
  writer->file = -1;
}

void
node_block_files_forget (NodeBlockFiles *files, guint32 file)
{
  static const NodeBlockFileInfo none;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);

  g_return_if_fail (file < files->infos->len);

  writer_forget (&files->blocks, (gint32) file);
  writer_forget (&files->undo, (gint32) file);
  g_array_index (files->infos, NodeBlockFileInfo, file) = none;
  g_hash_table_add (files->dirty, GUINT_TO_POINTER (file));
}

void
node_block_files_remove (NodeBlockFiles *files, guint32 file)
{
  for (guint undo = 0; undo < 2; undo++) {
    g_autofree char *path = node_block_files_dup_path (files, (gint32) file, undo == 1);

    node_store_crash_point ();
    if (unlink (path) == 0)
      common_debug (COMMON_LOG_BLOCKSTORAGE, "Prune: deleted %s", path);
    else if (errno != ENOENT)
      common_warn ("%s could not be deleted: %s", path, g_strerror (errno));
  }
  node_store_crash_point ();
}

guint64
node_block_files_usage (NodeBlockFiles *files)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);
  guint64 bytes = 0;

  for (guint i = 0; i < files->infos->len; i++) {
    const NodeBlockFileInfo *info = &g_array_index (files->infos, NodeBlockFileInfo, i);
    bytes += (guint64) info->size + info->undo_size;
  }
  return bytes;
}

static int
compare_file_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
node_block_files_list (const char *folder, const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (strlen (name) == 12 && g_str_has_prefix (name, prefix) && g_str_has_suffix (name, ".dat")
        && g_file_test (path, G_FILE_TEST_IS_REGULAR))
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_file_names);
  return names;
}

static gboolean
delete_file (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  node_store_crash_point ();
  return unlink (path) == 0 || node_store_error_from_errno (error, errno, "delete", path);
}

gboolean
node_block_files_find_more (NodeBlockFiles *files, gsize len, gboolean *more, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *path = node_block_files_dup_path (files, 0, FALSE);
  guint8 behind[4096];
  gssize got;
  int fd;

  names = node_block_files_list (files->folder, "blk");
  *more = names->len > 1 || (names->len == 1 && !g_str_equal (g_ptr_array_index (names, 0), "blk00000.dat"));
  if (*more || names->len == 0)
    return TRUE;
  fd = node_flat_open (path, FALSE, error);
  if (fd < 0)
    return FALSE;
  /* Preallocated space contains zeros. */
  got = node_flat_read (fd, path, NODE_RECORD_HEADER + len, behind, sizeof behind, error);
  close (fd);
  for (gssize i = 0; i < got; i++)
    *more |= behind[i] != 0;
  return got >= 0;
}

gboolean
node_block_files_clean_for_reindex (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) undo = node_block_files_list (folder, "rev");
  g_autoptr (GPtrArray) blocks = node_block_files_list (folder, "blk");
  guint64 next = 0;

  for (guint i = 0; i < undo->len; i++)
    if (!delete_file (folder, g_ptr_array_index (undo, i), error))
      return FALSE;
  for (guint i = 0; i < blocks->len; i++) {
    const char *name = g_ptr_array_index (blocks, i);

    if (g_ascii_strtoull (name + 3, NULL, 10) == next)
      next++;
    else if (!delete_file (folder, name, error))
      return FALSE;
  }
  return TRUE;
}

/* Taking away pairs of block and undo files; what they look like is in block_files.c. */
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
  guint64 bytes = 0;

  for (guint i = 0; i < files->infos->len; i++) {
    const NodeBlockFileInfo *info = &g_array_index (files->infos, NodeBlockFileInfo, i);
    bytes += (guint64) info->size + info->undo_size;
  }
  return bytes;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

gboolean
node_block_files_clean_for_reindex (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func (g_free);
  const char *name;
  guint64 next = 0;

  if (dir == NULL)
    return TRUE;
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (strlen (name) != 12 || !g_str_has_suffix (name, ".dat") || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
      continue;
    if (g_str_has_prefix (name, "blk"))
      g_ptr_array_add (blocks, g_strdup (name));
    else if (g_str_has_prefix (name, "rev") && unlink (path) != 0)
      return node_store_error_from_errno (error, errno, "delete", path);
  }
  g_ptr_array_sort (blocks, compare_names);
  for (guint i = 0; i < blocks->len; i++) {
    g_autofree char *path = g_build_filename (folder, g_ptr_array_index (blocks, i), NULL);

    if (g_ascii_strtoull ((const char *) g_ptr_array_index (blocks, i) + 3, NULL, 10) == next)
      next++;
    else if (unlink (path) != 0)
      return node_store_error_from_errno (error, errno, "delete", path);
  }
  return TRUE;
}

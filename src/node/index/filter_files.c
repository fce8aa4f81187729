/* fltrNNNNN.dat, at most 16 MiB each, allocated 1 MiB at a time. Records one after another:
 *   block hash[32], CompactSize length, filter */
#include "node/index/filter_files.h"

#include <string.h>
#include <unistd.h>

#include "node/store/db.h"
#include "node/store/flat_file.h"

#define MAX_FILE_SIZE (16 * 1024 * 1024)
/* block hash, and the longest CompactSize */
#define RECORD_HEAD (32 + 9)

static const NodeFlatKind kind = { "fltr", 1024 * 1024 };

struct _NodeFilterFiles {
  char *folder;
  int fd; /* of the file being written; -1: none is open */
  guint32 file;
  char *path; /* of it */
};

NodeFilterFiles *
node_filter_files_new (const char *folder)
{
  NodeFilterFiles *files = g_new0 (NodeFilterFiles, 1);

  files->folder = g_strdup (folder);
  files->fd = -1;
  return files;
}

static void
close_file (NodeFilterFiles *files)
{
  if (files->fd >= 0)
    close (files->fd);
  files->fd = -1;
  g_clear_pointer (&files->path, g_free);
}

void
node_filter_files_free (NodeFilterFiles *files)
{
  if (files == NULL)
    return;
  close_file (files);
  g_free (files->folder);
  g_free (files);
}

static gboolean
open_file (NodeFilterFiles *files, guint32 file, GError **error)
{
  if (files->fd >= 0 && files->file == file)
    return TRUE;
  close_file (files);
  files->path = node_flat_dup_path (files->folder, &kind, file);
  files->file = file;
  files->fd = node_flat_open (files->path, TRUE, error);
  return files->fd >= 0;
}

gboolean
node_filter_files_write (NodeFilterFiles *files,
                         NodeFilterPlace *next,
                         const guint8 block32[32],
                         BtcSpan filter,
                         NodeFilterPlace *at,
                         GError **error)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();

  btc_write_data (record, block32, 32);
  btc_write_bytes (record, filter.data, filter.len);
  if (!open_file (files, next->file, error))
    return FALSE;
  if (next->pos + (guint64) record->len > MAX_FILE_SIZE) {
    if (!node_flat_truncate (files->fd, files->path, next->pos, error)
        || !node_flat_commit (files->fd, files->path, error) || !open_file (files, next->file + 1, error))
      return FALSE;
    *next = (NodeFilterPlace){ next->file + 1, 0 };
  }
  if (!node_flat_allocate (files->fd, files->path, &kind, next->pos, record->len, error)
      || !node_flat_write (files->fd, files->path, next->pos, record->data, record->len, error))
    return FALSE;
  *at = *next;
  next->pos += record->len;
  return TRUE;
}

gboolean
node_filter_files_flush (NodeFilterFiles *files, const NodeFilterPlace *next, GError **error)
{
  return open_file (files, next->file, error) && node_flat_commit (files->fd, files->path, error);
}

static gboolean
fail_short (const char *path, GError **error)
{
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT, "%s does not contain the expected filter", path);
  return FALSE;
}

static GBytes *
read_filter_record (int fd, const char *path, guint32 pos, guint8 block32[32], GError **error)
{
  guint8 head[RECORD_HEAD];
  gssize got = node_flat_read (fd, path, pos, head, sizeof head, error);
  g_autofree guint8 *filter = NULL;
  BtcReader reader;
  gsize len;

  if (got < 0)
    return NULL;
  btc_reader_init (&reader, head, (gsize) got);
  btc_reader_copy (&reader, block32, 32);
  len = btc_reader_compact_size (&reader);
  if (reader.failed || len > MAX_FILE_SIZE) {
    fail_short (path, error);
    return NULL;
  }
  filter = g_malloc (len);
  got = node_flat_read (fd, path, (guint64) pos + reader.pos, filter, len, error);
  if (got >= 0 && (gsize) got < len)
    fail_short (path, error);
  return got == (gssize) len ? g_bytes_new_take (g_steal_pointer (&filter), len) : NULL;
}

GBytes *
node_filter_files_read (NodeFilterFiles *files, const NodeFilterPlace *at, guint8 block32[32], GError **error)
{
  g_autofree char *path = node_flat_dup_path (files->folder, &kind, at->file);
  int fd = node_flat_open (path, FALSE, error);
  GBytes *filter;

  if (fd < 0)
    return NULL;
  filter = read_filter_record (fd, path, at->pos, block32, error);
  close (fd);
  return filter;
}

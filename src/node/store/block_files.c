/* blocks/blkNNNNN.dat: records, one after another, zeros after the last:
 *   magic[4] size u32 block[size]
 * blocks/revNNNNN.dat: undo data of the blocks in the file of the same number:
 *   magic[4] size u32 CBlockUndo[size] checksum[32] = SHA-256d (hash of the previous block, CBlockUndo)
 * Both are XORed with the key of blocks/xor.dat. A position points after the eight-byte header of a record. */
#include "node/store/block_files_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bitcoin/crypto/hash.h"
#include "common/file.h"
#include "common/log.h"

#define MAX_FILE_SIZE (128u * 1024 * 1024)
#define BLOCK_CHUNK (16u * 1024 * 1024)
#define UNDO_CHUNK (1024u * 1024)
#define FAST_PRUNE_FILE_SIZE 0x10000u
#define FAST_PRUNE_CHUNK 0x4000u

static void
writer_init (NodeFlatWriter *writer, const char *prefix, guint32 chunk)
{
  writer->kind.prefix = prefix;
  writer->kind.chunk = chunk;
  writer->file = -1;
  writer->fd = -1;
  writer->unsynced = g_hash_table_new (NULL, NULL);
}

static void
writer_close (NodeFlatWriter *writer)
{
  if (writer->fd >= 0)
    close (writer->fd);
  g_clear_pointer (&writer->path, g_free);
  writer->fd = -1;
  writer->file = -1;
}

static void
writer_clear (NodeFlatWriter *writer)
{
  writer_close (writer);
  g_hash_table_unref (writer->unsynced);
}

NodeBlockFiles *
node_block_files_open (const NodeBlockFilesOptions *options, GError **error)
{
  g_autoptr (NodeBlockFiles) files = g_new0 (NodeBlockFiles, 1);
  g_autoptr (GError) local = NULL;

  g_mutex_init (&files->lock);
  files->folder = g_strdup (options->folder);
  memcpy (files->magic, options->magic, sizeof files->magic);
  files->max_size = options->fast_prune ? FAST_PRUNE_FILE_SIZE : MAX_FILE_SIZE;
  files->split_height = G_MAXUINT32;
  files->last_undo[0] = files->last_undo[1] = -1;
  files->infos = g_array_new (FALSE, TRUE, sizeof (NodeBlockFileInfo));
  files->dirty = g_hash_table_new (NULL, NULL);
  writer_init (&files->blocks, "blk", options->fast_prune ? FAST_PRUNE_CHUNK : BLOCK_CHUNK);
  writer_init (&files->undo, "rev", UNDO_CHUNK);
  if (!common_file_make_folder (files->folder, &local)) {
    node_store_take_file_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (!node_xor_load_key (files->folder, options->use_xor, files->key, error))
    return NULL;
  return g_steal_pointer (&files);
}

void
node_block_files_close (NodeBlockFiles *files)
{
  if (files == NULL)
    return;
  writer_clear (&files->blocks);
  writer_clear (&files->undo);
  g_array_unref (files->infos);
  g_hash_table_unref (files->dirty);
  g_mutex_clear (&files->lock);
  g_free (files->folder);
  g_free (files);
}

static NodeBlockFileInfo *
get_file_info (NodeBlockFiles *files, guint32 file)
{
  if (file >= files->infos->len)
    g_array_set_size (files->infos, file + 1);
  return &g_array_index (files->infos, NodeBlockFileInfo, file);
}

static void
mark_dirty (NodeBlockFiles *files, guint32 file)
{
  g_hash_table_add (files->dirty, GUINT_TO_POINTER (file));
}

void
node_block_files_set_info (NodeBlockFiles *files, guint32 file, const NodeBlockFileInfo *info)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);

  *get_file_info (files, file) = *info;
}

gboolean
node_block_files_get_info (NodeBlockFiles *files, guint32 file, NodeBlockFileInfo *info)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);

  *info = (NodeBlockFileInfo){ 0 };
  if (file < files->infos->len)
    *info = g_array_index (files->infos, NodeBlockFileInfo, file);
  return file < files->infos->len;
}

gint32
node_block_files_get_last (NodeBlockFiles *files)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);

  return (gint32) files->infos->len - 1;
}

static int
compare_file_numbers (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

void
node_block_files_take_dirty (NodeBlockFiles *files, GArray **numbers, GArray **infos)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);
  GHashTableIter iter;
  gpointer key;

  *numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  *infos = g_array_new (FALSE, FALSE, sizeof (NodeBlockFileInfo));
  g_hash_table_iter_init (&iter, files->dirty);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    guint32 file = GPOINTER_TO_UINT (key);
    g_array_append_val (*numbers, file);
  }
  g_array_sort (*numbers, compare_file_numbers);
  for (guint i = 0; i < (*numbers)->len; i++)
    g_array_append_val (*infos, *get_file_info (files, g_array_index (*numbers, guint32, i)));
  g_hash_table_remove_all (files->dirty);
}

/* Opens FILE in WRITER. */
static gboolean
writer_select (NodeBlockFiles *files, NodeFlatWriter *writer, gint32 file, GError **error)
{
  if (writer->file == file)
    return TRUE;
  writer_close (writer);
  writer->path = node_flat_dup_path (files->folder, &writer->kind, (guint32) file);
  if (!g_file_test (writer->path, G_FILE_TEST_EXISTS))
    files->folder_unsynced = TRUE;
  writer->fd = node_flat_open (writer->path, TRUE, error);
  if (writer->fd < 0) {
    g_clear_pointer (&writer->path, g_free);
    return FALSE;
  }
  writer->file = file;
  return TRUE;
}

/* Truncates the preallocated space of FILE. */
static gboolean
writer_finish (NodeBlockFiles *files, NodeFlatWriter *writer, gint32 file, guint32 size, GError **error)
{
  g_autofree char *path = node_flat_dup_path (files->folder, &writer->kind, (guint32) file);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!writer_select (files, writer, file, error) || !node_flat_truncate (writer->fd, writer->path, size, error))
    return FALSE;
  g_hash_table_add (writer->unsynced, GINT_TO_POINTER (file));
  return TRUE;
}

/* HEADER, BODY and CHECKSUM (may be NULL) as one masked write at POS of FILE. */
static gboolean
write_record (NodeBlockFiles *files,
              NodeFlatWriter *writer,
              gint32 file,
              guint32 pos,
              BtcSpan body,
              const guint8 *checksum32,
              GError **error)
{
  gsize tail = checksum32 != NULL ? NODE_UNDO_CHECKSUM : 0;
  gsize len = NODE_RECORD_HEADER + body.len + tail;
  g_autofree guint8 *record = NULL;

  if (!writer_select (files, writer, file, error)
      || !node_flat_allocate (writer->fd, writer->path, &writer->kind, pos, len, error))
    return FALSE;
  record = g_malloc (len);
  memcpy (record, files->magic, 4);
  btc_put_u32 (record + 4, (guint32) body.len);
  memcpy (record + NODE_RECORD_HEADER, body.data, body.len);
  if (checksum32 != NULL)
    memcpy (record + NODE_RECORD_HEADER + body.len, checksum32, tail);
  node_xor (record, len, files->key, pos);
  g_hash_table_add (writer->unsynced, GINT_TO_POINTER (file));
  return node_flat_write (writer->fd, writer->path, pos, record, len, error);
}

static void
info_add_block (NodeBlockFileInfo *info, guint32 height, guint64 time)
{
  if (info->blocks == 0 || height < info->height_first)
    info->height_first = height;
  if (info->blocks == 0 || time < info->time_first)
    info->time_first = time;
  info->blocks++;
  info->height_last = MAX (info->height_last, height);
  info->time_last = MAX (info->time_last, time);
}

/* The last file with blocks on the same side of the split as HEIGHT. -1: there is none. */
static gint32
current_file (NodeBlockFiles *files, guint32 height)
{
  for (guint file = files->infos->len; file-- > 0;)
    if ((get_file_info (files, file)->height_last >= files->split_height) == (height >= files->split_height))
      return (gint32) file;
  return -1;
}

/* Whether blocks are still written to FILE. */
static gboolean
is_current (NodeBlockFiles *files, gint32 file)
{
  return file == current_file (files, 0) || file == current_file (files, G_MAXUINT32 - 1);
}

/* The file to which LEN bytes of a block at HEIGHT are written; *LEFT becomes the previous file if that is full now, or
 * -1. */
static guint32
choose_file (NodeBlockFiles *files, guint32 height, gsize len, gint32 *left)
{
  gint32 current = current_file (files, height);
  /* A block larger than the small files of -fastprune gets its own file. */
  gsize limit = MAX (files->max_size, len + 1);

  *left = -1;
  if (current < 0)
    return files->infos->len;
  if (get_file_info (files, (guint32) current)->size + len < limit)
    return (guint32) current;
  *left = current;
  return files->infos->len;
}

void
node_block_files_split (NodeBlockFiles *files, guint32 height)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);

  files->split_height = height;
}

gboolean
node_block_files_write_block (NodeBlockFiles *files,
                              const BtcBlock *block,
                              guint32 height,
                              gint32 *file,
                              guint32 *pos,
                              GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);
  BtcSpan body = { g_bytes_get_data (block->bytes, NULL), g_bytes_get_size (block->bytes) };
  gint32 left;
  guint32 number = choose_file (files, height, NODE_RECORD_HEADER + body.len, &left);
  guint32 place = get_file_info (files, number)->size;
  NodeBlockFileInfo *info;

  if (left >= 0) {
    common_debug (COMMON_LOG_BLOCKSTORAGE, "leaving block file %d at height %u", left, height);
    /* The undo file of the previous file is truncated when its last record is written. */
    if (!writer_finish (files, &files->blocks, left, get_file_info (files, (guint32) left)->size, error))
      return FALSE;
  }
  if (!write_record (files, &files->blocks, (gint32) number, place, body, NULL, error))
    return FALSE;
  info = get_file_info (files, number);
  info_add_block (info, height, block->header.time);
  info->size = place + NODE_RECORD_HEADER + (guint32) body.len;
  mark_dirty (files, number);
  *file = (gint32) number;
  *pos = place + NODE_RECORD_HEADER;
  return TRUE;
}

void
node_block_files_note_block (NodeBlockFiles *files, const BtcBlock *block, guint32 height, gint32 file, guint32 pos)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);
  NodeBlockFileInfo *info;

  g_return_if_fail (file >= 0);

  info = get_file_info (files, (guint32) file);
  info_add_block (info, height, block->header.time);
  info->size = MAX (info->size, pos + (guint32) g_bytes_get_size (block->bytes));
  mark_dirty (files, (guint32) file);
}

gboolean
node_block_files_write_undo (NodeBlockFiles *files,
                             gint32 file,
                             const guint8 prev32[32],
                             const guint8 *undo,
                             gsize len,
                             guint32 *pos,
                             GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);
  guint8 checksum[NODE_UNDO_CHECKSUM];
  BtcSha256 hash;
  NodeBlockFileInfo *info;
  gint32 *last, before;

  g_return_val_if_fail (file >= 0 && (guint32) file < files->infos->len, FALSE);

  last = &files->last_undo[get_file_info (files, (guint32) file)->height_last >= files->split_height];
  before = *last;
  *last = file;
  /* Undo data is now written to another file, so the previous one is complete. */
  if (before >= 0 && before != file && !is_current (files, before)
      && !writer_finish (files, &files->undo, before, get_file_info (files, (guint32) before)->undo_size, error))
    return FALSE;
  btc_sha256_init (&hash);
  btc_sha256_update (&hash, prev32, 32);
  btc_sha256_update (&hash, undo, len);
  btc_sha256_finish_double (&hash, checksum);
  info = get_file_info (files, (guint32) file);
  if (!write_record (files, &files->undo, file, info->undo_size, (BtcSpan){ undo, len }, checksum, error))
    return FALSE;
  *pos = info->undo_size + NODE_RECORD_HEADER;
  info->undo_size += NODE_RECORD_HEADER + (guint32) len + NODE_UNDO_CHECKSUM;
  mark_dirty (files, (guint32) file);
  return TRUE;
}

static gboolean
writer_flush (NodeBlockFiles *files, NodeFlatWriter *writer, GError **error)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, writer->unsynced);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    if (!writer_select (files, writer, GPOINTER_TO_INT (key), error)
        || !node_flat_commit (writer->fd, writer->path, error))
      return FALSE;
    g_hash_table_iter_remove (&iter);
  }
  return TRUE;
}

gboolean
node_block_files_flush (NodeBlockFiles *files, gboolean finish, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&files->lock);
  g_autoptr (GError) local = NULL;

  for (guint file = 0; finish && file < files->infos->len; file++) {
    const NodeBlockFileInfo *info = get_file_info (files, file);

    if (is_current (files, (gint32) file)
        && (!writer_finish (files, &files->blocks, (gint32) file, info->size, error)
            || !writer_finish (files, &files->undo, (gint32) file, info->undo_size, error)))
      return FALSE;
  }
  if (!writer_flush (files, &files->blocks, error) || !writer_flush (files, &files->undo, error))
    return FALSE;
  if (files->folder_unsynced && !node_store_sync_folder (files->folder, error))
    return FALSE;
  files->folder_unsynced = FALSE;
  return TRUE;
}

void
node_block_files_get_xor_key (NodeBlockFiles *files, guint8 key[8])
{
  memcpy (key, files->key, NODE_XOR_KEY_SIZE);
}

char *
node_block_files_dup_path (NodeBlockFiles *files, gint32 file, gboolean undo)
{
  return node_flat_dup_path (files->folder, undo ? &files->undo.kind : &files->blocks.kind, (guint32) file);
}

/* indexes/blockfilter/basic/db:
 *   't' height, 's' block hash (see by_height.c)  →  filter hash[32], header[32], VARINT(file), VARINT(position)
 *   'P'  →  VARINT(file), VARINT(position) of the next record
 *   'B'  →  locator
 * The filters themselves are in fltrNNNNN.dat beside it. */
#include "node/index/filter_index.h"

#include <string.h>

#include "bitcoin/primitives/block_filter.h"
#include "node/index/filter_files.h"
#include "node/index/private.h"

typedef struct {
  NodeIndex base;
  NodeFilterFiles *files;
  NodeFilterPlace next;
  guint8 last_header32[32];
} FilterIndex;

static void
write_filter_place (GByteArray *out, const NodeFilterPlace *place)
{
  btc_write_varint (out, place->file);
  btc_write_varint (out, place->pos);
}

static gboolean
read_place (BtcReader *reader, guint32 *file, guint32 *pos)
{
  guint64 f = btc_reader_varint (reader), p = btc_reader_varint (reader);

  *file = (guint32) f;
  *pos = (guint32) p;
  return btc_reader_done (reader) && f <= G_MAXINT32 && p <= G_MAXUINT32;
}

static gboolean
parse_record (const GByteArray *value, NodeFilterRecord *record)
{
  BtcReader reader;

  btc_reader_init (&reader, value->data, value->len);
  btc_reader_copy (&reader, record->hash32, 32);
  btc_reader_copy (&reader, record->header32, 32);
  return read_place (&reader, &record->file, &record->pos);
}

/* The filter header of BEST. */
static gboolean
load_header (NodeIndex *index, const NodeBlock *best, GError **error)
{
  FilterIndex *self = (FilterIndex *) index;
  NodeFilterRecord record;
  gboolean found;

  memset (self->last_header32, 0, 32);
  if (best == NULL)
    return TRUE;
  if (!node_filter_index_get (index, best, &record, &found, error))
    return FALSE;
  if (!found)
    return node_index_fail_corrupt (index, "the record of its last block is missing", error);
  memcpy (self->last_header32, record.header32, 32);
  return TRUE;
}

static gboolean
filter_index_load (NodeIndex *index, const NodeBlock *best, GError **error)
{
  FilterIndex *self = (FilterIndex *) index;
  g_autofree char *folder = g_path_get_dirname (index->path);
  g_autoptr (GByteArray) value = NULL;
  BtcReader reader;

  self->files = node_filter_files_new (folder);
  if (!node_db_get (index->db, (const guint8 *) "P", 1, &value, error))
    return FALSE;
  if (value != NULL) {
    btc_reader_init (&reader, value->data, value->len);
    if (!read_place (&reader, &self->next.file, &self->next.pos))
      return node_index_fail_corrupt (index, "the position of the next filter cannot be read", error);
  }
  return load_header (index, best, error);
}

static void
make_filter (const NodeIndexBlock *info, GByteArray *filter)
{
  g_autofree BtcSpan *scripts = g_new (BtcSpan, MAX (info->n_spent, 1));

  for (gsize i = 0; i < info->n_spent; i++)
    scripts[i] = info->spent[i].out.script;
  btc_block_filter_write (info->block, scripts, info->n_spent, filter);
}

static gboolean
filter_index_append (NodeIndex *index, const NodeIndexBlock *info, GError **error)
{
  FilterIndex *self = (FilterIndex *) index;
  g_autoptr (GByteArray) filter = g_byte_array_new ();
  g_autoptr (GByteArray) value = g_byte_array_new ();
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (index->db);
  guint8 hash32[32], header32[32];
  NodeFilterPlace at;
  BtcSpan span;

  make_filter (info, filter);
  span = (BtcSpan){ filter->data, filter->len };
  btc_block_filter_hash (span, hash32);
  btc_block_filter_header (hash32, self->last_header32, header32);
  if (!node_filter_files_write (self->files, &self->next, info->index->hash32, span, &at, error))
    return FALSE;
  btc_write_data (value, hash32, 32);
  btc_write_data (value, header32, 32);
  write_filter_place (value, &at);
  node_by_height_put (batch, info->index, value);
  if (!node_db_batch_write (batch, FALSE, error))
    return FALSE;
  memcpy (self->last_header32, header32, 32);
  return TRUE;
}

static void
put_next (FilterIndex *self, NodeDbBatch *batch)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();

  write_filter_place (value, &self->next);
  node_db_batch_put (batch, (const guint8 *) "P", 1, value->data, value->len);
}

/* The record that is kept under the hash refers to the filter in the files. The next position is written in the same
 * batch, so that the filter is not overwritten after a crash. */
static gboolean
filter_index_remove (NodeIndex *index, const NodeIndexBlock *info, GError **error)
{
  FilterIndex *self = (FilterIndex *) index;
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (index->db);

  if (!node_by_height_keep (index, info->index, batch, error))
    return FALSE;
  put_next (self, batch);
  return node_db_batch_write (batch, FALSE, error) && load_header (index, info->index->prev, error);
}

static gboolean
filter_index_commit (NodeIndex *index, NodeDbBatch *batch, GError **error)
{
  FilterIndex *self = (FilterIndex *) index;

  if (!node_filter_files_flush (self->files, &self->next, error))
    return FALSE;
  put_next (self, batch);
  return TRUE;
}

static void
filter_index_close (NodeIndex *index)
{
  g_clear_pointer (&((FilterIndex *) index)->files, node_filter_files_free);
}

static const NodeIndexClass class = {
  .name = "basic block filter index",
  .thread_name = "filterindex",
  .folder = "blockfilter/basic/db",
  .locator_key = "B",
  .append_spent = TRUE,
  .size = sizeof (FilterIndex),
  .load = filter_index_load,
  .append = filter_index_append,
  .remove = filter_index_remove,
  .commit = filter_index_commit,
  .close = filter_index_close,
};

NodeIndex *
node_filter_index_new (NodeChain *chain, const char *folder, const NodeIndexOwner *owner)
{
  return node_index_new (&class, chain, folder, owner);
}

/* ---- reading ---- */

gboolean
node_filter_index_get (NodeIndex *index,
                       const NodeBlock *block,
                       NodeFilterRecord *record,
                       gboolean *found,
                       GError **error)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();

  g_return_val_if_fail (index != NULL && index->class == &class && block != NULL, FALSE);
  if (!node_by_height_get (index->db, block, value, found, error))
    return FALSE;
  return !*found || parse_record (value, record)
         || node_index_fail_corrupt (index, "the record of a block cannot be read", error);
}

GBytes *
node_filter_index_read (NodeIndex *index, const NodeFilterRecord *record, GError **error)
{
  FilterIndex *self = (FilterIndex *) index;
  NodeFilterPlace at = { record->file, record->pos };
  g_autoptr (GBytes) filter = NULL;
  guint8 block32[32], hash32[32];
  BtcSpan span;

  g_return_val_if_fail (index != NULL && index->class == &class, NULL);
  filter = node_filter_files_read (self->files, &at, block32, error);
  if (filter == NULL)
    return NULL;
  span.data = g_bytes_get_data (filter, &span.len);
  btc_block_filter_hash (span, hash32);
  if (memcmp (hash32, record->hash32, 32) == 0)
    return g_steal_pointer (&filter);
  node_index_fail_corrupt (index, "a filter is not at its position", error);
  return NULL;
}

GArray *
node_filter_index_get_range (NodeIndex *index, guint32 start, const NodeBlock *last, GError **error)
{
  g_autoptr (GArray) records = g_array_new (FALSE, TRUE, sizeof (NodeFilterRecord));

  g_return_val_if_fail (index != NULL && last != NULL && start <= last->height, NULL);
  g_array_set_size (records, last->height - start + 1);
  for (const NodeBlock *block = last; block != NULL && block->height >= start; block = block->prev) {
    gboolean found;

    if (!node_filter_index_get (index, block, &g_array_index (records, NodeFilterRecord, block->height - start), &found,
                                error)
        || !found)
      return NULL;
    if (block->height == 0)
      break;
  }
  return g_steal_pointer (&records);
}

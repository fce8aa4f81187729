/* Records of blocks/index (VARINT is the reference's base-128 number; all else little-endian):
 *   'b' hash[32]   VARINT(259900) VARINT(height) VARINT(status) VARINT(transactions)
 *                  [VARINT(file) with HAVE_DATA or HAVE_UNDO] [VARINT(data position) with HAVE_DATA]
 *                  [VARINT(undo position) with HAVE_UNDO] header[80]
 *   'f' file u32   seven VARINTs: blocks, size, undo size, first and last height, first and last time
 *   'l'            i32 the last block file
 *   'F' string     '0' or '1': a flag, the name with its CompactSize length
 *   'R'            '1' while a reindex is in progress */
#include "node/store/block_index_db.h"

#include <string.h>

#define RECORD_VERSION 259900
#define ADVICE "Restart with -reindex to rebuild it from the block files."

struct _NodeBlockIndexDb {
  NodeDb *db;
};

NodeBlockIndexDb *
node_block_index_db_open (const char *path, gsize cache_bytes, gboolean wipe, GError **error)
{
  NodeDb *inner = node_db_open (path, cache_bytes, FALSE, wipe, error);
  NodeBlockIndexDb *db;

  if (inner == NULL) {
    node_store_advise (error, ADVICE);
    return NULL;
  }
  db = g_new0 (NodeBlockIndexDb, 1);
  db->db = inner;
  return db;
}

void
node_block_index_db_close (NodeBlockIndexDb *db)
{
  if (db == NULL)
    return;
  node_db_close (db->db);
  g_free (db);
}

static gboolean
fail_corrupt (GError **error, const char *what)
{
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT, "The block index is damaged: %s. " ADVICE, what);
  return FALSE;
}

static guint32
read_varint32 (BtcReader *reader)
{
  guint64 value = btc_reader_varint (reader);

  if (value > G_MAXUINT32)
    reader->failed = TRUE;
  return (guint32) value;
}

gboolean
node_block_record_parse (const guint8 *data, gsize len, NodeBlockRecord *record)
{
  BtcReader reader;
  const guint32 stored = NODE_BLOCK_HAVE_DATA | NODE_BLOCK_HAVE_UNDO;
  guint32 file = 0;

  memset (record, 0, sizeof *record);
  btc_reader_init (&reader, data, len);
  btc_reader_varint (&reader);
  record->height = read_varint32 (&reader);
  record->status = read_varint32 (&reader);
  record->n_tx = read_varint32 (&reader);
  if (record->status & stored)
    file = read_varint32 (&reader);
  if (record->status & NODE_BLOCK_HAVE_DATA)
    record->data_pos = read_varint32 (&reader);
  if (record->status & NODE_BLOCK_HAVE_UNDO)
    record->undo_pos = read_varint32 (&reader);
  if (reader.failed || btc_reader_left (&reader) < BTC_HEADER_SIZE || file > G_MAXINT32 || record->height > G_MAXINT32)
    return FALSE;
  record->file = (gint32) file;
  btc_header_parse (&record->header, data + reader.pos);
  btc_header_hash (&record->header, record->hash32);
  return TRUE;
}

void
node_block_record_serialize (const NodeBlockRecord *record, GByteArray *out)
{
  guint8 header[BTC_HEADER_SIZE];

  btc_write_varint (out, RECORD_VERSION);
  btc_write_varint (out, record->height);
  btc_write_varint (out, record->status);
  btc_write_varint (out, record->n_tx);
  if (record->status & (NODE_BLOCK_HAVE_DATA | NODE_BLOCK_HAVE_UNDO))
    btc_write_varint (out, (guint32) record->file);
  if (record->status & NODE_BLOCK_HAVE_DATA)
    btc_write_varint (out, record->data_pos);
  if (record->status & NODE_BLOCK_HAVE_UNDO)
    btc_write_varint (out, record->undo_pos);
  btc_header_serialize (&record->header, header);
  btc_write_data (out, header, sizeof header);
}

gboolean
node_block_index_db_load (NodeBlockIndexDb *db, NodeBlockRecordFunc func, gpointer data, GError **error)
{
  g_autoptr (NodeDbIter) iter = node_db_iter_new (db->db);
  guint8 start = 'b';

  for (node_db_iter_seek (iter, &start, 1); node_db_iter_valid (iter); node_db_iter_next (iter)) {
    gsize key_len, len;
    const guint8 *key = node_db_iter_key (iter, &key_len);
    const guint8 *value;
    NodeBlockRecord record;

    if (key[0] != 'b')
      break;
    value = node_db_iter_value (iter, &len);
    if (key_len != 33 || !node_block_record_parse (value, len, &record))
      return fail_corrupt (error, "a record cannot be read");
    if (memcmp (key + 1, record.hash32, 32) != 0)
      return fail_corrupt (error, "a header does not match the key of its record");
    if (!func (&record, data, error))
      return FALSE;
  }
  return node_db_iter_check (iter, error) || node_store_advise (error, ADVICE);
}

gboolean
node_block_index_db_get_last_file (NodeBlockIndexDb *db, gint32 *last_file, GError **error)
{
  g_autoptr (GByteArray) value = NULL;
  guint8 key = 'l';

  *last_file = -1;
  if (!node_db_get (db->db, &key, 1, &value, error))
    return node_store_advise (error, ADVICE);
  if (value == NULL)
    return TRUE;
  if (value->len < 4 || (gint32) btc_get_u32 (value->data) < 0)
    return fail_corrupt (error, "the number of the last block file cannot be read");
  *last_file = (gint32) btc_get_u32 (value->data);
  return TRUE;
}

static void
make_file_key (guint8 key[5], guint32 file)
{
  key[0] = 'f';
  btc_put_u32 (key + 1, file);
}

gboolean
node_block_file_info_parse (const guint8 *data, gsize len, NodeBlockFileInfo *info)
{
  BtcReader reader;

  btc_reader_init (&reader, data, len);
  info->blocks = read_varint32 (&reader);
  info->size = read_varint32 (&reader);
  info->undo_size = read_varint32 (&reader);
  info->height_first = read_varint32 (&reader);
  info->height_last = read_varint32 (&reader);
  info->time_first = btc_reader_varint (&reader);
  info->time_last = btc_reader_varint (&reader);
  return !reader.failed;
}

void
node_block_file_info_serialize (const NodeBlockFileInfo *info, GByteArray *out)
{
  btc_write_varint (out, info->blocks);
  btc_write_varint (out, info->size);
  btc_write_varint (out, info->undo_size);
  btc_write_varint (out, info->height_first);
  btc_write_varint (out, info->height_last);
  btc_write_varint (out, info->time_first);
  btc_write_varint (out, info->time_last);
}

gboolean
node_block_index_db_get_file_info (NodeBlockIndexDb *db,
                                   guint32 file,
                                   NodeBlockFileInfo *info,
                                   gboolean *found,
                                   GError **error)
{
  g_autoptr (GByteArray) value = NULL;
  guint8 key[5];

  memset (info, 0, sizeof *info);
  *found = FALSE;
  make_file_key (key, file);
  if (!node_db_get (db->db, key, sizeof key, &value, error))
    return node_store_advise (error, ADVICE);
  if (value == NULL)
    return TRUE;
  if (!node_block_file_info_parse (value->data, value->len, info))
    return fail_corrupt (error, "the record of a block file cannot be read");
  *found = TRUE;
  return TRUE;
}

static GByteArray *
make_flag_key (const char *name)
{
  GByteArray *key = g_byte_array_new ();

  btc_write_u8 (key, 'F');
  btc_write_bytes (key, (const guint8 *) name, strlen (name));
  return key;
}

gboolean
node_block_index_db_get_flag (NodeBlockIndexDb *db, const char *name, gboolean *value, GError **error)
{
  g_autoptr (GByteArray) key = make_flag_key (name);
  g_autoptr (GByteArray) bytes = NULL;

  *value = FALSE;
  if (!node_db_get (db->db, key->data, key->len, &bytes, error))
    return node_store_advise (error, ADVICE);
  *value = bytes != NULL && bytes->len > 0 && bytes->data[0] == '1';
  return TRUE;
}

static gboolean
put_one (NodeBlockIndexDb *db, const guint8 *key, gsize key_len, const char *value, GError **error)
{
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (db->db);

  if (value != NULL)
    node_db_batch_put (batch, key, key_len, (const guint8 *) value, 1);
  else
    node_db_batch_delete (batch, key, key_len);
  return node_db_batch_write (batch, TRUE, error);
}

gboolean
node_block_index_db_set_flag (NodeBlockIndexDb *db, const char *name, gboolean value, GError **error)
{
  g_autoptr (GByteArray) key = make_flag_key (name);

  return put_one (db, key->data, key->len, value ? "1" : "0", error);
}

gboolean
node_block_index_db_get_reindexing (NodeBlockIndexDb *db, gboolean *value, GError **error)
{
  g_autoptr (GByteArray) bytes = NULL;
  guint8 key = 'R';

  *value = FALSE;
  if (!node_db_get (db->db, &key, 1, &bytes, error))
    return node_store_advise (error, ADVICE);
  *value = bytes != NULL;
  return TRUE;
}

gboolean
node_block_index_db_set_reindexing (NodeBlockIndexDb *db, gboolean value, GError **error)
{
  guint8 key = 'R';

  return put_one (db, &key, 1, value ? "1" : NULL, error);
}

gboolean
node_block_index_db_write (NodeBlockIndexDb *db,
                           const NodeBlockRecord *records,
                           gsize n,
                           const guint32 *file_numbers,
                           const NodeBlockFileInfo *infos,
                           gsize m,
                           gint32 last_file,
                           GError **error)
{
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (db->db);
  g_autoptr (GByteArray) value = g_byte_array_new ();
  guint8 key[33];

  for (gsize i = 0; i < m; i++) {
    make_file_key (key, file_numbers[i]);
    g_byte_array_set_size (value, 0);
    node_block_file_info_serialize (&infos[i], value);
    node_db_batch_put (batch, key, 5, value->data, value->len);
  }
  if (last_file >= 0) {
    guint8 last[4];
    btc_put_u32 (last, (guint32) last_file);
    node_db_batch_put (batch, (const guint8 *) "l", 1, last, sizeof last);
  }
  for (gsize i = 0; i < n; i++) {
    key[0] = 'b';
    memcpy (key + 1, records[i].hash32, 32);
    g_byte_array_set_size (value, 0);
    node_block_record_serialize (&records[i], value);
    node_db_batch_put (batch, key, sizeof key, value->data, value->len);
  }
  return node_db_batch_write (batch, TRUE, error);
}

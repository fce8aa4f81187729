/* The best block of an index, as a list of hashes from its last block backwards in growing steps:
 *   'B' or "best_block_v2" (with its length)  →  u32 70016, CompactSize n, hash[32] n times */
#include <string.h>

#include "node/index/private.h"

#define LOCATOR_VERSION 70016

static gboolean
read_from (NodeIndex *index, const char *key, guint8 hash32[32], gboolean *found, GError **error)
{
  g_autoptr (GByteArray) value = NULL;
  BtcReader reader;
  gsize n;

  *found = FALSE;
  if (!node_db_get (index->db, (const guint8 *) key, strlen (key), &value, error))
    return FALSE;
  if (value == NULL)
    return TRUE;
  btc_reader_init (&reader, value->data, value->len);
  btc_reader_u32 (&reader);
  n = btc_reader_compact_size (&reader);
  if (!reader.failed && n == 0)
    return TRUE;
  btc_reader_copy (&reader, hash32, 32);
  if (reader.failed)
    return node_index_fail_corrupt (index, "its position cannot be read", error);
  *found = TRUE;
  return TRUE;
}

gboolean
node_index_read_locator (NodeIndex *index, guint8 hash32[32], gboolean *found, GError **error)
{
  if (!read_from (index, index->class->locator_key, hash32, found, error))
    return FALSE;
  return *found || index->class->locator_key_2 == NULL
         || read_from (index, index->class->locator_key_2, hash32, found, error);
}

void
node_index_write_locator (NodeIndex *index, const NodeBlock *best, NodeDbBatch *batch)
{
  g_autoptr (GPtrArray) blocks = node_block_dup_locator (best);
  g_autoptr (GByteArray) value = g_byte_array_new ();

  btc_write_u32 (value, LOCATOR_VERSION);
  btc_write_compact (value, blocks->len);
  for (guint i = 0; i < blocks->len; i++)
    btc_write_data (value, ((const NodeBlock *) g_ptr_array_index (blocks, i))->hash32, 32);
  node_db_batch_put (batch, (const guint8 *) index->class->locator_key, strlen (index->class->locator_key), value->data,
                     value->len);
}

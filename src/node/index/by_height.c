/* Records of an index that has one for each block:
 *   't' height[u32 BE]  →  block hash[32], value      the block at that height of the active chain, as last seen
 *   's' block hash[32]  →  value                      blocks that left the chain */
#include <string.h>

#include "node/index/private.h"

void
node_by_height_key (guint32 height, guint8 key[NODE_INDEX_HEIGHT_KEY_SIZE])
{
  guint32 be = GUINT32_TO_BE (height);

  key[0] = 't';
  memcpy (key + 1, &be, 4);
}

static void
make_hash_key (const guint8 hash32[32], guint8 key[33])
{
  key[0] = 's';
  memcpy (key + 1, hash32, 32);
}

void
node_by_height_put (NodeDbBatch *batch, const NodeBlock *block, const GByteArray *value)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();
  guint8 key[NODE_INDEX_HEIGHT_KEY_SIZE];

  node_by_height_key (block->height, key);
  btc_write_data (record, block->hash32, 32);
  btc_write_data (record, value->data, value->len);
  node_db_batch_put (batch, key, sizeof key, record->data, record->len);
}

gboolean
node_by_height_get (NodeDb *db, const NodeBlock *block, GByteArray *value, gboolean *found, GError **error)
{
  guint8 key[NODE_INDEX_HEIGHT_KEY_SIZE], hash_key[33];

  node_by_height_key (block->height, key);
  if (!node_db_read (db, key, sizeof key, value, found, error))
    return FALSE;
  if (*found && value->len >= 32 && memcmp (value->data, block->hash32, 32) == 0) {
    g_byte_array_remove_range (value, 0, 32);
    return TRUE;
  }
  make_hash_key (block->hash32, hash_key);
  return node_db_read (db, hash_key, sizeof hash_key, value, found, error);
}

gboolean
node_by_height_keep (NodeIndex *index, const NodeBlock *block, NodeDbBatch *batch, GError **error)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();
  guint8 key[NODE_INDEX_HEIGHT_KEY_SIZE], hash_key[33];
  gboolean found;

  node_by_height_key (block->height, key);
  if (!node_db_read (index->db, key, sizeof key, record, &found, error))
    return FALSE;
  if (!found || record->len < 32)
    return node_index_fail_corrupt (index, "the record of a block is missing", error);
  make_hash_key (record->data, hash_key);
  node_db_batch_put (batch, hash_key, sizeof hash_key, record->data + 32, record->len - 32);
  return TRUE;
}

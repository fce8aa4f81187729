/* indexes/txospenderindex/db:
 *   's' hash[u64 LE] VARINT(file) VARINT(block's position) VARINT(offset, after the header)  →  nothing
 *         hash: SipHash-2-4 (key; txid, u32 LE output) of the spent output; then where the spending transaction is
 *   "siphash_key" and a zero byte  →  u64 u64, the key
 *   'B'  →  locator */
#include "node/index/spender_index.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "common/random.h"
#include "node/index/private.h"

#define KEY_SIPHASH "siphash_key"
#define PREFIX_SIZE 9

typedef struct {
  NodeIndex base;
  guint64 key[2];
} SpenderIndex;

static gboolean
spender_load (NodeIndex *index, const NodeBlock *best, GError **error)
{
  SpenderIndex *self = (SpenderIndex *) index;
  const guint8 *name = (const guint8 *) KEY_SIPHASH;
  g_autoptr (GByteArray) value = NULL;
  g_autoptr (NodeDbBatch) batch = NULL;
  guint8 key[16];

  /* The key includes the zero byte at its end. */
  if (!node_db_get (index->db, name, sizeof KEY_SIPHASH, &value, error))
    return FALSE;
  if (value != NULL && value->len != sizeof key)
    return node_index_fail_corrupt (index, "its key cannot be read", error);
  if (value != NULL) {
    memcpy (key, value->data, sizeof key);
  } else {
    common_random_bytes (key, sizeof key);
    batch = node_db_batch_new (index->db);
    node_db_batch_put (batch, name, sizeof KEY_SIPHASH, key, sizeof key);
    if (!node_db_batch_write (batch, TRUE, error))
      return FALSE;
  }
  self->key[0] = btc_get_u64 (key);
  self->key[1] = btc_get_u64 (key + 8);
  return TRUE;
}

static void
write_prefix (const SpenderIndex *self, const BtcOutpoint *outpoint, GByteArray *key)
{
  guint8 data[36];

  memcpy (data, outpoint->txid32, 32);
  btc_put_u32 (data + 32, outpoint->n);
  btc_write_u8 (key, 's');
  btc_write_u64 (key, btc_siphash (self->key[0], self->key[1], data, sizeof data));
}

/* Puts or deletes the rows of all inputs of the block. */
static gboolean
change_rows (NodeIndex *index, const NodeIndexBlock *info, gboolean put, GError **error)
{
  const SpenderIndex *self = (SpenderIndex *) index;
  const guint8 *start = g_bytes_get_data (info->block->bytes, NULL);
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (index->db);
  g_autoptr (GByteArray) key = g_byte_array_new ();

  for (guint32 i = 1; i < info->block->n_txs; i++) {
    const BtcTx *tx = &info->block->txs[i];

    for (guint32 in = 0; in < tx->n_in; in++) {
      g_byte_array_set_size (key, 0);
      write_prefix (self, &tx->in[in].prevout, key);
      btc_write_varint (key, (guint64) info->file);
      btc_write_varint (key, info->data_pos);
      btc_write_varint (key, (guint64) (tx->bytes.data - start) - BTC_HEADER_SIZE);
      if (put)
        node_db_batch_put (batch, key->data, key->len, NULL, 0);
      else
        node_db_batch_delete (batch, key->data, key->len);
    }
  }
  return node_db_batch_write (batch, FALSE, error);
}

static gboolean
spender_append (NodeIndex *index, const NodeIndexBlock *info, GError **error)
{
  return change_rows (index, info, TRUE, error);
}

static gboolean
spender_remove (NodeIndex *index, const NodeIndexBlock *info, GError **error)
{
  return change_rows (index, info, FALSE, error);
}

static const NodeIndexClass class = {
  .name = "txospenderindex",
  .thread_name = "txospenderindex",
  .folder = "txospenderindex/db",
  .locator_key = "B",
  .remove_block = TRUE,
  .size = sizeof (SpenderIndex),
  .load = spender_load,
  .append = spender_append,
  .remove = spender_remove,
};

NodeIndex *
node_spender_index_new (NodeChain *chain, const char *folder, const NodeIndexOwner *owner)
{
  return node_index_new (&class, chain, folder, owner);
}

/* ---- look-up ---- */

static gboolean
tx_spends (const BtcTx *tx, const BtcOutpoint *outpoint)
{
  for (guint32 i = 0; i < tx->n_in; i++)
    if (btc_outpoint_equal (&tx->in[i].prevout, outpoint))
      return TRUE;
  return FALSE;
}

typedef struct {
  const NodeBlock *block;
  gboolean active;
} ActiveQuery;

static void
look_up_active (NodeChain *chain, gpointer data)
{
  ActiveQuery *query = data;
  query->active = node_chain_contains (chain, query->block);
}

/* Reads the block at the position of a row. A spender of OUTPOINT in it counts only if the block is in the active
 * chain: a row from before a crash may be of a branch that no longer exists. */
static gboolean
try_row (SpenderIndex *self, BtcReader *row, const BtcOutpoint *outpoint, NodeSpender *spender, GError **error)
{
  guint64 file = btc_reader_varint (row), pos = btc_reader_varint (row);
  g_autoptr (BtcBlock) block = NULL;
  ActiveQuery query = { 0 };
  const NodeBlock *index = NULL;

  btc_reader_varint (row);
  if (!btc_reader_done (row))
    return node_index_fail_corrupt (&self->base, "the position of a transaction cannot be read", error);
  if (!node_index_read_at (&self->base, file, pos, &index, &block, error))
    return FALSE;
  if (block == NULL)
    return TRUE;
  query.block = index;
  if (!node_chain_run (self->base.chain, NODE_JOB_QUERIES, look_up_active, &query, NULL, error))
    return FALSE;
  for (guint32 i = 1; query.active && spender->tx == NULL && i < block->n_txs; i++)
    if (tx_spends (&block->txs[i], outpoint)) {
      spender->tx = btc_tx_dup (&block->txs[i]);
      memcpy (spender->block32, block->hash32, 32);
    }
  return TRUE;
}

gboolean
node_spender_index_find (NodeIndex *index, const BtcOutpoint *outpoint, NodeSpender *spender, GError **error)
{
  SpenderIndex *self = (SpenderIndex *) index;
  g_autoptr (GByteArray) prefix = g_byte_array_new ();
  g_autoptr (NodeDbIter) iter = NULL;
  g_autoptr (GError) first = NULL;

  g_return_val_if_fail (index != NULL && index->class == &class, FALSE);
  memset (spender, 0, sizeof *spender);
  write_prefix (self, outpoint, prefix);
  iter = node_db_iter_new (index->db);
  for (node_db_iter_seek (iter, prefix->data, prefix->len); node_db_iter_valid (iter) && spender->tx == NULL;
       node_db_iter_next (iter)) {
    BtcReader row;
    gsize len;
    const guint8 *key = node_db_iter_key (iter, &len);

    if (len < PREFIX_SIZE || memcmp (key, prefix->data, PREFIX_SIZE) != 0)
      break;
    btc_reader_init (&row, key + PREFIX_SIZE, len - PREFIX_SIZE);
    try_row (self, &row, outpoint, spender, first == NULL ? &first : NULL);
  }
  if (spender->tx != NULL || first == NULL)
    return node_db_iter_check (iter, error);
  /* The damaged block could contain the spender. */
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

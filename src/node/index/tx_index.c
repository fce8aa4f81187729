/* indexes/txindex. A transaction is found by 40 bits of a salted hash of its ID; transactions that share them are
 * distinguished by reading them. VARINT is that of the block files.
 *   'x' prefix[5 BE] VARINT(sequence) offset[3 BE]  →  nothing     prefix: the upper 40 bits of SipHash-1-3(salt, txid);
 *                                                                  offset: of the transaction in the block
 *   's' VARINT(sequence)                            →  block hash  numbered from 0 in the order of indexing
 *   'h' block hash                                  →  u32 sequence
 *   0e "next_block_seq"                             →  u32
 *   0e "txid_hash_salt"                             →  u64 u64
 *   0d "best_block_v2"                              →  locator
 * Older versions wrote these, which are still read:
 *   't' txid  →  VARINT(file) VARINT(block's position) VARINT(offset, after the header)
 *   'B'       →  locator
 * The genesis block is not indexed: its output is not a coin. Disconnected blocks stay in the index. */
#include "node/index/tx_index.h"

#include <stdlib.h>
#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "common/log.h"
#include "common/random.h"
#include "node/index/private.h"

#define KEY_SALT "\x0etxid_hash_salt"
#define KEY_NEXT "\x0enext_block_seq"
#define PREFIX_SIZE 5
/* 'x', prefix, the longest VARINT of 32 bits, offset */
#define ROW_KEY_MIN (1 + PREFIX_SIZE + 1 + 3)

typedef struct {
  NodeIndex base;
  guint64 salt[2];
  guint32 next_sequence;
  gboolean has_legacy;
} TxIndex;

static gboolean
load_salt (TxIndex *self, GError **error)
{
  const guint8 *key = (const guint8 *) KEY_SALT;
  g_autoptr (GByteArray) value = NULL;
  g_autoptr (NodeDbBatch) batch = NULL;
  guint8 salt[16];

  if (!node_db_get (self->base.db, key, strlen (KEY_SALT), &value, error))
    return FALSE;
  if (value != NULL && value->len != sizeof salt)
    return node_index_fail_corrupt (&self->base, "its salt cannot be read", error);
  if (value != NULL) {
    memcpy (salt, value->data, sizeof salt);
  } else {
    common_random_bytes (salt, sizeof salt);
    batch = node_db_batch_new (self->base.db);
    node_db_batch_put (batch, key, strlen (KEY_SALT), salt, sizeof salt);
    if (!node_db_batch_write (batch, TRUE, error))
      return FALSE;
  }
  self->salt[0] = btc_get_u64 (salt);
  self->salt[1] = btc_get_u64 (salt + 8);
  return TRUE;
}

static gboolean
load_next_sequence (TxIndex *self, GError **error)
{
  g_autoptr (GByteArray) value = NULL;

  if (!node_db_get (self->base.db, (const guint8 *) KEY_NEXT, strlen (KEY_NEXT), &value, error))
    return FALSE;
  if (value != NULL && value->len != 4)
    return node_index_fail_corrupt (&self->base, "its number of blocks cannot be read", error);
  self->next_sequence = value != NULL ? btc_get_u32 (value->data) : 0;
  return TRUE;
}

static gboolean
find_legacy (TxIndex *self, GError **error)
{
  g_autoptr (NodeDbIter) iter = node_db_iter_new (self->base.db);
  gsize len;

  node_db_iter_seek (iter, (const guint8 *) "t", 1);
  self->has_legacy = node_db_iter_valid (iter) && node_db_iter_key (iter, &len)[0] == 't';
  if (self->has_legacy)
    common_info ("txindex has entries of an older format, which take much space. To save it, stop the program, delete "
                 "the folder %s and start again.",
                 self->base.path);
  return node_db_iter_check (iter, error);
}

static gboolean
tx_index_load (NodeIndex *index, const NodeBlock *best, GError **error)
{
  TxIndex *self = (TxIndex *) index;
  return load_salt (self, error) && load_next_sequence (self, error) && find_legacy (self, error);
}

static void
make_prefix (const TxIndex *self, const guint8 txid32[32], guint8 key[1 + PREFIX_SIZE])
{
  guint64 hash = GUINT64_TO_BE (btc_siphash13_jumbo (self->salt[0], self->salt[1], txid32));

  key[0] = 'x';
  memcpy (key + 1, &hash, PREFIX_SIZE);
}

static void
put_rows (const TxIndex *self, const BtcBlock *block, guint32 sequence, NodeDbBatch *batch)
{
  const guint8 *start = g_bytes_get_data (block->bytes, NULL);
  g_autoptr (GByteArray) key = g_byte_array_new ();

  for (guint32 i = 0; i < block->n_txs; i++) {
    const BtcTx *tx = &block->txs[i];
    guint32 offset = GUINT32_TO_BE ((guint32) (tx->bytes.data - start));

    g_byte_array_set_size (key, 1 + PREFIX_SIZE);
    make_prefix (self, tx->txid32, key->data);
    btc_write_varint (key, sequence);
    btc_write_data (key, (const guint8 *) &offset + 1, 3);
    node_db_batch_put (batch, key->data, key->len, NULL, 0);
  }
}

static void
put_sequence (const guint8 hash32[32], guint32 sequence, NodeDbBatch *batch)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  guint8 number[4], hash_key[33] = { 'h' };

  memcpy (hash_key + 1, hash32, 32);
  btc_put_u32 (number, sequence);
  node_db_batch_put (batch, hash_key, sizeof hash_key, number, sizeof number);
  btc_write_u8 (key, 's');
  btc_write_varint (key, sequence);
  node_db_batch_put (batch, key->data, key->len, hash32, 32);
  btc_put_u32 (number, sequence + 1);
  node_db_batch_put (batch, (const guint8 *) KEY_NEXT, strlen (KEY_NEXT), number, sizeof number);
}

/* A block that was indexed before, and left the chain or was not committed, keeps its number and its rows. */
static gboolean
tx_index_append (NodeIndex *index, const NodeIndexBlock *info, GError **error)
{
  TxIndex *self = (TxIndex *) index;
  g_autoptr (NodeDbBatch) batch = NULL;
  g_autoptr (GByteArray) known = NULL;
  guint8 hash_key[33] = { 'h' };

  if (info->index->height == 0)
    return TRUE;
  memcpy (hash_key + 1, info->index->hash32, 32);
  if (!node_db_get (index->db, hash_key, sizeof hash_key, &known, error))
    return FALSE;
  if (known != NULL)
    return TRUE;
  batch = node_db_batch_new (index->db);
  put_sequence (info->index->hash32, self->next_sequence, batch);
  put_rows (self, info->block, self->next_sequence, batch);
  if (!node_db_batch_write (batch, FALSE, error))
    return FALSE;
  self->next_sequence++;
  return TRUE;
}

static const NodeIndexClass class = {
  .name = "txindex",
  .thread_name = "txindex",
  .folder = "txindex",
  .locator_key = "\x0d"
                 "best_block_v2",
  .locator_key_2 = "B",
  .size = sizeof (TxIndex),
  .load = tx_index_load,
  .append = tx_index_append,
};

NodeIndex *
node_tx_index_new (NodeChain *chain, const char *folder, const NodeIndexOwner *owner)
{
  return node_index_new (&class, chain, folder, owner);
}

/* ---- look-up ---- */

typedef struct {
  guint8 block32[32];
  guint32 sequence;
  guint32 offset; /* in the block */
  gboolean active;
  const NodeBlock *index; /* NULL: its data is not stored */
} Candidate;

static gboolean
parse_row (const guint8 *key, gsize len, Candidate *candidate)
{
  BtcReader reader;
  guint64 sequence;

  if (len < ROW_KEY_MIN)
    return FALSE;
  btc_reader_init (&reader, key, len);
  btc_reader_skip (&reader, 1 + PREFIX_SIZE);
  sequence = btc_reader_varint (&reader);
  candidate->offset = (guint32) btc_reader_u8 (&reader) << 16;
  candidate->offset |= btc_reader_u16_be (&reader);
  candidate->sequence = (guint32) sequence;
  return btc_reader_done (&reader) && sequence <= G_MAXUINT32;
}

static gboolean
read_block_hash (TxIndex *self, Candidate *candidate, gboolean *found, GError **error)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  g_autoptr (GByteArray) value = NULL;

  btc_write_u8 (key, 's');
  btc_write_varint (key, candidate->sequence);
  if (!node_db_get (self->base.db, key->data, key->len, &value, error))
    return FALSE;
  *found = value != NULL && value->len == 32;
  if (*found)
    memcpy (candidate->block32, value->data, 32);
  return TRUE;
}

/* The rows with the prefix of TXID32. */
static GArray *
list_candidates (TxIndex *self, const guint8 txid32[32], GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, TRUE, sizeof (Candidate));
  g_autoptr (NodeDbIter) iter = node_db_iter_new (self->base.db);
  guint8 prefix[1 + PREFIX_SIZE];

  make_prefix (self, txid32, prefix);
  for (node_db_iter_seek (iter, prefix, sizeof prefix); node_db_iter_valid (iter); node_db_iter_next (iter)) {
    Candidate candidate = { 0 };
    gboolean found;
    gsize len;
    const guint8 *key = node_db_iter_key (iter, &len);

    if (len < sizeof prefix || memcmp (key, prefix, sizeof prefix) != 0)
      break;
    if (!parse_row (key, len, &candidate))
      continue;
    if (!read_block_hash (self, &candidate, &found, error))
      return NULL;
    if (found)
      g_array_append_val (list, candidate);
  }
  return node_db_iter_check (iter, error) ? g_steal_pointer (&list) : NULL;
}

static int
compare_candidates (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->active != y->active)
    return x->active ? -1 : 1;
  return x->sequence > y->sequence ? -1 : x->sequence < y->sequence;
}

static void
look_up_blocks (NodeChain *chain, gpointer data)
{
  GArray *list = data;

  for (guint i = 0; i < list->len; i++) {
    Candidate *candidate = &g_array_index (list, Candidate, i);
    const NodeBlock *block = node_chain_find (chain, candidate->block32);

    if (block == NULL || (block->status & NODE_BLOCK_HAVE_DATA) == 0)
      continue;
    candidate->active = node_chain_contains (chain, block);
    candidate->index = block;
  }
}

/* Sets RESULT to the transaction if it is in BLOCK. */
static void
take_indexed_tx (const NodeBlock *index, const BtcBlock *block, const guint8 txid32[32], NodeTxIndexResult *result)
{
  for (guint32 i = 0; i < block->n_txs && result->tx == NULL; i++)
    if (memcmp (block->txs[i].txid32, txid32, 32) == 0)
      *result = (NodeTxIndexResult){ btc_tx_dup (&block->txs[i]), index };
}

/* Reads the transaction of CANDIDATE. A transaction without witness is verified by its txid; otherwise the whole block
 * must match what was stored, which costs 2 ms per megabyte. */
static gboolean
try_candidate (TxIndex *self,
               const Candidate *candidate,
               const guint8 txid32[32],
               NodeTxIndexResult *result,
               GError **error)
{
  NodeBlockTree *tree = node_chain_tree (self->base.chain);
  g_auto (NodeBlockPin) pin = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BtcBlock) block = NULL;
  g_autoptr (BtcTx) tx = NULL;
  gsize len;

  if (!node_block_tree_pin (tree, candidate->index, &pin, error))
    return FALSE;
  bytes = node_block_pin_read_raw (&pin, error);
  if (bytes == NULL)
    return FALSE;
  len = g_bytes_get_size (bytes);
  if (candidate->offset < len)
    tx = btc_tx_new_first ((const guint8 *) g_bytes_get_data (bytes, NULL) + candidate->offset,
                           len - candidate->offset);
  if (tx != NULL && !tx->has_witness && memcmp (tx->txid32, txid32, 32) == 0) {
    *result = (NodeTxIndexResult){ g_steal_pointer (&tx), candidate->index };
    return TRUE;
  }
  block = node_block_pin_parse (&pin, bytes, error);
  if (block == NULL)
    return FALSE;
  take_indexed_tx (candidate->index, block, txid32, result);
  return TRUE;
}

/* FALSE also when a damaged block could contain the transaction, unless another block contains it. */
static gboolean
find_hashed (TxIndex *self, const guint8 txid32[32], NodeTxIndexResult *result, GError **error)
{
  g_autoptr (GArray) list = list_candidates (self, txid32, error);
  g_autoptr (GError) first = NULL;

  if (list == NULL || !node_chain_run (self->base.chain, NODE_JOB_QUERIES, look_up_blocks, list, NULL, error))
    return FALSE;
  g_array_sort (list, compare_candidates);
  for (guint i = 0; i < list->len && result->tx == NULL; i++) {
    const Candidate *candidate = &g_array_index (list, Candidate, i);

    if (candidate->index != NULL)
      try_candidate (self, candidate, txid32, result, first == NULL ? &first : NULL);
  }
  if (result->tx != NULL || first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

static gboolean
find_legacy_tx (TxIndex *self, const guint8 txid32[32], NodeTxIndexResult *result, GError **error)
{
  g_autoptr (GByteArray) value = NULL;
  g_autoptr (BtcBlock) block = NULL;
  guint8 key[33] = { 't' };
  const NodeBlock *index;
  guint64 file, pos;
  BtcReader reader;

  memcpy (key + 1, txid32, 32);
  if (!node_db_get (self->base.db, key, sizeof key, &value, error))
    return FALSE;
  if (value == NULL)
    return TRUE;
  btc_reader_init (&reader, value->data, value->len);
  file = btc_reader_varint (&reader);
  pos = btc_reader_varint (&reader);
  btc_reader_varint (&reader);
  if (!btc_reader_done (&reader))
    return node_index_fail_corrupt (&self->base, "the position of a transaction cannot be read", error);
  if (!node_index_read_at (&self->base, file, pos, &index, &block, error))
    return FALSE;
  if (block != NULL)
    take_indexed_tx (index, block, txid32, result);
  return TRUE;
}

gboolean
node_tx_index_find (NodeIndex *index,
                    const guint8 txid32[32],
                    NodeTxIndexResult *result,
                    gboolean *found,
                    GError **error)
{
  TxIndex *self = (TxIndex *) index;

  g_return_val_if_fail (index != NULL && index->class == &class, FALSE);
  memset (result, 0, sizeof *result);
  *found = FALSE;
  if (!find_hashed (self, txid32, result, error))
    return FALSE;
  if (result->tx == NULL && self->has_legacy && !find_legacy_tx (self, txid32, result, error))
    return FALSE;
  *found = result->tx != NULL;
  return TRUE;
}

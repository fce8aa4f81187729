/* indexes/coinstatsindex/db:
 *   't' height, 's' block hash (see by_height.c)  →  all little-endian, amounts in satoshi:
 *       muhash[32], outputs u64, bogosize u64, amount i64, subsidy i64, spent u256,
 *       new outputs without the coinbase's u256, coinbase u256, and unspendable amounts: genesis i64, BIP 30 i64,
 *       scripts i64, unclaimed i64
 *   'M'  →  numerator[384], denominator[384] of the running MuHash; as of the block of the locator
 *   'B'  →  locator */
#include "node/index/coinstats_index.h"

#include <string.h>

#include "bitcoin/crypto/muhash.h"
#include "bitcoin/script/script.h"
#include "node/index/private.h"
#include "node/store/coins_stats.h"

typedef struct {
  NodeIndex base;
  BtcMuHash muhash;
  NodeCoinstats stats; /* after the last block */
  GByteArray *scratch;
} CoinstatsIndex;

static void
write_u256 (GByteArray *out, const BtcUint256 *value)
{
  guint8 bytes[32];

  btc_uint256_to_le (value, bytes);
  btc_write_data (out, bytes, 32);
}

static void
read_u256 (BtcReader *reader, BtcUint256 *value)
{
  guint8 bytes[32] = { 0 };

  btc_reader_copy (reader, bytes, 32);
  btc_uint256_from_le (value, bytes);
}

static void
write_stats (GByteArray *out, const NodeCoinstats *stats)
{
  btc_write_data (out, stats->muhash32, 32);
  btc_write_u64 (out, stats->txouts);
  btc_write_u64 (out, stats->bogosize);
  btc_write_i64 (out, stats->amount_sat);
  btc_write_i64 (out, stats->subsidy_sat);
  write_u256 (out, &stats->prevout_spent);
  write_u256 (out, &stats->new_outputs_ex_coinbase);
  write_u256 (out, &stats->coinbase);
  btc_write_i64 (out, stats->unspendable_genesis_sat);
  btc_write_i64 (out, stats->unspendable_bip30_sat);
  btc_write_i64 (out, stats->unspendable_scripts_sat);
  btc_write_i64 (out, stats->unspendable_unclaimed_sat);
}

static gboolean
parse_stats (const GByteArray *value, NodeCoinstats *stats)
{
  BtcReader reader;

  btc_reader_init (&reader, value->data, value->len);
  btc_reader_copy (&reader, stats->muhash32, 32);
  stats->txouts = btc_reader_u64 (&reader);
  stats->bogosize = btc_reader_u64 (&reader);
  stats->amount_sat = btc_reader_i64 (&reader);
  stats->subsidy_sat = btc_reader_i64 (&reader);
  read_u256 (&reader, &stats->prevout_spent);
  read_u256 (&reader, &stats->new_outputs_ex_coinbase);
  read_u256 (&reader, &stats->coinbase);
  stats->unspendable_genesis_sat = btc_reader_i64 (&reader);
  stats->unspendable_bip30_sat = btc_reader_i64 (&reader);
  stats->unspendable_scripts_sat = btc_reader_i64 (&reader);
  stats->unspendable_unclaimed_sat = btc_reader_i64 (&reader);
  return btc_reader_done (&reader);
}

gboolean
node_coinstats_index_get (NodeIndex *index,
                          const NodeBlock *block,
                          NodeCoinstats *stats,
                          gboolean *found,
                          GError **error)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();

  g_return_val_if_fail (index != NULL && block != NULL, FALSE);
  if (!node_by_height_get (index->db, block, value, found, error))
    return FALSE;
  return !*found || parse_stats (value, stats)
         || node_index_fail_corrupt (index, "the record of a block cannot be read", error);
}

/* The statistics after BLOCK become the current ones; their hash must be that of the running MuHash. */
static gboolean
restore_stats (CoinstatsIndex *self, const NodeBlock *block, GError **error)
{
  guint8 muhash32[32];
  gboolean found;

  if (!node_coinstats_index_get (&self->base, block, &self->stats, &found, error))
    return FALSE;
  if (!found)
    return node_index_fail_corrupt (&self->base, "the record of its last block is missing", error);
  btc_muhash_finish (&self->muhash, muhash32);
  return memcmp (muhash32, self->stats.muhash32, 32) == 0
         || node_index_fail_corrupt (&self->base, "the hash of the coins does not match its last block", error);
}

static gboolean
coinstats_load (NodeIndex *index, const NodeBlock *best, GError **error)
{
  CoinstatsIndex *self = (CoinstatsIndex *) index;
  g_autoptr (GByteArray) value = NULL;

  self->scratch = g_byte_array_new ();
  btc_muhash_init (&self->muhash);
  if (best == NULL)
    return TRUE;
  if (!node_db_get (index->db, (const guint8 *) "M", 1, &value, error))
    return FALSE;
  if (value != NULL && value->len != 2 * BTC_MUHASH_NUMBER_SIZE)
    return node_index_fail_corrupt (index, "the hash of the coins cannot be read", error);
  if (value != NULL)
    btc_muhash_parse (&self->muhash, value->data);
  return restore_stats (self, best, error);
}

/* ---- connecting ---- */

typedef enum {
  INSERT,
  REMOVE,
} Change;

static void
change_muhash (CoinstatsIndex *self, Change change, const BtcOutpoint *outpoint, const BtcCoin *coin)
{
  g_byte_array_set_size (self->scratch, 0);
  node_coin_write_for_hash (outpoint, coin, self->scratch);
  if (change == INSERT)
    btc_muhash_insert (&self->muhash, self->scratch->data, self->scratch->len);
  else
    btc_muhash_remove (&self->muhash, self->scratch->data, self->scratch->len);
}

static void
add_sat (BtcUint256 *sum, gint64 sat)
{
  BtcUint256 more;

  btc_uint256_from_u64 (&more, (guint64) sat);
  btc_uint256_add (sum, sum, &more);
}

static BtcCoin
coinstats_make_coin (const BtcTxOut *out, const NodeBlock *block, gboolean coinbase)
{
  return (BtcCoin){ .out = *out, .height = block->height, .coinbase = coinbase };
}

static void
coinstats_count_outputs (CoinstatsIndex *self, const NodeBlock *block, const BtcTx *tx, gboolean coinbase)
{
  NodeCoinstats *stats = &self->stats;
  BtcOutpoint outpoint;

  memcpy (outpoint.txid32, tx->txid32, 32);
  for (outpoint.n = 0; outpoint.n < tx->n_out; outpoint.n++) {
    BtcCoin coin = coinstats_make_coin (&tx->out[outpoint.n], block, coinbase);

    if (btc_script_is_unspendable (coin.out.script)) {
      stats->unspendable_scripts_sat += coin.out.value_sat;
      continue;
    }
    change_muhash (self, INSERT, &outpoint, &coin);
    add_sat (coinbase ? &stats->coinbase : &stats->new_outputs_ex_coinbase, coin.out.value_sat);
    stats->txouts++;
    stats->amount_sat += coin.out.value_sat;
    stats->bogosize += node_coin_bogosize (&coin);
  }
}

static void
count_inputs (CoinstatsIndex *self, const BtcTx *tx, const BtcCoin *spent)
{
  NodeCoinstats *stats = &self->stats;

  for (guint32 i = 0; i < tx->n_in; i++) {
    change_muhash (self, REMOVE, &tx->in[i].prevout, &spent[i]);
    add_sat (&stats->prevout_spent, spent[i].out.value_sat);
    stats->txouts--;
    stats->amount_sat -= spent[i].out.value_sat;
    stats->bogosize -= node_coin_bogosize (&spent[i]);
  }
}

static void
count_block (CoinstatsIndex *self, const NodeIndexBlock *info, gint64 subsidy_sat)
{
  const BtcCoin *spent = info->spent;

  for (guint32 i = 0; i < info->block->n_txs; i++) {
    const BtcTx *tx = &info->block->txs[i];

    if (i == 0 && node_block_is_bip30_overwritten (info->index)) {
      self->stats.unspendable_bip30_sat += subsidy_sat;
      continue;
    }
    coinstats_count_outputs (self, info->index, tx, i == 0);
    if (i == 0)
      continue;
    count_inputs (self, tx, spent);
    spent += tx->n_in;
  }
}

/* The part of the reward that the miner did not claim. */
static gboolean
count_unclaimed (CoinstatsIndex *self, GError **error)
{
  NodeCoinstats *stats = &self->stats;
  BtcUint256 in = stats->prevout_spent, out = stats->new_outputs_ex_coinbase, unclaimed;

  add_sat (&in, stats->subsidy_sat);
  btc_uint256_add (&out, &out, &stats->coinbase);
  add_sat (&out, stats->unspendable_genesis_sat);
  add_sat (&out, stats->unspendable_bip30_sat);
  add_sat (&out, stats->unspendable_scripts_sat);
  add_sat (&out, stats->unspendable_unclaimed_sat);
  btc_uint256_sub (&unclaimed, &in, &out);
  if (btc_uint256_compare (&in, &out) < 0 || btc_uint256_bits (&unclaimed) > 63)
    return node_index_fail_corrupt (&self->base, "a block paid more than it could", error);
  stats->unspendable_unclaimed_sat += (gint64) unclaimed.limb[0];
  return TRUE;
}

static gboolean
coinstats_append (NodeIndex *index, const NodeIndexBlock *info, GError **error)
{
  CoinstatsIndex *self = (CoinstatsIndex *) index;
  gint64 subsidy_sat = btc_params_subsidy_sat (node_chain_params (index->chain), info->index->height);
  g_autoptr (GByteArray) value = g_byte_array_new ();
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (index->db);

  self->stats.subsidy_sat += subsidy_sat;
  /* The output of the genesis block is not a coin. */
  if (info->index->height == 0)
    self->stats.unspendable_genesis_sat += subsidy_sat;
  else
    count_block (self, info, subsidy_sat);
  if (!count_unclaimed (self, error))
    return FALSE;
  btc_muhash_divide (&self->muhash);
  btc_muhash_finish (&self->muhash, self->stats.muhash32);
  write_stats (value, &self->stats);
  node_by_height_put (batch, info->index, value);
  return node_db_batch_write (batch, FALSE, error);
}

/* ---- disconnecting ---- */

static void
revert_block (CoinstatsIndex *self, const NodeIndexBlock *info)
{
  const BtcCoin *spent = info->spent;

  for (guint32 i = 0; i < info->block->n_txs; i++) {
    const BtcTx *tx = &info->block->txs[i];
    BtcOutpoint outpoint;

    if (i == 0 && node_block_is_bip30_overwritten (info->index))
      continue;
    memcpy (outpoint.txid32, tx->txid32, 32);
    for (outpoint.n = 0; outpoint.n < tx->n_out; outpoint.n++) {
      BtcCoin coin = coinstats_make_coin (&tx->out[outpoint.n], info->index, i == 0);
      if (!btc_script_is_unspendable (coin.out.script))
        change_muhash (self, REMOVE, &outpoint, &coin);
    }
    for (guint32 in = 0; i > 0 && in < tx->n_in; in++, spent++)
      change_muhash (self, INSERT, &tx->in[in].prevout, spent);
  }
}

static gboolean
coinstats_remove (NodeIndex *index, const NodeIndexBlock *info, GError **error)
{
  CoinstatsIndex *self = (CoinstatsIndex *) index;
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (index->db);

  if (!node_by_height_keep (index, info->index, batch, error) || !node_db_batch_write (batch, FALSE, error))
    return FALSE;
  revert_block (self, info);
  btc_muhash_divide (&self->muhash);
  return restore_stats (self, info->index->prev, error);
}

/* The hash and the position are always written together. */
static gboolean
coinstats_commit (NodeIndex *index, NodeDbBatch *batch, GError **error)
{
  CoinstatsIndex *self = (CoinstatsIndex *) index;
  guint8 value[2 * BTC_MUHASH_NUMBER_SIZE];

  btc_muhash_serialize (&self->muhash, value);
  node_db_batch_put (batch, (const guint8 *) "M", 1, value, sizeof value);
  return TRUE;
}

static void
coinstats_close (NodeIndex *index)
{
  g_clear_pointer (&((CoinstatsIndex *) index)->scratch, g_byte_array_unref);
}

static const NodeIndexClass class = {
  .name = "coinstatsindex",
  .thread_name = "coinstatsindex",
  .folder = "coinstatsindex/db",
  .locator_key = "B",
  .append_spent = TRUE,
  .remove_block = TRUE,
  .remove_spent = TRUE,
  .size = sizeof (CoinstatsIndex),
  .load = coinstats_load,
  .append = coinstats_append,
  .remove = coinstats_remove,
  .commit = coinstats_commit,
  .close = coinstats_close,
};

NodeIndex *
node_coinstats_index_new (NodeChain *chain, const char *folder, const NodeIndexOwner *owner)
{
  return node_index_new (&class, chain, folder, owner);
}

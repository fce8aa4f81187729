#include "node/chainstate/connect.h"

#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"
#include "node/chainstate/disconnect.h"
#include "node/chainstate/fail_script.h"

#include <string.h>

/* Connects a block: the rules that need coins. The coins are changed transaction by transaction, while scripts are
 * checked on other threads; the next block may begin before these have finished. An invalid block is undone, after
 * those that began later, so that a block is applied either completely or not at all. */

/* A block that is being connected. The arrays are reused from block to block, and have an entry for each input except
 * the coinbase's. */
struct _NodeConnect {
  NodeConnectTools *tools;
  NodeCoins *coins;
  BtcBlock *block;
  NodeBlock *index;
  BtcVerifyFlags flags;
  gboolean csv;
  gboolean wants_undo; /* its undo data is needed */
  gint64 fees_sat;
  guint64 sigops;
  guint32 n_inputs;       /* coins collected */
  guint32 n_applied;      /* transactions applied */
  NodeCheckBatch *checks; /* NULL: no scripts are being checked */
  BtcVerdict verdict;

  BtcCoin *spent;
  BtcTxOut *outs; /* of `spent` */
  gsize room;
  guint32 *heights; /* of one transaction's coins */
  gint64 *times;    /* of one transaction's coins: median time past of the block before the coin's */
  gsize tx_room;
  GStringChunk *scripts;
  GByteArray *undo;
};

NodeConnect *
node_connect_new (NodeConnectTools *tools)
{
  NodeConnect *c = g_new0 (NodeConnect, 1);

  c->tools = tools;
  c->scripts = g_string_chunk_new (1 << 18);
  c->undo = g_byte_array_new ();
  return c;
}

void
node_connect_free (NodeConnect *c)
{
  g_assert (c->checks == NULL);
  g_clear_pointer (&c->block, btc_block_unref);
  g_free (c->spent);
  g_free (c->outs);
  g_free (c->heights);
  g_free (c->times);
  g_string_chunk_free (c->scripts);
  g_byte_array_unref (c->undo);
  g_free (c);
}

static void
connect_make_room (NodeConnect *c, const BtcBlock *block)
{
  gsize per_tx = 1;

  g_string_chunk_clear (c->scripts);
  g_byte_array_set_size (c->undo, 0);
  if (block->n_inputs > c->room) {
    c->room = block->n_inputs + (gsize) block->n_inputs / 2;
    g_free (c->spent);
    g_free (c->outs);
    c->spent = g_new (BtcCoin, c->room);
    c->outs = g_new (BtcTxOut, c->room);
  }
  for (guint32 i = 0; i < block->n_txs; i++)
    per_tx = MAX (per_tx, block->txs[i].n_in);
  if (per_tx > c->tx_room) {
    c->tx_room = per_tx * 2;
    g_free (c->heights);
    g_free (c->times);
    c->heights = g_new (guint32, c->tx_room);
    c->times = g_new (gint64, c->tx_room);
  }
}

gboolean
node_connect_needs_bip30 (const BtcParams *params, const NodeBlock *index)
{
  const NodeBlock *at = node_block_ancestor (index->prev, params->buried_height[BTC_BURIED_BIP34]);

  return btc_params_bip30_applies (params, index->height, index->hash32, at != NULL ? at->hash32 : NULL);
}

static gboolean
check_bip30 (NodeConnect *c, GError **error)
{
  for (guint32 i = 0; i < c->block->n_txs; i++) {
    const BtcTx *tx = &c->block->txs[i];
    BtcOutpoint outpoint;

    memcpy (outpoint.txid32, tx->txid32, 32);
    for (outpoint.n = 0; outpoint.n < tx->n_out; outpoint.n++) {
      BtcCoin coin;
      gboolean found;

      if (!node_coins_get (c->coins, &outpoint, &coin, &found, error))
        return FALSE;
      if (found) {
        btc_verdict_fail (&c->verdict, BTC_VERDICT_CONSENSUS, "bad-txns-BIP30", "tried to overwrite transaction");
        return TRUE;
      }
    }
  }
  return TRUE;
}

/* Copies the coins that TX spends to c->spent. FALSE only for a disk error; otherwise see the verdict. */
static gboolean
collect_coins (NodeConnect *c, const BtcTx *tx, GError **error)
{

  for (guint32 in = 0; in < tx->n_in; in++) {
    BtcCoin *coin = &c->spent[c->n_inputs + in];
    gboolean found;

    if (!node_coins_get (c->coins, &tx->in[in].prevout, coin, &found, error))
      return FALSE;
    if (!found) {
      g_autofree char *txid = node_block_dup_hash (tx->txid32);

      btc_verdict_fail (&c->verdict, BTC_VERDICT_CONSENSUS, "bad-txns-inputs-missingorspent",
                        "CheckTxInputs: inputs missing/spent in transaction %s", txid);
      return TRUE;
    }
    coin->out.script.data = (const guint8 *) g_string_chunk_insert_len (
        c->scripts, (const char *) coin->out.script.data, (gssize) coin->out.script.len);
    c->outs[c->n_inputs + in] = coin->out;
  }
  return TRUE;
}

static gboolean
check_sequence_locks (NodeConnect *c, const BtcTx *tx, const BtcCoin *coins)
{
  gint64 min_height, min_time;

  if (!c->csv || tx->version < 2)
    return TRUE;
  for (guint32 in = 0; in < tx->n_in; in++) {
    guint32 sequence = tx->in[in].sequence;
    gboolean by_time = (sequence & (1u << 31)) == 0 && (sequence & (1u << 22)) != 0;

    c->heights[in] = coins[in].height;
    c->times[in] = 0;
    if (by_time) {
      guint32 before = coins[in].height > 0 ? coins[in].height - 1 : 0;
      c->times[in] = node_block_median_time_past (node_block_ancestor (c->index, before));
    }
  }
  btc_tx_sequence_locks (tx, TRUE, c->heights, c->times, &min_height, &min_time);
  return min_height < (gint64) c->index->height && min_time < node_block_median_time_past (c->index->prev);
}

/* The rules of a transaction that is not a coinbase, whose coins have been collected. */
static void
check_spend (NodeConnect *c, const BtcTx *tx, const BtcCoin *coins)
{
  BtcVerdict *verdict = &c->verdict;
  gint64 fee_sat;
  g_autofree char *txid = NULL;

  if (!btc_tx_check_inputs (tx, coins, c->index->height, &fee_sat, verdict)) {
    BtcVerdict why = *verdict;

    txid = node_block_dup_hash (tx->txid32);
    btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, why.reason, "%s in transaction %s", why.debug, txid);
    return;
  }
  if (!btc_amount_add (c->fees_sat, fee_sat, &c->fees_sat)) {
    btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-accumulated-fee-outofrange",
                      "accumulated fee in the block out of range");
    return;
  }
  if (!check_sequence_locks (c, tx, coins)) {
    txid = node_block_dup_hash (tx->txid32);
    btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-nonfinal", "contains a non-BIP68-final transaction %s",
                      txid);
  }
}

void
node_connect_add_outputs (NodeCoins *coins, const BtcTx *tx, guint32 height, gboolean possible_overwrite)
{
  BtcCoin coin = { .height = height, .coinbase = btc_tx_is_coinbase (tx) };
  BtcOutpoint outpoint;

  memcpy (outpoint.txid32, tx->txid32, 32);
  for (guint32 n = 0; n < tx->n_out; n++) {
    if (btc_script_is_unspendable (tx->out[n].script))
      continue;
    outpoint.n = n;
    coin.out = tx->out[n];
    node_coins_add (coins, &outpoint, &coin, possible_overwrite || coin.coinbase);
  }
}

/* Checks transaction I and applies it. */
static gboolean
connect_tx (NodeConnect *c, guint32 i, GError **error)
{
  const BtcTx *tx = &c->block->txs[i];
  const BtcCoin *coins = &c->spent[c->n_inputs];
  const BtcTxOut *outs = &c->outs[c->n_inputs];

  if (i > 0) {
    if (!collect_coins (c, tx, error))
      return FALSE;
    if (c->verdict.verdict == BTC_VERDICT_OK)
      check_spend (c, tx, coins);
    if (c->verdict.verdict != BTC_VERDICT_OK)
      return TRUE;
  }
  c->sigops += btc_tx_sigop_cost (tx, i > 0 ? outs : NULL, c->flags);
  if (c->sigops > BTC_MAX_BLOCK_SIGOPS_COST) {
    btc_verdict_fail (&c->verdict, BTC_VERDICT_CONSENSUS, "bad-blk-sigops", "too many sigops");
    return TRUE;
  }
  if (i > 0) {
    if (c->checks != NULL)
      node_checks_add (c->checks, tx, outs);
    for (guint32 in = 0; in < tx->n_in; in++)
      node_coins_spend (c->coins, &tx->in[in].prevout);
    c->n_inputs += tx->n_in;
  }
  node_connect_add_outputs (c->coins, tx, c->index->height, FALSE);
  c->n_applied = i + 1;
  return TRUE;
}

static void
check_coinbase_value (NodeConnect *c)
{
  gint64 paid_sat, limit_sat = c->fees_sat + btc_params_subsidy_sat (c->tools->params, c->index->height);

  if (!btc_tx_outputs_sum (&c->block->txs[0], &paid_sat) || paid_sat > limit_sat)
    btc_verdict_fail (&c->verdict, BTC_VERDICT_CONSENSUS, "bad-cb-amount",
                      "coinbase pays too much (actual=%" G_GINT64_FORMAT " vs limit=%" G_GINT64_FORMAT ")", paid_sat,
                      limit_sat);
}

static void
refuse_script (NodeConnect *c, const NodeCheckFailure *failure)
{
  node_fail_script (&c->verdict, BTC_VERDICT_CONSENSUS, "block-script-verify-flag-failed", failure->error, failure->tx,
                    failure->in);
}

static gboolean
is_ok (const NodeConnect *c)
{
  return c->verdict.verdict == BTC_VERDICT_OK;
}

/* Afterwards no other thread accesses the block. */
static void
end_checks (NodeConnect *c, gboolean drop)
{
  NodeCheckBatch *checks = g_steal_pointer (&c->checks);
  NodeCheckFailure failure;

  if (checks != NULL && !node_checks_finish (checks, drop, &failure) && is_ok (c))
    refuse_script (c, &failure);
}

static gboolean
connect_txs (NodeConnect *c, GError **error)
{
  gboolean ok = TRUE;

  for (guint32 i = 0; i < c->block->n_txs && ok && is_ok (c); i++)
    ok = connect_tx (c, i, error);
  if (ok && is_ok (c))
    check_coinbase_value (c);
  /* While other threads are still checking scripts. */
  if (ok && is_ok (c) && c->wants_undo)
    node_undo_serialize (c->block, c->spent, c->undo);
  if (!ok || !is_ok (c))
    end_checks (c, TRUE);
  return ok;
}

static void
connect_prepare (NodeConnect *c, NodeCoins *coins, BtcBlock *block, NodeBlock *index)
{
  g_assert (c->checks == NULL);
  g_clear_pointer (&c->block, btc_block_unref);
  c->coins = coins;
  c->block = btc_block_ref (block);
  c->index = index;
  c->flags = btc_params_script_flags (c->tools->params, index->height, index->hash32);
  c->csv = index->height >= c->tools->params->buried_height[BTC_BURIED_CSV];
  c->fees_sat = 0;
  c->sigops = 0;
  c->n_inputs = 0;
  c->n_applied = 0;
  btc_verdict_clear (&c->verdict);
  connect_make_room (c, block);
}

gboolean
node_connect_begin (NodeConnect *c,
                    NodeCoins *coins,
                    BtcBlock *block,
                    NodeBlock *index,
                    NodeConnectPurpose purpose,
                    GError **error)
{
  NodeConnectTools *tools = c->tools;

  connect_prepare (c, coins, block, index);
  c->wants_undo = purpose == NODE_CONNECT_TO_KEEP && !(index->status & NODE_BLOCK_HAVE_UNDO);
  /* The coinbase of the genesis block is not a coin. */
  if (index->prev == NULL)
    return TRUE;
  if (node_connect_needs_bip30 (tools->params, index) && !check_bip30 (c, error))
    return FALSE;
  if (!is_ok (c))
    return TRUE;
  if (purpose == NODE_CONNECT_TO_CHECK_ALL
      || node_assume_valid_needs_checks (&tools->assume_valid, tools->tree, tools->params, index))
    c->checks = node_checks_begin (tools->checks, block->n_txs, block->n_inputs, c->flags,
                                   node_sigcache_get_read_only (tools->sigcache));
  if (connect_txs (c, error))
    return TRUE;
  node_connect_take_back (c, NULL);
  return FALSE;
}

const BtcVerdict *
node_connect_wait (NodeConnect *c)
{
  end_checks (c, FALSE);
  return &c->verdict;
}

gboolean
node_connect_take_back (NodeConnect *c, GError **error)
{
  gboolean clean = TRUE;

  end_checks (c, TRUE);
  if (node_disconnect_txs (c->coins, c->block, c->index, c->n_applied, c->spent, &clean, error))
    return TRUE;
  /* All changed coins are in memory, so a failure means that memory cannot be trusted. */
  node_health_break (c->tools->health);
  return FALSE;
}

const NodeBlock *
node_connect_get_index (NodeConnect *c)
{
  return c->index;
}

BtcBlock *
node_connect_get_block (NodeConnect *c)
{
  return c->block;
}

const BtcCoin *
node_connect_get_spent (NodeConnect *c)
{
  return c->spent;
}

gboolean
node_connect_is_checking (NodeConnect *c)
{
  return c->checks != NULL;
}

gboolean
node_connect_write_undo (NodeConnect *c, GError **error)
{
  return node_block_tree_store_undo (c->tools->tree, c->index, c->undo, error);
}

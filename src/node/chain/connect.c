#include "common/log.h"
#include "node/chain/private.h"

#include <string.h>

/* Connecting a block: the rules that need the coins. The coins are changed as the block's transactions come; a block
 * that breaks a rule is taken back out, so that there is nothing between "as before" and "fully applied". Script checks
 * run on other threads meanwhile; what they look at stays in NodeConnectSpace until they have ended. */

/* From this height on coinbases of early blocks, which announced a later height, could come again (BIP 30, BIP 34). */
#define BIP34_IMPLIES_BIP30_LIMIT 1983702

#define TWO_WEEKS_S (14 * 24 * 60 * 60)

/* Scratch memory, kept from block to block. Entries are per input, the coinbase's left out. */
struct _NodeConnectSpace {
  BtcCoin *coins;
  BtcTxOut *outs;
  gsize room;
  guint32 *heights; /* of one transaction's coins */
  gint64 *times;    /* of one transaction's coins: median time past of the block before */
  gsize tx_room;
  GStringChunk *scripts;
  GByteArray *undo; /* of the block that was connected last */
};

/* A block on its way. */
typedef struct {
  NodeChain *chain;
  NodeCoins *coins;
  const BtcBlock *block;
  NodeBlock *index;
  BtcVerifyFlags flags;
  gboolean csv;
  gboolean check_scripts;
  gint64 fees_sat;
  guint64 sigops;
  guint32 n_inputs;  /* coins collected */
  guint32 n_applied; /* transactions applied */
  BtcVerdict *verdict;
} Connect;

NodeConnectSpace *
node_connect_space_new (void)
{
  NodeConnectSpace *space = g_new0 (NodeConnectSpace, 1);
  space->scripts = g_string_chunk_new (1 << 18);
  space->undo = g_byte_array_new ();
  return space;
}

void
node_connect_space_free (NodeConnectSpace *space)
{
  g_free (space->coins);
  g_free (space->outs);
  g_free (space->heights);
  g_free (space->times);
  g_string_chunk_free (space->scripts);
  g_byte_array_unref (space->undo);
  g_free (space);
}

static void
space_prepare (NodeConnectSpace *space, const BtcBlock *block)
{
  gsize per_tx = 1;

  g_string_chunk_clear (space->scripts);
  g_byte_array_set_size (space->undo, 0);
  if (block->n_inputs > space->room) {
    space->room = block->n_inputs + (gsize) block->n_inputs / 2;
    g_free (space->coins);
    g_free (space->outs);
    space->coins = g_new (BtcCoin, space->room);
    space->outs = g_new (BtcTxOut, space->room);
  }
  for (guint32 i = 0; i < block->n_txs; i++)
    per_tx = MAX (per_tx, block->txs[i].n_in);
  if (per_tx > space->tx_room) {
    space->tx_room = per_tx * 2;
    g_free (space->heights);
    g_free (space->times);
    space->heights = g_new (guint32, space->tx_room);
    space->times = g_new (gint64, space->tx_room);
  }
}

static gboolean
is_zero (const guint8 hash32[32])
{
  static const guint8 zero[32];
  return memcmp (hash32, zero, 32) == 0;
}

/* How long it would take, at the difficulty of TIP, to do the work between FROM and TO. */
static gint64
equivalent_time_s (const NodeBlock *to, const NodeBlock *from, const NodeBlock *tip, const BtcParams *params)
{
  BtcUint256 work, block_work;
  guint8 le[32];

  if (node_block_compare_work (to, from) <= 0)
    return 0;
  btc_uint256_sub (&work, &to->chain_work, &from->chain_work);
  btc_uint256_mul_u32 (&work, &work, params->pow_spacing_s);
  btc_header_work (tip->header.bits, &block_work);
  if (btc_uint256_is_zero (&block_work))
    return 0;
  btc_uint256_div (&work, &work, &block_work);
  if (btc_uint256_bits (&work) > 62)
    return G_MAXINT64;
  btc_uint256_to_le (&work, le);
  return (gint64) btc_get_u64 (le);
}

/* Why the scripts of INDEX are to be checked; NULL when -assumevalid vouches for them: the block is an ancestor of the
 * named block and of the best header, that has enough work, and INDEX is buried under two weeks of it. */
static const char *
script_check_reason (NodeChain *chain, const NodeBlock *index)
{
  const NodeBlock *assumed, *best = chain->best_header;

  if (is_zero (chain->params->assume_valid32))
    return "assumevalid=0 (always verify)";
  assumed = node_chain_find (chain, chain->params->assume_valid32);
  if (assumed == NULL)
    return "assumevalid hash not in headers";
  if (node_block_ancestor (assumed, index->height) != index)
    return index->height > assumed->height ? "block height above assumevalid height" : "block not in assumevalid chain";
  if (best == NULL || node_block_ancestor (best, index->height) != index)
    return "block not in best header chain";
  if (btc_uint256_compare (&best->chain_work, &chain->params->minimum_chain_work) < 0)
    return "best header chainwork below minimumchainwork";
  if (equivalent_time_s (best, index, best, chain->params) <= TWO_WEEKS_S)
    return "block too recent relative to best header";
  return NULL;
}

static gboolean
decide_script_checks (NodeChain *chain, const NodeBlock *index)
{
  const char *reason = script_check_reason (chain, index);

  if (!chain->script_check_logged || g_strcmp0 (reason, chain->script_check_reason) != 0) {
    g_autofree char *hash = node_report_hash (index->hash32);

    if (reason != NULL)
      common_info ("Enabling script verification at block #%u (%s): %s.", index->height, hash, reason);
    else
      common_info ("Disabling script verification at block #%u (%s).", index->height, hash);
    chain->script_check_logged = TRUE;
    chain->script_check_reason = reason;
  }
  return reason != NULL;
}

/* The two blocks of the main chain whose coinbase repeats an earlier one (BIP 30). */
static gboolean
is_bip30_repeat (const NodeBlock *index)
{
  static const guint8 repeat_91842[32]
      = { 0xec, 0xca, 0xe0, 0x00, 0xe3, 0xc8, 0xe4, 0xe0, 0x93, 0x93, 0x63, 0x60, 0x43, 0x1f, 0x37, 0x63,
          0x60, 0x3c, 0x56, 0xc1, 0xff, 0x61, 0x81, 0x39, 0x0a, 0x4d, 0x0a, 0x00, 0x00, 0x00, 0x00, 0x00 };
  static const guint8 repeat_91880[32]
      = { 0x21, 0xd7, 0x7c, 0xcb, 0x4c, 0x08, 0x38, 0x6a, 0x04, 0xac, 0x01, 0x96, 0xae, 0x10, 0xf6, 0xa1,
          0xd2, 0xc2, 0xa3, 0x77, 0x55, 0x8c, 0xa1, 0x90, 0xf1, 0x43, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00 };

  return (index->height == 91842 && memcmp (index->hash32, repeat_91842, 32) == 0)
         || (index->height == 91880 && memcmp (index->hash32, repeat_91880, 32) == 0);
}

/* BIP 34 makes coinbases unique, so on the chain that has the known block at its height BIP 30 needs no look-ups. */
static gboolean
needs_bip30 (const BtcParams *params, const NodeBlock *index)
{
  const NodeBlock *at;

  if (index->height >= BIP34_IMPLIES_BIP30_LIMIT)
    return TRUE;
  if (is_bip30_repeat (index))
    return FALSE;
  at = node_block_ancestor (index->prev, params->buried_height[BTC_BURIED_BIP34]);
  return at == NULL || is_zero (params->bip34_hash32) || memcmp (at->hash32, params->bip34_hash32, 32) != 0;
}

static gboolean
check_bip30 (Connect *c, GError **error)
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
        btc_verdict_fail (c->verdict, BTC_VERDICT_CONSENSUS, "bad-txns-BIP30", "tried to overwrite transaction");
        return TRUE;
      }
    }
  }
  return TRUE;
}

/* Copies the coins that TX spends into the space. FALSE only for a disk error; see the verdict. */
static gboolean
collect_coins (Connect *c, const BtcTx *tx, GError **error)
{
  NodeConnectSpace *space = c->chain->connect_space;

  for (guint32 in = 0; in < tx->n_in; in++) {
    BtcCoin *coin = &space->coins[c->n_inputs + in];
    gboolean found;

    if (!node_coins_get (c->coins, &tx->in[in].prevout, coin, &found, error))
      return FALSE;
    if (!found) {
      g_autofree char *txid = node_report_hash (tx->txid32);

      btc_verdict_fail (c->verdict, BTC_VERDICT_CONSENSUS, "bad-txns-inputs-missingorspent",
                        "CheckTxInputs: inputs missing/spent in transaction %s", txid);
      return TRUE;
    }
    coin->out.script.data = (const guint8 *) g_string_chunk_insert_len (
        space->scripts, (const char *) coin->out.script.data, (gssize) coin->out.script.len);
    space->outs[c->n_inputs + in] = coin->out;
  }
  return TRUE;
}

static gboolean
check_sequence_locks (Connect *c, const BtcTx *tx, const BtcCoin *coins)
{
  NodeConnectSpace *space = c->chain->connect_space;
  gint64 min_height, min_time;

  if (!c->csv || tx->version < 2)
    return TRUE;
  for (guint32 in = 0; in < tx->n_in; in++) {
    guint32 sequence = tx->in[in].sequence;
    gboolean by_time = (sequence & (1u << 31)) == 0 && (sequence & (1u << 22)) != 0;

    space->heights[in] = coins[in].height;
    space->times[in] = 0;
    if (by_time) {
      guint32 before = coins[in].height > 0 ? coins[in].height - 1 : 0;
      space->times[in] = node_block_median_time_past (node_block_ancestor (c->index, before));
    }
  }
  btc_tx_sequence_locks (tx, TRUE, space->heights, space->times, &min_height, &min_time);
  return min_height < (gint64) c->index->height && min_time < node_block_median_time_past (c->index->prev);
}

/* The rules of one transaction that spends; its coins are collected. */
static void
check_spend (Connect *c, const BtcTx *tx, const BtcCoin *coins)
{
  BtcVerdict *verdict = c->verdict;
  gint64 fee_sat;
  g_autofree char *txid = NULL;

  if (!btc_tx_check_inputs (tx, coins, c->index->height, &fee_sat, verdict)) {
    BtcVerdict why = *verdict;

    txid = node_report_hash (tx->txid32);
    btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, why.reason, "%s in transaction %s", why.debug, txid);
    return;
  }
  if (!btc_amount_add (c->fees_sat, fee_sat, &c->fees_sat)) {
    btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-accumulated-fee-outofrange",
                      "accumulated fee in the block out of range");
    return;
  }
  if (!check_sequence_locks (c, tx, coins)) {
    txid = node_report_hash (tx->txid32);
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
connect_tx (Connect *c, guint32 i, GError **error)
{
  NodeConnectSpace *space = c->chain->connect_space;
  const BtcTx *tx = &c->block->txs[i];
  const BtcCoin *coins = &space->coins[c->n_inputs];
  const BtcTxOut *outs = &space->outs[c->n_inputs];

  if (i > 0) {
    if (!collect_coins (c, tx, error))
      return FALSE;
    if (c->verdict->verdict == BTC_VERDICT_OK)
      check_spend (c, tx, coins);
    if (c->verdict->verdict != BTC_VERDICT_OK)
      return TRUE;
  }
  c->sigops += btc_tx_sigop_cost (tx, i > 0 ? outs : NULL, c->flags);
  if (c->sigops > BTC_MAX_BLOCK_SIGOPS_COST) {
    btc_verdict_fail (c->verdict, BTC_VERDICT_CONSENSUS, "bad-blk-sigops", "too many sigops");
    return TRUE;
  }
  if (i > 0) {
    if (c->check_scripts)
      node_checks_add (c->chain->checks, tx, outs);
    for (guint32 in = 0; in < tx->n_in; in++)
      node_coins_spend (c->coins, &tx->in[in].prevout);
    c->n_inputs += tx->n_in;
  }
  node_connect_add_outputs (c->coins, tx, c->index->height, FALSE);
  c->n_applied = i + 1;
  return TRUE;
}

static void
check_coinbase_value (Connect *c)
{
  gint64 paid_sat, limit_sat = c->fees_sat + btc_params_subsidy_sat (c->chain->params, c->index->height);

  if (!btc_tx_outputs_sum (&c->block->txs[0], &paid_sat) || paid_sat > limit_sat)
    btc_verdict_fail (c->verdict, BTC_VERDICT_CONSENSUS, "bad-cb-amount",
                      "coinbase pays too much (actual=%" G_GINT64_FORMAT " vs limit=%" G_GINT64_FORMAT ")", paid_sat,
                      limit_sat);
}

/* The reject reason carries the script error, as the reference's does; reasons are static text. */
static void
refuse_script (Connect *c, const NodeCheckFailure *failure)
{
  g_autofree char *reason
      = g_strdup_printf ("block-script-verify-flag-failed (%s)", btc_script_error_text (failure->error));
  g_autofree char *txid = node_report_hash (failure->tx->txid32);
  g_autofree char *spent = node_report_hash (failure->tx->in[failure->in].prevout.txid32);

  btc_verdict_fail (c->verdict, BTC_VERDICT_CONSENSUS, g_intern_string (reason), "input %u of %s, spending %s:%u",
                    failure->in, txid, spent, failure->tx->in[failure->in].prevout.n);
}

static gboolean
connect_txs (Connect *c, GError **error)
{
  NodeConnectSpace *space = c->chain->connect_space;
  NodeCheckFailure failure;
  gboolean disk_ok = TRUE;
  gboolean scripts_ok = TRUE;

  if (c->check_scripts)
    node_checks_begin (c->chain->checks, c->block->n_txs, c->block->n_inputs, c->flags,
                       node_sigcache_get_read_only (c->chain->sigcache));
  for (guint32 i = 0; i < c->block->n_txs && disk_ok && c->verdict->verdict == BTC_VERDICT_OK; i++)
    disk_ok = connect_tx (c, i, error);
  if (disk_ok && c->verdict->verdict == BTC_VERDICT_OK)
    check_coinbase_value (c);
  /* While the other threads still check scripts. */
  if (disk_ok && c->verdict->verdict == BTC_VERDICT_OK && !(c->index->status & NODE_BLOCK_HAVE_UNDO))
    node_undo_serialize (c->block, space->coins, space->undo);
  /* On every way out: the threads must let go of the block before anything is freed. */
  if (c->check_scripts)
    scripts_ok = node_checks_finish (c->chain->checks, !disk_ok || c->verdict->verdict != BTC_VERDICT_OK, &failure);
  if (disk_ok && !scripts_ok && c->verdict->verdict == BTC_VERDICT_OK)
    refuse_script (c, &failure);
  return disk_ok;
}

/* Takes back what was applied. Everything touched is in memory, so a failure means that memory cannot be trusted. */
static gboolean
unwind (Connect *c, GError **error)
{
  gboolean clean = TRUE;

  if (node_disconnect_txs (c->coins, c->block, c->index, c->n_applied, c->chain->connect_space->coins, &clean, error))
    return TRUE;
  c->chain->broken = TRUE;
  return FALSE;
}

gboolean
node_connect_block (NodeChain *chain,
                    NodeCoins *coins,
                    const BtcBlock *block,
                    NodeBlock *index,
                    gboolean just_check,
                    const BtcCoin **spent,
                    BtcVerdict *verdict,
                    GError **error)
{
  Connect c = { .chain = chain, .coins = coins, .block = block, .index = index, .verdict = verdict };

  btc_verdict_clear (verdict);
  if (spent != NULL)
    *spent = NULL;
  /* The coinbase of the genesis block was never a coin. */
  if (index->prev == NULL)
    return TRUE;
  c.flags = btc_params_script_flags (chain->params, index->height, index->hash32);
  c.csv = index->height >= chain->params->buried_height[BTC_BURIED_CSV];
  c.check_scripts = just_check || decide_script_checks (chain, index);
  space_prepare (chain->connect_space, block);

  if (needs_bip30 (chain->params, index) && !check_bip30 (&c, error))
    return FALSE;
  if (verdict->verdict != BTC_VERDICT_OK)
    return TRUE;
  if (!connect_txs (&c, error)) {
    unwind (&c, NULL);
    return FALSE;
  }
  if ((just_check || verdict->verdict != BTC_VERDICT_OK) && !unwind (&c, error))
    return FALSE;
  if (spent != NULL)
    *spent = chain->connect_space->coins;
  return TRUE;
}

gboolean
node_connect_write_undo (NodeChain *chain, NodeBlock *index, GError **error)
{
  const GByteArray *undo = chain->connect_space->undo;

  if (index->prev == NULL || (index->status & NODE_BLOCK_HAVE_UNDO))
    return TRUE;
  if (!node_block_files_write_undo (chain->files, index->file, index->prev->hash32, undo->data, undo->len,
                                    &index->undo_pos, error))
    return FALSE;
  index->status |= NODE_BLOCK_HAVE_UNDO;
  node_tree_mark_dirty (chain, index);
  return TRUE;
}

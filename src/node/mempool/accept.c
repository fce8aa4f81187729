#include "node/mempool/private.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "common/clock.h"
#include "common/log.h"

/* Accepts a transaction to the mempool: the cheap checks first, the scripts last. */

#define MIN_STRIPPED_SIZE 65 /* CVE-2017-12842: 64 bytes could pass for an inner node of a merkle tree */
#define MAX_SIGOPS_COST 16000

/* A transaction that is being checked. */
typedef struct {
  NodeMempool *mempool;
  BtcTx *tx;
  const NodeMempoolHow *how;
  BtcVerdict *verdict;
  BtcCoin *coins;  /* one for each input */
  GArray *fetched; /* BtcOutpoint: that were not in the coins cache before */
  gint64 fee_sat;
  gint64 modified_fee_sat;
  guint32 vsize;
  guint32 sigop_cost;
  gboolean spends_coinbase;
  GPtrArray *parents; /* entries */
  GHashTable *direct; /* entries in direct conflict */
  GHashTable *all;    /* these and their descendants */
} Candidate;

static gboolean
candidate_fail (Candidate *c, BtcVerdictClass how, const char *reason)
{
  return btc_verdict_fail (c->verdict, how, reason, "%s", "");
}

gboolean
node_mempool_find_coin (NodeMempool *mempool,
                        const BtcOutpoint *outpoint,
                        BtcCoin *coin,
                        gboolean *found,
                        GError **error)
{
  *found = node_mempool_get_coin (mempool, outpoint, coin);
  return *found || node_coins_get (node_chain_coins (mempool->chain), outpoint, coin, found, error);
}

static gboolean
check_alone (Candidate *c)
{
  const BtcTx *tx = c->tx;
  const NodeBlock *tip = node_chain_tip (c->mempool->chain);

  if (!btc_tx_check (tx, c->verdict))
    return FALSE;
  if (btc_tx_is_coinbase (tx))
    return candidate_fail (c, BTC_VERDICT_CONSENSUS, "coinbase");
  if (c->mempool->options.require_standard && !node_standard_check_tx (tx, &c->mempool->options, c->verdict))
    return FALSE;
  if (tx->stripped_size < MIN_STRIPPED_SIZE)
    return candidate_fail (c, BTC_VERDICT_POLICY, "tx-size-small");
  if (!btc_tx_is_final (tx, tip->height + 1, node_block_median_time_past (tip)))
    return candidate_fail (c, BTC_VERDICT_PREMATURE_SPEND, "non-final");
  if (node_mempool_find_wtxid (c->mempool, tx->wtxid32) != NULL)
    return candidate_fail (c, BTC_VERDICT_CONFLICT, "txn-already-in-mempool");
  if (node_mempool_find (c->mempool, tx->txid32) != NULL)
    return candidate_fail (c, BTC_VERDICT_CONFLICT, "txn-same-nonwitness-data-in-mempool");
  return TRUE;
}

/* FALSE: it conflicts with an entry, and may not replace it. */
static gboolean
find_relatives (Candidate *c)
{
  for (guint32 i = 0; i < c->tx->n_in; i++) {
    const BtcOutpoint *outpoint = &c->tx->in[i].prevout;
    NodeMempoolEntry *rival = node_mempool_find_spender (c->mempool, outpoint);
    NodeMempoolEntry *parent = node_mempool_find (c->mempool, outpoint->txid32);
    if (parent != NULL && !g_ptr_array_find (c->parents, parent, NULL))
      g_ptr_array_add (c->parents, parent);
    if (rival != NULL && g_hash_table_add (c->direct, rival)) {
      g_hash_table_add (c->all, rival);
      node_mempool_add_descendants (c->all, rival);
    }
  }
  return c->how->package == NULL || g_hash_table_size (c->direct) == 0
         || candidate_fail (c, BTC_VERDICT_POLICY, "bip125-replacement-disallowed");
}

/* An output of a preceding transaction of the package. */
static gboolean
get_package_coin (const Candidate *c, const BtcOutpoint *outpoint, BtcCoin *coin)
{
  const BtcTx *tx = c->how->package != NULL ? g_hash_table_lookup (c->how->package, outpoint->txid32) : NULL;

  if (tx == NULL || outpoint->n >= tx->n_out)
    return FALSE;
  coin->out = tx->out[outpoint->n];
  coin->height = node_chain_tip (c->mempool->chain)->height + 1;
  coin->coinbase = FALSE;
  return TRUE;
}

gboolean
node_mempool_is_confirmed (NodeMempool *mempool, const BtcTx *tx)
{
  BtcOutpoint outpoint;

  memcpy (outpoint.txid32, tx->txid32, 32);
  for (outpoint.n = 0; outpoint.n < tx->n_out; outpoint.n++)
    if (node_coins_has_cached (node_chain_coins (mempool->chain), &outpoint))
      return TRUE;
  return FALSE;
}

static gboolean
candidate_find_coins (Candidate *c, GError **error)
{
  for (guint32 i = 0; i < c->tx->n_in; i++) {
    BtcOutpoint outpoint = c->tx->in[i].prevout;
    gboolean found = get_package_coin (c, &outpoint, &c->coins[i]);
    if (found)
      continue;
    if (node_coins_filter_uncached (node_chain_coins (c->mempool->chain), &outpoint, 1) > 0)
      g_array_append_val (c->fetched, outpoint);
    if (!node_mempool_find_coin (c->mempool, &outpoint, &c->coins[i], &found, error))
      return FALSE;
    if (!found)
      return node_mempool_is_confirmed (c->mempool, c->tx)
                 ? candidate_fail (c, BTC_VERDICT_CONFLICT, "txn-already-known")
                 : candidate_fail (c, BTC_VERDICT_MISSING_INPUTS, "bad-txns-inputs-missingorspent");
    c->spends_coinbase |= c->coins[i].coinbase;
  }
  return TRUE;
}

gboolean
node_mempool_check_sequence_locks (NodeMempool *mempool, const BtcTx *tx, const BtcCoin *coins)
{
  const NodeBlock *tip = node_chain_tip (mempool->chain);
  g_autofree guint32 *heights = g_new (guint32, tx->n_in);
  g_autofree gint64 *times = g_new (gint64, tx->n_in);
  gint64 min_height, min_time;

  for (guint32 i = 0; i < tx->n_in; i++) {
    const NodeBlock *before
        = node_block_ancestor (tip, MIN (coins[i].height > 0 ? coins[i].height - 1 : 0, tip->height));
    heights[i] = coins[i].height;
    times[i] = node_block_median_time_past (before);
  }
  btc_tx_sequence_locks (tx, TRUE, heights, times, &min_height, &min_time);
  return min_height < (gint64) tip->height + 1 && min_time < node_block_median_time_past (tip);
}

static BtcTxOut *
dup_spent (const Candidate *c)
{
  BtcTxOut *spent = g_new (BtcTxOut, c->tx->n_in);
  for (guint32 i = 0; i < c->tx->n_in; i++)
    spent[i] = c->coins[i].out;
  return spent;
}

static gboolean
check_with_coins (Candidate *c, const BtcTxOut *spent)
{
  const NodeMempoolOptions *options = &c->mempool->options;
  const BtcTx *tx = c->tx;
  guint32 height = node_chain_tip (c->mempool->chain)->height + 1;
  guint64 weight;

  if (!node_mempool_check_sequence_locks (c->mempool, tx, c->coins))
    return candidate_fail (c, BTC_VERDICT_PREMATURE_SPEND, "non-BIP68-final");
  if (!btc_tx_check_inputs (tx, c->coins, height, &c->fee_sat, c->verdict))
    return FALSE;
  if (options->require_standard
      && (!node_standard_check_inputs (tx, c->coins, c->verdict)
          || !node_standard_check_witness (tx, c->coins, c->verdict)))
    return FALSE;
  c->sigop_cost = btc_tx_sigop_cost (tx, spent, BTC_VERIFY_STANDARD);
  weight = MAX ((guint64) btc_tx_weight (tx), (guint64) c->sigop_cost * options->bytes_per_sigop);
  c->vsize = (guint32) ((weight + 3) / 4);
  c->modified_fee_sat = btc_amount_add_saturated (c->fee_sat, node_mempool_delta (c->mempool, tx->txid32));
  if (options->require_standard && node_standard_count_dust (tx, options->dust_sat_per_kvb) > 0
      && (c->fee_sat != 0 || c->modified_fee_sat != 0))
    return btc_verdict_fail (c->verdict, BTC_VERDICT_POLICY, "dust", "tx with dust output must be 0-fee");
  if (c->sigop_cost > MAX_SIGOPS_COST)
    return btc_verdict_fail (c->verdict, BTC_VERDICT_POLICY, "bad-txns-too-many-sigops", "%u", c->sigop_cost);
  return TRUE;
}

static gboolean
check_fee_rate (Candidate *c)
{
  gint64 relay_sat = (c->mempool->options.min_relay_sat_per_kvb * c->vsize + 999) / 1000;
  gint64 mempool_sat = (node_mempool_min_fee_rate (c->mempool) * c->vsize + 999) / 1000;

  if (c->modified_fee_sat < relay_sat)
    return btc_verdict_fail (c->verdict, BTC_VERDICT_POLICY, "min relay fee not met",
                             "%" G_GINT64_FORMAT " < %" G_GINT64_FORMAT, c->modified_fee_sat, relay_sat);
  if (c->modified_fee_sat < mempool_sat)
    return btc_verdict_fail (c->verdict, BTC_VERDICT_POLICY, "mempool min fee not met",
                             "%" G_GINT64_FORMAT " < %" G_GINT64_FORMAT, c->modified_fee_sat, mempool_sat);
  return TRUE;
}

static gboolean
check_dust (Candidate *c)
{
  g_autoptr (GPtrArray) alone = g_ptr_array_new ();
  guint culprit;

  g_ptr_array_add (alone, c->tx);
  return node_mempool_check_package_dust (c->mempool, alone, &culprit, c->verdict);
}

static gboolean
check_place (Candidate *c)
{
  if (!c->how->bypass_limits
      && (!check_fee_rate (c) || !node_mempool_check_truc (c->tx, c->vsize, c->parents, c->all, c->verdict)))
    return FALSE;
  if (c->how->package != NULL)
    return TRUE; /* the cluster is that of the whole package */
  if (g_hash_table_size (c->all) > 0
      && !node_mempool_check_replacement (c->mempool, c->tx, c->direct, c->all, c->modified_fee_sat, c->vsize,
                                          c->verdict))
    return FALSE;
  return node_mempool_check_cluster (c->mempool, c->parents, c->vsize, c->all, c->verdict) && check_dust (c);
}

static void
fill_result (const Candidate *c, NodeMempoolResult *result)
{
  GHashTableIter iter;
  gpointer entry;
  __int128 rate;

  if (result == NULL)
    return;
  result->fee_sat = c->fee_sat;
  result->vsize = c->vsize;
  result->weight = btc_tx_weight (c->tx);
  rate = (__int128) c->modified_fee_sat * 1000 / MAX (c->vsize, 1);
  result->fee_rate_sat_per_kvb = (gint64) CLAMP (rate, G_MININT64, G_MAXINT64);
  if (g_hash_table_size (c->all) == 0)
    return;
  result->replaced = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_iter_init (&iter, c->all);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    g_ptr_array_add (result->replaced, g_memdup2 (((NodeMempoolEntry *) entry)->tx->txid32, 32));
}

static void
candidate_insert (Candidate *c)
{
  g_autoptr (GPtrArray) replaced = node_mempool_sort (c->all);
  NodeMempoolEntry *entry = g_new0 (NodeMempoolEntry, 1);

  for (guint i = replaced->len; i > 0; i--)
    node_mempool_remove (c->mempool, g_ptr_array_index (replaced, i - 1), NODE_MEMPOOL_REMOVED_REPLACED);
  entry->tx = btc_tx_ref (c->tx);
  entry->fee_sat = c->fee_sat;
  entry->weight = btc_tx_weight (c->tx);
  entry->vsize = c->vsize;
  entry->sigop_cost = c->sigop_cost;
  node_mempool_set_time (c->mempool, entry, common_clock_now ());
  entry->sequence = c->how->bypass_limits ? c->mempool->returning_entry : 0;
  entry->height = node_chain_tip (c->mempool->chain)->height;
  entry->spends_coinbase = c->spends_coinbase;
  node_mempool_insert (c->mempool, entry);
  node_mempool_note_cluster (c->mempool, entry);
}

/* After TX was added: removes expired entries, and evicts those with the lowest fee rates if the mempool is full.
 * FALSE: TX itself was removed. */
static gboolean
make_room (Candidate *c)
{
  if (c->how->bypass_limits)
    return TRUE;
  node_mempool_expire (c->mempool);
  node_mempool_trim (c->mempool);
  return node_mempool_find (c->mempool, c->tx->txid32) != NULL
         || candidate_fail (c, BTC_VERDICT_POLICY, "mempool full");
}

/* TRUE when the scripts are valid, were already verified with the same flags, or are left to the caller. */
static gboolean
accept_scripts (Candidate *c, const BtcTxOut *spent)
{
  NodeMempool *mempool = c->mempool;
  const NodeMempoolTested *tested = c->how->tested;
  BtcVerifyFlags flags = node_mempool_next_block_flags (mempool);

  if (tested != NULL && tested->flags == (guint32) flags && memcmp (tested->wtxid32, c->tx->wtxid32, 32) == 0)
    return TRUE;
  if (c->how->scripts == NULL)
    return node_mempool_check_scripts (node_chain_sigcache (mempool->chain), c->tx, spent, flags, c->verdict);
  node_mempool_scripts_init (c->how->scripts, c->tx, spent, flags);
  return TRUE;
}

static gboolean
candidate_run (Candidate *c, NodeMempoolResult *result, GError **error)
{
  g_autofree BtcTxOut *spent = NULL;

  if (!check_alone (c))
    return FALSE;
  if (!find_relatives (c) || !candidate_find_coins (c, error))
    return FALSE;
  spent = dup_spent (c);
  if (!check_with_coins (c, spent) || !check_place (c) || !accept_scripts (c, spent))
    return FALSE;
  fill_result (c, result);
  if (c->how->parents != NULL)
    g_ptr_array_extend (c->how->parents, c->parents, NULL, NULL);
  if (c->how->test_only)
    return TRUE;
  candidate_insert (c);
  return make_room (c);
}

gboolean
node_mempool_accept_full (NodeMempool *mempool,
                          BtcTx *tx,
                          const NodeMempoolHow *how,
                          NodeMempoolResult *result,
                          BtcVerdict *verdict,
                          GError **error)
{
  g_autofree BtcCoin *coins = g_new0 (BtcCoin, tx->n_in + 1);
  g_autoptr (GPtrArray) parents = g_ptr_array_new ();
  g_autoptr (GArray) fetched = g_array_new (FALSE, FALSE, sizeof (BtcOutpoint));
  g_autoptr (GHashTable) direct = g_hash_table_new (NULL, NULL), all = g_hash_table_new (NULL, NULL);
  Candidate c = { .mempool = mempool,
                  .tx = tx,
                  .how = how,
                  .verdict = verdict,
                  .coins = coins,
                  .fetched = fetched,
                  .parents = parents,
                  .direct = direct,
                  .all = all };
  gboolean taken;

  btc_verdict_clear (verdict);
  taken = candidate_run (&c, result, error);
  /* The fetched coins are needed again only if the transaction was accepted, when a block confirms it. */
  if (!taken || how->test_only)
    node_coins_uncache (node_chain_coins (mempool->chain), (BtcOutpoint *) (gpointer) fetched->data, fetched->len);
  else
    node_mempool_check (mempool, node_mempool_find (mempool, tx->txid32));
  if (taken && !how->test_only && !node_chain_bound_coins (mempool->chain, error))
    return FALSE;
  if (!taken && !how->test_only && verdict->verdict != BTC_VERDICT_OK)
    common_debug (COMMON_LOG_MEMPOOLREJ, "A transaction was rejected: %s", verdict->reason);
  return taken;
}

gboolean
node_mempool_accept (NodeMempool *mempool,
                     BtcTx *tx,
                     gboolean test_only,
                     NodeMempoolResult *result,
                     BtcVerdict *verdict,
                     GError **error)
{
  g_return_val_if_fail (mempool != NULL && tx != NULL && verdict != NULL, FALSE);
  return node_mempool_accept_full (mempool, tx, &(NodeMempoolHow){ .test_only = test_only }, result, verdict, error);
}

gboolean
node_mempool_accept_tested (NodeMempool *mempool,
                            BtcTx *tx,
                            const NodeMempoolTested *tested,
                            BtcVerdict *verdict,
                            GError **error)
{
  g_return_val_if_fail (mempool != NULL && tx != NULL && tested != NULL && verdict != NULL, FALSE);
  return node_mempool_accept_full (mempool, tx, &(NodeMempoolHow){ .tested = tested }, NULL, verdict, error);
}

#include "bitcoin/primitives/amount.h"
#include "common/hex.h"
#include "node/mempool/private.h"

/* Replacement by fee (BIP 125 without its signal): a transaction may replace its conflicts if it pays for that. */

#define MAX_REPLACED 100 /* clusters */

static gboolean
replace_fail (BtcVerdict *verdict, const char *reason, const char *what)
{
  return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, reason, "%s", what);
}

static gboolean
fail_fee (BtcVerdict *verdict, const char *txid, const char *what, gint64 sat, gint64 least_sat)
{
  g_autofree char *is = btc_amount_format_short (sat), *least = btc_amount_format_short (least_sat);

  return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, "insufficient fee", "rejecting replacement %s, %s; %s < %s",
                           txid, what, is, least);
}

/* An entry that TX would replace and that is also an ancestor of TX, which is not allowed. NULL: none. */
static const NodeMempoolEntry *
find_own_ancestor (NodeMempool *mempool, const BtcTx *tx, GHashTable *direct)
{
  g_autoptr (GHashTable) ancestors = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer entry;

  for (guint32 i = 0; i < tx->n_in; i++) {
    NodeMempoolEntry *parent = node_mempool_find (mempool, tx->in[i].prevout.txid32);
    if (parent == NULL || !g_hash_table_add (ancestors, parent))
      continue;
    node_mempool_add_ancestors (ancestors, parent);
  }
  g_hash_table_iter_init (&iter, ancestors);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    if (g_hash_table_contains (direct, entry))
      return entry;
  return NULL;
}

static gboolean
check_not_own_ancestor (NodeMempool *mempool, const BtcTx *tx, GHashTable *direct, BtcVerdict *verdict)
{
  const NodeMempoolEntry *ancestor = find_own_ancestor (mempool, tx, direct);
  g_autofree char *txid = NULL, *other = NULL;

  if (ancestor == NULL)
    return TRUE;
  txid = common_hex_encode_reversed (tx->txid32, 32);
  other = common_hex_encode_reversed (ancestor->tx->txid32, 32);
  return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-spends-conflicting-tx",
                           "%s spends conflicting transaction %s", txid, other);
}

gboolean
node_mempool_check_replacement (NodeMempool *mempool,
                                const BtcTx *tx,
                                GHashTable *direct,
                                const GHashTable *all,
                                gint64 fee_sat,
                                guint32 vsize,
                                BtcVerdict *verdict)
{
  g_autofree char *txid = common_hex_encode_reversed (tx->txid32, 32);
  gint64 replaced_sat = 0, additional_sat, relay_sat = (mempool->options.incremental_sat_per_kvb * vsize + 999) / 1000;
  GHashTableIter iter;
  gpointer item;
  guint n_clusters;

  if (!check_not_own_ancestor (mempool, tx, direct, verdict))
    return FALSE;
  n_clusters = node_mempool_count_clusters (direct);
  if (n_clusters > MAX_REPLACED)
    return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, "too many potential replacements",
                             "rejecting replacement %s; too many conflicting clusters (%u > %d)", txid, n_clusters,
                             MAX_REPLACED);
  g_hash_table_iter_init (&iter, (GHashTable *) all);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    replaced_sat = btc_amount_add_saturated (replaced_sat, node_mempool_entry_fee (item));
  if (fee_sat < replaced_sat)
    return fail_fee (verdict, txid, "less fees than conflicting txs", fee_sat, replaced_sat);
  additional_sat = (gint64) MIN ((__int128) fee_sat - replaced_sat, G_MAXINT64);
  if (additional_sat < relay_sat)
    return fail_fee (verdict, txid, "not enough additional fees to relay", additional_sat, relay_sat);
  g_hash_table_iter_init (&iter, direct);
  while (g_hash_table_iter_next (&iter, &item, NULL)) {
    const NodeMempoolEntry *entry = item;
    if ((__int128) fee_sat * entry->vsize <= (__int128) node_mempool_entry_fee (entry) * vsize)
      return replace_fail (verdict, "replacement-failed", "insufficient feerate: does not improve feerate diagram");
  }
  return TRUE;
}

#include "node/mempool/private.h"

/* Replacement by fee (BIP 125 without its signal): a transaction that spends what others spend may take their place
 * when it pays for that. */

#define MAX_REPLACED 100

static gboolean
fail (BtcVerdict *verdict, const char *reason, const char *what)
{
  return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, reason, "%s", what);
}

/* What TX builds on must not go. */
static gboolean
spends_replaced (NodeMempool *mempool, const BtcTx *tx, GHashTable *all)
{
  for (guint32 i = 0; i < tx->n_in; i++) {
    NodeMempoolEntry *parent = node_mempool_find (mempool, tx->in[i].prevout.txid32);
    if (parent == NULL)
      continue;
    g_autoptr (GHashTable) ancestors = g_hash_table_new (NULL, NULL);
    GHashTableIter iter;
    gpointer entry;
    g_hash_table_add (ancestors, parent);
    node_mempool_add_ancestors (ancestors, parent);
    g_hash_table_iter_init (&iter, ancestors);
    while (g_hash_table_iter_next (&iter, &entry, NULL))
      if (g_hash_table_contains (all, entry))
        return TRUE;
  }
  return FALSE;
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
  gint64 replaced_sat = 0, relay_sat = (mempool->options.incremental_sat_per_kvb * vsize + 999) / 1000;
  GHashTableIter iter;
  gpointer item;

  if (g_hash_table_size ((GHashTable *) all) > MAX_REPLACED)
    return fail (verdict, "too many potential replacements", "");
  if (spends_replaced (mempool, tx, (GHashTable *) all))
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-spends-conflicting-tx", "%s", "");
  g_hash_table_iter_init (&iter, (GHashTable *) all);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    replaced_sat += node_mempool_entry_fee (item);
  if (fee_sat < replaced_sat)
    return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, "insufficient fee",
                             "rejecting replacement, less fees than conflicting txs; %" G_GINT64_FORMAT
                             " < %" G_GINT64_FORMAT,
                             fee_sat, replaced_sat);
  if (fee_sat - replaced_sat < relay_sat)
    return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, "insufficient fee",
                             "rejecting replacement, not enough additional fees to relay; %" G_GINT64_FORMAT
                             " < %" G_GINT64_FORMAT,
                             fee_sat - replaced_sat, relay_sat);
  g_hash_table_iter_init (&iter, direct);
  while (g_hash_table_iter_next (&iter, &item, NULL)) {
    const NodeMempoolEntry *entry = item;
    if ((__int128) fee_sat * entry->vsize <= (__int128) node_mempool_entry_fee (entry) * vsize)
      return fail (verdict, "replacement-failed", "insufficient feerate: does not improve feerate diagram");
  }
  return TRUE;
}

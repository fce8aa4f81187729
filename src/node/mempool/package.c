#include "node/mempool/private.h"

#include <string.h>

/* Packages: transactions that are tested together. These checks concern them as a whole; each one is also checked for
 * itself. The reasons are those of the reference. */

#define MAX_PACKAGE_WEIGHT 404000

static gboolean
package_fail (BtcVerdict *verdict, const char *reason)
{
  return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, reason, "%s", "");
}

/* The index of the transaction with TXID32; -1: it is not part of the package. */
static gint
package_find (const GPtrArray *txs, const guint8 txid32[32])
{
  for (guint i = 0; i < txs->len; i++)
    if (memcmp (((const BtcTx *) g_ptr_array_index (txs, i))->txid32, txid32, 32) == 0)
      return (gint) i;
  return -1;
}

static gboolean
is_sorted (const GPtrArray *txs)
{
  for (guint i = 0; i < txs->len; i++) {
    const BtcTx *tx = g_ptr_array_index (txs, i);
    for (guint32 k = 0; k < tx->n_in; k++)
      if (package_find (txs, tx->in[k].prevout.txid32) >= (gint) i)
        return FALSE;
  }
  return TRUE;
}

static gboolean
spends_the_same (const BtcTx *a, const BtcTx *b)
{
  for (guint32 i = 0; i < a->n_in; i++)
    for (guint32 k = 0; k < b->n_in; k++)
      if (memcmp (&a->in[i].prevout, &b->in[k].prevout, sizeof (BtcOutpoint)) == 0)
        return TRUE;
  return FALSE;
}

static gboolean
is_consistent (const GPtrArray *txs)
{
  for (guint i = 0; i < txs->len; i++) {
    if (((const BtcTx *) g_ptr_array_index (txs, i))->n_in == 0)
      return FALSE;
    for (guint k = 0; k < i; k++)
      if (spends_the_same (g_ptr_array_index (txs, i), g_ptr_array_index (txs, k)))
        return FALSE;
  }
  return TRUE;
}

gboolean
node_mempool_check_package_form (const GPtrArray *txs, BtcVerdict *verdict)
{
  guint64 weight = 0;

  for (guint i = 0; i < txs->len; i++)
    weight += btc_tx_weight (g_ptr_array_index (txs, i));
  if (weight > MAX_PACKAGE_WEIGHT)
    return package_fail (verdict, "package-too-large");
  for (guint i = 0; i < txs->len; i++)
    if (package_find (txs, ((const BtcTx *) g_ptr_array_index (txs, i))->txid32) != (gint) i)
      return package_fail (verdict, "package-contains-duplicates");
  if (!is_sorted (txs))
    return package_fail (verdict, "package-not-sorted");
  return is_consistent (txs) || package_fail (verdict, "conflict-in-package");
}

/* The distinct members of the package that transaction I spends, as indexes. */
static GArray *
dup_package_parents (const GPtrArray *txs, guint i)
{
  GArray *parents = g_array_new (FALSE, FALSE, sizeof (guint));
  const BtcTx *tx = g_ptr_array_index (txs, i);

  for (guint at = 0; at < i; at++)
    for (guint32 k = 0; k < tx->n_in; k++)
      if (package_find (txs, tx->in[k].prevout.txid32) == (gint) at) {
        g_array_append_val (parents, at);
        break;
      }
  return parents;
}

static gboolean
fail_ancestors (BtcVerdict *verdict, const BtcTx *tx)
{
  g_autofree char *name = node_mempool_dup_name (tx);

  return node_mempool_fail_truc (verdict, "tx %s would have too many ancestors", name);
}

static gboolean
fail_inheritance (BtcVerdict *verdict, const BtcTx *tx, const BtcTx *parent)
{
  g_autofree char *name = node_mempool_dup_name (tx), *parent_name = node_mempool_dup_name (parent);
  gboolean truc = tx->version == NODE_TRUC_VERSION;

  return node_mempool_fail_truc (verdict, "%sversion=3 tx %s cannot spend from %sversion=3 tx %s", truc ? "" : "non-",
                                 name, truc ? "non-" : "", parent_name);
}

static gboolean
spends_output_of (const BtcTx *tx, const BtcTx *parent)
{
  for (guint32 i = 0; i < tx->n_in; i++)
    if (memcmp (tx->in[i].prevout.txid32, parent->txid32, 32) == 0)
      return TRUE;
  return FALSE;
}

/* PARENT must have no other child, and TX none. */
static gboolean
check_truc_family (const GPtrArray *txs, const BtcTx *tx, const BtcTx *parent, gboolean has_child, BtcVerdict *verdict)
{
  g_autofree char *parent_name = node_mempool_dup_name (parent);

  for (guint i = 0; i < txs->len; i++) {
    const BtcTx *other = g_ptr_array_index (txs, i);
    if (other == tx)
      continue;
    if (spends_output_of (other, parent))
      return node_mempool_fail_truc (verdict, "tx %s would exceed descendant count limit", parent_name);
    if (spends_output_of (other, tx))
      return fail_ancestors (verdict, other);
  }
  return !has_child || node_mempool_fail_truc (verdict, "tx %s would exceed descendant count limit", parent_name);
}

static gboolean
check_other_version (const GPtrArray *txs, const BtcTx *tx, const GArray *inside, BtcVerdict *verdict)
{
  for (guint k = 0; k < inside->len; k++) {
    const BtcTx *parent = g_ptr_array_index (txs, g_array_index (inside, guint, k));
    if (parent->version == NODE_TRUC_VERSION)
      return fail_inheritance (verdict, tx, parent);
  }
  return TRUE;
}

gboolean
node_mempool_check_package_truc (const GPtrArray *txs,
                                 guint i,
                                 const GPtrArray *parents,
                                 guint32 vsize,
                                 BtcVerdict *verdict)
{
  const BtcTx *tx = g_ptr_array_index (txs, i), *parent;
  g_autoptr (GArray) inside = dup_package_parents (txs, i);
  g_autofree char *name = node_mempool_dup_name (tx);
  const NodeMempoolEntry *entry = parents->len > 0 ? g_ptr_array_index (parents, 0) : NULL;

  if (tx->version != NODE_TRUC_VERSION)
    return check_other_version (txs, tx, inside, verdict);
  if (parents->len + inside->len > 1 || (entry != NULL && entry->parents->len > 0))
    return fail_ancestors (verdict, tx);
  if (entry == NULL && inside->len == 0)
    return TRUE;
  if (vsize > NODE_TRUC_CHILD_MAX_VSIZE)
    return node_mempool_fail_truc (verdict, "version=3 child tx %s is too big: %u > %u virtual bytes", name, vsize,
                                   NODE_TRUC_CHILD_MAX_VSIZE);
  parent = entry != NULL ? entry->tx : g_ptr_array_index (txs, g_array_index (inside, guint, 0));
  if (parent->version != NODE_TRUC_VERSION)
    return fail_inheritance (verdict, tx, parent);
  return check_truc_family (txs, tx, parent, entry != NULL && entry->children->len > 0, verdict);
}

/* Whether transactions I and K would be in the same cluster, as far as they touch directly. ENTRIES: the clusters of each
 * one's parents. */
static gboolean
is_related (const GPtrArray *txs, GPtrArray *const *parents, const GPtrArray *entries, guint i, guint k)
{
  if (spends_output_of (g_ptr_array_index (txs, i), g_ptr_array_index (txs, k)))
    return TRUE;
  for (guint p = 0; p < parents[i]->len; p++)
    if (g_hash_table_contains (g_ptr_array_index (entries, k), g_ptr_array_index (parents[i], p)))
      return TRUE;
  return FALSE;
}

/* GROUPS: the number of the cluster that each transaction would be in. */
static void
group_members (const GPtrArray *txs, GPtrArray *const *parents, const GPtrArray *entries, guint *groups)
{
  for (guint i = 0; i < txs->len; i++) {
    groups[i] = i;
    for (guint k = 0; k < i; k++) {
      guint other = groups[k];
      if (other == groups[i] || !is_related (txs, parents, entries, i, k))
        continue;
      for (guint m = 0; m <= i; m++)
        if (groups[m] == other)
          groups[m] = groups[i];
    }
  }
}

static gboolean
group_fits (NodeMempool *mempool,
            const GPtrArray *entries,
            const NodeMempoolResult *results,
            const guint *groups,
            guint group)
{
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);
  guint64 vsize = 0;
  guint count = 0;
  GHashTableIter iter;
  gpointer entry;

  for (guint i = 0; i < entries->len; i++) {
    if (groups[i] != group)
      continue;
    count++;
    vsize += results[i].vsize;
    g_hash_table_iter_init (&iter, g_ptr_array_index (entries, i));
    while (g_hash_table_iter_next (&iter, &entry, NULL))
      g_hash_table_add (set, entry);
  }
  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    vsize += ((NodeMempoolEntry *) entry)->vsize;
  return count + g_hash_table_size (set) <= mempool->options.cluster_count && vsize <= mempool->options.cluster_vsize;
}

gboolean
node_mempool_check_package_clusters (NodeMempool *mempool,
                                     const GPtrArray *txs,
                                     GPtrArray *const *parents,
                                     const NodeMempoolResult *results,
                                     BtcVerdict *verdict)
{
  g_autoptr (GHashTable) none = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  g_autofree guint *groups = g_new (guint, txs->len);

  for (guint i = 0; i < txs->len; i++) {
    GHashTable *set = g_hash_table_new (NULL, NULL);
    for (guint p = 0; p < parents[i]->len; p++)
      node_mempool_add_cluster (set, g_ptr_array_index (parents[i], p), none);
    g_ptr_array_add (entries, set);
  }
  group_members (txs, parents, entries, groups);
  for (guint i = 0; i < txs->len; i++)
    if (!group_fits (mempool, entries, results, groups, groups[i]))
      return package_fail (verdict, "too-large-cluster");
  return TRUE;
}

static gboolean
spends_outpoint (const BtcTx *tx, const guint8 txid32[32], guint32 n)
{
  for (guint32 i = 0; i < tx->n_in; i++)
    if (tx->in[i].prevout.n == n && memcmp (tx->in[i].prevout.txid32, txid32, 32) == 0)
      return TRUE;
  return FALSE;
}

/* Dust is only accepted if the same child spends all of it (ephemeral dust). */
gboolean
node_mempool_check_package_dust (NodeMempool *mempool, const GPtrArray *txs, guint *culprit, BtcVerdict *verdict)
{
  for (guint i = 0; mempool->options.require_standard && i < txs->len; i++) {
    const BtcTx *tx = g_ptr_array_index (txs, i);
    for (guint32 k = 0; k < tx->n_in; k++) {
      gint inside = package_find (txs, tx->in[k].prevout.txid32);
      const NodeMempoolEntry *entry = node_mempool_find (mempool, tx->in[k].prevout.txid32);
      const BtcTx *parent = inside >= 0 ? g_ptr_array_index (txs, inside) : entry != NULL ? entry->tx : NULL;
      for (guint32 n = 0; parent != NULL && n < parent->n_out; n++) {
        g_autofree char *name = NULL;
        if (!node_standard_is_dust (&parent->out[n], mempool->options.dust_sat_per_kvb)
            || spends_outpoint (tx, parent->txid32, n))
          continue;
        *culprit = i;
        name = node_mempool_dup_name (tx);
        return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, "missing-ephemeral-spends",
                                 "tx %s did not spend parent's ephemeral dust", name);
      }
    }
  }
  return TRUE;
}

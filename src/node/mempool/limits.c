#include "node/mempool/private.h"

#include <math.h>

#include "bitcoin/primitives/amount.h"
#include "common/clock.h"
#include "common/log.h"

/* The limits of clusters, of version 3 transactions and of memory, and expiry. */

#define TRUC_MAX_VSIZE 10000
#define ROLLING_HALF_LIFE_S (12 * 60 * 60)

void
node_mempool_add_cluster (GHashTable *set, NodeMempoolEntry *entry, GHashTable *replaced)
{
  g_autoptr (GPtrArray) todo = g_ptr_array_new ();

  g_ptr_array_add (todo, entry);
  while (todo->len > 0) {
    NodeMempoolEntry *at = g_ptr_array_steal_index_fast (todo, todo->len - 1);
    if (g_hash_table_contains (replaced, at) || !g_hash_table_add (set, at))
      continue;
    for (guint i = 0; i < at->parents->len; i++)
      g_ptr_array_add (todo, g_ptr_array_index (at->parents, i));
    for (guint i = 0; i < at->children->len; i++)
      g_ptr_array_add (todo, g_ptr_array_index (at->children, i));
  }
}

guint
node_mempool_count_clusters (GHashTable *set)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL), none = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer entry;
  guint n = 0;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &entry, NULL)) {
    if (g_hash_table_contains (seen, entry))
      continue;
    node_mempool_add_cluster (seen, entry, none);
    n++;
  }
  return n;
}

gboolean
node_mempool_check_cluster (NodeMempool *mempool,
                            const GPtrArray *parents,
                            guint32 vsize,
                            GHashTable *replaced,
                            BtcVerdict *verdict)
{
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);
  guint64 total = vsize;
  GHashTableIter iter;
  gpointer entry;

  for (guint i = 0; i < parents->len; i++)
    node_mempool_add_cluster (set, g_ptr_array_index (parents, i), replaced);
  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    total += ((NodeMempoolEntry *) entry)->vsize;
  if (g_hash_table_size (set) + 1 > mempool->options.cluster_count || total > mempool->options.cluster_vsize)
    return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, "too-large-cluster", "%s", "");
  return TRUE;
}

gboolean
node_mempool_fail_truc (BtcVerdict *verdict, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, "TRUC-violation", "%s", what);
}

/* A transaction and its unconfirmed parents must be either all of version 3, or all of other versions. */
static gboolean
check_truc_parents (const BtcTx *tx, const char *name, const GPtrArray *parents, BtcVerdict *verdict)
{
  gboolean truc = tx->version == NODE_TRUC_VERSION;

  for (guint i = 0; i < parents->len; i++) {
    const NodeMempoolEntry *parent = g_ptr_array_index (parents, i);
    g_autofree char *parent_name = NULL;
    if (truc == (parent->tx->version == NODE_TRUC_VERSION))
      continue;
    parent_name = node_mempool_dup_name (parent->tx);
    return node_mempool_fail_truc (verdict, "%sversion=3 tx %s cannot spend from %sversion=3 tx %s", truc ? "" : "non-",
                                   name, truc ? "non-" : "", parent_name);
  }
  return TRUE;
}

/* BIP 431: at most one parent and one child of version 3, so that their fees can always be bumped. */
gboolean
node_mempool_check_truc (const BtcTx *tx,
                         guint32 vsize,
                         const GPtrArray *parents,
                         GHashTable *replaced,
                         BtcVerdict *verdict)
{
  g_autofree char *name = node_mempool_dup_name (tx), *parent_name = NULL;
  const NodeMempoolEntry *parent;

  if (!check_truc_parents (tx, name, parents, verdict))
    return FALSE;
  if (tx->version != NODE_TRUC_VERSION)
    return TRUE;
  if (vsize > TRUC_MAX_VSIZE)
    return node_mempool_fail_truc (verdict, "version=3 tx %s is too big: %u > %u virtual bytes", name, vsize,
                                   TRUC_MAX_VSIZE);
  if (parents->len == 0)
    return TRUE;
  parent = g_ptr_array_index (parents, 0);
  if (parents->len > 1 || parent->parents->len > 0)
    return node_mempool_fail_truc (verdict, "tx %s would have too many ancestors", name);
  if (vsize > NODE_TRUC_CHILD_MAX_VSIZE)
    return node_mempool_fail_truc (verdict, "version=3 child tx %s is too big: %u > %u virtual bytes", name, vsize,
                                   NODE_TRUC_CHILD_MAX_VSIZE);
  parent_name = node_mempool_dup_name (parent->tx);
  for (guint i = 0; i < parent->children->len; i++)
    if (!g_hash_table_contains (replaced, g_ptr_array_index (parent->children, i)))
      return node_mempool_fail_truc (verdict, "tx %s would exceed descendant count limit", parent_name);
  return TRUE;
}

void
node_mempool_expire (NodeMempool *mempool)
{
  gint64 before = common_clock_now () - mempool->options.expiry_s, oldest_s = G_MAXINT64;
  g_autoptr (GPtrArray) entries = NULL;

  /* All entries are checked, so this is skipped while the oldest one has not expired. */
  if (mempool->oldest_s >= before)
    return;
  entries = node_mempool_dup_entries (mempool);
  /* From the last to the first: descendants of an expired entry are removed with it, and not checked again. */
  for (guint i = entries->len; i > 0; i--) {
    NodeMempoolEntry *entry = g_ptr_array_index (entries, i - 1);
    if (entry->time_s < before)
      node_mempool_remove_recursive (mempool, entry, NODE_MEMPOOL_REMOVED_EXPIRED);
    else
      oldest_s = MIN (oldest_s, entry->time_s);
  }
  mempool->oldest_s = oldest_s;
}

/* The descendant fee rate of ENTRY, or its own if that is higher. */
static double
keep_rate (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  g_autoptr (GPtrArray) descendants = node_mempool_dup_descendants (mempool, entry);
  double own = (double) node_mempool_entry_fee (entry) / entry->vsize;
  gint64 fee = node_mempool_entry_fee (entry), size = entry->vsize;

  for (guint i = 0; i < descendants->len; i++) {
    const NodeMempoolEntry *other = g_ptr_array_index (descendants, i);
    fee = btc_amount_add_saturated (fee, node_mempool_entry_fee (other));
    size += other->vsize;
  }
  return MAX (own, (double) fee / (double) size);
}

typedef struct {
  NodeMempoolEntry *entry;
  double rate;
} Ranked;

static int
compare_ranked (gconstpointer a, gconstpointer b)
{
  double first = ((const Ranked *) a)->rate, second = ((const Ranked *) b)->rate;
  return first < second ? -1 : first > second;
}

/* Evicts the lowest fee rates until a twentieth of the memory is free. */
void
node_mempool_trim (NodeMempool *mempool)
{
  g_autoptr (GArray) ranked = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GHashTable) gone = NULL;
  gsize goal = mempool->options.max_bytes - mempool->options.max_bytes / 20;

  if (mempool->usage <= mempool->options.max_bytes)
    return;
  entries = node_mempool_dup_entries (mempool);
  ranked = g_array_sized_new (FALSE, FALSE, sizeof (Ranked), entries->len);
  gone = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < entries->len; i++) {
    NodeMempoolEntry *entry = g_ptr_array_index (entries, i);
    Ranked item = { entry, keep_rate (mempool, entry) };
    g_array_append_val (ranked, item);
  }
  g_array_sort (ranked, compare_ranked);
  for (guint i = 0; i < ranked->len && mempool->usage > goal; i++) {
    const Ranked *item = &g_array_index (ranked, Ranked, i);
    double rate = item->rate * 1000 + (double) mempool->options.incremental_sat_per_kvb;
    if (g_hash_table_contains (gone, item->entry))
      continue;
    g_hash_table_add (gone, item->entry);
    node_mempool_add_descendants (gone, item->entry);
    node_mempool_remove_recursive (mempool, item->entry, NODE_MEMPOOL_REMOVED_SIZE_LIMIT);
    mempool->rolling_min_rate = MAX (mempool->rolling_min_rate, rate);
    mempool->rolling_since_s = common_clock_now ();
  }
  common_debug (COMMON_LOG_MEMPOOL, "The mempool was full: the minimum fee rate is now %.0f sat/kvB",
                mempool->rolling_min_rate);
}

gint64
node_mempool_min_fee_rate (NodeMempool *mempool)
{
  gint64 age_s = common_clock_now () - mempool->rolling_since_s;
  double rolling;

  if (mempool->rolling_min_rate <= 0)
    return mempool->options.min_relay_sat_per_kvb;
  rolling = mempool->rolling_min_rate * pow (0.5, (double) MAX (age_s, 0) / ROLLING_HALF_LIFE_S);
  if (rolling < (double) mempool->options.incremental_sat_per_kvb / 2) {
    mempool->rolling_min_rate = 0;
    rolling = 0;
  }
  return MAX ((gint64) rolling, mempool->options.min_relay_sat_per_kvb);
}

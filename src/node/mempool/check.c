#include "node/mempool/private.h"

#include <string.h>

#include "common/hex.h"
#include "common/log.h"
#include "common/random.h"
#include "node/mempool/clusters.h"
#include "node/mempool/linearise.h"

/* -checkmempool: compares what the mempool keeps up to date with what follows from its transactions alone. */

typedef struct {
  NodeMempool *mempool;
  char *problem; /* NULL: none was found */
  /* The totals of what was checked. */
  guint64 inputs, vbytes, usage;
  gint64 fee_sat;
  guint unbroadcast;
} Check;

static gboolean
pool_check_fail (Check *check, const NodeMempoolEntry *entry, const char *what)
{
  g_autofree char *txid = common_hex_encode_reversed (entry->tx->txid32, 32);

  check->problem = g_strdup_printf ("%s of transaction %s", what, txid);
  return FALSE;
}

/* Its places in the tables by which it is found. */
static gboolean
pool_check_tables (Check *check, const NodeMempoolEntry *entry)
{
  const NodeMempool *mempool = check->mempool;
  const NodeMempoolId *id;

  if (g_hash_table_lookup (mempool->by_txid, entry->tx->txid32) != entry)
    return pool_check_fail (check, entry, "the place by the ID");
  if (g_hash_table_lookup (mempool->by_wtxid, entry->tx->wtxid32) != entry)
    return pool_check_fail (check, entry, "the place by the witness ID");
  if (entry->id_index >= mempool->ids->len)
    return pool_check_fail (check, entry, "the place in the list");
  id = &g_array_index (mempool->ids, NodeMempoolId, entry->id_index);
  return (id->sequence == entry->sequence && memcmp (id->txid32, entry->tx->txid32, 32) == 0)
         || pool_check_fail (check, entry, "the place in the list");
}

/* Whether LISTED has exactly the entries of WANTED (a set), each once. */
static gboolean
pool_check_relatives (const GPtrArray *listed, GHashTable *wanted)
{
  if (listed->len != g_hash_table_size (wanted))
    return FALSE;
  for (guint i = 0; i < listed->len; i++)
    if (!g_hash_table_remove (wanted, g_ptr_array_index (listed, i)))
      return FALSE;
  return TRUE;
}

static gboolean
pool_check_parents (Check *check, const NodeMempoolEntry *entry)
{
  g_autoptr (GHashTable) parents = g_hash_table_new (NULL, NULL);
  const BtcTx *tx = entry->tx;

  for (guint32 i = 0; i < tx->n_in; i++) {
    NodeMempoolEntry *parent = node_mempool_find (check->mempool, tx->in[i].prevout.txid32);
    if (node_mempool_find_spender (check->mempool, &tx->in[i].prevout) != entry)
      return pool_check_fail (check, entry, "the spender of an input");
    if (parent == NULL)
      continue;
    if (parent->sequence >= entry->sequence)
      return pool_check_fail (check, entry, "the order of arrival");
    g_hash_table_add (parents, parent);
  }
  return pool_check_relatives (entry->parents, parents) || pool_check_fail (check, entry, "the list of parents");
}

static gboolean
pool_check_children (Check *check, const NodeMempoolEntry *entry)
{
  g_autoptr (GHashTable) children = g_hash_table_new (NULL, NULL);
  BtcOutpoint outpoint;

  memcpy (outpoint.txid32, entry->tx->txid32, 32);
  for (outpoint.n = 0; outpoint.n < entry->tx->n_out; outpoint.n++) {
    NodeMempoolEntry *child = node_mempool_find_spender (check->mempool, &outpoint);
    if (child != NULL)
      g_hash_table_add (children, child);
  }
  return pool_check_relatives (entry->children, children) || pool_check_fail (check, entry, "the list of children");
}

/* That what it spends exists, is mature and leaves its fee. A coin that cannot be read proves nothing. */
static gboolean
pool_check_coins (Check *check, const NodeMempoolEntry *entry)
{
  NodeChain *chain = check->mempool->chain;
  g_autofree BtcCoin *coins = g_new0 (BtcCoin, entry->tx->n_in);
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  BtcVerdict verdict;
  gint64 fee_sat;

  for (guint32 i = 0; i < entry->tx->n_in; i++) {
    const BtcOutpoint *outpoint = &entry->tx->in[i].prevout;
    g_autoptr (GError) error = NULL;
    gboolean found = node_mempool_get_coin (check->mempool, outpoint, &coins[i]);
    if (!found && !node_coins_peek (node_chain_coins (chain), outpoint, &coins[i], scripts, &found, &error))
      return TRUE;
    if (!found)
      return pool_check_fail (check, entry, "a coin");
  }
  btc_verdict_clear (&verdict);
  if (!btc_tx_check_inputs (entry->tx, coins, node_chain_tip (chain)->height + 1, &fee_sat, &verdict))
    return pool_check_fail (check, entry, "the validity");
  return fee_sat == entry->fee_sat || pool_check_fail (check, entry, "the fee");
}

static gboolean
pool_check_sizes (Check *check, const NodeMempoolEntry *entry)
{
  guint64 weight = MAX (entry->weight, (guint64) entry->sigop_cost * check->mempool->options.bytes_per_sigop);

  if (entry->weight != btc_tx_weight (entry->tx) || entry->vsize != (weight + 3) / 4)
    return pool_check_fail (check, entry, "the size");
  return entry->fee_delta_sat == node_mempool_delta (check->mempool, entry->tx->txid32)
         || pool_check_fail (check, entry, "the fee delta");
}

static gboolean
pool_check_entry (Check *check, const NodeMempoolEntry *entry)
{
  check->inputs += entry->tx->n_in;
  check->vbytes += entry->vsize;
  check->usage += node_mempool_memory_of (entry);
  check->fee_sat += entry->fee_sat;
  check->unbroadcast += entry->unbroadcast ? 1 : 0;
  return pool_check_tables (check, entry) && pool_check_parents (check, entry) && pool_check_children (check, entry)
         && pool_check_coins (check, entry) && pool_check_sizes (check, entry);
}

static gboolean
pool_check_chunk (Check *check, const NodeMempoolChunk *chunk, GHashTable *mined)
{
  for (guint i = 0; i < chunk->entries->len; i++) {
    const NodeMempoolEntry *entry = g_ptr_array_index (chunk->entries, i);
    for (guint k = 0; k < entry->parents->len; k++)
      if (!g_hash_table_contains (mined, g_ptr_array_index (entry->parents, k)))
        return pool_check_fail (check, entry, "the position after its parents");
    if (!g_hash_table_add (mined, (gpointer) entry))
      return pool_check_fail (check, entry, "the only position");
  }
  return TRUE;
}

/* The order in which the cluster of ENTRY is mined. Its entries are added to DONE. */
static gboolean
pool_check_cluster (Check *check, NodeMempoolEntry *entry, GHashTable *done)
{
  g_autoptr (GHashTable) cluster = g_hash_table_new (NULL, NULL), none = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) mined = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) chunks = NULL;
  GHashTableIter iter;
  gpointer member;

  node_mempool_add_cluster (cluster, entry, none);
  if (g_hash_table_size (cluster) > NODE_LINEARISE_MAX && !check->mempool->may_be_large)
    return pool_check_fail (check, entry, "the number of relatives");
  chunks = node_mempool_dup_chunks (check->mempool, entry);
  for (guint i = 0; i < chunks->len; i++) {
    const NodeMempoolChunk *chunk = g_ptr_array_index (chunks, i);
    if (i > 0 && node_mempool_chunk_compare (chunk, g_ptr_array_index (chunks, i - 1)) < 0)
      return pool_check_fail (check, entry, "the fee rates in the cluster");
    if (!pool_check_chunk (check, chunk, mined))
      return FALSE;
  }
  g_hash_table_iter_init (&iter, cluster);
  while (g_hash_table_iter_next (&iter, &member, NULL)) {
    if (!g_hash_table_remove (mined, member))
      return pool_check_fail (check, member, "the position in the cluster");
    g_hash_table_add (done, member);
  }
  return g_hash_table_size (mined) == 0 || pool_check_fail (check, entry, "the members of the cluster");
}

static gboolean
pool_check_members (Check *check, GHashTable *entries)
{
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (!pool_check_entry (check, entry))
      return FALSE;
  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (!g_hash_table_contains (done, entry) && !pool_check_cluster (check, entry, done))
      return FALSE;
  return TRUE;
}

/* With as many spent outputs as inputs, and each entry the spender of its own, no output is spent twice. */
static gboolean
pool_check_totals (Check *check)
{
  const NodeMempool *mempool = check->mempool;
  guint n = g_hash_table_size (mempool->by_txid);

  if (g_hash_table_size (mempool->by_wtxid) != n || mempool->ids->len != n)
    check->problem = g_strdup ("the number of transactions");
  else if (g_hash_table_size (mempool->spenders) != check->inputs)
    check->problem = g_strdup ("the number of spent outputs");
  else if (mempool->vbytes != check->vbytes)
    check->problem = g_strdup ("the total size");
  else if (mempool->usage != check->usage)
    check->problem = g_strdup ("the total memory");
  else if (mempool->total_fee_sat != check->fee_sat)
    check->problem = g_strdup ("the total fee");
  else if (mempool->n_unbroadcast != check->unbroadcast)
    check->problem = g_strdup ("the number of transactions that were not broadcast");
  return check->problem == NULL;
}

char *
node_mempool_dup_problem (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  g_autoptr (GHashTable) cluster = NULL, none = NULL;
  Check check = { .mempool = mempool };

  if (entry == NULL) {
    if (pool_check_members (&check, mempool->by_txid))
      pool_check_totals (&check);
    return check.problem;
  }
  cluster = g_hash_table_new (NULL, NULL);
  none = g_hash_table_new (NULL, NULL);
  node_mempool_add_cluster (cluster, entry, none);
  pool_check_members (&check, cluster);
  return check.problem;
}

void
node_mempool_check (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  g_autofree char *problem = NULL;

  if (mempool->options.check_ratio == 0 || mempool->is_unsettled
      || common_random_below (mempool->options.check_ratio) > 0)
    return;
  if (entry == NULL)
    common_debug (COMMON_LOG_MEMPOOL, "Checking mempool with %u transactions and %u inputs", mempool->ids->len,
                  g_hash_table_size (mempool->spenders));
  problem = node_mempool_dup_problem (mempool, entry);
  if (problem != NULL)
    g_error ("The mempool is inconsistent (-checkmempool): %s is wrong", problem);
}

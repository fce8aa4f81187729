#include "node/mempool/private.h"

#include <string.h>

/* testmempoolaccept of several transactions, on another thread, which verifies the scripts. */

typedef struct {
  NodeMempool *mempool;
  GPtrArray *txs;
  NodeMempoolMember *members;
  BtcVerdict *verdict;
  NodeMempoolResult *results;  /* of each transaction, once it was checked */
  NodeMempoolScripts *scripts; /* likewise */
  GPtrArray **parents;         /* likewise */
  NodeCoins *coins;
  gboolean good;
  GError *error;
} PackageTest;

static void
package_get_coins (NodeChain *chain, gpointer data)
{
  ((PackageTest *) data)->coins = node_chain_coins (chain);
}

/* Checks each transaction, except for its scripts. */
static gboolean
check_members (PackageTest *test)
{
  g_autoptr (GHashTable) before = node_mempool_new_table ();

  for (guint i = 0; i < test->txs->len; i++) {
    BtcTx *tx = g_ptr_array_index (test->txs, i);
    const NodeMempoolHow how
        = { .package = before, .parents = test->parents[i], .test_only = TRUE, .scripts = &test->scripts[i] };
    if (!node_mempool_accept_full (test->mempool, tx, &how, &test->results[i], &test->members[i].verdict,
                                   &test->error)) {
      test->members[i].is_known = test->error == NULL;
      return FALSE;
    }
    g_hash_table_insert (before, tx->txid32, tx);
  }
  return TRUE;
}

static void
check_but_scripts (NodeChain *chain, gpointer data)
{
  PackageTest *test = data;
  BtcVerdict verdict;
  guint culprit;

  if (!check_members (test))
    return;
  for (guint i = 0; i < test->txs->len; i++)
    if (!node_mempool_check_package_truc (test->txs, i, test->parents[i], test->results[i].vsize, test->verdict))
      return;
  if (!node_mempool_check_package_clusters (test->mempool, test->txs, test->parents, test->results, test->verdict))
    return;
  btc_verdict_clear (&verdict);
  test->good = node_mempool_check_package_dust (test->mempool, test->txs, &culprit, &verdict);
  if (test->good)
    return;
  test->members[culprit].is_known = TRUE;
  test->members[culprit].verdict = verdict;
}

/* Prefetches the coins that the chain thread will need from disk. */
static gboolean
package_read_ahead (PackageTest *test, GCancellable *cancellable, GError **error)
{
  if (!node_chain_run (test->mempool->chain, NODE_JOB_TRANSACTIONS, package_get_coins, test, cancellable, error))
    return FALSE;
  for (guint k = 0; k < test->txs->len; k++) {
    const BtcTx *tx = g_ptr_array_index (test->txs, k);
    for (guint32 i = 0; i < tx->n_in && !g_cancellable_is_cancelled (cancellable); i++)
      node_coins_is_on_disk (test->coins, &tx->in[i].prevout);
  }
  return TRUE;
}

/* Ends with the first transaction whose scripts fail. */
static void
verify_members (PackageTest *test)
{
  for (guint i = 0; i < test->txs->len; i++) {
    NodeMempoolMember *member = &test->members[i];
    const NodeMempoolScripts *scripts = &test->scripts[i];
    gboolean valid
        = node_mempool_check_scripts (node_chain_sigcache (test->mempool->chain), g_ptr_array_index (test->txs, i),
                                      scripts->spent, scripts->flags, &member->verdict);
    member->is_known = TRUE;
    member->result = test->results[i];
    if (!valid)
      return;
  }
}

static void
package_test_init (PackageTest *test)
{
  guint n = test->txs->len;

  btc_verdict_clear (test->verdict);
  memset (test->members, 0, n * sizeof *test->members);
  test->results = g_new0 (NodeMempoolResult, n);
  test->scripts = g_new0 (NodeMempoolScripts, n);
  test->parents = g_new0 (GPtrArray *, n);
  for (guint i = 0; i < n; i++) {
    btc_verdict_clear (&test->members[i].verdict);
    test->parents[i] = g_ptr_array_new ();
  }
}

static void
package_test_clear (PackageTest *test)
{
  for (guint i = 0; i < test->txs->len; i++) {
    node_mempool_scripts_clear (&test->scripts[i]);
    g_ptr_array_unref (test->parents[i]);
  }
  g_free (test->results);
  g_free (test->scripts);
  g_free (test->parents);
}

gboolean
node_mempool_test_package (NodeMempool *mempool,
                           GPtrArray *txs,
                           GCancellable *cancellable,
                           NodeMempoolMember *members,
                           BtcVerdict *verdict,
                           GError **error)
{
  PackageTest test = { .mempool = mempool, .txs = txs, .members = members, .verdict = verdict };
  gboolean ran;

  g_return_val_if_fail (mempool != NULL && txs != NULL && members != NULL && verdict != NULL, FALSE);
  package_test_init (&test);
  if (!node_mempool_check_package_form (txs, verdict)) {
    package_test_clear (&test);
    return TRUE;
  }
  ran = package_read_ahead (&test, cancellable, error)
        && node_chain_run (mempool->chain, NODE_JOB_TRANSACTIONS, check_but_scripts, &test, cancellable, error);
  if (ran && test.error != NULL) {
    g_propagate_error (error, test.error);
    ran = FALSE;
  }
  if (ran && test.good)
    verify_members (&test);
  package_test_clear (&test);
  return ran;
}

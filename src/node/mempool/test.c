#include "node/mempool/private.h"

#include <string.h>

/* testmempoolaccept on another thread, which verifies the scripts. */

typedef struct {
  NodeMempool *mempool;
  BtcTx *tx;
  NodeMempoolScripts scripts;
  NodeMempoolResult *result;
  BtcVerdict *verdict;
  NodeCoins *coins;
  gboolean good;
  GError *error;
} Test;

static void
test_get_coins (NodeChain *chain, gpointer data)
{
  ((Test *) data)->coins = node_chain_coins (chain);
}

static void
test_but_scripts (NodeChain *chain, gpointer data)
{
  Test *test = data;
  const NodeMempoolHow how = { .test_only = TRUE, .scripts = &test->scripts };

  test->good = node_mempool_accept_full (test->mempool, test->tx, &how, test->result, test->verdict, &test->error);
}

/* Prefetches the coins that the chain thread will need from disk. */
static gboolean
test_read_ahead (Test *test, GCancellable *cancellable, GError **error)
{
  if (!node_chain_run (test->mempool->chain, NODE_JOB_TRANSACTIONS, test_get_coins, test, cancellable, error))
    return FALSE;
  for (guint32 i = 0; i < test->tx->n_in && !g_cancellable_is_cancelled (cancellable); i++)
    node_coins_is_on_disk (test->coins, &test->tx->in[i].prevout);
  return TRUE;
}

gboolean
node_mempool_test (NodeMempool *mempool,
                   BtcTx *tx,
                   GCancellable *cancellable,
                   NodeMempoolTested *tested,
                   NodeMempoolResult *result,
                   BtcVerdict *verdict,
                   GError **error)
{
  Test test = { .mempool = mempool, .tx = tx, .result = result, .verdict = verdict };
  gboolean good;

  g_return_val_if_fail (mempool != NULL && tx != NULL && tested != NULL && verdict != NULL, FALSE);
  btc_verdict_clear (verdict);
  if (!test_read_ahead (&test, cancellable, error)
      || !node_chain_run (mempool->chain, NODE_JOB_TRANSACTIONS, test_but_scripts, &test, cancellable, error))
    return FALSE;
  if (!test.good) {
    if (test.error != NULL)
      g_propagate_error (error, test.error);
    return FALSE;
  }
  good = node_mempool_check_scripts (node_chain_sigcache (mempool->chain), tx, test.scripts.spent, test.scripts.flags,
                                     verdict);
  memcpy (tested->wtxid32, tx->wtxid32, 32);
  tested->flags = (guint32) test.scripts.flags;
  node_mempool_scripts_clear (&test.scripts);
  if (!good && result != NULL)
    node_mempool_result_clear (result);
  return good;
}

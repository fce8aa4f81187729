#include "chain_fixture.h"
#include "node/mempool/private.h"

#include <string.h>

/* -checkmempool finds what is inconsistent. */

#define N_BLOCKS 120

typedef struct {
  ChainFixture chain;
  GPtrArray *blocks;
  GPtrArray *txs; /* BtcTx in the mempool: a parent, its two children, and an unrelated one */
  NodeMempool *mempool;
} Fixture;

static void
offer_job (NodeChain *chain, gpointer data)
{
  Fixture *f = data;
  g_autoptr (GError) error = NULL;
  BtcVerdict verdict;

  for (guint i = 0; i < f->txs->len; i++)
    g_assert_true (node_mempool_accept (f->mempool, g_ptr_array_index (f->txs, i), FALSE, NULL, &verdict, &error));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  NodeMempoolOptions options;

  node_mempool_options_init (&options);
  options.require_standard = FALSE;
  options.check_ratio = 1;
  chain_fixture_init (&f->chain, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f->chain);
  f->blocks = chain_fixture_add_blocks (&f->chain, N_BLOCKS);
  f->mempool = chain_fixture_new_mempool (&f->chain, &options);
  f->txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  for (guint i = 0; i < 2; i++)
    g_ptr_array_add (f->txs, chain_spend_new (&((BtcBlock *) g_ptr_array_index (f->blocks, i))->txs[0], 0,
                                              BTC_SEQUENCE_FINAL, 10000));
  for (guint32 n = 0; n < 2; n++)
    g_ptr_array_add (f->txs, chain_spend_new (g_ptr_array_index (f->txs, 0), n, BTC_SEQUENCE_FINAL, 10000 + n));
  g_assert_true (node_chain_run (f->chain.chain, NODE_JOB_TRANSACTIONS, offer_job, f, NULL, NULL));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  chain_fixture_clear (&f->chain);
  node_mempool_free (f->mempool);
  g_ptr_array_unref (f->txs);
  g_ptr_array_unref (f->blocks);
}

static NodeMempoolEntry *
entry (Fixture *f, guint i)
{
  return node_mempool_find (f->mempool, ((BtcTx *) g_ptr_array_index (f->txs, i))->txid32);
}

static void
expect (Fixture *f, const char *expected)
{
  g_autofree char *problem = node_mempool_dup_problem (f->mempool, NULL);

  if (expected == NULL)
    g_assert_cmpstr (problem, ==, NULL);
  else
    g_assert_true (problem != NULL && g_str_has_prefix (problem, expected));
}

#define EXPECT_CHANGED(f, what, value, expected)                                                                       \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    __typeof__ (what) kept = (what);                                                                                   \
    (what) = (value);                                                                                                  \
    expect (f, expected);                                                                                              \
    (what) = kept;                                                                                                     \
    expect (f, NULL);                                                                                                  \
  }                                                                                                                    \
  G_STMT_END

static void
totals_job (NodeChain *chain, gpointer data)
{
  Fixture *f = data;
  NodeMempool *mempool = f->mempool;

  expect (f, NULL);
  EXPECT_CHANGED (f, mempool->vbytes, kept + 1, "the total size");
  EXPECT_CHANGED (f, mempool->usage, kept - 1, "the total memory");
  EXPECT_CHANGED (f, mempool->total_fee_sat, kept + 1, "the total fee");
  EXPECT_CHANGED (f, mempool->n_unbroadcast, kept + 1, "the number of transactions that were not broadcast");
}

static void
entry_job (NodeChain *chain, gpointer data)
{
  Fixture *f = data;
  NodeMempoolEntry *alone = entry (f, 1), *child = entry (f, 2), *parent = entry (f, 0);

  EXPECT_CHANGED (f, alone->fee_sat, kept + 1, "the fee of");
  EXPECT_CHANGED (f, alone->vsize, kept + 1, "the size of");
  EXPECT_CHANGED (f, alone->weight, kept - 4, "the size of");
  EXPECT_CHANGED (f, alone->fee_delta_sat, 1, "the fee delta of");
  EXPECT_CHANGED (f, alone->id_index, child->id_index, "the place in the list of");
  EXPECT_CHANGED (f, alone->id_index, 4, "the place in the list of");
  EXPECT_CHANGED (f, parent->children->len, 1, "the list of children of");
  EXPECT_CHANGED (f, child->parents->len, 0, "the list of parents of");
  EXPECT_CHANGED (f, child->parents->pdata[0], alone, "the list of parents of");
}

static void
tables_job (NodeChain *chain, gpointer data)
{
  Fixture *f = data;
  NodeMempool *mempool = f->mempool;
  NodeMempoolEntry *alone = entry (f, 1), *child = entry (f, 2);
  BtcOutpoint unspent = { .n = 7 };

  g_hash_table_replace (mempool->by_wtxid, alone->tx->wtxid32, child);
  expect (f, "the place by the witness ID of");
  g_hash_table_replace (mempool->by_wtxid, alone->tx->wtxid32, alone);
  g_hash_table_replace (mempool->spenders, &alone->tx->in[0].prevout, child);
  expect (f, "the spender of an input of");
  g_hash_table_replace (mempool->spenders, &alone->tx->in[0].prevout, alone);
  g_hash_table_insert (mempool->spenders, &unspent, alone);
  expect (f, "the number of spent outputs");
  g_hash_table_remove (mempool->spenders, &unspent);
  expect (f, NULL);
}

static void
coin_job (NodeChain *chain, gpointer data)
{
  Fixture *f = data;
  const BtcOutpoint *outpoint = &entry (f, 1)->tx->in[0].prevout;
  BtcCoin coin;
  gboolean found;

  g_assert_true (node_coins_get (node_chain_coins (chain), outpoint, &coin, &found, NULL));
  node_coins_spend (node_chain_coins (chain), outpoint);
  expect (f, "a coin of");
  node_coins_add (node_chain_coins (chain), outpoint, &coin, TRUE);
  expect (f, NULL);
}

static void
test_job (Fixture *f, gconstpointer job)
{
  g_assert_true (node_chain_run (f->chain.chain, NODE_JOB_QUERIES, (NodeChainJob) job, f, NULL, NULL));
}

static void
break_job (NodeChain *chain, gpointer data)
{
  ((Fixture *) data)->mempool->total_fee_sat++;
}

/* The program ends at the next block. */
static void
test_abort (Fixture *f, gconstpointer data)
{
  g_autoptr (BtcBlock) block = NULL;

  if (g_test_subprocess ()) {
    test_job (f, break_job);
    block = chain_block_new (f->chain.params, g_ptr_array_index (f->blocks, N_BLOCKS - 1), N_BLOCKS + 1, 0, -1, NULL);
    chain_fixture_accept (&f->chain, block);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*The mempool is inconsistent (-checkmempool): the total fee is wrong*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, job, func) g_test_add ("/mempool-check/" name, Fixture, job, set_up, func, tear_down)
  ADD ("totals", totals_job, test_job);
  ADD ("entry", entry_job, test_job);
  ADD ("tables", tables_job, test_job);
  ADD ("coin", coin_job, test_job);
  ADD ("abort", NULL, test_abort);
  return g_test_run ();
}

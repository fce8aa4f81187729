#include "chain_fixture.h"
#include "node/mempool/persist.h"
#include "node/mempool/private.h"

#include <string.h>

/* The effects of a reorganisation on the mempool. */

#define N_BLOCKS 140
#define N_PARENTS 20

typedef struct {
  ChainFixture chain;
  GPtrArray *blocks;
  GPtrArray *parents; /* BtcTx: in the last block */
  NodeMempool *mempool;
  char *path; /* of mempool.dat */
} Fixture;

static BtcTx *
spend (Fixture *f, guint32 height)
{
  const BtcBlock *block = g_ptr_array_index (f->blocks, height - 1);

  return chain_spend_new (&block->txs[0], 0, BTC_SEQUENCE_FINAL, 10000);
}

/* A chain whose last block has N_PARENTS transactions. */
static void
set_up (Fixture *f)
{
  chain_fixture_init (&f->chain, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f->chain);
  f->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  f->parents = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  for (guint32 height = 1; height <= N_BLOCKS; height++) {
    const BtcBlock *prev = height > 1 ? g_ptr_array_index (f->blocks, height - 2) : NULL;
    BtcBlock *block;

    for (guint32 i = 1; height == N_BLOCKS && i <= N_PARENTS; i++)
      g_ptr_array_add (f->parents, spend (f, i));
    block = chain_block_new (f->chain.params, prev, height, 0, -1, height == N_BLOCKS ? f->parents : NULL);
    g_ptr_array_add (f->blocks, block);
    g_assert_cmpstr (chain_fixture_accept (&f->chain, block), ==, NULL);
  }
  f->mempool = chain_fixture_new_mempool (&f->chain, NULL);
}

static void
tear_down (Fixture *f)
{
  chain_fixture_clear (&f->chain);
  node_mempool_free (f->mempool);
  g_ptr_array_unref (f->parents);
  g_ptr_array_unref (f->blocks);
}

typedef struct {
  Fixture *f;
  BtcTx *tx;
  guint count;
} Job;

static void
offer_job (NodeChain *chain, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  BtcVerdict verdict;

  g_assert_true (node_mempool_accept (job->f->mempool, job->tx, FALSE, NULL, &verdict, &error));
}

/* Takes over TX. */
static void
offer (Fixture *f, BtcTx *tx)
{
  g_autoptr (BtcTx) owned = tx;
  Job job = { f, tx, 0 };

  g_assert_true (node_chain_run (f->chain.chain, NODE_JOB_TRANSACTIONS, offer_job, &job, NULL, NULL));
}

static void
settle_job (NodeChain *chain, gpointer data)
{
  Job *job = data;

  node_mempool_settle (job->f->mempool, NULL, NULL);
  g_assert_null (job->f->mempool->recheck);
  g_assert_cmpuint (job->f->mempool->returning_bytes, ==, 0);
  job->count = node_mempool_count (job->f->mempool);
}

static guint
count (Fixture *f)
{
  Job job = { f, NULL, 0 };

  g_assert_true (node_chain_run (f->chain.chain, NODE_JOB_QUERIES, settle_job, &job, NULL, NULL));
  return job.count;
}

/* Both outputs of each parent are spent in the mempool, and so is one unrelated coin. */
static void
offer_children (Fixture *f)
{
  for (guint i = 0; i < f->parents->len; i++)
    for (guint32 n = 0; n < 2; n++)
      offer (f, chain_spend_new (g_ptr_array_index (f->parents, i), n, BTC_SEQUENCE_FINAL, 10000));
  offer (f, spend (f, N_PARENTS + 1));
  g_assert_cmpuint (count (f), ==, 2 * N_PARENTS + 1);
}

static void
test_returned (void)
{
  Fixture f = { 0 };

  set_up (&f);
  offer_children (&f);
  chain_fixture_invalidate (&f.chain, g_ptr_array_index (f.blocks, N_BLOCKS - 1));
  g_assert_cmpuint (count (&f), ==, 3 * N_PARENTS + 1);
  chain_fixture_reconsider (&f.chain, g_ptr_array_index (f.blocks, N_BLOCKS - 1));
  g_assert_cmpuint (count (&f), ==, 2 * N_PARENTS + 1);
  tear_down (&f);
}

static void
set_room (NodeChain *chain, gpointer data)
{
  Fixture *f = data;
  BtcTx *tx = g_ptr_array_index (f->parents, 0);

  f->mempool->max_returning_bytes
      = 3 * (sizeof *tx + tx->bytes.len + tx->n_in * sizeof (BtcTxIn) + tx->n_out * sizeof (BtcTxOut));
}

/* Transactions for which there is no room are not returned, and their descendants are removed. */
static void
test_bound (void)
{
  Fixture f = { 0 };

  set_up (&f);
  offer_children (&f);
  node_chain_run (f.chain.chain, NODE_JOB_QUERIES, set_room, &f, NULL, NULL);
  chain_fixture_invalidate (&f.chain, g_ptr_array_index (f.blocks, N_BLOCKS - 1));
  g_assert_cmpuint (count (&f), ==, 3 * 3 + 1);
  tear_down (&f);
}

typedef struct {
  Fixture *f;
  BtcBlock *last;
  NodeMempoolSnapshot *snapshot;
  guint n_returning;
} Cut;

/* The tip is disconnected, and the program exits before any of its transactions have been returned. */
static void
disconnect_job (NodeChain *chain, gpointer data)
{
  Cut *cut = data;
  NodeMempool *mempool = cut->f->mempool;
  GError *error = NULL;

  /* A slice that is queued already does not queue another one. */
  mempool->settle_posted = TRUE;
  node_chain_invalidate (chain, node_chain_find (chain, cut->last->hash32), &error);
  g_assert_no_error (error);
  cut->n_returning = mempool->returning.length;
  cut->snapshot = node_mempool_snapshot_new (mempool);
}

static void
load_job (NodeChain *chain, gpointer data)
{
  static const NodeMempoolLoadOptions options = { .apply_deltas = TRUE, .apply_unbroadcast = TRUE };
  g_autoptr (NodeMempoolLoad) load = NULL;
  g_autoptr (GError) error = NULL;
  Job *job = data;

  load = node_mempool_load_new (job->f->mempool, job->f->path, &options, &error);
  g_assert_no_error (error);
  while (node_mempool_load_run (load, G_USEC_PER_SEC, &error) == NODE_MEMPOOL_LOAD_MORE)
    continue;
  g_assert_no_error (error);
}

/* Transactions that were still to be returned when the program exited are in the mempool after the restart, with all
 * their descendants. */
static void
test_restart (void)
{
  g_autoptr (GError) error = NULL;
  Fixture f = { 0 };
  Cut cut = { .f = &f };
  NodeMempool *old;
  Job job = { &f, NULL, 0 };

  set_up (&f);
  offer_children (&f);
  cut.last = g_ptr_array_index (f.blocks, N_BLOCKS - 1);
  g_assert_true (node_chain_run (f.chain.chain, NODE_JOB_BLOCKS, disconnect_job, &cut, NULL, NULL));
  g_assert_cmpuint (cut.n_returning, ==, N_PARENTS);
  f.path = g_build_filename (f.chain.datadir, "mempool.dat", NULL);
  g_assert_true (node_mempool_dump (cut.snapshot, f.path, FALSE, &error));
  g_assert_no_error (error);
  node_mempool_snapshot_free (cut.snapshot);
  old = f.mempool;
  f.mempool = chain_fixture_new_mempool (&f.chain, NULL);
  g_assert_true (node_chain_run (f.chain.chain, NODE_JOB_BACKGROUND, load_job, &job, NULL, NULL));
  g_assert_cmpuint (count (&f), ==, 3 * N_PARENTS + 1);
  tear_down (&f);
  node_mempool_free (old);
  g_free (f.path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mempool-reorg/returned", test_returned);
  g_test_add_func ("/mempool-reorg/bound", test_bound);
  g_test_add_func ("/mempool-reorg/restart", test_restart);
  return g_test_run ();
}

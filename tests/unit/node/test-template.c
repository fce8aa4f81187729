#include "chain_fixture.h"
#include "node/mempool/private.h"
#include "node/mining/mining.h"

#include <string.h>

/* Block templates are made beside the chain thread, which goes on. */

#define N_BLOCKS 140
#define N_PAIRS 30

typedef struct {
  ChainFixture chain;
  GPtrArray *blocks;
  NodeMempool *mempool;
  NodeMining *mining;
  gint stop;   /* atomic */
  gint n_made; /* atomic */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  NodeMiningOptions options;

  chain_fixture_init (&f->chain, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f->chain);
  f->blocks = chain_fixture_add_blocks (&f->chain, N_BLOCKS);
  f->mempool = chain_fixture_new_mempool (&f->chain, NULL);
  node_mining_options_init (&options);
  f->mining = node_mining_new (f->chain.chain, f->mempool, &options);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  chain_fixture_clear (&f->chain);
  node_mining_free (f->mining);
  node_mempool_free (f->mempool);
  g_ptr_array_unref (f->blocks);
}

typedef struct {
  Fixture *f;
  BtcTx *tx;
} Job;

static void
offer_job (NodeChain *chain, gpointer data)
{
  Job *job = data;
  BtcVerdict verdict;

  node_mempool_accept (job->f->mempool, job->tx, FALSE, NULL, &verdict, NULL);
}

static void
offer (Fixture *f, BtcTx *tx)
{
  g_assert_true (node_chain_run (f->chain.chain, NODE_JOB_TRANSACTIONS, offer_job, &(Job){ f, tx }, NULL, NULL));
}

static void
remove_job (NodeChain *chain, gpointer data)
{
  Job *job = data;
  NodeMempoolEntry *entry = node_mempool_find (job->f->mempool, job->tx->txid32);

  if (entry != NULL)
    node_mempool_remove_recursive (job->f->mempool, entry, NODE_MEMPOOL_REMOVED_EXPIRED);
}

/* Spends the coinbase of block HEIGHT. */
static BtcTx *
spend_coinbase (Fixture *f, guint32 height, gint64 fee_sat)
{
  const BtcBlock *block = g_ptr_array_index (f->blocks, height - 1);

  return chain_spend_new (&block->txs[0], 0, BTC_SEQUENCE_FINAL, fee_sat);
}

static NodeTemplate *
make (Fixture *f)
{
  static const guint8 anyone[] = { 0x51 };
  g_autoptr (GError) error = NULL;
  BtcVerdict verdict;
  NodeTemplate *made
      = node_mining_make_template (f->mining, NULL, (BtcSpan){ anyone, sizeof anyone }, NULL, NULL, &verdict, &error);

  g_assert_no_error (error);
  g_assert_cmpint (verdict.verdict, ==, BTC_VERDICT_OK);
  g_assert_nonnull (made);
  return made;
}

static guint64
steps_of (Fixture *f, NodeJobClass job_class)
{
  return common_jobs_get_steps (node_chain_jobs (f->chain.chain), job_class);
}

/* Queries alone, and several of them: to copy the transactions, to confirm them, to copy their coins. */
static void
test_steps (Fixture *f, gconstpointer data)
{
  g_autoptr (NodeTemplate) made = NULL;
  guint64 before[NODE_JOB_N_CLASSES];
  gint64 fees_sat = 0;

  for (guint i = 1; i <= N_PAIRS; i++) {
    g_autoptr (BtcTx) parent = spend_coinbase (f, i, 10000 + i);
    g_autoptr (BtcTx) child = chain_spend_new (parent, 0, BTC_SEQUENCE_FINAL, 20000);

    offer (f, parent);
    offer (f, child);
    fees_sat += 30000 + i;
  }
  for (guint i = 0; i < NODE_JOB_N_CLASSES; i++)
    before[i] = steps_of (f, i);
  made = make (f);
  for (guint i = 0; i < NODE_JOB_N_CLASSES; i++)
    if (i != NODE_JOB_QUERIES)
      g_assert_cmpuint (steps_of (f, i), ==, before[i]);
  g_assert_cmpuint (steps_of (f, NODE_JOB_QUERIES), >=, before[NODE_JOB_QUERIES] + 5);
  g_assert_cmpuint (made->block->n_txs, ==, 1 + 2 * N_PAIRS);
  g_assert_cmpint (made->fees_sat[0], ==, -fees_sat);
  g_assert_cmpstr (chain_fixture_test (&f->chain, made->block), ==, NULL);
}

/* The best rate of a transaction with its ancestors comes first; equals as they came. */
static void
test_order (Fixture *f, gconstpointer data)
{
  g_autoptr (BtcTx) poor = spend_coinbase (f, 1, 100), rich = chain_spend_new (poor, 1, BTC_SEQUENCE_FINAL, 50000);
  g_autoptr (BtcTx) sibling = chain_spend_new (poor, 0, BTC_SEQUENCE_FINAL, 300);
  g_autoptr (BtcTx) middle = spend_coinbase (f, 2, 10000), equal = spend_coinbase (f, 3, 10000);
  const BtcTx *order[] = { poor, rich, middle, equal, sibling };
  g_autoptr (NodeTemplate) made = NULL;

  offer (f, middle);
  offer (f, poor);
  offer (f, sibling);
  offer (f, equal);
  offer (f, rich);
  made = make (f);
  g_assert_cmpuint (made->block->n_txs, ==, 1 + G_N_ELEMENTS (order));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpmem (made->block->txs[i + 1].txid32, 32, order[i]->txid32, 32);
}

static void
test_kept (Fixture *f, gconstpointer data)
{
  BtcVerdict verdict;
  g_autoptr (NodeTemplate) first = node_mining_get_template (f->mining, NULL, &verdict, NULL);
  g_autoptr (NodeTemplate) same = node_mining_get_template (f->mining, NULL, &verdict, NULL);
  g_autoptr (NodeTemplate) other = NULL;
  g_autoptr (BtcBlock) block
      = chain_block_new (f->chain.params, g_ptr_array_index (f->blocks, N_BLOCKS - 1), N_BLOCKS + 1, 0, -1, NULL);

  g_assert_true (first != NULL && same == first);
  g_assert_cmpstr (chain_fixture_accept (&f->chain, block), ==, NULL);
  other = node_mining_get_template (f->mining, NULL, &verdict, NULL);
  g_assert_cmpuint (other->height, ==, N_BLOCKS + 2);
  /* Whoever has the old one keeps it. */
  g_assert_cmpuint (first->height, ==, N_BLOCKS + 1);
}

static gpointer
make_many (gpointer data)
{
  Fixture *f = data;

  while (!g_atomic_int_get (&f->stop)) {
    g_autoptr (NodeTemplate) made = make (f);

    g_assert_cmpmem (made->block->header.prev32, 32, made->prev->hash32, 32);
    g_atomic_int_inc (&f->n_made);
  }
  return NULL;
}

/* Each template is valid on a tip of its time, whatever happens to chain and mempool meanwhile. */
static void
test_while_all_changes (Fixture *f, gconstpointer data)
{
  GThread *maker = g_thread_new ("maker", make_many, f);

  for (guint round = 0; round < 40; round++) {
    g_autoptr (BtcTx) parent = spend_coinbase (f, 1 + round, 10000 + round);
    g_autoptr (BtcTx) child = chain_spend_new (parent, 0, BTC_SEQUENCE_FINAL, 20000);
    guint height = f->blocks->len;
    GPtrArray *txs = NULL;
    g_autoptr (GPtrArray) confirmed = g_ptr_array_new ();

    offer (f, parent);
    offer (f, child);
    if (round % 3 == 1)
      node_chain_run (f->chain.chain, NODE_JOB_TRANSACTIONS, remove_job, &(Job){ f, parent }, NULL, NULL);
    if (round % 3 == 1) {
      offer (f, parent);
      offer (f, child);
    }
    if (round % 10 == 7)
      g_ptr_array_add (txs = confirmed, parent);
    g_ptr_array_add (f->blocks, chain_block_new (f->chain.params, g_ptr_array_index (f->blocks, height - 1), height + 1,
                                                 0, -1, txs));
    g_assert_cmpstr (chain_fixture_accept (&f->chain, g_ptr_array_index (f->blocks, height)), ==, NULL);
    for (gint n_made = g_atomic_int_get (&f->n_made); round % 4 == 3 && g_atomic_int_get (&f->n_made) == n_made;)
      g_usleep (100);
    if (round % 10 == 9) {
      chain_fixture_invalidate (&f->chain, g_ptr_array_index (f->blocks, height - 3));
      chain_fixture_reconsider (&f->chain, g_ptr_array_index (f->blocks, height - 3));
    }
  }
  g_atomic_int_set (&f->stop, 1);
  g_thread_join (maker);
  g_assert_cmpint (g_atomic_int_get (&f->n_made), >=, 10);
}

/* Once the chain stops there is none, and no error of the disk. */
static void
test_stopped (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BtcVerdict verdict;

  node_chain_stop (f->chain.chain);
  g_assert_null (node_mining_get_template (f->mining, NULL, &verdict, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/template/steps", Fixture, NULL, set_up, test_steps, tear_down);
  g_test_add ("/template/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/template/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/template/while-all-changes", Fixture, NULL, set_up, test_while_all_changes, tear_down);
  g_test_add ("/template/stopped", Fixture, NULL, set_up, test_stopped, tear_down);
  return g_test_run ();
}

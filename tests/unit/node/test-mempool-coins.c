#include "chain_fixture.h"
#include "node/mempool/mempool.h"

#include <string.h>

/* What submitted transactions, and queries, leave in the coins cache. */

#define N_BLOCKS 160

typedef struct {
  ChainFixture chain;
  GPtrArray *blocks;
  NodeMempool *mempool;
  NodeMempoolOptions options;
} Fixture;

/* A chain whose coins are all on disk, and none in memory. */
static void
set_up (Fixture *f, gsize dbcache_bytes, gsize mempool_bytes)
{
  chain_fixture_init (&f->chain, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f->chain);
  f->blocks = chain_fixture_add_blocks (&f->chain, N_BLOCKS);
  f->chain.dbcache_bytes = dbcache_bytes;
  chain_fixture_reopen (&f->chain);
  node_mempool_options_init (&f->options);
  f->options.require_standard = FALSE;
  f->options.max_bytes = mempool_bytes;
  f->mempool = chain_fixture_new_mempool (&f->chain, &f->options);
}

static void
tear_down (Fixture *f)
{
  chain_fixture_clear (&f->chain);
  node_mempool_free (f->mempool);
  g_ptr_array_unref (f->blocks);
}

/* Spends the coinbase of the block at HEIGHT. */
static BtcTx *
spend (Fixture *f, guint32 height, gint64 fee_sat)
{
  const BtcBlock *block = g_ptr_array_index (f->blocks, height - 1);

  return chain_spend_new (&block->txs[0], 0, BTC_SEQUENCE_FINAL, fee_sat);
}

typedef struct {
  Fixture *f;
  BtcTx *tx;
  gboolean test_only;
  gboolean taken;
  BtcVerdict verdict;
  guint64 cached;
  gsize bytes;
} Offer;

static void
offer_job (NodeChain *chain, gpointer data)
{
  Offer *offer = data;
  g_autoptr (GError) error = NULL;

  if (offer->tx != NULL)
    offer->taken = node_mempool_accept (offer->f->mempool, offer->tx, offer->test_only, NULL, &offer->verdict, &error);
  g_assert_no_error (error);
  offer->cached = node_coins_cached (node_chain_coins (chain));
  offer->bytes = node_coins_memory (node_chain_coins (chain));
}

static Offer
offer (Fixture *f, BtcTx *tx, gboolean test_only)
{
  Offer offer = { .f = f, .tx = tx, .test_only = test_only };

  g_assert_true (node_chain_run (f->chain.chain, NODE_JOB_TRANSACTIONS, offer_job, &offer, NULL, NULL));
  return offer;
}

static void
test_refused (void)
{
  Fixture f = { 0 };
  g_autoptr (BtcTx) good = NULL, poor = NULL, child = NULL;
  Offer result;

  set_up (&f, 8 << 20, 8 << 20);
  good = spend (&f, 1, 10000);
  poor = spend (&f, 2, 0);
  child = chain_spend_new (good, 0, BTC_SEQUENCE_FINAL, 10000);
  result = offer (&f, good, TRUE);
  g_assert_true (result.taken);
  g_assert_cmpuint (result.cached, ==, 0);
  result = offer (&f, poor, FALSE);
  g_assert_false (result.taken);
  g_assert_cmpstr (result.verdict.reason, ==, "min relay fee not met");
  g_assert_cmpuint (result.cached, ==, 0);
  result = offer (&f, child, FALSE);
  g_assert_cmpint (result.verdict.verdict, ==, BTC_VERDICT_MISSING_INPUTS);
  g_assert_cmpuint (result.cached, ==, 0);
  result = offer (&f, good, FALSE);
  g_assert_true (result.taken);
  g_assert_cmpuint (result.cached, ==, 1);
  /* Coins that were cached before stay cached, whatever the result is. */
  result = offer (&f, good, TRUE);
  g_assert_cmpstr (result.verdict.reason, ==, "txn-already-in-mempool");
  g_assert_cmpuint (result.cached, ==, 1);
  tear_down (&f);
}

/* A confirmed transaction is only detected where this is cheap. */
static void
test_known (void)
{
  Fixture f = { 0 };
  g_autoptr (BtcTx) tx = NULL;
  g_autoptr (GPtrArray) txs = g_ptr_array_new ();
  BtcBlock *block;

  set_up (&f, 8 << 20, 8 << 20);
  tx = spend (&f, 1, 10000);
  g_ptr_array_add (txs, tx);
  block = chain_block_new (f.chain.params, g_ptr_array_index (f.blocks, N_BLOCKS - 1), N_BLOCKS + 1, 0, -1, txs);
  g_ptr_array_add (f.blocks, block);
  g_assert_cmpstr (chain_fixture_accept (&f.chain, block), ==, NULL);
  g_assert_cmpstr (offer (&f, tx, FALSE).verdict.reason, ==, "txn-already-known");
  chain_fixture_close (&f.chain);
  node_mempool_free (g_steal_pointer (&f.mempool));
  chain_fixture_open (&f.chain);
  f.mempool = chain_fixture_new_mempool (&f.chain, &f.options);
  g_assert_cmpint (offer (&f, tx, FALSE).verdict.verdict, ==, BTC_VERDICT_MISSING_INPUTS);
  tear_down (&f);
}

/* A cache with room for about seven coins uses the memory that the mempool does not need, and returns it. */
static void
test_spare_memory (void)
{
  const gsize max_bytes = 40000;
  Fixture f = { 0 };
  gsize db, budget, usage = 0;
  guint64 n = 0;

  set_up (&f, 1000, max_bytes);
  node_chain_get_cache_bytes (f.chain.chain, &db, &budget);
  for (guint32 height = 1; usage < max_bytes - max_bytes / 20; height++) {
    g_autoptr (BtcTx) tx = spend (&f, height, 10000);
    Offer result = offer (&f, tx, FALSE);

    g_assert_true (result.taken);
    usage = node_mempool_usage (f.mempool);
    g_assert_cmpuint (usage, <, max_bytes);
    n++;
    if (result.cached == n)
      g_assert_cmpuint (result.bytes, <=, budget + max_bytes - usage);
    if (usage < max_bytes / 4 * 3)
      g_assert_cmpuint (result.cached, ==, n);
  }
  g_assert_cmpuint (n, >, 30);
  g_assert_cmpuint (offer (&f, NULL, FALSE).bytes, <=, budget + max_bytes - usage);
  g_assert_cmpuint (offer (&f, NULL, FALSE).cached, <, n);
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mempool-coins/refused", test_refused);
  g_test_add_func ("/mempool-coins/known", test_known);
  g_test_add_func ("/mempool-coins/spare-memory", test_spare_memory);
  return g_test_run ();
}

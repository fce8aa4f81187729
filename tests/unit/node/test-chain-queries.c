#include "chain_fixture.h"
#include "node/mempool/private.h"
#include "node/mempool/walk.h"

#include <string.h>

/* The cost of queries for the chain thread, in steps of its jobs. */

#define N_BLOCKS 120

typedef struct {
  ChainFixture chain;
  GPtrArray *blocks;
  NodeMempool *mempool;
} Fixture;

static void
set_up (Fixture *f)
{
  chain_fixture_init (&f->chain, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f->chain);
  f->blocks = chain_fixture_add_blocks (&f->chain, N_BLOCKS);
  f->mempool = chain_fixture_new_mempool (&f->chain, NULL);
}

static void
tear_down (Fixture *f)
{
  chain_fixture_clear (&f->chain);
  node_mempool_free (f->mempool);
  g_ptr_array_unref (f->blocks);
}

static guint64
steps_of (Fixture *f, NodeJobClass job_class)
{
  return common_jobs_get_steps (node_chain_jobs (f->chain.chain), job_class);
}

/* ---- coins on the disk ---- */

typedef struct {
  Fixture *f;
  const NodeBlock *coins_tip;
  const NodeBlock *tip;
  gboolean on_disk;
} Flushed;

static void
look_at_coins (NodeChain *chain, gpointer data)
{
  Flushed *flushed = data;
  BtcOutpoint outpoint = { .n = 0 };

  flushed->coins_tip = node_chain_coins_tip (chain);
  flushed->tip = node_chain_tip (chain);
  memcpy (outpoint.txid32,
          ((BtcBlock *) g_ptr_array_index (flushed->f->blocks, flushed->tip->height - 1))->txs[0].txid32, 32);
  flushed->on_disk = node_coins_is_on_disk (node_chain_coins (chain), &outpoint);
}

static Flushed
run_flushed (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  Flushed flushed = { .f = f };

  g_assert_true (node_chain_run_flushed (f->chain.chain, look_at_coins, &flushed, NULL, &error));
  g_assert_no_error (error);
  g_assert_nonnull (flushed.coins_tip);
  g_assert_true (flushed.coins_tip == flushed.tip);
  g_assert_true (flushed.on_disk);
  return flushed;
}

/* Another thread writes: the chain thread starts it in one step, and takes the result in others. */
static void
test_flushed (void)
{
  Fixture f = { 0 };
  guint64 before;

  set_up (&f);
  before = steps_of (&f, NODE_JOB_BACKGROUND);
  run_flushed (&f);
  g_assert_cmpuint (steps_of (&f, NODE_JOB_BACKGROUND), >=, before + 2);
  before = steps_of (&f, NODE_JOB_BACKGROUND);
  run_flushed (&f);
  g_assert_cmpuint (steps_of (&f, NODE_JOB_BACKGROUND), ==, before + 1);
  tear_down (&f);
}

static void
run_flushed_here (NodeChain *chain, gpointer data)
{
  run_flushed (data);
}

/* On the chain thread itself it is synchronous. */
static void
test_flushed_at_once (void)
{
  Fixture f = { 0 };

  set_up (&f);
  g_assert_true (node_chain_run (f.chain.chain, NODE_JOB_BLOCKS, run_flushed_here, &f, NULL, NULL));
  tear_down (&f);
}

static void
test_flushed_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Fixture f = { 0 };
  Flushed flushed = { .f = &f };

  set_up (&f);
  g_cancellable_cancel (cancellable);
  g_assert_false (node_chain_run_flushed (f.chain.chain, look_at_coins, &flushed, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  node_chain_stop (f.chain.chain);
  g_assert_false (node_chain_run_flushed (f.chain.chain, look_at_coins, &flushed, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_null (flushed.tip);
  tear_down (&f);
}

/* ---- transactions ---- */

/* Spends output 0 of TX into one output with SCRIPT, of LEN bytes. */
static BtcTx *
spend_into (const BtcTx *tx, const guint8 *script, gsize len)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  BtcOutpoint outpoint = { .n = 0 };

  memcpy (outpoint.txid32, tx->txid32, 32);
  btc_tx_builder_add_in (builder, &outpoint, BTC_SEQUENCE_FINAL);
  btc_tx_builder_add_out (builder, tx->out[0].value_sat - 10000, script, len);
  return btc_tx_builder_finish (builder);
}

typedef struct {
  NodeMempool *mempool;
  BtcTx *tx;
  NodeMempoolTested tested;
  gboolean taken;
  BtcVerdict verdict;
} Offer;

static void
accept_job (NodeChain *chain, gpointer data)
{
  Offer *offer = data;

  offer->taken = node_mempool_accept_tested (offer->mempool, offer->tx, &offer->tested, &offer->verdict, NULL);
}

static gboolean
test_offer (Offer *offer)
{
  g_autoptr (GError) error = NULL;
  gboolean good = node_mempool_test (offer->mempool, offer->tx, NULL, &offer->tested, NULL, &offer->verdict, &error);

  g_assert_no_error (error);
  return good;
}

static gboolean
accept_offer (Fixture *f, Offer *offer)
{
  g_assert_true (node_chain_run (f->chain.chain, NODE_JOB_TRANSACTIONS, accept_job, offer, NULL, NULL));
  return offer->taken;
}

/* Scripts run on the caller's thread, and not again when the transaction is accepted, unless the script flags have
 * changed. */
static void
test_scripts (void)
{
  static const guint8 nobody[] = { 0x61, 0x61, 0x61, 0x61, 0x61, 0x00 },
                      anybody[] = { 0x61, 0x61, 0x61, 0x61, 0x61, 0x51 };
  Fixture f = { 0 };
  g_autoptr (BtcTx) parent = NULL, child = NULL;
  Offer offer;
  guint64 before;

  set_up (&f);
  parent = spend_into (&((BtcBlock *) g_ptr_array_index (f.blocks, 0))->txs[0], nobody, sizeof nobody);
  child = spend_into (parent, anybody, sizeof anybody);
  offer = (Offer){ .mempool = f.mempool, .tx = parent };
  before = steps_of (&f, NODE_JOB_TRANSACTIONS);
  g_assert_true (test_offer (&offer));
  g_assert_cmpuint (steps_of (&f, NODE_JOB_TRANSACTIONS), ==, before + 2);
  g_assert_true (accept_offer (&f, &offer));
  /* An unspendable coin. */
  offer = (Offer){ .mempool = f.mempool, .tx = child };
  g_assert_false (test_offer (&offer));
  g_assert_nonnull (strstr (offer.verdict.reason, "mempool-script-verify-flag-failed"));
  offer.tested.flags ^= 1;
  g_assert_false (accept_offer (&f, &offer));
  offer.tested.flags ^= 1;
  offer.tested.wtxid32[0] ^= 1;
  g_assert_false (accept_offer (&f, &offer));
  offer.tested.wtxid32[0] ^= 1;
  g_assert_true (accept_offer (&f, &offer));
  tear_down (&f);
}

/* When a checked transaction is accepted, its coins may be spent, or it may be in the mempool already: this is checked
 * again. */
static void
test_conflict (void)
{
  static const guint8 one[] = { 0x61, 0x61, 0x61, 0x61, 0x61, 0x51 }, other[] = { 0x61, 0x61, 0x61, 0x61, 0x61, 0x52 };
  Fixture f = { 0 };
  const BtcTx *coinbase;
  g_autoptr (BtcTx) first = NULL, second = NULL;
  Offer a, b;

  set_up (&f);
  coinbase = &((BtcBlock *) g_ptr_array_index (f.blocks, 0))->txs[0];
  first = spend_into (coinbase, one, sizeof one);
  second = spend_into (coinbase, other, sizeof other);
  a = (Offer){ .mempool = f.mempool, .tx = first };
  b = (Offer){ .mempool = f.mempool, .tx = second };
  g_assert_true (test_offer (&a));
  g_assert_true (test_offer (&b));
  g_assert_true (accept_offer (&f, &a));
  g_assert_false (accept_offer (&f, &b));
  g_assert_cmpstr (b.verdict.reason, ==, "insufficient fee");
  g_assert_false (accept_offer (&f, &a));
  g_assert_cmpstr (a.verdict.reason, ==, "txn-already-in-mempool");
  tear_down (&f);
}

/* ---- the transaction IDs ---- */

static void
remove_job (NodeChain *chain, gpointer data)
{
  Offer *offer = data;

  node_mempool_remove_recursive (offer->mempool, node_mempool_find (offer->mempool, offer->tx->txid32),
                                 NODE_MEMPOOL_REMOVED_EXPIRED);
}

/* The list of IDs matches the entries, whatever is added and removed. */
static void
test_ids (void)
{
  static const guint8 anybody[] = { 0x61, 0x61, 0x61, 0x61, 0x61, 0x51 };
  Fixture f = { 0 };
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  g_autoptr (GArray) ids = NULL;
  const guint order[] = { 2, 0, 9, 5 };

  set_up (&f);
  for (guint i = 0; i < 10; i++) {
    Offer offer = { .mempool = f.mempool };

    offer.tx = spend_into (&((BtcBlock *) g_ptr_array_index (f.blocks, i))->txs[0], anybody, sizeof anybody);
    g_ptr_array_add (txs, offer.tx);
    g_assert_true (test_offer (&offer) && accept_offer (&f, &offer));
  }
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    Offer offer = { .mempool = f.mempool, .tx = g_ptr_array_index (txs, order[i]) };

    node_chain_run (f.chain.chain, NODE_JOB_QUERIES, remove_job, &offer, NULL, NULL);
    g_clear_pointer (&ids, g_array_unref);
    ids = node_mempool_walk_begin (f.mempool, NULL, NULL, NULL);
    g_assert_cmpuint (ids->len, ==, 9 - i);
  }
  /* In the order in which they were added. */
  for (guint i = 0, k = 0; i < 10; i++) {
    if (i == 2 || i == 0 || i == 9 || i == 5)
      continue;
    g_assert_cmpmem (g_array_index (ids, NodeMempoolId, k).txid32, 32, ((BtcTx *) g_ptr_array_index (txs, i))->txid32,
                     32);
    k++;
  }
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain/queries/flushed", test_flushed);
  g_test_add_func ("/chain/queries/flushed-at-once", test_flushed_at_once);
  g_test_add_func ("/chain/queries/flushed-cancelled", test_flushed_cancelled);
  g_test_add_func ("/chain/queries/scripts", test_scripts);
  g_test_add_func ("/chain/queries/conflict", test_conflict);
  g_test_add_func ("/chain/queries/ids", test_ids);
  return g_test_run ();
}

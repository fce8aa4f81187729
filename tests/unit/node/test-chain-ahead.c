#include "chain_fixture.h"

#include "bitcoin/primitives/tx.h"
#include "common/log.h"

#include <string.h>

/* Blocks that are all stored when the first of them can be connected: connecting each of them begins while the scripts
 * of its parent are still being checked. If one is invalid the tip must be its parent, with the parent's coins. */

#define BASE 110u
#define N_MORE 8u
#define N_TXS 40u
#define TOP (BASE + N_MORE)

typedef enum { BAD_NOTHING, BAD_SCRIPT, BAD_AMOUNT, BAD_INPUT } Bad;

typedef struct {
  ChainFixture f;
  GPtrArray *base;            /* blocks 0 (genesis, NULL) … */
  char *coins[N_MORE + 1];    /* hash of the coins after BASE + i good blocks */
  BtcBlock *good[N_MORE + 1]; /* [i]: block BASE + i */
} Fixture;

static BtcTx *
with_failing_script (const BtcTx *tx)
{
  static const guint8 fails[] = { 0x6a };
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new_from_tx (tx);

  btc_tx_builder_set_script_sig (builder, 0, fails, sizeof fails);
  return btc_tx_builder_finish (builder);
}

/* The block at BASE + I on PREV: it spends a coinbase, outputs of the block before, and outputs of its own. */
static BtcBlock *
make_block (const Fixture *t, const BtcBlock *prev, guint i, Bad bad)
{
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  const BtcBlock *mature = g_ptr_array_index (t->base, BASE + i - 100 - 1);
  gint64 reward_sat = bad == BAD_AMOUNT ? 2100000000000000 : -1;

  g_ptr_array_add (txs, chain_spend_new (&mature->txs[0], 0, 0xffffffff, 1000));
  if (i > 1)
    g_ptr_array_add (txs, chain_spend_new (&prev->txs[prev->n_txs - 1], 1, 0xffffffff, 10));
  for (guint n = 0; txs->len < N_TXS; n++)
    g_ptr_array_add (txs, chain_spend_new (g_ptr_array_index (txs, n / 2), n % 2, 0xffffffff, 10));
  if (bad == BAD_INPUT)
    g_ptr_array_add (txs, chain_spend_new (g_ptr_array_index (txs, 0), 0, 0xffffffff, 20));
  if (bad == BAD_SCRIPT) {
    g_autoptr (BtcTx) last = chain_spend_new (g_ptr_array_index (txs, txs->len - 1), 0, 0xffffffff, 10);
    g_ptr_array_add (txs, with_failing_script (last));
  }
  return chain_block_new (t->f.params, prev, BASE + i, bad == BAD_NOTHING ? 1 : 2, reward_sat, txs);
}

static void
fixture_init (Fixture *t)
{
  chain_fixture_init (&t->f, BTC_NETWORK_REGTEST);
  t->base = chain_blocks_new (t->f.params, BASE, 1);
  chain_fixture_open (&t->f);
  for (guint i = 0; i < BASE; i++)
    g_assert_cmpstr (chain_fixture_accept (&t->f, g_ptr_array_index (t->base, i)), ==, NULL);
  t->good[0] = btc_block_ref (g_ptr_array_index (t->base, BASE - 1));
  t->coins[0] = chain_fixture_utxo_hash (&t->f);
  for (guint i = 1; i <= N_MORE; i++) {
    t->good[i] = make_block (t, t->good[i - 1], i, BAD_NOTHING);
    g_assert_cmpstr (chain_fixture_accept (&t->f, t->good[i]), ==, NULL);
    t->coins[i] = chain_fixture_utxo_hash (&t->f);
  }
}

static void
fixture_clear (Fixture *t)
{
  for (guint i = 0; i <= N_MORE; i++) {
    btc_block_unref (t->good[i]);
    g_free (t->coins[i]);
  }
  g_ptr_array_unref (t->base);
  chain_fixture_clear (&t->f);
}

/* Valid blocks, except that FIRST_BAD is invalid in one way, and the next one, if SECOND says so, in another. */
static GPtrArray *
make_branch (const Fixture *t, guint first_bad, Bad first, Bad second)
{
  GPtrArray *branch = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  const BtcBlock *prev = t->good[0];

  for (guint i = 1; i <= N_MORE; i++) {
    Bad bad = i == first_bad ? first : i == first_bad + 1 ? second : BAD_NOTHING;
    BtcBlock *block = i < first_bad ? btc_block_ref (t->good[i]) : make_block (t, prev, i, bad);

    g_ptr_array_add (branch, block);
    prev = block;
  }
  return branch;
}

static void
accept_headers (NodeChain *chain, gpointer data)
{
  GPtrArray *blocks = data;

  for (guint i = 0; i < blocks->len; i++) {
    BtcBlock *block = g_ptr_array_index (blocks, i);
    NodeBlock *index;
    BtcVerdict verdict;

    g_assert_true (node_chain_accept_header (chain, &block->header, &index, &verdict, NULL));
    g_assert_cmpint (verdict.verdict, ==, BTC_VERDICT_OK);
  }
}

/* Submits BRANCH to a new chain, from the top down; the last one is the block that all others wait for. */
static const char *
deliver (Fixture *t, ChainFixture *f, GPtrArray *branch)
{
  chain_fixture_init (f, BTC_NETWORK_REGTEST);
  chain_fixture_open (f);
  for (guint i = 0; i < BASE; i++)
    g_assert_cmpstr (chain_fixture_accept (f, g_ptr_array_index (t->base, i)), ==, NULL);
  node_chain_run (f->chain, NODE_JOB_QUERIES, accept_headers, branch, NULL, NULL);
  for (guint i = branch->len - 1; i > 0; i--)
    g_assert_cmpstr (chain_fixture_accept (f, g_ptr_array_index (branch, i)), ==, NULL);
  g_assert_cmpuint (chain_fixture_height (f), ==, BASE);
  return chain_fixture_accept (f, g_ptr_array_index (branch, 0));
}

static void
check_end (Fixture *t, ChainFixture *f, guint i)
{
  g_autofree char *coins = NULL;

  chain_fixture_wait_ready (f);
  g_assert_cmpuint (chain_fixture_height (f), ==, BASE + i);
  g_assert_true (chain_fixture_tip_is (f, t->good[i]));
  coins = chain_fixture_utxo_hash (f);
  g_assert_cmpstr (coins, ==, t->coins[i]);
  g_assert_cmpint (f->fatal, ==, 0);
}

static void
test_good (void)
{
  g_autoptr (GPtrArray) branch = NULL;
  ChainFixture f;
  Fixture t;

  fixture_init (&t);
  branch = make_branch (&t, N_MORE + 1, BAD_NOTHING, BAD_NOTHING);
  g_assert_cmpstr (deliver (&t, &f, branch), ==, NULL);
  check_end (&t, &f, N_MORE);
  chain_fixture_reopen (&f);
  check_end (&t, &f, N_MORE);
  chain_fixture_clear (&f);
  fixture_clear (&t);
}

static void
test_bad (void)
{
  static const Bad firsts[] = { BAD_SCRIPT, BAD_AMOUNT, BAD_INPUT };
  static const Bad seconds[] = { BAD_NOTHING, BAD_SCRIPT, BAD_AMOUNT, BAD_INPUT };
  static const char *reasons[] = { NULL, "block-script-verify-flag-failed (OP_RETURN was encountered)", "bad-cb-amount",
                                   "bad-txns-inputs-missingorspent" };
  Fixture t;

  fixture_init (&t);
  for (guint at = 1; at <= 4; at++)
    for (guint i = 0; i < G_N_ELEMENTS (firsts) * G_N_ELEMENTS (seconds); i++) {
      Bad first = firsts[i % G_N_ELEMENTS (firsts)], second = seconds[i / G_N_ELEMENTS (firsts)];
      g_autoptr (GPtrArray) branch = make_branch (&t, at, first, second);
      const char *reason;
      ChainFixture f;

      reason = deliver (&t, &f, branch);
      g_assert_cmpstr (reason, ==, at == 1 ? reasons[first] : NULL);
      check_end (&t, &f, at - 1);
      /* All blocks above the invalid one are marked invalid; the valid ones can still be connected. */
      for (guint j = at; j <= N_MORE; j++) {
        g_assert_true (chain_fixture_find (&f, g_ptr_array_index (branch, j - 1))->status & NODE_BLOCK_FAILED);
        g_assert_cmpstr (chain_fixture_accept (&f, t.good[j]), ==, NULL);
      }
      check_end (&t, &f, N_MORE);
      chain_fixture_clear (&f);
    }
  fixture_clear (&t);
}

int
main (int argc, char **argv)
{
  CommonLogOptions quiet = { .console = FALSE };

  g_test_init (&argc, &argv, NULL);
  common_log_open (&quiet, NULL);
  g_test_add_func ("/chain-ahead/good", test_good);
  g_test_add_func ("/chain-ahead/bad", test_bad);
  return g_test_run ();
}

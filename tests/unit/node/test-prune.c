#include "chain_fixture.h"
#include "node/chain/parts.h"

/* What is written when blocks are pruned. */

#define N_BLOCKS 705
#define FLUSHED 700
#define PRUNE_TO 300

typedef struct {
  ChainFixture chain;
  GPtrArray *blocks;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  chain_fixture_init (&f->chain, BTC_NETWORK_REGTEST);
  f->chain.prune = TRUE;
  chain_fixture_open (&f->chain);
  f->blocks = chain_blocks_new (f->chain.params, N_BLOCKS, 1);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  chain_fixture_clear (&f->chain);
  g_ptr_array_unref (f->blocks);
}

static void
accept_blocks (Fixture *f, guint first, guint last)
{
  for (guint i = first; i <= last; i++)
    g_assert_cmpstr (chain_fixture_accept (&f->chain, g_ptr_array_index (f->blocks, i - 1)), ==, NULL);
}

static void
prune_job (NodeChain *chain, gpointer data)
{
  const NodeBlock **flushed = data;

  g_assert_true (node_chain_prune_to (chain, PRUNE_TO, NULL));
  *flushed = node_chain_flushed_tip (chain);
}

/* Returns the height of the coins on the disk after it. */
static guint32
prune (Fixture *f)
{
  const NodeBlock *flushed = NULL;
  const NodeBlock *pruned = chain_fixture_find (&f->chain, g_ptr_array_index (f->blocks, 99));

  g_assert_true (node_chain_run (f->chain.chain, NODE_JOB_BACKGROUND, prune_job, &flushed, NULL, NULL));
  g_assert_null (node_block_tree_read_raw (node_chain_tree (f->chain.chain), pruned, NULL));
  return flushed->height;
}

/* The end of the program without a last flush, and the next start. */
static void
crash (Fixture *f)
{
  node_health_break (&f->chain.chain->health);
  chain_fixture_reopen (&f->chain);
  g_assert_true (chain_fixture_tip_is (&f->chain, g_ptr_array_index (f->blocks, N_BLOCKS - 1)));
}

/* The coins on the disk stand for a block above those that go. */
static void
test_coins_stay_in_memory (Fixture *f, gconstpointer data)
{
  accept_blocks (f, 1, FLUSHED);
  chain_fixture_flush (&f->chain);
  accept_blocks (f, FLUSHED + 1, N_BLOCKS);
  g_assert_cmpuint (prune (f), ==, FLUSHED);
  crash (f);
}

static void
test_coins_are_written (Fixture *f, gconstpointer data)
{
  accept_blocks (f, 1, PRUNE_TO / 2);
  chain_fixture_flush (&f->chain);
  accept_blocks (f, PRUNE_TO / 2 + 1, N_BLOCKS);
  g_assert_cmpuint (prune (f), ==, N_BLOCKS);
  crash (f);
}

/* They stand for a block of another branch, which was left below blocks that go. */
static void
test_coins_of_another_branch (Fixture *f, gconstpointer data)
{
  const NodeBlock *fork;
  g_autoptr (BtcBlock) other = NULL;

  accept_blocks (f, 1, 150);
  other = chain_block_new (f->chain.params, g_ptr_array_index (f->blocks, 149), 151, 7, -1, NULL);
  fork = chain_fixture_find (&f->chain, g_ptr_array_index (f->blocks, 149));
  g_assert_cmpstr (chain_fixture_accept (&f->chain, other), ==, NULL);
  chain_fixture_flush (&f->chain);
  accept_blocks (f, 151, N_BLOCKS);
  g_assert_cmpuint (fork->height, ==, 150);
  g_assert_cmpuint (prune (f), ==, N_BLOCKS);
  crash (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/prune/coins-stay-in-memory", Fixture, NULL, set_up, test_coins_stay_in_memory, tear_down);
  g_test_add ("/prune/coins-are-written", Fixture, NULL, set_up, test_coins_are_written, tear_down);
  g_test_add ("/prune/coins-of-another-branch", Fixture, NULL, set_up, test_coins_of_another_branch, tear_down);
  return g_test_run ();
}

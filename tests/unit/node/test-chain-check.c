#include "chain_fixture.h"
#include "node/blocktree/tree_private.h"
#include "node/chain/check.h"
#include "node/chain/parts.h"

#include <string.h>

/* -checkblockindex finds what is inconsistent: in a chain of 20 blocks with a branch of two, which begins at height 19,
 * and a header after block 20. */

#define N_BLOCKS 20

typedef struct {
  ChainFixture chain;
  GPtrArray *blocks;
  NodeBlock *tip, *middle, *side, *header;
} Fixture;

static NodeBlock *
accept_block (Fixture *f, const NodeBlock *prev, guint salt)
{
  g_autoptr (BtcBlock) block = NULL;

  block = chain_block_new (f->chain.params, g_ptr_array_index (f->blocks, prev->height - 1), prev->height + 1, salt, -1,
                           NULL);
  g_assert_cmpstr (chain_fixture_accept (&f->chain, block), ==, NULL);
  return chain_fixture_find (&f->chain, block);
}

static NodeBlock *
accept_header (Fixture *f)
{
  g_autoptr (BtcBlock) block
      = chain_block_new (f->chain.params, g_ptr_array_index (f->blocks, N_BLOCKS - 1), N_BLOCKS + 1, 0, -1, NULL);
  NodeBlock *index;
  BtcVerdict verdict;

  g_assert_true (node_block_tree_accept_header (node_chain_tree (f->chain.chain), &block->header, block->hash32, FALSE,
                                                &index, &verdict));
  return index;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  chain_fixture_init (&f->chain, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f->chain);
  f->blocks = chain_fixture_add_blocks (&f->chain, N_BLOCKS);
  f->tip = chain_fixture_find (&f->chain, g_ptr_array_index (f->blocks, N_BLOCKS - 1));
  f->middle = node_block_ancestor (f->tip, 10);
  f->side = accept_block (f, f->tip->prev, 1);
  f->header = accept_header (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  chain_fixture_clear (&f->chain);
  g_ptr_array_unref (f->blocks);
}

static void
expect (Fixture *f, const char *expected)
{
  g_autofree char *problem = node_check_dup_problem (f->chain.chain);

  if (expected == NULL)
    g_assert_cmpstr (problem, ==, NULL);
  else if (problem == NULL || strstr (problem, expected) == NULL)
    g_error ("%s instead of %s", problem, expected);
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
place_job (NodeChain *chain, gpointer data)
{
  Fixture *f = data;
  BtcUint256 other = f->middle->chain_work;

  expect (f, NULL);
  EXPECT_CHANGED (f, f->side->prev, f->middle, "has another previous block than its header");
  EXPECT_CHANGED (f, f->side->prev, NULL, "has no previous block");
  EXPECT_CHANGED (f, f->side->height, kept + 1, "has a wrong height");
  EXPECT_CHANGED (f, f->side->skip, f->side, "has a wrong shortcut to its ancestors");
  EXPECT_CHANGED (f, f->side->time_max, kept + 1, "has a wrong highest time");
  EXPECT_CHANGED (f, f->side->chain_work, other, "has a wrong chain work");
  EXPECT_CHANGED (f, f->middle->hash32[0], (guint8) (kept ^ 1), "has another previous block than its header");
}

static void
status_job (NodeChain *chain, gpointer data)
{
  Fixture *f = data;
  NodeBlockTree *tree = node_chain_tree (chain);

  EXPECT_CHANGED (f, f->header->status, 0, "has no valid header");
  EXPECT_CHANGED (f, f->middle->status, kept | NODE_BLOCK_FAILED, "although the previous one is");
  EXPECT_CHANGED (f, f->middle->status, kept - 2, "was connected without the previous one");
  EXPECT_CHANGED (f, f->tip->status, kept - 3, "has transactions that were not checked");
  EXPECT_CHANGED (f, f->header->status, kept + 1, "was checked without its transactions");
  EXPECT_CHANGED (f, f->header->status, kept | NODE_BLOCK_HAVE_DATA, "has data without transactions");
  EXPECT_CHANGED (f, f->header->status, kept | NODE_BLOCK_HAVE_UNDO, "has undo data without data");
  EXPECT_CHANGED (f, f->side->status, kept & ~(guint32) NODE_BLOCK_HAVE_DATA, "has transactions without data");
  EXPECT_CHANGED (f, tree->best_header, f->tip, "is better than the best header");
  EXPECT_CHANGED (f, tree->best_invalid, f->tip, "the best invalid block is not marked");
  EXPECT_CHANGED (f, tree->dirty->len, 0, "a changed block would not be written");
}

static void
data_job (NodeChain *chain, gpointer data)
{
  Fixture *f = data;

  EXPECT_CHANGED (f, f->middle->file, 7, "is in an unknown file");
  EXPECT_CHANGED (f, f->middle->file, -1, "is in an unknown file");
  EXPECT_CHANGED (f, f->middle->data_pos, 1 << 30, "is outside of its file");
  EXPECT_CHANGED (f, f->middle->undo_pos, 0, "has undo data outside of its file");
  EXPECT_CHANGED (f, f->side->undo_pos, 9, "has a position without undo data");
  EXPECT_CHANGED (f, f->header->data_pos, 9, "has a position without data");
  EXPECT_CHANGED (f, f->tip->chain_tx, kept + 1, "has a wrong number of transactions up to it");
  EXPECT_CHANGED (f, f->header->chain_tx, 1, "has a wrong number of transactions up to it");
  EXPECT_CHANGED (f, f->side->sequence, kept + 100, "has a wrong order of arrival");
}

static void
active_job (NodeChain *chain, gpointer data)
{
  Fixture *f = data;

  EXPECT_CHANGED (f, f->tip->status, kept - 1, "a block that was never connected at height 20");
  node_candidates_remove (chain, f->tip);
  expect (f, "is no candidate");
  node_candidates_add (chain, f->tip);
  expect (f, NULL);
  node_block_tree_set_sequence (chain->tree, f->side, 1);
  expect (f, "is no candidate");
}

static void
test_job (Fixture *f, gconstpointer job)
{
  g_assert_true (node_chain_run (f->chain.chain, NODE_JOB_QUERIES, (NodeChainJob) job, f, NULL, NULL));
}

/* The program ends at the next block. */
static void
test_abort (Fixture *f, gconstpointer data)
{
  if (g_test_subprocess ()) {
    f->side->time_max++;
    accept_block (f, f->tip->prev, 2);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*The block tree is inconsistent (-checkblockindex): block * has a wrong highest time*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, job, func) g_test_add ("/chain-check/" name, Fixture, job, set_up, func, tear_down)
  ADD ("place", place_job, test_job);
  ADD ("status", status_job, test_job);
  ADD ("data", data_job, test_job);
  ADD ("active", active_job, test_job);
  ADD ("abort", NULL, test_abort);
  return g_test_run ();
}

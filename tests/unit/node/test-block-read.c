#include "chain_fixture.h"
#include "node/store/block_files.h"

/* Blocks are read while their files are pruned. */

#define N_BLOCKS 700
#define PRUNE_TO 300

typedef struct {
  ChainFixture chain;
  NodeBlockTree *tree;
  const NodeBlock *index; /* is in the first file */
  BtcBlock *block;        /* its data */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) blocks = NULL;

  chain_fixture_init (&f->chain, BTC_NETWORK_REGTEST);
  f->chain.prune = TRUE;
  chain_fixture_open (&f->chain);
  blocks = chain_blocks_new (f->chain.params, N_BLOCKS, 1);
  for (guint i = 0; i < N_BLOCKS; i++)
    g_assert_cmpstr (chain_fixture_accept (&f->chain, g_ptr_array_index (blocks, i)), ==, NULL);
  f->tree = node_chain_tree (f->chain.chain);
  f->block = btc_block_ref (g_ptr_array_index (blocks, 120));
  f->index = node_block_tree_find (f->tree, f->block->hash32);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  btc_block_unref (f->block);
  chain_fixture_clear (&f->chain);
}

static void
prune_job (NodeChain *chain, gpointer data)
{
  g_assert_true (node_chain_prune_to (chain, PRUNE_TO, NULL));
}

static void
prune (Fixture *f)
{
  g_assert_true (node_chain_run (f->chain.chain, NODE_JOB_BACKGROUND, prune_job, NULL, NULL, NULL));
}

static gboolean
has_file (Fixture *f, gint32 file, gboolean undo)
{
  g_autofree char *path = node_block_files_dup_path (node_block_tree_files (f->tree), file, undo);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Pruning does not wait for who reads; who has looked a block up reads it, and the last of them deletes the files. */
static void
test_pinned (Fixture *f, gconstpointer data)
{
  g_auto (NodeBlockPin) first = { 0 }, second = { 0 }, late = { 0 };
  g_autofree BtcCoin *coins = g_new0 (BtcCoin, f->block->n_inputs);
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  g_autoptr (BtcBlock) read = NULL;
  g_autoptr (GError) error = NULL;
  gint32 file;

  g_assert_true (node_block_tree_pin (f->tree, f->index, &first, &error));
  g_assert_true (node_block_tree_pin (f->tree, f->index, &second, &error));
  file = first.record.file;
  prune (f);
  g_assert_false (node_block_tree_pin (f->tree, f->index, &late, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED);
  g_clear_error (&error);

  g_assert_true (has_file (f, file, FALSE) && has_file (f, file, TRUE));
  node_block_pin_clear (&first);
  read = node_block_pin_read_block (&second, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (read->bytes, f->block->bytes));
  g_assert_true (node_block_pin_read_undo (&second, read, coins, scripts, &error));
  g_assert_true (has_file (f, file, FALSE) && has_file (f, file, TRUE));
  node_block_pin_clear (&second);
  g_assert_false (has_file (f, file, FALSE) || has_file (f, file, TRUE));
  node_block_pin_clear (&late);
}

/* By its place in the files, as an index has it. */
static void
test_read_at (Fixture *f, gconstpointer data)
{
  g_autoptr (BtcBlock) read = NULL;
  g_autoptr (GError) error = NULL;
  const NodeBlock *index;
  NodeBlockRecord record;

  node_block_tree_get_record (f->tree, f->index, &record, NULL);
  read = node_block_tree_read_at (f->tree, record.file, record.data_pos, &index, &error);
  g_assert_no_error (error);
  g_assert_true (index == f->index && g_bytes_equal (read->bytes, f->block->bytes));
  g_assert_null (node_block_tree_read_at (f->tree, record.file, record.data_pos + 1, &index, &error));
  g_assert_null (index);
  prune (f);
  g_assert_null (node_block_tree_read_at (f->tree, record.file, record.data_pos, &index, &error));
  g_assert_null (index);
  g_assert_no_error (error);
}

/* The data are back, in another file and without undo data. */
static void
test_stored_again (Fixture *f, gconstpointer data)
{
  g_auto (NodeBlockPin) pin = { 0 };
  g_autofree BtcCoin *coins = g_new0 (BtcCoin, f->block->n_inputs);
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  g_autoptr (BtcBlock) read = NULL;
  g_autoptr (GError) error = NULL;

  prune (f);
  g_assert_null (node_block_tree_read_block (f->tree, f->index, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED);
  g_clear_error (&error);
  chain_fixture_accept (&f->chain, f->block);
  g_assert_true (node_block_tree_pin (f->tree, f->index, &pin, &error));
  read = node_block_pin_read_block (&pin, &error);
  g_assert_true (g_bytes_equal (read->bytes, f->block->bytes));
  g_assert_false (node_block_pin_read_undo (&pin, read, coins, scripts, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/block-read/pinned", Fixture, NULL, set_up, test_pinned, tear_down);
  g_test_add ("/block-read/at", Fixture, NULL, set_up, test_read_at, tear_down);
  g_test_add ("/block-read/stored-again", Fixture, NULL, set_up, test_stored_again, tear_down);
  return g_test_run ();
}

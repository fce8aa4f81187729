#include "chain_fixture.h"

#include "bitcoin/crypto/hash.h"
#include "bitcoin/script/script.h"

#include <string.h>

/* A stored block with a changed byte never counts as invalid because of its miner, not even if the byte breaks a rule
 * that is checked before the merkle root: the solution of a signet's challenge is in the coinbase. */

#define BLOCKS 20
#define CHANGED 15 /* the block with the changed byte */
#define BLOCK(blocks, height) ((BtcBlock *) g_ptr_array_index (blocks, (height) -1))

static const guint8 commitment_start[] = { 0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed };
static const guint8 anyone[] = { BTC_OP_1 };
static const guint8 two[] = { BTC_OP_2, BTC_OP_EQUAL };
static const guint8 solution_of_two[] = { 0xec, 0xc7, 0xda, 0xa2, 1, BTC_OP_2, 0 };
static const guint8 wrong_solution[] = { 0xec, 0xc7, 0xda, 0xa2, 1, BTC_OP_3, 0 };

/* A signet with the proof of work of regtest. */
static void
init_signet (ChainFixture *f, BtcSpan challenge)
{
  chain_fixture_init (f, BTC_NETWORK_REGTEST);
  f->params->signet = TRUE;
  btc_params_set_signet_challenge (f->params, challenge.data, challenge.len);
}

static GPtrArray *
signet_blocks_new (const BtcParams *params, BtcSpan solution)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);

  for (guint32 height = 1; height <= BLOCKS; height++)
    g_ptr_array_add (blocks, chain_witness_block_new (params, height > 1 ? BLOCK (blocks, height - 1) : NULL, height,
                                                      NULL, solution));
  return blocks;
}

/* Finds the position of PART in a block. */
static gsize
find_part (const BtcBlock *block, const guint8 *part, gsize len)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (block->bytes, &size);
  const guint8 *at = memmem (data, size, part, len);

  g_assert_nonnull (at);
  return (gsize) (at - data);
}

static BtcBlock *
with_byte_changed (const BtcBlock *block, gsize at)
{
  g_autoptr (GByteArray) bytes = g_bytes_unref_to_array (g_bytes_ref (block->bytes));
  g_autoptr (GBytes) changed = NULL;

  bytes->data[at] ^= 1;
  changed = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return btc_block_new (changed);
}

static void
import (ChainFixture *f, GPtrArray *blocks, BtcBlock *changed)
{
  g_autoptr (GPtrArray) file = g_ptr_array_new ();
  g_autofree char *path = g_build_filename (f->datadir, "import.dat", NULL);

  for (guint height = 1; height <= blocks->len; height++)
    g_ptr_array_add (file, height == CHANGED && changed != NULL ? changed : BLOCK (blocks, height));
  chain_write_file (path, f->params, file);
  chain_fixture_open (f);
  chain_fixture_import (f, path);
}

static void
assert_none_failed (ChainFixture *f, GPtrArray *blocks)
{
  for (guint height = 1; height <= blocks->len; height++) {
    const NodeBlock *index = chain_fixture_find (f, BLOCK (blocks, height));
    g_assert_nonnull (index);
    g_assert_cmpuint (index->status & NODE_BLOCK_FAILED, ==, 0);
  }
}

/* The tip is below the changed block; with the original block, the whole chain is connected. */
static void
assert_only_missing (ChainFixture *f, GPtrArray *blocks)
{
  g_assert_true (chain_fixture_tip_is (f, BLOCK (blocks, CHANGED - 1)));
  g_assert_cmpint (f->fatal, ==, 0);
  assert_none_failed (f, blocks);
  g_assert_cmpstr (chain_fixture_accept (f, BLOCK (blocks, CHANGED)), ==, NULL);
  chain_fixture_wait_best (f);
  g_assert_true (chain_fixture_tip_is (f, BLOCK (blocks, BLOCKS)));
}

/* An imported file: the byte is in the header of the commitment, or in the solution. */
static void
test_signet_import (void)
{
  const struct {
    BtcSpan challenge, solution, part;
  } cases[] = {
    { { anyone, sizeof anyone }, { NULL, 0 }, { commitment_start, sizeof commitment_start } },
    { { two, sizeof two }, { solution_of_two, sizeof solution_of_two }, { commitment_start, sizeof commitment_start } },
    { { two, sizeof two }, { solution_of_two, sizeof solution_of_two }, { solution_of_two, sizeof solution_of_two } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize len = cases[i].part.len;
    g_autoptr (GPtrArray) blocks = NULL;
    ChainFixture f;

    init_signet (&f, cases[i].challenge);
    blocks = signet_blocks_new (f.params, cases[i].solution);
    for (gsize byte = 0; byte < len; byte++) {
      g_autoptr (BtcBlock) changed = NULL;
      ChainFixture g;

      changed = with_byte_changed (BLOCK (blocks, CHANGED),
                                   find_part (BLOCK (blocks, CHANGED), cases[i].part.data, len) + byte);
      if (changed == NULL) /* it cannot be parsed as a block any more */
        continue;
      init_signet (&g, cases[i].challenge);
      import (&g, blocks, changed);
      assert_only_missing (&g, blocks);
      chain_fixture_clear (&g);
    }
    chain_fixture_clear (&f);
  }
}

/* A mistake of the miner still makes the block invalid: the data is what the header commits to. */
static void
test_signet_miner (void)
{
  BtcSpan good = { solution_of_two, sizeof solution_of_two }, wrong = { wrong_solution, sizeof wrong_solution };
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (BtcBlock) unsolved = NULL;
  ChainFixture f;

  init_signet (&f, (BtcSpan){ two, sizeof two });
  blocks = signet_blocks_new (f.params, good);
  unsolved = chain_witness_block_new (f.params, BLOCK (blocks, CHANGED - 1), CHANGED, NULL, wrong);
  import (&f, blocks, unsolved);
  g_assert_cmpuint (chain_fixture_find (&f, unsolved)->status & NODE_BLOCK_FAILED, !=, 0);
  g_assert_cmpstr (chain_fixture_accept (&f, unsolved), ==, "bad-signet-blksig");
  chain_fixture_clear (&f);
}

/* Changes a byte of a stored block; when called again, it changes it back. */
static void
change_stored (ChainFixture *f, guint32 pos, gsize at)
{
  g_autofree char *path = g_build_filename (f->datadir, "blocks", "blk00000.dat", NULL);
  g_autofree char *data = NULL;
  gsize len;

  g_assert_null (f->chain);
  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  g_assert_cmpuint (pos + at, <, len);
  data[pos + at] = (char) (data[pos + at] ^ 1);
  g_assert_true (g_file_set_contents (path, data, (gssize) len, NULL));
}

/* Stores BLOCKS, and returns the position of the one at HEIGHT. */
static guint32
store (ChainFixture *f, GPtrArray *blocks, guint32 height)
{
  guint32 pos;

  import (f, blocks, NULL);
  g_assert_true (chain_fixture_tip_is (f, BLOCK (blocks, blocks->len)));
  pos = chain_fixture_find (f, BLOCK (blocks, height))->data_pos;
  chain_fixture_close (f);
  return pos;
}

static void
test_signet_reindex (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  ChainFixture f;

  init_signet (&f, (BtcSpan){ anyone, sizeof anyone });
  blocks = signet_blocks_new (f.params, (BtcSpan){ NULL, 0 });
  change_stored (&f, store (&f, blocks, CHANGED),
                 find_part (BLOCK (blocks, CHANGED), commitment_start, sizeof commitment_start));
  f.reindex = TRUE;
  chain_fixture_open (&f);
  chain_fixture_wait_ready (&f);
  assert_only_missing (&f, blocks);
  chain_fixture_clear (&f);
}

/* Rebuilding the coins fails when the block at HEIGHT is damaged, and continues when the byte is restored. */
static void
assert_rebuild_fails (ChainFixture *f, GPtrArray *blocks, guint32 height, gsize at)
{
  guint32 pos = store (f, blocks, height);
  g_autoptr (GError) error = NULL;

  change_stored (f, pos, at);
  f->reindex_chainstate = TRUE;
  if (!chain_fixture_try_open (f, &error)) {
    g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  } else {
    chain_fixture_wait_ready (f);
    g_assert_cmpint (f->fatal, ==, 1);
    assert_none_failed (f, blocks);
    chain_fixture_close (f);
  }
  change_stored (f, pos, at);
  f->reindex_chainstate = FALSE;
  f->fatal = 0;
  chain_fixture_open (f);
  chain_fixture_wait_best (f);
  g_assert_true (chain_fixture_tip_is (f, BLOCK (blocks, blocks->len)));
  assert_none_failed (f, blocks);
}

static void
test_signet_rebuild (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  ChainFixture f;

  init_signet (&f, (BtcSpan){ anyone, sizeof anyone });
  blocks = signet_blocks_new (f.params, (BtcSpan){ NULL, 0 });
  assert_rebuild_fails (&f, blocks, CHANGED,
                        find_part (BLOCK (blocks, CHANGED), commitment_start, sizeof commitment_start));
  chain_fixture_clear (&f);
}

/* Any byte of the coinbase, not on a signet: the merkle root does not match any more. */
static void
test_rebuild (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, BLOCKS, 1);
  assert_rebuild_fails (&f, blocks, CHANGED, g_bytes_get_size (BLOCK (blocks, CHANGED)->bytes) - 5);
  chain_fixture_clear (&f);
}

static BtcTx *
spend_into (const BtcTx *tx, const guint8 *script, gsize len, const BtcSpan *witness)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  BtcOutpoint outpoint = { .n = 0 };

  memcpy (outpoint.txid32, tx->txid32, 32);
  btc_tx_builder_add_in (builder, &outpoint, BTC_SEQUENCE_FINAL);
  btc_tx_builder_add_out (builder, tx->out[0].value_sat, script, len);
  if (witness != NULL)
    btc_tx_builder_set_witness (builder, 0, witness, 1);
  return btc_tx_builder_finish (builder);
}

/* A block that takes time to connect, so that those after it are read in the meantime. */
static BtcBlock *
busy_block_new (const BtcParams *params, GPtrArray *blocks)
{
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);

  g_ptr_array_add (txs, chain_spend_new (&BLOCK (blocks, 11)->txs[0], 0, BTC_SEQUENCE_FINAL, 0));
  for (guint i = 0; i < 3000; i++)
    g_ptr_array_add (txs, chain_spend_new (g_ptr_array_index (txs, i / 2), i % 2, BTC_SEQUENCE_FINAL, 0));
  return chain_block_new (params, BLOCK (blocks, 110), 111, 1, -1, txs);
}

/* A byte of a witness, which the merkle root does not cover: a script fails, but it is reported as damage. */
static void
test_witness (void)
{
  BtcSpan witness = { anyone, sizeof anyone };
  g_autoptr (GPtrArray) blocks = NULL, txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  guint8 program[34] = { BTC_OP_0, 32 };
  const guint8 item[] = { 1, 1, BTC_OP_1 }; /* one of one byte */
  gsize size;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 110, 1);
  g_ptr_array_add (blocks, busy_block_new (f.params, blocks));
  btc_sha256 (anyone, sizeof anyone, program + 2);
  g_ptr_array_add (txs, spend_into (&BLOCK (blocks, 12)->txs[0], program, sizeof program, NULL));
  g_ptr_array_add (txs, spend_into (g_ptr_array_index (txs, 0), anyone, sizeof anyone, &witness));
  g_ptr_array_add (blocks, chain_witness_block_new (f.params, BLOCK (blocks, 111), 112, txs, (BtcSpan){ NULL, 0 }));
  for (guint32 height = 113; height < 130; height++)
    g_ptr_array_add (blocks, chain_block_new (f.params, BLOCK (blocks, height - 1), height, 1, -1, NULL));
  /* The witness of the last transaction is right before its lock time. */
  size = g_bytes_get_size (BLOCK (blocks, 112)->bytes);
  g_assert_cmpuint (find_part (BLOCK (blocks, 112), item, sizeof item), ==, size - 4 - sizeof item);
  assert_rebuild_fails (&f, blocks, 112, size - 5);
  chain_fixture_clear (&f);
}

/* The length in front of a block is changed: the block itself is still found, also by -reindex. */
static void
test_length (gconstpointer data)
{
  guint32 from_length = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) blocks = NULL;
  ChainFixture f;
  guint32 pos;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  f.check_level = 4;
  f.check_blocks = 0;
  blocks = chain_blocks_new (f.params, BLOCKS, 1);
  pos = store (&f, blocks, CHANGED);
  change_stored (&f, pos - 4 + from_length, 0);
  chain_fixture_open (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, BLOCKS)));
  chain_fixture_close (&f);
  f.reindex = TRUE;
  chain_fixture_open (&f);
  chain_fixture_wait_ready (&f);
  /* A block that seems to end beyond the end of the file is not found, nor are its descendants. */
  for (guint height = CHANGED; height <= BLOCKS; height++)
    g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (blocks, height)), ==, NULL);
  chain_fixture_wait_best (&f);
  assert_none_failed (&f, blocks);
  f.reindex = FALSE;
  chain_fixture_reopen (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, BLOCKS)));
  chain_fixture_clear (&f);
}

typedef struct {
  const BtcBlock *block;
  gboolean ok;
  GError *error;
} Order;

static void
do_reconsider (NodeChain *chain, gpointer data)
{
  Order *order = data;
  order->ok = node_chain_reconsider (chain, node_chain_find (chain, order->block->hash32), &order->error);
}

/* A reorganisation back to an earlier branch needs a changed block. */
static void
test_signet_return (void)
{
  g_autoptr (GPtrArray) blocks = NULL, others = NULL;
  Order order = { 0 };
  guint32 pos;
  ChainFixture f;

  init_signet (&f, (BtcSpan){ anyone, sizeof anyone });
  blocks = signet_blocks_new (f.params, (BtcSpan){ NULL, 0 });
  others = signet_blocks_new (f.params, (BtcSpan){ two, sizeof two });
  pos = store (&f, blocks, CHANGED);
  chain_fixture_open (&f);
  chain_fixture_invalidate (&f, BLOCK (blocks, 1));
  for (guint height = 1; height < BLOCKS; height++)
    g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (others, height)), ==, NULL);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (others, BLOCKS - 1)));
  chain_fixture_close (&f);

  change_stored (&f, pos, find_part (BLOCK (blocks, CHANGED), commitment_start, sizeof commitment_start));
  chain_fixture_open (&f);
  order.block = BLOCK (blocks, 1);
  node_chain_run (f.chain, NODE_JOB_QUERIES, do_reconsider, &order, NULL, NULL);
  assert_none_failed (&f, blocks);
  g_assert_false (order.ok);
  g_assert_error (order.error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  g_clear_error (&order.error);
  g_assert_cmpint (f.fatal, ==, 1);
  chain_fixture_clear (&f);
}

/* A rule that is checked before the witnesses is broken whatever these are: the header itself commits to an invalid
 * block. */
static void
test_broken_before_witness (void)
{
  g_autoptr (BtcBlock) bad = NULL;
  g_autoptr (BtcBlock) changed = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f);
  /* The coinbase of the first block contains the height of the second. */
  bad = chain_witness_block_new (f.params, NULL, 2, NULL, (BtcSpan){ NULL, 0 });
  changed = with_byte_changed (bad, g_bytes_get_size (bad->bytes) - 5);
  g_assert_cmpmem (changed->hash32, 32, bad->hash32, 32);
  g_assert_cmpstr (chain_fixture_accept (&f, changed), ==, "bad-cb-height");
  g_assert_cmpuint (chain_fixture_find (&f, changed)->status & NODE_BLOCK_FAILED, !=, 0);
  chain_fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain-damage/signet-import", test_signet_import);
  g_test_add_func ("/chain-damage/signet-miner", test_signet_miner);
  g_test_add_func ("/chain-damage/signet-reindex", test_signet_reindex);
  g_test_add_func ("/chain-damage/signet-rebuild", test_signet_rebuild);
  g_test_add_func ("/chain-damage/rebuild", test_rebuild);
  g_test_add_func ("/chain-damage/witness", test_witness);
  g_test_add_data_func ("/chain-damage/length+256", GUINT_TO_POINTER (1), test_length);
  g_test_add_data_func ("/chain-damage/length+64k", GUINT_TO_POINTER (2), test_length);
  g_test_add_func ("/chain-damage/signet-return", test_signet_return);
  g_test_add_func ("/chain-damage/broken-before-witness", test_broken_before_witness);
  return g_test_run ();
}

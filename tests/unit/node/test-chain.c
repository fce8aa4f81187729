#include "chain_fixture.h"

#include "common/random.h"

#include <glib/gstdio.h>
#include <string.h>

#define BLOCK(blocks, height) ((BtcBlock *) g_ptr_array_index (blocks, (height) -1))

static void
accept_all (ChainFixture *f, GPtrArray *blocks, guint from, guint to)
{
  for (guint height = from; height <= to; height++)
    g_assert_cmpstr (chain_fixture_accept (f, BLOCK (blocks, height)), ==, NULL);
}

static void
test_genesis (void)
{
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f);
  g_assert_cmpuint (chain_fixture_height (&f), ==, 0);
  chain_fixture_reopen (&f);
  g_assert_cmpuint (chain_fixture_height (&f), ==, 0);
  chain_fixture_clear (&f);
}

/* The chain grows, and is reopened at every stage: exactly what was there before is there. */
static void
test_grow_and_reopen (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autofree char *control = NULL, *again = NULL;
  ChainFixture f, one;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_init (&one, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 130, 1);
  f.check_level = 4;
  f.check_blocks = 0;
  chain_fixture_open (&f);
  for (guint height = 1; height <= 130; height++) {
    accept_all (&f, blocks, height, height);
    if (height % 13 == 0 || height > 120) {
      chain_fixture_reopen (&f);
      g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, height)));
    }
  }
  chain_fixture_open (&one);
  accept_all (&one, blocks, 1, 130);
  control = chain_fixture_utxo_hash (&one);
  again = chain_fixture_utxo_hash (&f);
  g_assert_cmpstr (control, ==, again);
  g_assert_cmpuint (one.connected, ==, 130 + 1);
  chain_fixture_clear (&f);
  chain_fixture_clear (&one);
}

static const char *
try_block (ChainFixture *f, const BtcBlock *prev, guint32 height, gint64 reward_sat, BtcTx *first, BtcTx *second)
{
  g_autoptr (GPtrArray) txs = g_ptr_array_new ();
  g_autoptr (BtcBlock) block = NULL;
  const char *tested, *accepted;

  if (first != NULL)
    g_ptr_array_add (txs, first);
  if (second != NULL)
    g_ptr_array_add (txs, second);
  block = chain_block_new (f->params, prev, height, 77, reward_sat, txs);
  tested = chain_fixture_test (f, block);
  accepted = chain_fixture_accept (f, block);
  g_assert_cmpstr (tested, ==, accepted);
  return accepted;
}

/* Each block breaks one rule that needs coins: it is rejected with its reason, and tip and coins are unchanged. */
static void
test_rules (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (BtcTx) mature = NULL, immature = NULL, locked = NULL, child = NULL, other = NULL, unlocked = NULL;
  g_autofree char *before = NULL, *after = NULL;
  BtcBlock *tip;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 110, 1);
  chain_fixture_open (&f);
  accept_all (&f, blocks, 1, 110);
  tip = BLOCK (blocks, 110);
  before = chain_fixture_utxo_hash (&f);

  mature = chain_spend_new (&BLOCK (blocks, 11)->txs[0], 0, 0xffffffff, 1000);
  other = chain_spend_new (&BLOCK (blocks, 11)->txs[0], 0, 0xffffffff, 3000);
  immature = chain_spend_new (&BLOCK (blocks, 12)->txs[0], 0, 0xffffffff, 1000);
  child = chain_spend_new (mature, 0, 0xffffffff, 1000);
  /* The coin has 100 confirmations when it is spent at height 111. */
  locked = chain_spend_new (&BLOCK (blocks, 11)->txs[0], 0, 101, 1000);
  unlocked = chain_spend_new (&BLOCK (blocks, 11)->txs[0], 0, 100, 1000);

  g_assert_cmpstr (try_block (&f, tip, 111, 5000000001, NULL, NULL), ==, "bad-cb-amount");
  g_assert_cmpstr (try_block (&f, tip, 111, -1, immature, NULL), ==, "bad-txns-premature-spend-of-coinbase");
  g_assert_cmpstr (try_block (&f, tip, 111, -1, mature, other), ==, "bad-txns-inputs-missingorspent");
  g_assert_cmpstr (try_block (&f, tip, 111, -1, child, mature), ==, "bad-txns-inputs-missingorspent");
  g_assert_cmpstr (try_block (&f, tip, 111, -1, locked, NULL), ==, "bad-txns-nonfinal");
  g_assert_true (chain_fixture_tip_is (&f, tip));
  after = chain_fixture_utxo_hash (&f);
  g_assert_cmpstr (before, ==, after);

  chain_fixture_reopen (&f);
  g_assert_cmpstr (try_block (&f, tip, 111, -1, unlocked, NULL), ==, NULL);
  g_assert_cmpuint (chain_fixture_height (&f), ==, 111);
  g_assert_cmpint (f.fatal, ==, 0);
  chain_fixture_clear (&f);
}

/* MATURE with an input script that fails. */
static BtcTx *
make_failing (const BtcTx *mature)
{
  static const guint8 fails[] = { 0x6a };
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new_from_tx (mature);

  btc_tx_builder_set_script_sig (builder, 0, fails, sizeof fails);
  return btc_tx_builder_finish (builder);
}

/* One failing script among many valid ones, late in the block: it is rejected, and everything is unchanged. */
static void
test_scripts (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (BtcTx) first = NULL, bad = NULL;
  g_autoptr (BtcBlock) refused = NULL, good = NULL;
  const char *reason;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 110, 1);
  chain_fixture_open (&f);
  accept_all (&f, blocks, 1, 110);
  before = chain_fixture_utxo_hash (&f);
  first = chain_spend_new (&BLOCK (blocks, 11)->txs[0], 0, 0xffffffff, 1000);
  g_ptr_array_add (txs, btc_tx_ref (first));
  for (guint i = 0; i < 300; i++)
    g_ptr_array_add (txs, chain_spend_new (g_ptr_array_index (txs, i / 2), i % 2, 0xffffffff, 10));
  good = chain_block_new (f.params, BLOCK (blocks, 110), 111, 5, -1, txs);
  bad = chain_spend_new (g_ptr_array_index (txs, 300), 0, 0xffffffff, 10);
  g_ptr_array_add (txs, make_failing (bad));
  refused = chain_block_new (f.params, BLOCK (blocks, 110), 111, 5, -1, txs);
  for (guint round = 0; round < 20; round++) {
    reason = chain_fixture_test (&f, refused);
    g_assert_cmpstr (reason, ==, "block-script-verify-flag-failed (OP_RETURN was encountered)");
    g_assert_cmpstr (chain_fixture_test (&f, good), ==, NULL);
  }
  g_assert_cmpstr (chain_fixture_accept (&f, refused), ==, reason);
  after = chain_fixture_utxo_hash (&f);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpstr (chain_fixture_accept (&f, good), ==, NULL);
  g_assert_true (chain_fixture_tip_is (&f, good));
  chain_fixture_clear (&f);
}

static void
do_accept_headers (NodeChain *chain, gpointer data)
{
  GPtrArray *blocks = data;

  for (guint i = 0; i < blocks->len; i++) {
    BtcBlock *block = g_ptr_array_index (blocks, i);
    NodeBlock *index;
    BtcVerdict verdict;

    g_assert_true (node_chain_accept_header (chain, &block->header, &index, &verdict, NULL));
    g_assert_cmpint (verdict.verdict, ==, BTC_VERDICT_OK);
    g_assert_cmpuint (index->height, ==, i + 1);
  }
  g_assert_cmpuint (node_chain_best_header (chain)->height, ==, blocks->len);
}

/* Headers first, then the blocks from the top down: all wait for the first one. */
static void
test_headers_first (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 130, 1);
  chain_fixture_open (&f);
  g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (blocks, 2)), ==, "prev-blk-not-found");
  node_chain_run (f.chain, NODE_JOB_QUERIES, do_accept_headers, blocks, NULL, NULL);
  for (guint height = 130; height > 1; height--) {
    g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (blocks, height)), ==, NULL);
    g_assert_cmpuint (chain_fixture_height (&f), ==, 0);
    if (height == 60)
      chain_fixture_reopen (&f);
  }
  g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (blocks, 1)), ==, NULL);
  chain_fixture_wait_best (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, 130)));
  chain_fixture_clear (&f);
}

static void
test_failed_stays_known (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (BtcBlock) bad = NULL, child = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 3, 1);
  chain_fixture_open (&f);
  accept_all (&f, blocks, 1, 3);
  bad = chain_block_new (f.params, BLOCK (blocks, 3), 4, 1, 5000000001, NULL);
  child = chain_block_new (f.params, bad, 5, 1, -1, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, bad), ==, "bad-cb-amount");
  g_assert_cmpstr (chain_fixture_accept (&f, child), ==, "bad-prevblk");
  chain_fixture_reopen (&f);
  g_assert_cmpstr (chain_fixture_accept (&f, bad), ==, "duplicate-invalid");
  g_assert_cmpstr (chain_fixture_accept (&f, child), ==, "bad-prevblk");
  chain_fixture_clear (&f);
}

/* Data that the header does not commit to does not make the header invalid. */
static void
test_mutated_does_not_poison (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (BtcBlock) mutated = NULL;
  g_autoptr (GBytes) bytes = NULL;
  BtcBlock *good;
  guint8 *data;
  gsize len;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 2, 1);
  chain_fixture_open (&f);
  accept_all (&f, blocks, 1, 1);
  good = BLOCK (blocks, 2);
  len = g_bytes_get_size (good->bytes);
  data = g_memdup2 (g_bytes_get_data (good->bytes, NULL), len);
  data[len - 1] ^= 1;
  bytes = g_bytes_new_take (data, len);
  mutated = btc_block_new (bytes);
  g_assert_cmpstr (chain_fixture_accept (&f, mutated), ==, "bad-txnmrklroot");
  g_assert_cmpstr (chain_fixture_accept (&f, good), ==, NULL);
  g_assert_cmpuint (chain_fixture_height (&f), ==, 2);
  chain_fixture_clear (&f);
}

/* Two branches from block 110: with equal work the first one stays active, more work wins, and the reorganisation back
 * gives the same coins. */
static void
test_reorganise (void)
{
  g_autoptr (GPtrArray) a = NULL;
  g_autoptr (GPtrArray) b = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  g_autofree char *on_a = NULL, *on_b = NULL, *again = NULL, *fresh = NULL;
  BtcBlock *prev;
  ChainFixture f, other;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_init (&other, BTC_NETWORK_REGTEST);
  a = chain_blocks_new (f.params, 120, 1);
  prev = BLOCK (a, 110);
  for (guint32 height = 111; height <= 121; height++) {
    prev = chain_block_new (f.params, prev, height, 2, -1, NULL);
    g_ptr_array_add (b, prev);
  }
  chain_fixture_open (&f);
  accept_all (&f, a, 1, 120);
  on_a = chain_fixture_utxo_hash (&f);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpstr (chain_fixture_accept (&f, g_ptr_array_index (b, i)), ==, NULL);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 120)));
  g_assert_cmpuint (f.disconnected, ==, 0);
  chain_fixture_reopen (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 120)));

  g_assert_cmpstr (chain_fixture_accept (&f, g_ptr_array_index (b, 10)), ==, NULL);
  g_assert_true (chain_fixture_tip_is (&f, g_ptr_array_index (b, 10)));
  g_assert_cmpuint (f.disconnected, ==, 10);
  on_b = chain_fixture_utxo_hash (&f);
  chain_fixture_open (&other);
  accept_all (&other, a, 1, 110);
  for (guint i = 0; i < 11; i++)
    g_assert_cmpstr (chain_fixture_accept (&other, g_ptr_array_index (b, i)), ==, NULL);
  fresh = chain_fixture_utxo_hash (&other);
  g_assert_cmpstr (on_b, ==, fresh);
  g_assert_cmpstr (on_b, !=, on_a);

  chain_fixture_reopen (&f);
  chain_fixture_invalidate (&f, g_ptr_array_index (b, 0));
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 120)));
  again = chain_fixture_utxo_hash (&f);
  g_assert_cmpstr (again, ==, on_a);
  chain_fixture_clear (&f);
  chain_fixture_clear (&other);
}

static void
test_orders (void)
{
  g_autoptr (GPtrArray) a = NULL, b = NULL;
  g_autofree char *before = NULL, *after = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  a = chain_blocks_new (f.params, 6, 1);
  b = chain_blocks_new (f.params, 6, 2);
  chain_fixture_open (&f);
  accept_all (&f, a, 1, 6);
  accept_all (&f, b, 1, 6);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 6)));
  before = chain_fixture_utxo_hash (&f);

  chain_fixture_precious (&f, BLOCK (b, 6));
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (b, 6)));
  chain_fixture_precious (&f, BLOCK (a, 6));
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 6)));

  chain_fixture_invalidate (&f, BLOCK (a, 3));
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (b, 6)));
  chain_fixture_invalidate (&f, BLOCK (b, 1));
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 2)));
  chain_fixture_reopen (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 2)));
  chain_fixture_reconsider (&f, BLOCK (a, 3));
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 6)));
  after = chain_fixture_utxo_hash (&f);
  g_assert_cmpstr (before, ==, after);
  chain_fixture_reconsider (&f, BLOCK (b, 6));
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 6)));
  /* Reconsidering a block includes its ancestors. */
  chain_fixture_invalidate (&f, BLOCK (b, 2));
  chain_fixture_invalidate (&f, BLOCK (a, 3));
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 2)));
  chain_fixture_reconsider (&f, BLOCK (a, 6));
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 6)));
  chain_fixture_clear (&f);
}

/* A branch with more work whose third block is invalid: the old tip is active again. */
static void
test_bad_branch (void)
{
  g_autoptr (GPtrArray) a = NULL;
  g_autoptr (BtcBlock) b4 = NULL, b5 = NULL, b6 = NULL, b7 = NULL;
  g_autofree char *before = NULL, *after = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  a = chain_blocks_new (f.params, 6, 1);
  b4 = chain_block_new (f.params, BLOCK (a, 3), 4, 9, -1, NULL);
  b5 = chain_block_new (f.params, b4, 5, 9, -1, NULL);
  b6 = chain_block_new (f.params, b5, 6, 9, 5000000001, NULL);
  b7 = chain_block_new (f.params, b6, 7, 9, -1, NULL);
  chain_fixture_open (&f);
  accept_all (&f, a, 1, 6);
  before = chain_fixture_utxo_hash (&f);
  g_assert_cmpstr (chain_fixture_accept (&f, b4), ==, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, b5), ==, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, b6), ==, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, b7), ==, "bad-prevblk");
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (a, 6)));
  after = chain_fixture_utxo_hash (&f);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (chain_fixture_find (&f, b7)->status & NODE_BLOCK_FAILED, !=, 0);
  g_assert_cmpuint (chain_fixture_find (&f, b5)->status & NODE_BLOCK_FAILED, ==, 0);
  chain_fixture_clear (&f);
}

typedef struct {
  const char *path;
  gint done; /* atomic */
  guint32 height;
} SlowImport;

static void
on_imported (NodeChain *chain, gpointer data, const GError *error)
{
  g_assert_no_error (error);
  g_atomic_int_set (&((SlowImport *) data)->done, 1);
}

static void
begin_import (NodeChain *chain, gpointer data)
{
  node_chain_import (chain, ((SlowImport *) data)->path, on_imported, data);
}

static void
record_height (NodeChain *chain, gpointer data)
{
  ((SlowImport *) data)->height = node_chain_tip (chain)->height;
}

/* All blocks wait for the first, which is the last one in the file. Other jobs run while they are imported. */
static void
test_import_backwards (void)
{
  const guint n = 3000;
  g_autoptr (GPtrArray) blocks = NULL, backwards = g_ptr_array_new ();
  g_autofree char *path = NULL;
  SlowImport import = { 0 };
  guint seen_between = 0;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, n, 1);
  for (guint i = n; i > 0; i--)
    g_ptr_array_add (backwards, g_ptr_array_index (blocks, i - 1));
  import.path = path = g_build_filename (f.datadir, "import.dat", NULL);
  chain_write_file (path, f.params, backwards);
  chain_fixture_open (&f);
  node_chain_run (f.chain, NODE_JOB_QUERIES, begin_import, &import, NULL, NULL);
  while (!g_atomic_int_get (&import.done)) {
    node_chain_run (f.chain, NODE_JOB_QUERIES, record_height, &import, NULL, NULL);
    seen_between += import.height > 0 && import.height < n;
  }
  g_assert_cmpuint (seen_between, >, 0);
  g_assert_cmpuint (chain_fixture_height (&f), ==, n);
  chain_fixture_clear (&f);
}

static void
test_import (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (GPtrArray) shuffled = g_ptr_array_new ();
  g_autofree char *path = NULL, *control = NULL, *out_of_order = NULL, *reindexed = NULL, *rebuilt = NULL;
  ChainFixture f, other;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_init (&other, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 200, 1);
  path = g_build_filename (f.datadir, "import.dat", NULL);
  chain_write_file (path, f.params, blocks);
  chain_fixture_open (&f);
  chain_fixture_import (&f, path);
  g_assert_cmpuint (chain_fixture_height (&f), ==, 200);
  control = chain_fixture_utxo_hash (&f);

  for (guint i = 0; i < blocks->len; i++)
    g_ptr_array_insert (shuffled, (gint) (g_random_int_range (0, (gint) i + 1)), g_ptr_array_index (blocks, i));
  chain_write_file (path, f.params, shuffled);
  chain_fixture_open (&other);
  chain_fixture_import (&other, path);
  g_assert_true (chain_fixture_tip_is (&other, BLOCK (blocks, 200)));
  out_of_order = chain_fixture_utxo_hash (&other);
  g_assert_cmpstr (control, ==, out_of_order);

  chain_fixture_close (&other);
  other.reindex = TRUE;
  chain_fixture_open (&other);
  chain_fixture_wait_ready (&other);
  other.reindex = FALSE;
  reindexed = chain_fixture_utxo_hash (&other);
  g_assert_cmpstr (control, ==, reindexed);
  chain_fixture_reopen (&other);
  g_assert_true (chain_fixture_tip_is (&other, BLOCK (blocks, 200)));

  chain_fixture_close (&other);
  other.reindex_chainstate = TRUE;
  chain_fixture_open (&other);
  other.reindex_chainstate = FALSE;
  chain_fixture_wait_best (&other);
  rebuilt = chain_fixture_utxo_hash (&other);
  g_assert_cmpstr (control, ==, rebuilt);
  chain_fixture_clear (&f);
  chain_fixture_clear (&other);
}

/* When the best branch turns out to be invalid right above the tip, the branch with the next most work is connected at
 * once. */
static void
test_second_best (void)
{
  g_autoptr (BtcBlock) base = NULL, first = NULL, second = NULL, bad = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f);
  base = chain_block_new (f.params, NULL, 1, 1, -1, NULL);
  first = chain_block_new (f.params, base, 2, 1, -1, NULL);
  second = chain_block_new (f.params, base, 2, 2, -1, NULL);
  bad = chain_block_new (f.params, second, 3, 1, 5000000001, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, base), ==, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, first), ==, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, second), ==, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, bad), ==, "bad-cb-amount");
  g_assert_true (chain_fixture_tip_is (&f, first));
  chain_fixture_invalidate (&f, first);
  g_assert_true (chain_fixture_tip_is (&f, second));
  chain_fixture_reconsider (&f, base);
  g_assert_true (chain_fixture_tip_is (&f, first));
  chain_fixture_clear (&f);
}

/* Imports a file with the first nine of BLOCKS, then TENTH, then the rest; returns the height of the tip. */
static void
import_with (ChainFixture *f, GPtrArray *blocks, BtcBlock *tenth)
{
  g_autoptr (GPtrArray) file = g_ptr_array_new ();
  g_autofree char *path = NULL;

  chain_fixture_init (f, BTC_NETWORK_REGTEST);
  path = g_build_filename (f->datadir, "import.dat", NULL);
  for (guint height = 1; height <= blocks->len; height++)
    g_ptr_array_add (file, height == 10 ? tenth : BLOCK (blocks, height));
  chain_write_file (path, f->params, file);
  chain_fixture_open (f);
  chain_fixture_import (f, path);
  g_assert_true (chain_fixture_tip_is (f, BLOCK (blocks, 9)));
}

static BtcBlock *
with_byte_changed (const BtcBlock *block, gsize from_end)
{
  g_autoptr (GByteArray) bytes = g_bytes_unref_to_array (g_bytes_ref (block->bytes));
  g_autoptr (GBytes) changed = NULL;

  bytes->data[bytes->len - from_end] ^= 1;
  changed = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return btc_block_new (changed);
}

/* Which blocks of a file are in the tree afterwards, and with which status, if one of them is invalid. */
static void
test_import_tree (void)
{
  g_autoptr (GPtrArray) blocks = NULL, more = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  g_autoptr (BtcBlock) tenth = NULL;
  const NodeBlock *last;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 20, 1);
  /* The data is not what the header commits to: the blocks above it are kept, and wait for it. */
  tenth = with_byte_changed (BLOCK (blocks, 10), 5);
  chain_fixture_clear (&f);
  import_with (&f, blocks, tenth);
  last = chain_fixture_find (&f, BLOCK (blocks, 20));
  g_assert_cmpuint (last->status & (NODE_BLOCK_FAILED | NODE_BLOCK_HAVE_DATA), ==, NODE_BLOCK_HAVE_DATA);
  g_assert_cmpuint (last->chain_tx, ==, 0);
  chain_fixture_reopen (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, 9)));
  g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (blocks, 10)), ==, NULL);
  chain_fixture_wait_best (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, 20)));

  /* Invalid because of what it spends or pays: so are those above it, and they keep that status. */
  for (guint height = 10; height <= 20; height++)
    g_ptr_array_add (more, chain_block_new (f.params,
                                            height == 10 ? BLOCK (blocks, 9) : g_ptr_array_index (more, height - 11),
                                            height, 7, height == 10 ? 5000000001 : -1, NULL));
  g_ptr_array_remove_range (blocks, 9, 11);
  for (guint i = 0; i < more->len; i++)
    g_ptr_array_add (blocks, btc_block_ref (g_ptr_array_index (more, i)));
  chain_fixture_clear (&f);
  import_with (&f, blocks, BLOCK (blocks, 10));
  last = chain_fixture_find (&f, BLOCK (blocks, 20));
  g_assert_cmpuint (last->status & (NODE_BLOCK_FAILED | NODE_BLOCK_HAVE_DATA), ==,
                    NODE_BLOCK_FAILED | NODE_BLOCK_HAVE_DATA);
  chain_fixture_reopen (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, 9)));
  last = chain_fixture_find (&f, BLOCK (blocks, 20));
  g_assert_cmpuint (last->status & NODE_BLOCK_FAILED, !=, 0);
  chain_fixture_clear (&f);

  /* An invalid header is not added to the tree, and neither are its descendants. */
  g_clear_pointer (&tenth, btc_block_unref);
  tenth = with_byte_changed (BLOCK (blocks, 10), g_bytes_get_size (BLOCK (blocks, 10)->bytes) - 72);
  import_with (&f, blocks, tenth);
  g_assert_null (chain_fixture_find (&f, tenth));
  g_assert_null (chain_fixture_find (&f, BLOCK (blocks, 20)));
  chain_fixture_clear (&f);
}

/* The stages that the chain reports at start-up, with FLAG of F set. */
static void
assert_stages (ChainFixture *f, gboolean *flag, const char *expected)
{
  f->stages = g_string_new (NULL);
  *flag = TRUE;
  chain_fixture_open (f);
  *flag = FALSE;
  chain_fixture_wait_best (f);
  chain_fixture_wait_ready (f);
  chain_fixture_close (f);
  g_assert_cmpstr (f->stage, ==, "ready");
  /* Whether these are reported in between depends on the speed of the machine. */
  g_string_replace (f->stages, "connecting ", "", 0);
  g_string_replace (f->stages, "ready ", "", 0);
  g_assert_cmpstr (f->stages->str, ==, expected);
  g_string_free (f->stages, TRUE);
  f->stages = NULL;
  f->stage = NULL;
}

static void
test_progress (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autofree char *path = NULL;
  gboolean nothing;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  f.check_blocks = 50;
  f.check_level = 4;
  blocks = chain_blocks_new (f.params, 200, 1);
  path = g_build_filename (f.datadir, "import.dat", NULL);
  chain_write_file (path, f.params, blocks);
  chain_fixture_open (&f);
  chain_fixture_import (&f, path);
  chain_fixture_close (&f);

  /* The last stage is the import of the file that the test uses to wait. */
  assert_stages (&f, &nothing, "loading verifying importing ");
  assert_stages (&f, &f.reindex_chainstate, "loading importing ");
  assert_stages (&f, &f.reindex, "loading reindexing importing ");
  chain_fixture_clear (&f);
}

static void
damage (const ChainFixture *f, const char *file)
{
  g_autofree char *path = g_build_filename (f->datadir, "blocks", file, NULL);
  g_autofree char *data = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  /* All of the file except its beginning, so that everything that is read is damaged. */
  for (gsize i = 4000; i < len; i++)
    data[i] = (char) (data[i] ^ 0x55);
  g_assert_true (g_file_set_contents (path, data, (gssize) len, NULL));
}

typedef struct {
  const BtcBlock *block;
  GError *error;
  gboolean ok;
} Order;

static void
do_invalidate (NodeChain *chain, gpointer data)
{
  Order *order = data;
  order->ok = node_chain_invalidate (chain, node_chain_find (chain, order->block->hash32), &order->error);
}

/* A disk that returns wrong bytes is a fatal error, and no block is marked as invalid. */
static void
test_damaged_disk (const void *data)
{
  g_autoptr (GPtrArray) blocks = NULL;
  Order order = { 0 };
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 120, 1);
  chain_fixture_open (&f);
  accept_all (&f, blocks, 1, 120);
  chain_fixture_close (&f);
  f.check_level = 0;
  f.check_blocks = 1;
  chain_fixture_open (&f);
  damage (&f, data);
  order.block = BLOCK (blocks, 119);
  node_chain_run (f.chain, NODE_JOB_QUERIES, do_invalidate, &order, NULL, NULL);
  g_assert_false (order.ok);
  g_assert_error (order.error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  g_clear_error (&order.error);
  g_assert_cmpint (f.fatal, ==, 1);
  for (guint height = 1; height <= 120; height++)
    g_assert_cmpuint (chain_fixture_find (&f, BLOCK (blocks, height))->status & NODE_BLOCK_FAILED, ==, 0);
  chain_fixture_close (&f);
  /* The data on the disk is unchanged: with the damage undone the start is normal. */
  damage (&f, data);
  f.fatal = 0;
  f.check_level = 4;
  f.check_blocks = 0;
  chain_fixture_open (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, 120)));
  chain_fixture_clear (&f);
}

static void
test_damaged_start (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (GError) error = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 120, 1);
  chain_fixture_open (&f);
  accept_all (&f, blocks, 1, 120);
  chain_fixture_close (&f);
  damage (&f, "blk00000.dat");
  g_assert_false (chain_fixture_try_open (&f, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  damage (&f, "blk00000.dat");
  chain_fixture_open (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, 120)));
  chain_fixture_clear (&f);
}

/* A changed key makes the block files unreadable; a reindex would find nothing, and overwrite them. */
static void
test_wrong_key (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autofree char *path = NULL, *key = NULL;
  ChainFixture f;
  gsize len;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 20, 1);
  chain_fixture_open (&f);
  accept_all (&f, blocks, 1, 20);
  chain_fixture_close (&f);
  path = g_build_filename (f.datadir, "blocks", "xor.dat", NULL);
  g_assert_true (g_file_get_contents (path, &key, &len, NULL));
  for (guint i = 0; i < 8; i++) {
    g_autoptr (GError) error = NULL;

    key[i] ^= 0x10;
    g_assert_true (g_file_set_contents (path, key, (gssize) len, NULL));
    f.reindex = i % 2 == 0;
    g_assert_false (chain_fixture_try_open (&f, &error));
    g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
    g_assert_nonnull (strstr (error->message, "Put back the file"));
    key[i] ^= 0x10;
  }
  g_assert_true (g_file_set_contents (path, key, (gssize) len, NULL));
  f.reindex = FALSE;
  chain_fixture_open (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, 20)));
  chain_fixture_clear (&f);
}

/* Without an index the block files do not count as empty. */
static void
test_missing_index (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "rm", "-r", "blocks/index", "chainstate", NULL };
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 20, 1);
  chain_fixture_open (&f);
  accept_all (&f, blocks, 1, 20);
  chain_fixture_close (&f);
  g_spawn_sync (f.datadir, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_assert_false (chain_fixture_try_open (&f, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "Restart with -reindex "));
  f.reindex = TRUE;
  chain_fixture_open (&f);
  chain_fixture_wait_ready (&f);
  g_assert_true (chain_fixture_tip_is (&f, BLOCK (blocks, 20)));
  chain_fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain/genesis", test_genesis);
  g_test_add_func ("/chain/grow-and-reopen", test_grow_and_reopen);
  g_test_add_func ("/chain/rules", test_rules);
  g_test_add_func ("/chain/scripts", test_scripts);
  g_test_add_func ("/chain/headers-first", test_headers_first);
  g_test_add_func ("/chain/failed-stays-known", test_failed_stays_known);
  g_test_add_func ("/chain/mutated-does-not-poison", test_mutated_does_not_poison);
  g_test_add_func ("/chain/reorganise", test_reorganise);
  g_test_add_func ("/chain/orders", test_orders);
  g_test_add_func ("/chain/bad-branch", test_bad_branch);
  g_test_add_func ("/chain/import", test_import);
  g_test_add_func ("/chain/import-backwards", test_import_backwards);
  g_test_add_func ("/chain/second-best", test_second_best);
  g_test_add_func ("/chain/import-tree", test_import_tree);
  g_test_add_func ("/chain/progress", test_progress);
  g_test_add_data_func ("/chain/damaged-blocks", "blk00000.dat", test_damaged_disk);
  g_test_add_data_func ("/chain/damaged-undo", "rev00000.dat", test_damaged_disk);
  g_test_add_func ("/chain/damaged-start", test_damaged_start);
  g_test_add_func ("/chain/wrong-key", test_wrong_key);
  g_test_add_func ("/chain/missing-index", test_missing_index);
  return g_test_run ();
}

#include "chain_fixture.h"

#include "bitcoin/script/script.h"

#include <stdio.h>
#include <string.h>

/* The scripts of a block that -assumevalid covers are not run, but everything else is the same: coins are spent, and
 * all rules about them apply. Rules that are not active (BIP 54) reject nothing. */

#define BASE 110
#define ABOVE 2020 /* blocks above the one in question: more than two weeks of work */
#define BLOCK(blocks, height) ((BtcBlock *) g_ptr_array_index (blocks, (height) -1))

typedef struct {
  GPtrArray *base; /* BtcBlock, from height 1 on */
  BtcTx *spend;    /* of a mature coin */
  BtcTx *other;    /* of the same coin */
  BtcTx *child;    /* of an output of `spend` */
  BtcTx *failing;  /* `spend` with a script that fails */
} Cast;

static BtcTx *
make_failing (const BtcTx *tx)
{
  static const guint8 fails[] = { BTC_OP_RETURN };
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new_from_tx (tx);

  btc_tx_builder_set_script_sig (builder, 0, fails, sizeof fails);
  return btc_tx_builder_finish (builder);
}

static void
cast_init (Cast *cast)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  const BtcTx *coin;

  cast->base = chain_blocks_new (params, BASE, 1);
  coin = &BLOCK (cast->base, BASE - 99)->txs[0];
  cast->spend = chain_spend_new (coin, 0, BTC_SEQUENCE_FINAL, 1000);
  cast->other = chain_spend_new (coin, 0, BTC_SEQUENCE_FINAL, 3000);
  cast->child = chain_spend_new (cast->spend, 0, BTC_SEQUENCE_FINAL, 1000);
  cast->failing = make_failing (cast->spend);
}

static void
cast_clear (Cast *cast)
{
  g_ptr_array_unref (cast->base);
  btc_tx_unref (cast->spend);
  btc_tx_unref (cast->other);
  btc_tx_unref (cast->child);
  btc_tx_unref (cast->failing);
}

static void
accept_headers (NodeChain *chain, gpointer data)
{
  GPtrArray *blocks = data;

  for (guint i = 0; i < blocks->len; i++) {
    BtcVerdict verdict;

    g_assert_true (node_chain_accept_header (chain, &BLOCK (blocks, i + 1)->header, NULL, &verdict, NULL));
    g_assert_cmpint (verdict.verdict, ==, BTC_VERDICT_OK);
  }
}

/* BLOCK and the blocks on top of it. */
static GPtrArray *
make_above (const BtcParams *params, BtcBlock *block)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);

  g_ptr_array_add (blocks, btc_block_ref (block));
  for (guint i = 1; i <= ABOVE; i++)
    g_ptr_array_add (blocks, chain_block_new (params, BLOCK (blocks, i), BASE + 1 + i, 1, -1, NULL));
  return blocks;
}

/* A chain up to BASE, to which BLOCK will be added; ASSUMED: the last of many headers on top of it is the block of
 * -assumevalid. */
static void
prepare (ChainFixture *f, const Cast *cast, BtcBlock *block, gboolean assumed)
{
  g_autoptr (GPtrArray) above = NULL;

  chain_fixture_init (f, BTC_NETWORK_REGTEST);
  above = make_above (f->params, block);
  if (assumed)
    memcpy (f->params->assume_valid32, BLOCK (above, above->len)->hash32, 32);
  chain_fixture_open (f);
  for (guint height = 1; height <= BASE; height++)
    g_assert_cmpstr (chain_fixture_accept (f, BLOCK (cast->base, height)), ==, NULL);
  node_chain_run (f->chain, NODE_JOB_QUERIES, accept_headers, above, NULL, NULL);
}

static BtcBlock *
make_block (const Cast *cast, gint64 reward_sat, BtcTx *first, BtcTx *second)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  g_autoptr (GPtrArray) txs = g_ptr_array_new ();

  g_ptr_array_add (txs, first);
  if (second != NULL)
    g_ptr_array_add (txs, second);
  return chain_block_new (params, BLOCK (cast->base, BASE), BASE + 1, 7, reward_sat, txs);
}

/* The verdict on a block with these transactions that -assumevalid covers. */
static const char *
try_assumed (const Cast *cast, gint64 reward_sat, BtcTx *first, BtcTx *second)
{
  g_autoptr (BtcBlock) block = make_block (cast, reward_sat, first, second);
  g_autofree char *before = NULL, *after = NULL;
  const char *reason;
  ChainFixture f;

  prepare (&f, cast, block, TRUE);
  before = chain_fixture_utxo_hash (&f);
  reason = chain_fixture_accept (&f, block);
  after = chain_fixture_utxo_hash (&f);
  g_assert_true (chain_fixture_tip_is (&f, reason == NULL ? block : BLOCK (cast->base, BASE)));
  g_assert_true (g_str_equal (before, after) == (reason != NULL));
  chain_fixture_clear (&f);
  return reason;
}

static void
test_assumed_rules (void)
{
  g_autoptr (BtcTx) spent = NULL, immature = NULL, locked = NULL, too_much = NULL;
  Cast cast;

  cast_init (&cast);
  spent = chain_spend_new (&BLOCK (cast.base, BASE - 100)->txs[0], 0, BTC_SEQUENCE_FINAL, 1000);
  immature = chain_spend_new (&BLOCK (cast.base, BASE - 98)->txs[0], 0, BTC_SEQUENCE_FINAL, 1000);
  locked = chain_spend_new (&BLOCK (cast.base, BASE - 99)->txs[0], 0, 101, 1000);
  too_much = chain_spend_new (&BLOCK (cast.base, BASE - 99)->txs[0], 0, BTC_SEQUENCE_FINAL, -1000);

  /* Scripts are indeed not run. */
  g_assert_cmpstr (try_assumed (&cast, -1, cast.failing, NULL), ==, NULL);
  g_assert_cmpstr (try_assumed (&cast, -1, cast.spend, cast.child), ==, NULL);
  /* The same coin twice in the block, and one that an earlier block spent. */
  g_assert_cmpstr (try_assumed (&cast, -1, cast.spend, cast.other), ==, "bad-txns-inputs-missingorspent");
  g_assert_cmpstr (try_assumed (&cast, -1, spent, NULL), ==, "bad-txns-inputs-missingorspent");
  g_assert_cmpstr (try_assumed (&cast, -1, cast.child, cast.spend), ==, "bad-txns-inputs-missingorspent");
  g_assert_cmpstr (try_assumed (&cast, -1, immature, NULL), ==, "bad-txns-premature-spend-of-coinbase");
  g_assert_cmpstr (try_assumed (&cast, -1, locked, NULL), ==, "bad-txns-nonfinal");
  g_assert_cmpstr (try_assumed (&cast, -1, too_much, NULL), ==, "bad-txns-in-belowout");
  g_assert_cmpstr (try_assumed (&cast, 5000001001, cast.spend, NULL), ==, "bad-cb-amount");
  cast_clear (&cast);
}

/* The coins are the same as if all scripts had been run. */
static void
test_assumed_coins (void)
{
  g_autoptr (BtcBlock) block = NULL;
  char *coins[2];
  Cast cast;

  cast_init (&cast);
  block = make_block (&cast, -1, cast.spend, cast.child);
  for (guint assumed = 0; assumed < 2; assumed++) {
    ChainFixture f;

    prepare (&f, &cast, block, assumed != 0);
    g_assert_cmpstr (chain_fixture_accept (&f, block), ==, NULL);
    coins[assumed] = chain_fixture_utxo_hash (&f);
    chain_fixture_clear (&f);
  }
  g_assert_cmpstr (coins[0], ==, coins[1]);
  g_free (coins[0]);
  g_free (coins[1]);
  cast_clear (&cast);
}

/* A block is not covered without two weeks of work on top of it. */
static void
test_assumed_recent (void)
{
  g_autoptr (GPtrArray) above = NULL;
  g_autoptr (BtcBlock) block = NULL;
  ChainFixture f;
  Cast cast;

  cast_init (&cast);
  block = make_block (&cast, -1, cast.failing, NULL);
  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  above = make_above (f.params, block);
  g_ptr_array_set_size (above, 2017); /* 2016 on top: exactly two weeks */
  memcpy (f.params->assume_valid32, BLOCK (above, above->len)->hash32, 32);
  chain_fixture_open (&f);
  for (guint height = 1; height <= BASE; height++)
    g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (cast.base, height)), ==, NULL);
  node_chain_run (f.chain, NODE_JOB_QUERIES, accept_headers, above, NULL, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, block), ==, "block-script-verify-flag-failed (OP_RETURN was encountered)");
  chain_fixture_clear (&f);
  cast_clear (&cast);
}

/* The end of a table, after the coins: the database has checked it and keeps it in memory. */
#define TABLE_END 1000

/* Changes the coins in all tables in place, as a failing disk would; when called again, it changes them back. */
static void
change_tables (const ChainFixture *f)
{
  g_autofree char *folder = g_build_filename (f->datadir, "chainstate", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *data = NULL;
    FILE *file;
    gsize len;

    if (!g_str_has_suffix (name, ".ldb"))
      continue;
    g_assert_true (g_file_get_contents (path, &data, &len, NULL));
    for (gsize i = 0; i + TABLE_END < len; i++)
      data[i] = (char) (data[i] ^ 0x55);
    file = fopen (path, "r+b");
    g_assert_nonnull (file);
    g_assert_cmpuint (fwrite (data, 1, len, file), ==, len);
    g_assert_cmpint (fclose (file), ==, 0);
    n += len > TABLE_END;
  }
  g_assert_cmpuint (n, >, 0);
}

typedef struct {
  BtcBlock *block;
  gboolean ok;
  BtcVerdict verdict;
  GError *error;
} Order;

static void
do_accept (NodeChain *chain, gpointer data)
{
  Order *order = data;
  order->ok = node_chain_accept_block (chain, order->block, TRUE, NULL, NULL, &order->verdict, &order->error);
}

/* A coin that cannot be read is not reported as missing. */
static void
test_unreadable_coins (void)
{
  g_autoptr (BtcBlock) block = NULL;
  Order order = { 0 };
  ChainFixture f;
  Cast cast;

  cast_init (&cast);
  block = make_block (&cast, -1, cast.spend, NULL);
  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  f.check_level = 0;
  f.check_blocks = 1;
  chain_fixture_open (&f);
  for (guint32 height = 1; height <= BASE; height++)
    g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (cast.base, height)), ==, NULL);
  /* Opening moves the last writes into a table. */
  chain_fixture_reopen (&f);
  change_tables (&f);
  order.block = block;
  node_chain_run (f.chain, NODE_JOB_QUERIES, do_accept, &order, NULL, NULL);
  change_tables (&f);
  g_assert_false (order.ok);
  g_assert_error (order.error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  g_clear_error (&order.error);
  g_assert_cmpint (f.fatal, ==, 1);
  g_assert_cmpuint (chain_fixture_find (&f, block)->status & NODE_BLOCK_FAILED, ==, 0);
  chain_fixture_reopen (&f);
  chain_fixture_accept (&f, block);
  g_assert_true (chain_fixture_tip_is (&f, block));
  chain_fixture_clear (&f);
  cast_clear (&cast);
}

/* A spend of TX into one output with SCRIPT. */
static BtcTx *
pay_to (const BtcTx *tx, guint32 version, guint32 sequence, const guint8 *script, gsize len)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (version, 0);
  BtcOutpoint outpoint = { .n = 0 };

  memcpy (outpoint.txid32, tx->txid32, 32);
  btc_tx_builder_add_in (builder, &outpoint, sequence);
  btc_tx_builder_add_out (builder, tx->out[0].value_sat, script, len);
  return btc_tx_builder_finish (builder);
}

/* BIP 68 applies from version 2 on, as an unsigned number: the coin is 100 blocks old, and 101 are required. */
static void
test_lock_versions (void)
{
  static const guint8 anyone[] = { BTC_OP_1 };
  static const guint32 versions[] = { 0xffffffff, 0x80000000, 0x7fffffff, 2, 1 };
  ChainFixture f;
  Cast cast;

  cast_init (&cast);
  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f);
  for (guint32 height = 1; height <= BASE; height++)
    g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (cast.base, height)), ==, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
    g_autoptr (BtcTx) tx = pay_to (&BLOCK (cast.base, BASE - 99)->txs[0], versions[i], 101, anyone, sizeof anyone);
    g_autoptr (BtcBlock) block = make_block (&cast, -1, tx, NULL);

    g_assert_cmpstr (chain_fixture_accept (&f, block), ==, versions[i] >= 2 ? "bad-txns-nonfinal" : NULL);
  }
  chain_fixture_clear (&f);
  cast_clear (&cast);
}

/* BIP 68 counts from the median time past of the coin's previous block, up to that of this block's previous one. Blocks
 * are a minute apart here: this is 540 s for the coin of block 102, only 480 s for that of block 103, and 512 s are
 * required. */
static void
test_lock_times (void)
{
  ChainFixture f;
  Cast cast;

  cast_init (&cast);
  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_open (&f);
  for (guint32 height = 1; height <= BASE; height++)
    g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (cast.base, height)), ==, NULL);
  for (guint32 height = 103; height >= 102; height--) {
    g_autoptr (BtcTx) tx = chain_spend_new (&BLOCK (cast.base, height)->txs[1], 0, 1u << 22 | 1, 0);
    g_autoptr (BtcBlock) block = make_block (&cast, -1, tx, NULL);

    g_assert_cmpstr (chain_fixture_accept (&f, block), ==, height == 103 ? "bad-txns-nonfinal" : NULL);
  }
  chain_fixture_clear (&f);
  cast_clear (&cast);
}

/* BIP 30: block 3, before BIP 34, has the coinbase that block 111 must have. The verdict on block 111. KNOWN: the chain
 * is the one in which this is known not to happen. */
static const char *
try_repeated (gboolean known)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  const char *reason = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  f.params->buried_height[BTC_BURIED_BIP34] = 5;
  for (guint32 height = 1; height <= BASE + 1; height++)
    g_ptr_array_add (blocks, chain_block_new (f.params, height > 1 ? BLOCK (blocks, height - 1) : NULL,
                                              height == 3 ? BASE + 1 : height, 7, -1, NULL));
  g_assert_cmpmem (BLOCK (blocks, 3)->txs[0].txid32, 32, BLOCK (blocks, BASE + 1)->txs[0].txid32, 32);
  if (known)
    memcpy (f.params->bip34_hash32, BLOCK (blocks, 5)->hash32, 32);
  chain_fixture_open (&f);
  for (guint32 height = 1; height <= BASE + 1; height++) {
    g_assert_null (reason);
    reason = chain_fixture_accept (&f, BLOCK (blocks, height));
  }
  chain_fixture_clear (&f);
  return reason;
}

static void
test_bip30 (void)
{
  g_assert_cmpstr (try_repeated (FALSE), ==, "bad-txns-BIP30");
  g_assert_cmpstr (try_repeated (TRUE), ==, NULL);
}

/* BIP 54 would forbid each of these, but as long as it is not active a node that rejects one forks off the network: a
 * coinbase whose lock time is not the height below, a transaction of 64 bytes, one with 2,520 signature operations.
 * (Its rule for the time of blocks is in test-pow.c.) */
static void
test_bip54_is_not_active (void)
{
  static const guint8 four[] = { BTC_OP_1, BTC_OP_1, BTC_OP_1, BTC_OP_1 };
  guint8 many[3 + 126 + 1] = { BTC_OP_1, BTC_OP_0, BTC_OP_IF };
  g_autoptr (BtcTx) small = NULL, makes = NULL, spends = NULL;
  g_autoptr (GPtrArray) txs = g_ptr_array_new ();
  g_autoptr (BtcBlock) block = NULL;
  ChainFixture f;
  Cast cast;

  cast_init (&cast);
  memset (many + 3, BTC_OP_CHECKMULTISIG, 126);
  many[sizeof many - 1] = BTC_OP_ENDIF;
  small = pay_to (&BLOCK (cast.base, BASE - 99)->txs[0], 1, BTC_SEQUENCE_FINAL, four, sizeof four);
  g_assert_cmpuint (small->stripped_size, ==, 64);
  makes = pay_to (small, 1, BTC_SEQUENCE_FINAL, many, sizeof many);
  spends = pay_to (makes, 1, BTC_SEQUENCE_FINAL, four, 1);
  g_assert_cmpuint (btc_script_count_sigops (makes->out[0].script, FALSE), ==, 2520);
  g_ptr_array_add (txs, small);
  g_ptr_array_add (txs, makes);
  g_ptr_array_add (txs, spends);
  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  block = chain_block_new (f.params, BLOCK (cast.base, BASE), BASE + 1, 7, -1, txs);
  g_assert_cmpuint (block->txs[0].locktime, !=, BASE);
  g_assert_cmpuint (block->txs[0].in[0].sequence, ==, BTC_SEQUENCE_FINAL);
  chain_fixture_open (&f);
  for (guint height = 1; height <= BASE; height++)
    g_assert_cmpstr (chain_fixture_accept (&f, BLOCK (cast.base, height)), ==, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, block), ==, NULL);
  g_assert_true (chain_fixture_tip_is (&f, block));
  chain_fixture_clear (&f);
  cast_clear (&cast);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain-connect/assumed-rules", test_assumed_rules);
  g_test_add_func ("/chain-connect/assumed-coins", test_assumed_coins);
  g_test_add_func ("/chain-connect/assumed-recent", test_assumed_recent);
  g_test_add_func ("/chain-connect/unreadable-coins", test_unreadable_coins);
  g_test_add_func ("/chain-connect/lock-versions", test_lock_versions);
  g_test_add_func ("/chain-connect/lock-times", test_lock_times);
  g_test_add_func ("/chain-connect/bip30", test_bip30);
  g_test_add_func ("/chain-connect/bip54-is-not-active", test_bip54_is_not_active);
  return g_test_run ();
}

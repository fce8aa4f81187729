#include "chain_fixture.h"

#include "bitcoin/crypto/hash.h"
#include "common/log.h"
#include "node/index/coinstats_index.h"
#include "node/index/filter_index.h"
#include "node/index/private.h"
#include "node/index/spender_index.h"
#include "node/index/tx_index.h"
#include "node/store/crash.h"

#include <glib/gstdio.h>
#include <string.h>

/* All indexes over generated chains: growing, reorganised, reindexed, killed. Their answers are compared with the
 * blocks themselves and with the coins. */

#define FORK 130
#define BRANCH 12

typedef struct {
  GPtrArray *blocks; /* BtcBlock */
  GPtrArray *index;  /* NodeBlock of each */
} Active;

static void
collect (NodeChain *chain, gpointer data)
{
  Active *active = data;

  for (guint32 height = 0; height <= node_chain_tip (chain)->height; height++) {
    NodeBlock *index = node_chain_at (chain, height);
    BtcBlock *block = node_chain_read_block (chain, index, NULL);

    g_assert_nonnull (block);
    g_ptr_array_add (active->blocks, block);
    g_ptr_array_add (active->index, index);
  }
}

static NodeIndex *
get_index (ChainFixture *f, NodeIndexKind kind)
{
  NodeIndex *index = node_indexes_get (f->indexes, kind);
  g_assert_nonnull (index);
  return index;
}

static void
check_tx (ChainFixture *f, const BtcTx *tx, const NodeBlock *index)
{
  g_autoptr (GError) error = NULL;
  NodeTxIndexResult result;
  gboolean found;

  g_assert_true (node_tx_index_find (get_index (f, NODE_INDEX_TX), tx->txid32, &result, &found, &error));
  g_assert_true (found);
  g_assert_true (result.block == index);
  g_assert_cmpmem (result.tx->bytes.data, result.tx->bytes.len, tx->bytes.data, tx->bytes.len);
  btc_tx_unref (result.tx);
}

static void
check_spender (ChainFixture *f, const BtcOutpoint *outpoint, const BtcTx *tx, const NodeBlock *index)
{
  g_autoptr (GError) error = NULL;
  NodeSpender spender;

  g_assert_true (node_spender_index_find (get_index (f, NODE_INDEX_SPENDER), outpoint, &spender, &error));
  if (tx == NULL) {
    g_assert_null (spender.tx);
    return;
  }
  g_assert_nonnull (spender.tx);
  g_assert_cmpmem (spender.tx->txid32, 32, tx->txid32, 32);
  g_assert_cmpmem (spender.block32, 32, index->hash32, 32);
  btc_tx_unref (spender.tx);
}

/* Adds the filter and the coin statistics of a block to HASH. */
static void
add_answers (ChainFixture *f, const NodeBlock *index, BtcSha256 *hash)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) filter = NULL;
  NodeFilterRecord record;
  NodeCoinstats stats = { 0 };
  gboolean found;

  g_assert_true (node_filter_index_get (get_index (f, NODE_INDEX_FILTER), index, &record, &found, &error));
  g_assert_true (found);
  filter = node_filter_index_read (get_index (f, NODE_INDEX_FILTER), &record, &error);
  g_assert_no_error (error);
  btc_sha256_update (hash, record.header32, 32);
  btc_sha256_update (hash, g_bytes_get_data (filter, NULL), g_bytes_get_size (filter));
  g_assert_true (node_coinstats_index_get (get_index (f, NODE_INDEX_COINSTATS), index, &stats, &found, &error));
  g_assert_true (found);
  btc_sha256_update (hash, (const guint8 *) &stats, sizeof stats);
}

static void
open_cursor (NodeChain *chain, gpointer data)
{
  NodeCoinsCursor **cursor = data;

  g_assert_true (node_chain_flush (chain, NULL));
  *cursor = node_coins_cursor_new (node_chain_coins (chain));
}

/* The statistics after the last block match the coins. */
static void
check_coins (ChainFixture *f, const NodeBlock *tip)
{
  NodeCoins *coins = node_chain_coins (f->chain);
  g_autoptr (NodeCoinsCursor) cursor = NULL;
  NodeCoinsStats walked;
  NodeCoinstats stats;
  gboolean found;

  node_chain_run (f->chain, NODE_JOB_QUERIES, open_cursor, &cursor, NULL, NULL);
  g_assert_true (node_coins_stats (coins, cursor, NODE_COINS_HASH_MUHASH, NULL, NULL, &walked, NULL));
  g_assert_true (node_coinstats_index_get (get_index (f, NODE_INDEX_COINSTATS), tip, &stats, &found, NULL) && found);
  g_assert_cmpmem (stats.muhash32, 32, walked.hash32, 32);
  g_assert_cmpuint (stats.txouts, ==, walked.txouts);
  g_assert_cmpuint (stats.bogosize, ==, walked.bogosize);
  g_assert_cmpint (stats.amount_sat, ==, walked.total_amount_sat);
}

/* Everything, for every block of the chain. Returns a digest of the answers; the caller owns it. */
static char *
check_all (ChainFixture *f)
{
  Active active = { g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref), g_ptr_array_new () };
  BtcSha256 hash;
  guint8 digest[32];
  GString *text = g_string_new (NULL);

  chain_fixture_wait_indexes (f);
  node_chain_run (f->chain, NODE_JOB_QUERIES, collect, &active, NULL, NULL);
  btc_sha256_init (&hash);
  for (guint height = 0; height < active.blocks->len; height++) {
    const BtcBlock *block = g_ptr_array_index (active.blocks, height);
    const NodeBlock *index = g_ptr_array_index (active.index, height);

    add_answers (f, index, &hash);
    for (guint32 i = 0; height > 0 && i < block->n_txs; i++) {
      check_tx (f, &block->txs[i], index);
      for (guint32 in = 0; i > 0 && in < block->txs[i].n_in; in++)
        check_spender (f, &block->txs[i].in[in].prevout, &block->txs[i], index);
    }
  }
  check_coins (f, g_ptr_array_index (active.index, active.index->len - 1));
  btc_sha256_finish (&hash, digest);
  for (guint i = 0; i < 32; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  g_ptr_array_unref (active.blocks);
  g_ptr_array_unref (active.index);
  return g_string_free (text, FALSE);
}

static void
accept_all (ChainFixture *f, GPtrArray *blocks)
{
  for (guint i = 0; i < blocks->len; i++)
    g_assert_cmpstr (chain_fixture_accept (f, g_ptr_array_index (blocks, i)), ==, NULL);
}

/* BRANCH blocks on the one at FORK of BLOCKS, one more than BLOCKS has there if LONGER. The first of them spends the
 * same coinbase as BLOCKS does there, in another way. */
static GPtrArray *
make_branch (ChainFixture *f, GPtrArray *blocks, guint n, guint salt)
{
  GPtrArray *branch = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  BtcBlock *prev = g_ptr_array_index (blocks, FORK - 1);

  for (guint i = 1; i <= n; i++) {
    g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
    guint32 height = FORK + i;
    BtcBlock *old = g_ptr_array_index (blocks, height - BTC_COINBASE_MATURITY - 1);

    g_ptr_array_add (txs, chain_spend_new (&old->txs[0], 0, 0xfffffffd, 700 + salt));
    prev = chain_block_new (f->params, prev, height, salt, -1, txs);
    g_ptr_array_add (branch, prev);
  }
  return branch;
}

/* The answers for the chain of BLOCKS up to FORK and BRANCH, from indexes that were built for this chain alone. */
static char *
dup_expected (GPtrArray *blocks, guint n, GPtrArray *branch)
{
  ChainFixture f;
  char *answers;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  f.with_indexes = TRUE;
  chain_fixture_open (&f);
  for (guint i = 0; i < n; i++)
    chain_fixture_accept (&f, g_ptr_array_index (blocks, i));
  if (branch != NULL)
    accept_all (&f, branch);
  answers = check_all (&f);
  chain_fixture_clear (&f);
  return answers;
}

static void
test_follow (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autofree char *while_growing = NULL, *reopened = NULL, *behind = NULL;
  g_autofree char *folder = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, FORK + 5, 1);
  f.with_indexes = TRUE;
  chain_fixture_open (&f);
  accept_all (&f, blocks);
  while_growing = check_all (&f);
  chain_fixture_reopen (&f);
  /* Their positions are unchanged. */
  for (guint kind = 0; kind < NODE_N_INDEXES; kind++) {
    NodeIndexState state = node_index_get_state (get_index (&f, kind));
    g_assert_true (state.synced);
    g_assert_cmpuint (state.height, ==, FORK + 5);
  }
  reopened = check_all (&f);
  g_assert_cmpstr (reopened, ==, while_growing);

  /* The same after a restart. */
  chain_fixture_close (&f);
  folder = g_build_filename (f.datadir, "indexes", NULL);
  {
    g_autofree char *aside = g_build_filename (f.datadir, "aside", NULL);
    g_assert_cmpint (g_rename (folder, aside), ==, 0);
  }
  chain_fixture_open (&f);
  behind = check_all (&f);
  g_assert_cmpstr (behind, ==, while_growing);
  chain_fixture_clear (&f);
}

/* The height of the stored best block, which must match the record at its height: the reference rejects an index
 * otherwise. 0 when none is stored. */
static guint32
check_best_block (NodeDb *db, GPtrArray *blocks, GPtrArray *branch)
{
  g_autoptr (GByteArray) locator = NULL, record = NULL;
  guint32 height = 0;
  guint8 key[5] = { 't' };

  g_assert_true (node_db_get (db, (const guint8 *) "B", 1, &locator, NULL));
  if (locator == NULL)
    return 0;
  g_assert_cmpuint (locator->len, >=, 5 + 32);
  for (guint i = 0; i < blocks->len; i++)
    if (memcmp (((BtcBlock *) g_ptr_array_index (blocks, i))->hash32, locator->data + 5, 32) == 0)
      height = i + 1;
  for (guint i = 0; i < branch->len; i++)
    if (memcmp (((BtcBlock *) g_ptr_array_index (branch, i))->hash32, locator->data + 5, 32) == 0)
      height = FORK + i + 1;
  key[3] = (guint8) (height >> 8);
  key[4] = (guint8) height;
  g_assert_true (node_db_get (db, key, sizeof key, &record, NULL));
  g_assert_nonnull (record);
  g_assert_cmpmem (record->data, 32, locator->data + 5, 32);
  return height;
}

static void
check_best_block_in (ChainFixture *f, const char *name, GPtrArray *blocks, GPtrArray *branch)
{
  g_autofree char *path = g_build_filename (f->datadir, "indexes", name, NULL);
  g_autoptr (NodeDb) db = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return;
  db = node_db_open (path, 1 << 20, FALSE, FALSE, NULL);
  g_assert_nonnull (db);
  check_best_block (db, blocks, branch);
}

/* Writes the best blocks, reorganises, and checks the best blocks before they are written again. */
static void
check_best_blocks_in_reorg (ChainFixture *f, GPtrArray *blocks, GPtrArray *branch)
{
  static const NodeIndexKind kinds[] = { NODE_INDEX_COINSTATS, NODE_INDEX_FILTER };

  chain_fixture_wait_indexes (f);
  chain_fixture_flush (f);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    while (check_best_block (get_index (f, kinds[i])->db, blocks, branch) != blocks->len)
      g_usleep (1000);
  accept_all (f, branch);
  chain_fixture_wait_indexes (f);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpuint (check_best_block (get_index (f, kinds[i])->db, blocks, branch), ==, FORK);
}

static void
test_reorg (void)
{
  g_autoptr (GPtrArray) blocks = NULL, branch = NULL, longer = NULL;
  g_autofree char *expected = NULL, *expected_back = NULL, *answers = NULL, *back = NULL;
  g_autoptr (GError) error = NULL;
  NodeFilterRecord record;
  NodeCoinstats stats;
  const BtcBlock *stale;
  const NodeBlock *stale_index;
  gboolean found;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, FORK + BRANCH - 2, 1);
  branch = make_branch (&f, blocks, BRANCH, 2);
  expected = dup_expected (blocks, FORK, branch);
  expected_back = dup_expected (blocks, blocks->len, NULL);
  f.with_indexes = TRUE;
  chain_fixture_open (&f);
  accept_all (&f, blocks);
  check_best_blocks_in_reorg (&f, blocks, branch);
  answers = check_all (&f);
  g_assert_cmpstr (answers, ==, expected);

  /* Disconnected transactions are still known, but spend nothing. */
  stale = g_ptr_array_index (blocks, FORK);
  stale_index = chain_fixture_find (&f, stale);
  g_assert_true (node_filter_index_get (get_index (&f, NODE_INDEX_FILTER), stale_index, &record, &found, &error));
  g_assert_true (found);
  g_bytes_unref (node_filter_index_read (get_index (&f, NODE_INDEX_FILTER), &record, &error));
  g_assert_no_error (error);
  g_assert_true (node_coinstats_index_get (get_index (&f, NODE_INDEX_COINSTATS), stale_index, &stats, &found, &error));
  g_assert_true (found);
  check_tx (&f, &stale->txs[0], stale_index);
  check_spender (&f, &stale->txs[2].in[0].prevout, NULL, NULL);

  /* And back again. */
  chain_fixture_invalidate (&f, g_ptr_array_index (branch, 0));
  g_assert_cmpuint (chain_fixture_height (&f), ==, blocks->len);
  back = check_all (&f);
  g_assert_cmpstr (back, ==, expected_back);
  chain_fixture_clear (&f);
}

/* The tip is disconnected and nothing replaces it: the indexes keep their best block, and continue with the next tip. */
static void
test_shorter (void)
{
  g_autoptr (GPtrArray) blocks = NULL, branch = NULL;
  g_autofree char *expected = NULL, *answers = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, FORK + 3, 1);
  branch = make_branch (&f, blocks, 2, 2);
  expected = dup_expected (blocks, FORK, branch);
  f.with_indexes = TRUE;
  chain_fixture_open (&f);
  accept_all (&f, blocks);
  chain_fixture_wait_indexes (&f);
  chain_fixture_invalidate (&f, g_ptr_array_index (blocks, FORK));
  g_assert_cmpuint (chain_fixture_height (&f), ==, FORK);
  chain_fixture_wait_indexes (&f);
  g_assert_cmpuint (node_index_get_state (get_index (&f, NODE_INDEX_TX)).height, ==, FORK + 3);
  chain_fixture_reopen (&f);
  accept_all (&f, branch);
  answers = check_all (&f);
  g_assert_cmpstr (answers, ==, expected);
  chain_fixture_clear (&f);
}

static void
test_reindex (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autofree char *before = NULL, *after = NULL, *after_chainstate = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, FORK, 1);
  f.with_indexes = TRUE;
  chain_fixture_open (&f);
  accept_all (&f, blocks);
  before = check_all (&f);
  f.reindex = TRUE;
  chain_fixture_reopen (&f);
  chain_fixture_wait_ready (&f);
  chain_fixture_wait_best (&f);
  after = check_all (&f);
  g_assert_cmpstr (after, ==, before);
  f.reindex = FALSE;
  f.reindex_chainstate = TRUE;
  chain_fixture_reopen (&f);
  chain_fixture_wait_ready (&f);
  chain_fixture_wait_best (&f);
  after_chainstate = check_all (&f);
  g_assert_cmpstr (after_chainstate, ==, before);
  chain_fixture_clear (&f);
}

/* ---- killed ---- */

/* Accepts a chain and then, several times, one branch or the other, while the chain and the indexes are flushed all the
 * time, until the Nth change of a file. */
static int
child_main (const char *datadir, const char *crash_after)
{
  g_autoptr (GPtrArray) blocks = NULL, branch = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_set_datadir (&f, datadir);
  blocks = chain_blocks_new (f.params, FORK + BRANCH - 2, 1);
  branch = make_branch (&f, blocks, BRANCH, 2);
  f.with_indexes = TRUE;
  chain_fixture_open (&f);
  node_store_set_crash_after (g_ascii_strtoull (crash_after, NULL, 10));
  for (guint i = 0; i < blocks->len; i++) {
    chain_fixture_accept (&f, g_ptr_array_index (blocks, i));
    if (i % 10 == 0)
      chain_fixture_flush (&f);
  }
  chain_fixture_wait_indexes (&f);
  for (guint i = 0; i < branch->len; i++) {
    chain_fixture_accept (&f, g_ptr_array_index (branch, i));
    if (i % 3 == 0)
      chain_fixture_flush (&f);
  }
  chain_fixture_wait_indexes (&f);
  chain_fixture_invalidate (&f, g_ptr_array_index (branch, 0));
  chain_fixture_wait_indexes (&f);
  chain_fixture_flush (&f);
  chain_fixture_reconsider (&f, g_ptr_array_index (branch, 0));
  chain_fixture_wait_indexes (&f);
  chain_fixture_leave (&f);
  return 0;
}

/* TRUE when the child exited normally. */
static gboolean
run_child (const char *datadir, guint crash_after)
{
  g_autofree char *crash = g_strdup_printf ("%u", crash_after);
  const char *words[] = { datadir, crash, NULL };

  return chain_fixture_run_child (words);
}

static void
test_kill (void)
{
  g_autoptr (GPtrArray) blocks = NULL, branch = NULL;
  g_autofree char *expected = NULL;
  guint point = 1, kills = 0;
  gboolean ended = FALSE;
  ChainFixture shape;

  chain_fixture_init (&shape, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (shape.params, FORK + BRANCH - 2, 1);
  branch = make_branch (&shape, blocks, BRANCH, 2);
  expected = dup_expected (blocks, FORK, branch);

  while (!ended) {
    g_autofree char *answers = NULL;
    ChainFixture f;

    chain_fixture_init (&f, BTC_NETWORK_REGTEST);
    ended = run_child (f.datadir, point);
    kills += !ended;
    check_best_block_in (&f, "blockfilter/basic/db", blocks, branch);
    check_best_block_in (&f, "coinstatsindex/db", blocks, branch);
    f.with_indexes = TRUE;
    chain_fixture_open (&f);
    for (guint i = 0; i < blocks->len; i++)
      chain_fixture_accept (&f, g_ptr_array_index (blocks, i));
    chain_fixture_reconsider (&f, g_ptr_array_index (blocks, 0));
    for (guint i = 0; i < branch->len; i++)
      chain_fixture_accept (&f, g_ptr_array_index (branch, i));
    if (chain_fixture_find (&f, g_ptr_array_index (branch, 0)) != NULL)
      chain_fixture_reconsider (&f, g_ptr_array_index (branch, 0));
    answers = check_all (&f);
    g_assert_cmpstr (answers, ==, expected);
    g_assert_cmpint (f.fatal, ==, 0);
    chain_fixture_clear (&f);
    /* Many points are similar. */
    point += 220 + point / 20;
  }
  g_assert_cmpuint (kills, >, 5);
  g_test_message ("%u kills, the last at point %u", kills, point);
  chain_fixture_clear (&shape);
}

/* Rows and best block in the format of older versions of the transaction index, for the first HEIGHT blocks. */
static void
write_legacy (const char *datadir, const Active *active, guint32 height)
{
  g_autofree char *path = g_build_filename (datadir, "indexes", "txindex", NULL);
  g_autoptr (NodeDb) db = node_db_open (path, 1 << 20, FALSE, TRUE, NULL);
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (db);
  g_autoptr (GByteArray) locator = g_byte_array_new ();

  for (guint32 h = 1; h <= height; h++) {
    const BtcBlock *block = g_ptr_array_index (active->blocks, h);
    const NodeBlock *index = g_ptr_array_index (active->index, h);
    const guint8 *start = g_bytes_get_data (block->bytes, NULL);

    for (guint32 i = 0; i < block->n_txs; i++) {
      g_autoptr (GByteArray) value = g_byte_array_new ();
      guint8 key[33] = { 't' };

      memcpy (key + 1, block->txs[i].txid32, 32);
      btc_write_varint (value, (guint64) index->file);
      btc_write_varint (value, index->data_pos);
      btc_write_varint (value, (guint64) (block->txs[i].bytes.data - start) - BTC_HEADER_SIZE);
      node_db_batch_put (batch, key, sizeof key, value->data, value->len);
    }
  }
  btc_write_u32 (locator, 70016);
  btc_write_compact (locator, 1);
  btc_write_data (locator, ((BtcBlock *) g_ptr_array_index (active->blocks, height))->hash32, 32);
  node_db_batch_put (batch, (const guint8 *) "B", 1, locator->data, locator->len);
  g_assert_true (node_db_batch_write (batch, TRUE, NULL));
}

static void
test_legacy (void)
{
  Active active = { g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref), g_ptr_array_new () };
  g_autoptr (GPtrArray) blocks = NULL;
  g_autofree char *answers = NULL, *again = NULL;
  g_autoptr (GByteArray) known = NULL;
  guint8 key[33] = { 'h' };
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, FORK, 1);
  chain_fixture_open (&f);
  accept_all (&f, blocks);
  node_chain_run (f.chain, NODE_JOB_QUERIES, collect, &active, NULL, NULL);
  write_legacy (f.datadir, &active, FORK - 10);
  g_ptr_array_unref (active.blocks);
  g_ptr_array_unref (active.index);
  f.with_indexes = TRUE;
  chain_fixture_reopen (&f);
  answers = check_all (&f);
  /* Blocks that were indexed in the old format were not indexed again. */
  memcpy (key + 1, ((BtcBlock *) g_ptr_array_index (blocks, FORK - 20))->hash32, 32);
  g_assert_true (node_db_get (get_index (&f, NODE_INDEX_TX)->db, key, sizeof key, &known, NULL));
  g_assert_null (known);
  chain_fixture_reopen (&f);
  again = check_all (&f);
  g_assert_cmpstr (again, ==, answers);
  chain_fixture_clear (&f);
}

static void
test_damaged (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 20, 1);
  f.with_indexes = TRUE;
  chain_fixture_open (&f);
  accept_all (&f, blocks);
  chain_fixture_wait_indexes (&f);
  chain_fixture_close (&f);
  path = g_build_filename (f.datadir, "indexes", "coinstatsindex", "db", NULL);
  {
    g_autoptr (NodeDb) db = node_db_open (path, 1 << 20, FALSE, FALSE, &error);
    g_autoptr (NodeDbBatch) batch = NULL;
    guint8 value[768] = { 1 };

    g_assert_no_error (error);
    batch = node_db_batch_new (db);
    node_db_batch_put (batch, (const guint8 *) "M", 1, value, sizeof value);
    g_assert_true (node_db_batch_write (batch, TRUE, &error));
  }
  g_assert_false (chain_fixture_try_open (&f, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
  chain_fixture_clear (&f);
}

typedef struct {
  const BtcBlock *block;
  guint32 pos;
} PosQuery;

static void
look_up_pos (NodeChain *chain, gpointer data)
{
  PosQuery *query = data;
  const NodeBlock *index = node_chain_find (chain, query->block->hash32);

  g_assert_cmpint (index->file, ==, 0);
  query->pos = index->data_pos;
}

/* The result must be TX, or an error about damage; TRUE for the former. */
static gboolean
ask_tx (ChainFixture *f, const BtcTx *tx)
{
  g_autoptr (GError) error = NULL;
  NodeTxIndexResult result;
  gboolean found;

  if (!node_tx_index_find (get_index (f, NODE_INDEX_TX), tx->txid32, &result, &found, &error)) {
    g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
    return FALSE;
  }
  g_assert_true (found);
  g_assert_cmpmem (result.tx->bytes.data, result.tx->bytes.len, tx->bytes.data, tx->bytes.len);
  btc_tx_unref (result.tx);
  return TRUE;
}

static gboolean
ask_spender (ChainFixture *f, const BtcOutpoint *outpoint, const BtcTx *tx)
{
  g_autoptr (GError) error = NULL;
  NodeSpender spender;

  if (!node_spender_index_find (get_index (f, NODE_INDEX_SPENDER), outpoint, &spender, &error)) {
    g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
    return FALSE;
  }
  g_assert_nonnull (spender.tx);
  g_assert_cmpmem (spender.tx->bytes.data, spender.tx->bytes.len, tx->bytes.data, tx->bytes.len);
  btc_tx_unref (spender.tx);
  return TRUE;
}

static void
flip (const char *path, gsize at)
{
  g_autofree char *data = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  data[at] = (char) (data[at] ^ 4);
  g_assert_true (g_file_set_contents (path, data, (gssize) len, NULL));
}

/* Every byte of a stored block is damaged in turn: a query returns neither a wrong transaction nor "not found". */
static void
test_damaged_block (void)
{
  g_autoptr (GPtrArray) blocks = NULL, txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  g_autoptr (BtcBlock) block = NULL;
  g_autofree char *path = NULL;
  const BtcTx *coinbase, *spend;
  guint right[3] = { 0 }, n = 0;
  PosQuery query;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 110, 1);
  g_ptr_array_add (txs, chain_spend_new (((BtcBlock *) g_ptr_array_index (blocks, 10))->txs, 0, 0xffffffff, 1000));
  block = chain_witness_block_new (f.params, g_ptr_array_index (blocks, 109), 111, txs, (BtcSpan){ NULL, 0 });
  coinbase = &block->txs[0];
  spend = &block->txs[1];
  g_assert_true (coinbase->has_witness);
  f.with_indexes = TRUE;
  chain_fixture_open (&f);
  accept_all (&f, blocks);
  g_assert_cmpstr (chain_fixture_accept (&f, block), ==, NULL);
  chain_fixture_wait_indexes (&f);
  query.block = block;
  node_chain_run (f.chain, NODE_JOB_QUERIES, look_up_pos, &query, NULL, NULL);
  path = g_build_filename (f.datadir, "blocks", "blk00000.dat", NULL);
  for (gsize at = query.pos - 8; at < query.pos + g_bytes_get_size (block->bytes); at++, n++) {
    flip (path, at);
    right[0] += ask_tx (&f, coinbase);
    right[1] += ask_tx (&f, spend);
    right[2] += ask_spender (&f, &spend->in[0].prevout, spend);
    flip (path, at);
  }
  /* With a witness, and where the row does not contain the ID, every byte of the block matters, but not the length in
   * front of it; otherwise only the transaction. */
  g_assert_cmpuint (right[0], <=, 4);
  g_assert_cmpuint (right[1], >, n / 2);
  g_assert_cmpuint (right[2], <=, 4);
  g_assert_true (ask_tx (&f, coinbase) && ask_tx (&f, spend) && ask_spender (&f, &spend->in[0].prevout, spend));
  chain_fixture_clear (&f);
}

/* A row of -txospenderindex with this position as the spender of OUTPOINT. */
static void
put_spender (ChainFixture *f, const BtcOutpoint *outpoint, guint32 file, guint32 pos, guint32 offset)
{
  NodeDb *db = get_index (f, NODE_INDEX_SPENDER)->db;
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (db);
  g_autoptr (GByteArray) value = NULL, key = g_byte_array_new ();
  guint8 data[36];

  g_assert_true (node_db_get (db, (const guint8 *) "siphash_key", sizeof "siphash_key", &value, NULL));
  memcpy (data, outpoint->txid32, 32);
  btc_put_u32 (data + 32, outpoint->n);
  btc_write_u8 (key, 's');
  btc_write_u64 (key, btc_siphash (btc_get_u64 (value->data), btc_get_u64 (value->data + 8), data, sizeof data));
  btc_write_varint (key, file);
  btc_write_varint (key, pos);
  btc_write_varint (key, offset);
  node_db_batch_put (batch, key->data, key->len, NULL, 0);
  g_assert_true (node_db_batch_write (batch, FALSE, NULL));
}

/* Rows that were left by a crash: no block begins at their position any more. */
static void
test_stale_rows (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  const BtcTx *spend;
  BtcOutpoint unspent = { .n = 0 };
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, 110, 1);
  f.with_indexes = TRUE;
  chain_fixture_open (&f);
  accept_all (&f, blocks);
  chain_fixture_wait_indexes (&f);
  spend = &((BtcBlock *) g_ptr_array_index (blocks, 109))->txs[1];
  memcpy (unspent.txid32, ((BtcBlock *) g_ptr_array_index (blocks, 109))->txs[0].txid32, 32);
  for (guint32 pos = 100; pos < 400; pos++) {
    put_spender (&f, &unspent, 0, pos, 1);
    put_spender (&f, &spend->in[0].prevout, 0, pos, 1);
  }
  put_spender (&f, &unspent, 7, 8, 1);
  put_spender (&f, &spend->in[0].prevout, 7, 8, 1);
  g_assert_true (ask_spender (&f, &spend->in[0].prevout, spend));
  check_spender (&f, &unspent, NULL, NULL);
  chain_fixture_clear (&f);
}

static void
get_flushed (NodeChain *chain, gpointer data)
{
  *(const NodeBlock **) data = node_chain_flushed_tip (chain);
}

static gboolean
has_first_file (const ChainFixture *f)
{
  g_autofree char *path = g_build_filename (f->datadir, "blocks", "blk00000.dat", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Files are pruned although no flush of the coins is due, and the indexes' lowest needed block changes only with a
 * flush. */
static void
test_pruned (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  const NodeBlock *flushed = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  f.with_indexes = TRUE;
  f.prune_target = ((guint64) 17 << 20) + (64 << 10);
  f.params->prune_after_height = 100;
  blocks = chain_blocks_new (f.params, 581, 1);
  chain_fixture_open (&f);
  for (guint i = 0; i < 580; i++)
    g_assert_null (chain_fixture_accept (&f, g_ptr_array_index (blocks, i)));
  node_chain_run (f.chain, NODE_JOB_QUERIES, get_flushed, &flushed, NULL, NULL);
  g_assert_nonnull (flushed);
  node_indexes_wait_committed (f.indexes, flushed);
  chain_fixture_wait_indexes (&f);
  g_assert_null (chain_fixture_accept (&f, g_ptr_array_index (blocks, 580)));
  g_assert_false (has_first_file (&f));
  chain_fixture_wait_indexes (&f);
  chain_fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--child") == 0)
    return child_main (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/index/follow", test_follow);
  g_test_add_func ("/index/reorg", test_reorg);
  g_test_add_func ("/index/shorter", test_shorter);
  g_test_add_func ("/index/reindex", test_reindex);
  g_test_add_func ("/index/kill", test_kill);
  g_test_add_func ("/index/legacy", test_legacy);
  g_test_add_func ("/index/damaged", test_damaged);
  g_test_add_func ("/index/damaged-block", test_damaged_block);
  g_test_add_func ("/index/stale-rows", test_stale_rows);
  g_test_add_func ("/index/pruned", test_pruned);
  return g_test_run ();
}

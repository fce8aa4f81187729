/* The indexes in a data directory of the reference: every record is read, and our own indexes must write the same bytes
 * for the same blocks in the same order. */
#include "../unit/node/chain_fixture.h"
#include "folder.h"

#include "common/hex.h"
#include "common/log.h"
#include "node/index/coinstats_index.h"
#include "node/index/filter_index.h"
#include "node/index/tx_index.h"
#include "rpc/json.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define ARCHIVE "reference_datadir_regtest.tar.xz"
#define SALT "\x0etxid_hash_salt"

/* The network's folder of the archive, unpacked below FOLDER. */
static char *
unpack (const char *archive, const char *folder)
{
  const char *argv[] = { "tar", "-C", folder, "-xJf", archive, NULL };
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  return g_build_filename (folder, "datadir", "regtest", NULL);
}

static RpcJson *
load_expected (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "expected.json", NULL);
  g_autofree char *text = NULL;
  RpcJson *json;
  gsize len;

  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  json = rpc_json_parse (text, len);
  g_assert_nonnull (json);
  return json;
}

static gboolean
collect_block (GBytes *bytes, guint64 pos, gpointer data)
{
  BtcBlock *block = btc_block_new (bytes);

  g_assert_nonnull (block);
  g_ptr_array_add (data, block);
  return TRUE;
}

/* All blocks, in the order of the files. */
static GPtrArray *
read_blocks (const char *datadir)
{
  static const guint8 magic[4] = { 0xfa, 0xbf, 0xb5, 0xda };
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  g_autofree char *path = g_build_filename (datadir, "blocks", "blk00000.dat", NULL);
  g_autofree char *key_path = g_build_filename (datadir, "blocks", "xor.dat", NULL);
  g_autofree char *key = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (key_path, &key, &len, NULL));
  g_assert_cmpuint (len, ==, 8);
  g_assert_true (node_block_files_scan (path, magic, (const guint8 *) key, collect_block, blocks, NULL));
  return blocks;
}

static NodeDb *
open_db (const char *datadir, const char *index)
{
  g_autofree char *path = g_build_filename (datadir, "indexes", index, NULL);
  g_autoptr (GError) error = NULL;
  NodeDb *db = node_db_open (path, 1 << 20, FALSE, FALSE, &error);

  g_assert_no_error (error);
  return db;
}

/* Keys and values are compared byte for byte. */
static guint
compare_db (const char *ours, const char *theirs, const char *index)
{
  g_autoptr (NodeDb) our_db = open_db (ours, index);
  g_autoptr (NodeDb) their_db = open_db (theirs, index);
  g_autoptr (NodeDbIter) a = node_db_iter_new (our_db);
  g_autoptr (NodeDbIter) b = node_db_iter_new (their_db);
  guint n = 0;

  node_db_iter_seek (a, NULL, 0);
  node_db_iter_seek (b, NULL, 0);
  for (; node_db_iter_valid (a) && node_db_iter_valid (b); node_db_iter_next (a), node_db_iter_next (b), n++) {
    gsize len, other_len;
    const guint8 *bytes = node_db_iter_key (a, &len), *other = node_db_iter_key (b, &other_len);
    g_assert_cmpmem (bytes, len, other, other_len);
    bytes = node_db_iter_value (a, &len);
    other = node_db_iter_value (b, &other_len);
    g_assert_cmpmem (bytes, len, other, other_len);
  }
  g_assert_false (node_db_iter_valid (a));
  g_assert_false (node_db_iter_valid (b));
  return n;
}

static void
compare_files (const char *ours, const char *theirs, const char *name)
{
  g_autofree char *a = g_build_filename (ours, "indexes", name, NULL);
  g_autofree char *b = g_build_filename (theirs, "indexes", name, NULL);
  g_autofree char *a_bytes = NULL, *b_bytes = NULL;
  gsize a_len, b_len;

  g_assert_true (g_file_get_contents (a, &a_bytes, &a_len, NULL));
  g_assert_true (g_file_get_contents (b, &b_bytes, &b_len, NULL));
  g_assert_cmpmem (a_bytes, a_len, b_bytes, b_len);
}

/* The keys of the rows depend on a random number, which is copied from theirs. */
static void
copy_salt (const char *ours, const char *theirs)
{
  g_autoptr (NodeDb) from = open_db (theirs, "txindex");
  g_autoptr (NodeDb) to = open_db (ours, "txindex");
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (to);
  g_autoptr (GByteArray) salt = NULL;

  g_assert_true (node_db_get (from, (const guint8 *) SALT, strlen (SALT), &salt, NULL));
  g_assert_nonnull (salt);
  node_db_batch_put (batch, (const guint8 *) SALT, strlen (SALT), salt->data, salt->len);
  g_assert_true (node_db_batch_write (batch, TRUE, NULL));
}

/* ---- reading theirs ---- */

static void
get_tip (NodeChain *chain, gpointer data)
{
  *(const NodeBlock **) data = node_chain_tip (chain);
}

static void
assert_hash (const guint8 hash32[32], const RpcJson *object, const char *name)
{
  g_autoptr (RpcJson) text = rpc_json_new_hash (hash32);

  g_assert_cmpstr (rpc_json_string (text), ==, rpc_json_string (rpc_json_get (object, name)));
}

static guint
check_filters (NodeIndex *index, const NodeBlock *tip, const RpcJson *filters)
{
  for (gsize i = 0; i < rpc_json_len (filters); i++) {
    const NodeBlock *block = node_block_ancestor (tip, (guint32) atoi (rpc_json_name_at (filters, i)));
    g_autoptr (GBytes) filter = NULL;
    g_autofree char *hex = NULL;
    NodeFilterRecord record;
    gboolean found;

    g_assert_true (node_filter_index_get (index, block, &record, &found, NULL) && found);
    filter = node_filter_index_read (index, &record, NULL);
    g_assert_nonnull (filter);
    hex = common_hex_encode (g_bytes_get_data (filter, NULL), g_bytes_get_size (filter));
    g_assert_cmpstr (hex, ==, rpc_json_string (rpc_json_get (rpc_json_at (filters, i), "filter")));
    assert_hash (record.header32, rpc_json_at (filters, i), "header");
  }
  return (guint) rpc_json_len (filters);
}

static void
check_stats (NodeIndex *index, const NodeBlock *tip, const RpcJson *expected)
{
  NodeCoinstats stats;
  gboolean found;
  gint64 value;

  g_assert_true (node_coinstats_index_get (index, tip, &stats, &found, NULL) && found);
  assert_hash (stats.muhash32, expected, "muhash");
  g_assert_true (rpc_json_int (rpc_json_get (expected, "txouts"), &value));
  g_assert_cmpint (value, ==, stats.txouts);
  g_assert_true (rpc_json_int (rpc_json_get (expected, "bogosize"), &value));
  g_assert_cmpint (value, ==, stats.bogosize);
  g_assert_true (rpc_json_amount (rpc_json_get (expected, "total_amount"), &value));
  g_assert_cmpint (value, ==, stats.amount_sat);
}

static guint
check_txs (NodeIndex *index, GPtrArray *blocks)
{
  guint n = 0;

  /* The first is the genesis block. */
  for (guint b = 1; b < blocks->len; b++) {
    const BtcBlock *block = g_ptr_array_index (blocks, b);

    for (guint32 i = 0; i < block->n_txs; i++, n++) {
      NodeTxIndexResult result;
      gboolean found;

      g_assert_true (node_tx_index_find (index, block->txs[i].txid32, &result, &found, NULL) && found);
      g_assert_cmpmem (result.tx->txid32, 32, block->txs[i].txid32, 32);
      btc_tx_unref (result.tx);
    }
  }
  return n;
}

static void
check_theirs (ChainFixture *f, GPtrArray *blocks, const RpcJson *expected)
{
  const RpcJson *heights = rpc_json_get (expected, "indexes");
  const NodeBlock *tip = NULL;
  guint n_filters, n_txs;

  node_chain_run (f->chain, NODE_JOB_QUERIES, get_tip, &tip, NULL, NULL);
  for (guint kind = 0; kind < NODE_N_INDEXES; kind++) {
    NodeIndexState state = node_index_get_state (node_indexes_get (f->indexes, kind));
    gint64 height;

    /* One of the four indexes is newer than the archive. */
    if (rpc_json_get (heights, state.name) == NULL)
      continue;
    g_assert_true (state.synced);
    g_assert_true (rpc_json_int (rpc_json_get (rpc_json_get (heights, state.name), "best_block_height"), &height));
    g_assert_cmpint (state.height, ==, height);
  }
  n_filters = check_filters (node_indexes_get (f->indexes, NODE_INDEX_FILTER), tip, rpc_json_get (expected, "filters"));
  check_stats (node_indexes_get (f->indexes, NODE_INDEX_COINSTATS), tip, rpc_json_get (expected, "utxo_muhash"));
  n_txs = check_txs (node_indexes_get (f->indexes, NODE_INDEX_TX), blocks);
  printf ("theirs: %u filters, %u transactions\n", n_filters, n_txs);
}

/* ---- ours ---- */

static void
build_ours (ChainFixture *f, GPtrArray *blocks)
{
  for (guint i = 1; i < blocks->len; i++) {
    g_assert_cmpstr (chain_fixture_accept (f, g_ptr_array_index (blocks, i)), ==, NULL);
    /* Each index sees every tip. */
    chain_fixture_wait_indexes (f);
  }
}

static void
use_folder (ChainFixture *f, char *datadir)
{
  g_rmdir (f->datadir);
  g_free (f->datadir);
  f->datadir = datadir;
  f->with_indexes = TRUE;
}

int
main (int argc, char **argv)
{
  CommonLogOptions quiet = { .console = FALSE };
  g_autofree char *archive = vectors_dup_path (ARCHIVE);
  g_autofree char *theirs = NULL;
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (RpcJson) expected = NULL;
  ChainFixture folder, ours, f;

  if (!g_file_test (archive, G_FILE_TEST_EXISTS)) {
    printf ("skipped: no %s (MONEYROCKET_VECTORS names another folder)\n", archive);
    return 77;
  }
  common_log_open (&quiet, NULL);
  chain_fixture_init (&folder, BTC_NETWORK_REGTEST);
  theirs = unpack (archive, folder.datadir);
  expected = load_expected (folder.datadir);
  blocks = read_blocks (theirs);

  chain_fixture_init (&ours, BTC_NETWORK_REGTEST);
  copy_salt (ours.datadir, theirs);
  ours.with_indexes = TRUE;
  chain_fixture_open (&ours);
  build_ours (&ours, blocks);
  chain_fixture_close (&ours);
  printf ("ours: %u blocks; records: ", blocks->len);
  printf ("%u txindex, ", compare_db (ours.datadir, theirs, "txindex"));
  printf ("%u filters, ", compare_db (ours.datadir, theirs, "blockfilter/basic/db"));
  printf ("%u coin statistics\n", compare_db (ours.datadir, theirs, "coinstatsindex/db"));
  compare_files (ours.datadir, theirs, "blockfilter/basic/fltr00000.dat");
  chain_fixture_clear (&ours);

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  use_folder (&f, g_strdup (theirs));
  chain_fixture_open (&f);
  check_theirs (&f, blocks, expected);
  chain_fixture_clear (&f);
  chain_fixture_clear (&folder);
  return 0;
}

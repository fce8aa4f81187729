/* Reads a data directory of the reference: every record of the block index, every block, all undo data and every coin.
 * Each of them is written again and compared, and the totals are compared with the results of the reference's RPC. */
#include "folder.h"

#include "node/store/block_read.h"
#include "node/store/store.h"

#include <stdio.h>
#include <string.h>

#include "rpc/json.h"

#define SKIPPED 77
#define ARCHIVE "reference_datadir_regtest.tar.xz"

static const guint8 magic[4] = { 0xfa, 0xbf, 0xb5, 0xda };

/* Unpacks the archive into a new folder. */
static char *
unpack (const char *archive)
{
  char *folder = g_dir_make_tmp ("moneyrocket-reference-XXXXXX", NULL);
  const char *argv[] = { "tar", "-C", folder, "-xJf", archive, NULL };
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  return folder;
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

static gint64
get_int (RpcJson *object, const char *name)
{
  gint64 value;

  g_assert_true (rpc_json_int (rpc_json_get (object, name), &value));
  return value;
}

static void
assert_hash (const guint8 hash32[32], RpcJson *object, const char *name)
{
  g_autoptr (RpcJson) text = rpc_json_new_hash (hash32);

  g_assert_cmpstr (rpc_json_string (text), ==, rpc_json_string (rpc_json_get (object, name)));
}

/* Each value of DB whose key begins with PREFIX must be the same after it was parsed and written again by REWRITE. */
typedef gboolean (*Rewrite) (const guint8 *value, gsize len, GByteArray *again);

static guint
assert_rewritten (NodeDb *db, guint8 prefix, Rewrite rewrite)
{
  g_autoptr (NodeDbIter) iter = node_db_iter_new (db);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (node_db_iter_seek (iter, &prefix, 1); node_db_iter_valid (iter); node_db_iter_next (iter), n++) {
    g_autoptr (GByteArray) again = g_byte_array_new ();
    gsize key_len, len;
    const guint8 *value;

    if (node_db_iter_key (iter, &key_len)[0] != prefix)
      break;
    value = node_db_iter_value (iter, &len);
    g_assert_true (rewrite (value, len, again));
    g_assert_cmpmem (again->data, again->len, value, len);
  }
  g_assert_true (node_db_iter_check (iter, &error));
  return n;
}

static gboolean
rewrite_record (const guint8 *value, gsize len, GByteArray *again)
{
  NodeBlockRecord record;

  if (!node_block_record_parse (value, len, &record))
    return FALSE;
  node_block_record_serialize (&record, again);
  return TRUE;
}

static gboolean
rewrite_info (const guint8 *value, gsize len, GByteArray *again)
{
  NodeBlockFileInfo info;

  if (!node_block_file_info_parse (value, len, &info))
    return FALSE;
  node_block_file_info_serialize (&info, again);
  return TRUE;
}

static gboolean
rewrite_coin (const guint8 *value, gsize len, GByteArray *again)
{
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  BtcReader reader;
  BtcCoin coin;

  btc_reader_init (&reader, value, len);
  if (!node_coin_parse (&reader, &coin, scripts) || !btc_reader_done (&reader))
    return FALSE;
  coin.out.script.data = scripts->data;
  node_coin_serialize (&coin, again);
  return TRUE;
}

static void
check_rewriting (const char *index_path, const char *coins_path, RpcJson *expected)
{
  RpcJson *utxo = rpc_json_get (expected, "utxo");
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeDb) index = node_db_open (index_path, 1 << 20, FALSE, FALSE, &error);
  g_autoptr (NodeDb) coins = node_db_open (coins_path, 1 << 20, TRUE, FALSE, &error);

  g_assert_no_error (error);
  g_assert_cmpint (assert_rewritten (index, 'b', rewrite_record), >, get_int (utxo, "height"));
  g_assert_cmpint (assert_rewritten (index, 'f', rewrite_info), ==, 1);
  g_assert_cmpint (assert_rewritten (coins, 'C', rewrite_coin), ==, get_int (utxo, "txouts"));
}

static gboolean
collect_record (const NodeBlockRecord *record, gpointer data, GError **error)
{
  g_array_append_vals (data, record, 1);
  return TRUE;
}

static void
check_undo (NodeBlockFiles *files, const NodeBlockRecord *record, BtcBlock *block)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) undo
      = node_block_files_read_undo (files, record->file, record->undo_pos, record->header.prev32, &error);
  g_autofree BtcCoin *coins = g_new0 (BtcCoin, block->n_inputs);
  g_autoptr (GByteArray) scripts = g_byte_array_new (), again = g_byte_array_new ();

  g_assert_no_error (error);
  g_assert_true (node_undo_parse (block, undo, coins, scripts));
  node_undo_serialize (block, coins, again);
  g_assert_cmpmem (again->data, again->len, g_bytes_get_data (undo, NULL), g_bytes_get_size (undo));
}

static gboolean
count_block (GBytes *block, guint64 pos, gpointer data)
{
  ++*(guint *) data;
  return TRUE;
}

static void
check_blocks (const char *blocks_path, const char *index_path, RpcJson *expected)
{
  NodeBlockFilesOptions options = { .folder = blocks_path, .use_xor = TRUE };
  g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (NodeBlockRecord));
  g_autoptr (NodeBlockFiles) files = NULL;
  g_autoptr (NodeBlockIndexDb) db = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  NodeBlockFileInfo info;
  gint32 last;
  gboolean found;
  guint with_data = 0, with_undo = 0, scanned = 0;
  guint8 key[8];

  memcpy (options.magic, magic, 4);
  files = node_block_files_open (&options, &error);
  g_assert_no_error (error);
  db = node_block_index_db_open (index_path, 1 << 20, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (node_block_index_db_load (db, collect_record, records, &error));
  g_assert_true (node_block_index_db_get_last_file (db, &last, &error));
  g_assert_cmpint (last, ==, 0);
  g_assert_true (node_block_index_db_get_file_info (db, 0, &info, &found, &error));
  g_assert_cmpint (info.size + info.undo_size, ==, get_int (rpc_json_get (expected, "chain"), "size_on_disk"));

  for (guint i = 0; i < records->len; i++) {
    const NodeBlockRecord *record = &g_array_index (records, NodeBlockRecord, i);
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (BtcBlock) block = NULL;

    if (!(record->status & NODE_BLOCK_HAVE_DATA))
      continue;
    bytes = node_block_files_read_block (files, record->file, record->data_pos, &error);
    g_assert_no_error (error);
    block = btc_block_new (bytes);
    g_assert_nonnull (block);
    g_assert_cmpmem (block->hash32, 32, record->hash32, 32);
    g_assert_cmpuint (block->n_txs, ==, record->n_tx);
    with_data++;
    if (record->status & NODE_BLOCK_HAVE_UNDO) {
      check_undo (files, record, block);
      with_undo++;
    }
  }
  g_assert_cmpuint (with_data, ==, info.blocks);
  g_assert_cmpuint (with_undo, >, 0);

  node_block_files_get_xor_key (files, key);
  path = node_block_files_dup_path (files, 0, FALSE);
  g_assert_true (node_block_files_scan (path, magic, key, count_block, &scanned, &error));
  g_assert_cmpuint (scanned, ==, info.blocks);
  printf ("%u block records, %u blocks, %u undo records\n", records->len, with_data, with_undo);
}

static void
check_coins (const char *coins_path, RpcJson *expected)
{
  NodeCoinsOptions options = { .path = coins_path, .db_cache_bytes = 1 << 20, .cache_bytes = 1 << 20 };
  RpcJson *utxo = rpc_json_get (expected, "utxo");
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeCoins) coins = node_coins_open (&options, &error);
  g_autoptr (NodeCoinsCursor) cursor = NULL;
  NodeCoinsStats stats;
  gint64 total_sat;

  g_assert_no_error (error);
  cursor = node_coins_cursor_new (coins);
  g_assert_true (node_coins_stats (coins, cursor, NODE_COINS_HASH_SERIALIZED, NULL, NULL, &stats, &error));
  assert_hash (stats.best32, utxo, "bestblock");
  assert_hash (stats.hash32, utxo, "hash_serialized_3");
  g_clear_pointer (&cursor, node_coins_cursor_free);
  cursor = node_coins_cursor_new (coins);
  g_assert_true (node_coins_stats (coins, cursor, NODE_COINS_HASH_MUHASH, NULL, NULL, &stats, &error));
  assert_hash (stats.hash32, rpc_json_get (expected, "utxo_muhash"), "muhash");
  g_assert_cmpint ((gint64) stats.txouts, ==, get_int (utxo, "txouts"));
  g_assert_cmpint ((gint64) stats.transactions, ==, get_int (utxo, "transactions"));
  g_assert_cmpint ((gint64) stats.bogosize, ==, get_int (utxo, "bogosize"));
  /* Not disk_size: opening the database has moved its log into a table. */
  g_assert_true (rpc_json_amount (rpc_json_get (utxo, "total_amount"), &total_sat));
  g_assert_cmpint (stats.total_amount_sat, ==, total_sat);
  printf ("%" G_GUINT64_FORMAT " coins\n", stats.txouts);
}

int
main (void)
{
  g_autofree char *archive = vectors_dup_path (ARCHIVE);
  g_autofree char *folder = NULL, *blocks = NULL, *index = NULL, *coins = NULL;
  g_autoptr (RpcJson) expected = NULL;

  if (!g_file_test (archive, G_FILE_TEST_EXISTS)) {
    printf ("skipped: there is no %s\n", archive);
    return SKIPPED;
  }
  folder = unpack (archive);
  expected = load_expected (folder);
  blocks = g_build_filename (folder, "datadir", "regtest", "blocks", NULL);
  index = g_build_filename (blocks, "index", NULL);
  coins = g_build_filename (folder, "datadir", "regtest", "chainstate", NULL);
  check_rewriting (index, coins, expected);
  check_blocks (blocks, index, expected);
  check_coins (coins, expected);

  const char *argv[] = { "rm", "-rf", folder, NULL };
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  return 0;
}

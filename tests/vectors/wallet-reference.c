/* Wallets of the reference, compared with what it reported about them: reference_datadir_regtest.tar.xz. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "folder.h"

#include "bitcoin/address/address.h"
#include "common/hex.h"
#include "rpc/json.h"
#include "wallet/store/record.h"
#include "wallet/track/tracker.h"

static char *folder;
static RpcJson *expected;

static const RpcJson *
expected_wallet (const char *name)
{
  return rpc_json_get (rpc_json_get (expected, "wallets"), name);
}

static const char *
text (const RpcJson *object, const char *name)
{
  return rpc_json_string (rpc_json_get (object, name));
}

static gint64
number (const RpcJson *object, const char *name)
{
  gint64 value = -1;

  rpc_json_int (rpc_json_get (object, name), &value);
  return value;
}

static WalletTracker *
open_wallet (const char *name)
{
  g_autofree char *path = g_build_filename (folder, "datadir", "regtest", "wallets", name, "wallet.dat", NULL);
  g_autoptr (GError) error = NULL;
  /* A keypool of one, so that opening does not change the ranges that are compared. */
  WalletTracker *tracker = wallet_tracker_open (path, BTC_NETWORK_REGTEST, 1, &error);

  g_assert_no_error (error);
  return tracker;
}

static void
check_descriptors (WalletTracker *tracker, const RpcJson *wanted)
{
  GPtrArray *chains = wallet_keyring_get_chains (wallet_tracker_get_keyring (tracker));

  g_assert_cmpuint (chains->len, ==, rpc_json_len (wanted));
  for (gsize i = 0; i < rpc_json_len (wanted); i++) {
    const RpcJson *want = rpc_json_at (wanted, i);
    gboolean found = FALSE;
    for (guint c = 0; c < chains->len; c++) {
      const WalletKeyChain *chain = g_ptr_array_index (chains, c);
      g_autofree char *shown = wallet_key_chain_dup_text (chain);
      if (g_strcmp0 (shown, text (want, "desc")) != 0)
        continue;
      found = TRUE;
      gint64 end;
      rpc_json_int (rpc_json_at (rpc_json_get (want, "range"), 1), &end);
      g_assert_cmpint (chain->record.range_end - 1, ==, end);
      g_assert_cmpint (chain->record.next_index, ==, number (want, "next_index"));
      g_assert_cmpint (chain->active, ==, rpc_json_bool (rpc_json_get (want, "active")));
    }
    g_assert_true (found);
  }
}

/* Notifies the tracker as a node would. */
static void
track_chain (WalletTracker *tracker, const RpcJson *wallet)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  const RpcJson *place = rpc_json_get (rpc_json_get (wallet, "info"), "lastprocessedblock");
  const RpcJson *txs = rpc_json_get (wallet, "transactions"), *mempool = rpc_json_get (expected, "mempool");
  guint8 hash32[32];

  g_assert_true (common_hex_decode_reversed (text (place, "hash"), hash32, 32));
  wallet_tracker_set_place (tracker, (gint32) number (place, "height"), hash32, batch);
  for (gsize i = 0; i < rpc_json_len (txs); i++) {
    const RpcJson *tx = rpc_json_at (txs, i);
    if (text (tx, "blockhash") == NULL)
      continue;
    g_assert_true (common_hex_decode_reversed (text (tx, "blockhash"), hash32, 32));
    wallet_tracker_set_block (tracker, hash32, (gint32) number (tx, "blockheight"), (guint32) number (tx, "blocktime"),
                              batch);
  }
  while (wallet_tracker_next_unknown_block (tracker, hash32))
    wallet_tracker_set_block (tracker, hash32, -1, 0, batch);
  for (gsize i = 0; i < rpc_json_len (mempool); i++) {
    g_assert_true (common_hex_decode_reversed (rpc_json_string (rpc_json_at (mempool, i)), hash32, 32));
    WalletTx *tx = wallet_tracker_get_tx (tracker, hash32);
    if (tx != NULL)
      wallet_tracker_set_in_mempool (tracker, tx);
  }
}

static void
check_amount (const RpcJson *mine, const char *name, gint64 sat)
{
  gint64 wanted;

  g_assert_true (rpc_json_amount (rpc_json_get (mine, name), &wanted));
  g_assert_cmpint (sat, ==, wanted);
}

static void
test_wallet (gconstpointer data)
{
  const char *name = data;
  const RpcJson *wallet = expected_wallet (name), *labels = rpc_json_get (wallet, "labels");
  const RpcJson *mine = rpc_json_get (rpc_json_get (wallet, "balances"), "mine");
  g_autoptr (WalletTracker) tracker = open_wallet (name);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) locked = wallet_tracker_list_locked (tracker);
  WalletBalance balance;
  GHashTableIter iter;
  gpointer entry;

  g_assert_cmpint (wallet_tracker_get_txs (tracker)->len, ==, number (rpc_json_get (wallet, "info"), "txcount"));
  check_descriptors (tracker, rpc_json_get (wallet, "descriptors"));
  g_assert_cmpint (wallet_keyring_is_encrypted (wallet_tracker_get_keyring (tracker)), ==,
                   g_str_equal (name, "encrypted"));
  g_assert_cmpuint (locked->len, ==, rpc_json_len (rpc_json_get (wallet, "locked")));
  g_hash_table_iter_init (&iter, wallet_book_get_entries (wallet_tracker_get_book (tracker)));
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (((WalletBookEntry *) entry)->label != NULL)
      g_hash_table_add (seen, ((WalletBookEntry *) entry)->label);
  g_assert_cmpuint (g_hash_table_size (seen), ==, rpc_json_len (labels));
  for (gsize i = 0; i < rpc_json_len (labels); i++)
    g_assert_true (g_hash_table_contains (seen, rpc_json_string (rpc_json_at (labels, i))));

  track_chain (tracker, wallet);
  wallet_tracker_get_balance (tracker, 0, TRUE, &balance);
  check_amount (mine, "trusted", balance.trusted_sat);
  check_amount (mine, "untrusted_pending", balance.pending_sat);
  check_amount (mine, "immature", balance.immature_sat);
}

/* Records that are read and written again are the same, byte for byte. */
static gboolean
check_record (const guint8 *key, gsize key_len, const guint8 *value, gsize len, gpointer data)
{
  g_autoptr (GByteArray) again = NULL;
  WalletDescriptorRecord descriptor = { NULL };
  BtcReader reader;
  char name[32];

  btc_reader_init (&reader, key, key_len);
  g_assert_true (wallet_record_read_name (&reader, name));
  if (g_str_equal (name, WALLET_RECORD_TX)) {
    g_autoptr (WalletTxRecord) record = wallet_tx_record_parse (value, len);
    g_assert_nonnull (record);
    again = wallet_tx_record_write (record);
  } else if (g_str_equal (name, WALLET_RECORD_DESCRIPTOR)) {
    g_assert_true (wallet_descriptor_record_parse (&descriptor, value, len));
    again = wallet_descriptor_record_write (&descriptor);
    wallet_descriptor_record_clear (&descriptor);
  } else if (g_str_equal (name, WALLET_RECORD_DESCRIPTOR_KEY)) {
    const guint8 *pubkey33 = key + key_len - 33;
    g_autoptr (CommonSecret) secret = wallet_key_record_parse (value, len, pubkey33);
    g_assert_nonnull (secret);
    again = wallet_key_record_write (secret->data, pubkey33);
  } else if (g_str_equal (name, WALLET_RECORD_BEST_BLOCK_NOMERKLE)) {
    g_autoptr (GByteArray) hashes = wallet_record_read_locator (value, len);
    g_assert_nonnull (hashes);
    again = wallet_record_value_locator (hashes->data, hashes->len / 32);
  } else {
    return TRUE;
  }
  g_assert_cmpmem (again->data, again->len, value, len);
  (*(guint *) data)++;
  return TRUE;
}

static void
test_records (gconstpointer data)
{
  g_autofree char *path = g_build_filename (folder, "datadir", "regtest", "wallets", data, "wallet.dat", NULL);
  g_autoptr (WalletDb) db = wallet_db_open (path, BTC_NETWORK_REGTEST, FALSE, NULL);
  guint checked = 0;

  g_assert_nonnull (db);
  g_assert_true (wallet_db_foreach (db, check_record, &checked, NULL));
  g_assert_cmpuint (checked, >, 20);
}

static gboolean
unpack (const char *archive)
{
  const char *argv[] = { "tar", "-xJf", archive, "-C", folder, NULL };
  int status = 1;

  return g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL)
         && status == 0;
}

int
main (int argc, char **argv)
{
  g_autofree char *archive = vectors_dup_path ("reference_datadir_regtest.tar.xz");
  g_autofree char *json = NULL, *path = NULL, *remove = NULL;
  gsize len;
  int result;

  g_test_init (&argc, &argv, NULL);
  if (!g_file_test (archive, G_FILE_TEST_EXISTS)) {
    g_printerr ("no %s: skipped\n", archive);
    return 77;
  }
  folder = g_dir_make_tmp ("wallets-XXXXXX", NULL);
  path = g_build_filename (folder, "expected.json", NULL);
  g_assert_true (unpack (archive));
  g_assert_true (g_file_get_contents (path, &json, &len, NULL));
  expected = rpc_json_parse (json, len);
  g_assert_nonnull (expected);
  g_test_add_data_func ("/wallet/reference/records/plain", "plain", test_records);
  g_test_add_data_func ("/wallet/reference/records/encrypted", "encrypted", test_records);
  g_test_add_data_func ("/wallet/reference/records/watch", "watch", test_records);
  g_test_add_data_func ("/wallet/reference/plain", "plain", test_wallet);
  g_test_add_data_func ("/wallet/reference/encrypted", "encrypted", test_wallet);
  g_test_add_data_func ("/wallet/reference/watch", "watch", test_wallet);
  result = g_test_run ();
  rpc_json_unref (expected);
  remove = g_strdup_printf ("rm -r '%s'", folder);
  g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL);
  return result;
}

#include "node/store/utxo_snapshot.h"

#include <string.h>

#include "node/store/coins_private.h"
#include "store-fixture.h"

static const guint8 magic[4] = { 0xfa, 0xbf, 0xb5, 0xda };

static NodeCoins *
open_coins (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  NodeCoinsOptions options = { .path = path, .db_cache_bytes = 1 << 20, .cache_bytes = 1 << 20 };
  NodeCoins *coins = node_coins_open (&options, &error);

  g_assert_no_error (error);
  return coins;
}

/* Three transactions; one has an output whose key on disk sorts before those with smaller numbers. */
static void
fill (NodeCoins *coins, const guint8 best32[32])
{
  static const guint32 numbers[] = { 0, 1, 127, 128, 16511, 16512 };
  static const guint8 script[40] = { 0x51 };

  for (guint tx = 1; tx <= 3; tx++) {
    for (guint i = 0; i < G_N_ELEMENTS (numbers) / tx; i++) {
      BtcOutpoint outpoint = { .n = numbers[i] };
      BtcCoin coin = { .out = { 1000 * (gint64) i, { script, tx * 11 } }, .height = 10 * tx, .coinbase = i == 0 };

      memset (outpoint.txid32, (int) tx, 32);
      node_coins_add (coins, &outpoint, &coin, FALSE);
    }
  }
  g_assert_true (node_coins_flush (coins, best32, FALSE, NULL));
}

static NodeCoinsStats
stats_of (NodeCoins *coins)
{
  NodeCoinsCursor *cursor = node_coins_cursor_new (coins);
  NodeCoinsStats stats;

  g_assert_true (node_coins_stats (coins, cursor, NODE_COINS_HASH_SERIALIZED, NULL, NULL, &stats, NULL));
  node_coins_cursor_free (cursor);
  return stats;
}

/* Reads the first LEN bytes of DATA into an empty set. */
static gboolean
read_back (const char *folder, const guint8 *data, gsize len, NodeCoinsStats *stats, GError **error)
{
  static guint n;
  g_autofree char *name = g_strdup_printf ("read%u", n++);
  NodeCoins *coins = open_coins (folder, name);
  FILE *file = fmemopen ((void *) data, MAX (len, 1), "rb");
  NodeSnapshotHeader header;
  gboolean good;

  if (len == 0)
    (void) fgetc (file);
  good = node_snapshot_read_header (file, magic, "regtest", &header, error)
         && node_snapshot_read_coins (file, &header, 30, coins, NULL, NULL, error);
  if (good) {
    g_assert_true (node_coins_flush (coins, header.base32, FALSE, NULL));
    *stats = stats_of (coins);
  }
  fclose (file);
  node_coins_close (coins);
  return good;
}

static void
test_round_trip (void)
{
  g_autofree char *folder = make_folder ();
  NodeCoins *coins = open_coins (folder, "coins");
  NodeSnapshotHeader header = { .base32 = { 7 } };
  NodeCoinsStats before, after;
  NodeCoinsCursor *cursor;
  g_autoptr (GError) error = NULL;
  char *data = NULL;
  size_t len = 0;
  FILE *file;

  fill (coins, header.base32);
  before = stats_of (coins);
  header.coins = before.txouts;
  cursor = node_coins_cursor_new (coins);
  file = open_memstream (&data, &len);
  g_assert_true (node_snapshot_write (file, magic, &header, cursor, NULL, NULL, &error));
  fclose (file);
  node_coins_cursor_free (cursor);
  g_assert_cmpuint (len, >, 51);

  g_assert_true (read_back (folder, (const guint8 *) data, len, &after, &error));
  g_assert_cmpmem (before.hash32, 32, after.hash32, 32);
  g_assert_cmpuint (before.txouts, ==, after.txouts);
  for (gsize cut = 1; cut < len; cut += 7) {
    g_autoptr (GError) problem = NULL;
    g_assert_false (read_back (folder, (const guint8 *) data, cut, &after, &problem));
    g_assert_error (problem, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT);
  }
  data[7] ^= 1;
  g_assert_false (read_back (folder, (const guint8 *) data, len, &after, &error));
  g_assert_nonnull (strstr (error->message, "unrecognized network"));
  free (data);
  node_coins_close (coins);
  remove_folder (folder);
}

/* A coin above the maximum amount: damage in the database, and an invalid file in a snapshot, with the reason. */
static void
test_amount (void)
{
  static const guint8 coin[] = { 2, 0x80, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0x7f, 6 };
  g_autofree char *folder = make_folder ();
  g_autoptr (GByteArray) file = g_byte_array_new (), scripts = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  guint8 zeros[32] = { 0 };
  NodeCoinsStats stats;
  BtcCoin read;

  g_assert_false (node_coin_from_disk (coin, sizeof coin, &read, scripts, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  g_clear_error (&error);

  btc_write_data (file, (const guint8 *) "utxo\xff\x02\x00", 7);
  btc_write_data (file, magic, 4);
  btc_write_data (file, zeros, 32);
  btc_write_u64 (file, 1);
  btc_write_data (file, zeros, 32);
  btc_write_data (file, (const guint8 *) "\x01\x00", 2);
  btc_write_data (file, coin, sizeof coin);
  g_assert_false (read_back (folder, file->data, file->len, &stats, &error));
  g_assert_cmpstr (error->message, ==, "Bad snapshot data after deserializing 0 coins - bad tx out value");
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/utxo-snapshot/round-trip", test_round_trip);
  g_test_add_func ("/store/utxo-snapshot/amount", test_amount);
  return g_test_run ();
}

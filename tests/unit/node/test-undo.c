#include "node/store/block_files.h"

#include <string.h>

#include "common/hex.h"
#include "store-fixture.h"

static GBytes *
from_hex (const char *hex)
{
  GBytes *bytes = common_hex_decode_bytes (hex);

  g_assert_nonnull (bytes);
  return bytes;
}

/* SCRIPT and its amount are compressed to COMPRESSED, and decompressed again. */
static void
assert_both_ways (gint64 value_sat, const char *script, const char *compressed)
{
  g_autoptr (GBytes) bytes = from_hex (script);
  g_autoptr (GByteArray) packed = g_byte_array_new (), scripts = g_byte_array_new ();
  BtcTxOut out = { value_sat, { g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) } }, again;
  g_autofree char *text = NULL;
  BtcReader reader;

  node_txout_compress (&out, packed);
  text = common_hex_encode (packed->data, packed->len);
  g_assert_cmpstr (text, ==, compressed);
  g_byte_array_append (scripts, (const guint8 *) "before", 6);
  btc_reader_init (&reader, packed->data, packed->len);
  g_assert_true (node_txout_decompress (&reader, &again, scripts));
  g_assert_true (btc_reader_done (&reader));
  g_assert_cmpint (again.value_sat, ==, value_sat);
  g_assert_cmpuint (GPOINTER_TO_SIZE (again.script.data), ==, 6);
  g_assert_cmpmem (scripts->data + 6, again.script.len, out.script.data, out.script.len);
  for (gsize len = 0; len < packed->len; len++) {
    btc_reader_init (&reader, packed->data, len);
    g_assert_false (node_txout_decompress (&reader, &again, scripts));
  }
}

#define GX "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define GY "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
#define HASH20 "000102030405060708090a0b0c0d0e0f10111213"

/* Amounts are those of the reference's compression tests: 0, 1 satoshi, a cent, 1, 50 and 21 million BTC. */
static void
test_compress (void)
{
  assert_both_ways (0, "", "0006");
  assert_both_ways (1, "76a914" HASH20 "88ac", "0100" HASH20);
  assert_both_ways (1000000, "a914" HASH20 "87", "0701" HASH20);
  assert_both_ways (100000000,
                    "21"
                    "02" GX "ac",
                    "0902" GX);
  assert_both_ways (5000000000,
                    "21"
                    "03" GX "ac",
                    "3203" GX);
  assert_both_ways (2100000000000000,
                    "41"
                    "04" GX GY "ac",
                    "8980dd4004" GX);
  /* Not a point on the curve: stored uncompressed. */
  assert_both_ways (1, "4104" GX GX "ac",
                    "01"
                    "49"
                    "4104" GX GX "ac");
  assert_both_ways (123456789, "5120" GX,
                    "8390e7ea3d"
                    "28"
                    "5120" GX);
}

static void
test_malformed (void)
{
  static const char *const cases[] = {
    "0004ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", /* x is not on the curve */
    "0005" GX "00",                                                         /* bytes are left: checked below */
    "00ffffffffffffff7f",                                                   /* no such length */
    "0046",                                                                 /* truncated */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = from_hex (cases[i]);
    g_autoptr (GByteArray) scripts = g_byte_array_new ();
    BtcReader reader;
    BtcTxOut out;

    btc_reader_init (&reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    g_assert_false (node_txout_decompress (&reader, &out, scripts) && btc_reader_done (&reader));
  }
}

/* A script that exceeds the size limit is read as an unspendable one. */
static void
test_too_long (void)
{
  g_autofree guint8 *script = g_malloc0 (10001);
  g_autoptr (GByteArray) packed = g_byte_array_new (), scripts = g_byte_array_new ();
  BtcTxOut out = { 5, { script, 10001 } }, again;
  BtcReader reader;

  node_txout_compress (&out, packed);
  btc_reader_init (&reader, packed->data, packed->len);
  g_assert_true (node_txout_decompress (&reader, &again, scripts));
  g_assert_true (btc_reader_done (&reader));
  g_assert_cmpmem (scripts->data, scripts->len, "\x6a", 1);
}

static void
test_undo (void)
{
  g_autoptr (BtcBlock) block = make_block (1, 3, 0);
  g_autoptr (GBytes) hash160 = from_hex ("76a914" HASH20 "88ac");
  BtcSpan script = { g_bytes_get_data (hash160, NULL), g_bytes_get_size (hash160) };
  BtcCoin spent[3] = { { { 1, script }, 100, TRUE }, { { 0, { NULL, 0 } }, 0, FALSE }, { { 9, script }, 7, FALSE } };
  BtcCoin again[3];
  g_autoptr (GByteArray) bytes = g_byte_array_new (), scripts = g_byte_array_new ();
  g_autoptr (GBytes) undo = NULL;
  g_autofree char *text = NULL;

  node_undo_serialize (block, spent, bytes);
  text = common_hex_encode (bytes->data, bytes->len);
  g_assert_cmpstr (text, ==,
                   "0103"
                   "8049000100" HASH20 "000006"
                   "0e005100" HASH20);
  undo = g_bytes_new (bytes->data, bytes->len);
  g_assert_true (node_undo_parse (block, undo, again, scripts));
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint (again[i].height, ==, spent[i].height);
    g_assert_cmpint (again[i].coinbase, ==, spent[i].coinbase);
    g_assert_cmpint (again[i].out.value_sat, ==, spent[i].out.value_sat);
    g_assert_cmpmem (again[i].out.script.data, again[i].out.script.len, spent[i].out.script.data,
                     spent[i].out.script.len);
  }
  for (gsize len = 0; len < bytes->len; len++) {
    g_autoptr (GBytes) cut = g_bytes_new (bytes->data, len);
    g_assert_false (node_undo_parse (block, cut, again, scripts));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/compress/both-ways", test_compress);
  g_test_add_func ("/node/compress/malformed", test_malformed);
  g_test_add_func ("/node/compress/too-long", test_too_long);
  g_test_add_func ("/node/undo/both-ways", test_undo);
  return g_test_run ();
}

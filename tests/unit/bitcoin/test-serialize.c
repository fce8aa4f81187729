#include "bitcoin/primitives/serialize.h"

#include "common/hex.h"

static void
assert_bytes (GByteArray *bytes, const char *expected)
{
  g_autofree char *hex = common_hex_encode (bytes->data, bytes->len);

  g_assert_cmpstr (hex, ==, expected);
  g_byte_array_set_size (bytes, 0);
}

static void
test_compact (void)
{
  static const struct {
    guint64 value;
    const char *hex;
  } cases[] = {
    { 0, "00" },
    { 252, "fc" },
    { 253, "fdfd00" },
    { 0xffff, "fdffff" },
    { 0x10000, "fe00000100" },
    { 0xffffffff, "feffffffff" },
    { G_GUINT64_CONSTANT (0x100000000), "ff0000000001000000" },
    { G_MAXUINT64, "ffffffffffffffffff" },
  };
  static const char *const bad[] = { "", "fd", "fd00", "fdfc00", "fe00", "feffff0000", "ffffffffff00000000", "ff00" };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  BtcReader reader;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    btc_write_compact (bytes, cases[i].value);
    g_assert_cmpuint (btc_compact_len (cases[i].value), ==, bytes->len);
    btc_reader_init (&reader, bytes->data, bytes->len);
    g_assert_cmpuint (btc_reader_compact (&reader), ==, cases[i].value);
    g_assert_true (btc_reader_done (&reader));
    btc_reader_init (&reader, bytes->data, bytes->len);
    g_assert_cmpuint (btc_reader_compact_size (&reader), ==, cases[i].value <= BTC_MAX_SIZE ? cases[i].value : 0);
    g_assert_true (reader.failed == (cases[i].value > BTC_MAX_SIZE));
    assert_bytes (bytes, cases[i].hex);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GBytes) data = common_hex_decode_bytes (bad[i]);

    btc_reader_init (&reader, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
    g_assert_cmpuint (btc_reader_compact (&reader), ==, 0);
    g_assert_true (reader.failed);
  }
}

/* The examples from the description of the format. */
static void
test_varint (void)
{
  static const struct {
    guint64 value;
    const char *hex;
  } cases[] = {
    { 0, "00" },
    { 127, "7f" },
    { 128, "8000" },
    { 255, "807f" },
    { 256, "8100" },
    { 16383, "fe7f" },
    { 16384, "ff00" },
    { 16511, "ff7f" },
    { 65535, "82fe7f" },
    { 1u << 31, "86fefeff00" },
    { G_MAXUINT64, "80fefefefefefefefe7f" },
  };
  static const char *const bad[] = { "", "80", "ffffffffffffffffffff7f", "80fefefefefefefeff00" };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  BtcReader reader;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    btc_write_varint (bytes, cases[i].value);
    btc_reader_init (&reader, bytes->data, bytes->len);
    g_assert_cmpuint (btc_reader_varint (&reader), ==, cases[i].value);
    g_assert_true (btc_reader_done (&reader));
    assert_bytes (bytes, cases[i].hex);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GBytes) data = common_hex_decode_bytes (bad[i]);

    btc_reader_init (&reader, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
    btc_reader_varint (&reader);
    g_assert_true (reader.failed);
  }
}

/* After a failure everything is zero, and nothing is read past the end. */
static void
test_failed (void)
{
  const guint8 data[] = { 1, 2, 3 };
  guint8 out[4] = { 9, 9, 9, 9 };
  BtcReader reader;

  btc_reader_init (&reader, data, sizeof data);
  g_assert_cmpuint (btc_reader_u16 (&reader), ==, 0x0201);
  g_assert_cmpuint (btc_reader_u32 (&reader), ==, 0);
  g_assert_true (reader.failed);
  g_assert_cmpuint (btc_reader_u8 (&reader), ==, 0);
  g_assert_cmpuint (btc_reader_left (&reader), ==, 0);
  btc_reader_copy (&reader, out, 4);
  g_assert_cmpuint (btc_get_u32 (out), ==, 0);
  g_assert_null (btc_reader_span (&reader, 0).data);

  btc_reader_init (&reader, data, sizeof data);
  btc_reader_skip (&reader, G_MAXSIZE);
  g_assert_true (reader.failed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/primitives/serialize/compact", test_compact);
  g_test_add_func ("/primitives/serialize/varint", test_varint);
  g_test_add_func ("/primitives/serialize/failed", test_failed);
  return g_test_run ();
}

#include "common/hex.h"

static void
test_round_trip (void)
{
  const guint8 data[] = { 0x00, 0x7f, 0x80, 0xff };
  guint8 back[4];
  g_autofree char *text = common_hex_encode (data, 4);
  g_autofree char *reversed = common_hex_encode_reversed (data, 4);

  g_assert_cmpstr (text, ==, "007f80ff");
  g_assert_cmpstr (reversed, ==, "ff807f00");
  g_assert_true (common_hex_decode ("007F80fF", back, 4));
  g_assert_cmpmem (back, 4, data, 4);
  g_assert_true (common_hex_decode_reversed (reversed, back, 4));
  g_assert_cmpmem (back, 4, data, 4);
}

static void
test_rejects (void)
{
  const char *const wrong[] = { "0", "00 0", "0g", "zz", "é", "000" };
  guint8 out[1];

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_false (common_hex_decode (wrong[i], out, 1));
    g_assert_null (common_hex_decode_bytes (wrong[i]));
  }
}

static void
test_empty (void)
{
  g_autoptr (GBytes) bytes = common_hex_decode_bytes ("");

  g_assert_nonnull (bytes);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hex/round-trip", test_round_trip);
  g_test_add_func ("/hex/rejects", test_rejects);
  g_test_add_func ("/hex/empty", test_empty);
  return g_test_run ();
}

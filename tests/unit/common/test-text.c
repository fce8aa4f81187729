#include "common/text.h"

static const char text_with_zeros[] = COMMON_TEXT_ZERO "a" COMMON_TEXT_ZERO COMMON_TEXT_ZERO;

static void
test_bytes (void)
{
  gsize len;
  g_autofree char *text = common_text_from_bytes ("\0a\0\0", 4), *bytes = common_text_to_bytes (text, &len);
  g_autofree char *plain = common_text_from_bytes ("ab", 2);

  g_assert_cmpstr (text, ==, text_with_zeros);
  g_assert_cmpuint (common_text_len (text), ==, 4);
  g_assert_cmpmem (bytes, len + 1, "\0a\0\0", 5);
  g_assert_cmpstr (plain, ==, "ab");
  g_assert_cmpuint (common_text_len ("ab"), ==, 2);
}

static void
test_compare (void)
{
  const char *sorted[]
      = { "", COMMON_TEXT_ZERO, COMMON_TEXT_ZERO "b", "a", "a" COMMON_TEXT_ZERO, "a\1", "ab", "\xc3\xa9" };

  for (guint i = 0; i < G_N_ELEMENTS (sorted); i++)
    for (guint k = 0; k < G_N_ELEMENTS (sorted); k++)
      g_assert_cmpint (CLAMP (common_text_compare (sorted[i], sorted[k]), -1, 1), ==, (i > k) - (i < k));
}

static void
test_shown (void)
{
  g_autofree char *zeros = common_text_dup_shown (text_with_zeros), *other = common_text_dup_shown ("\xff\xc0");

  g_assert_cmpstr (zeros, ==, "␀a␀␀");
  g_assert_cmpstr (other, ==, "\xef\xbf\xbd\xef\xbf\xbd");
}

static void
test_visible (void)
{
  static const char *const visible[]
      = { "", "My wallet", "\u05db\u05e1\u05e3", "\u0646\u200c\u0627", "\U0001f469\u200d\U0001f680", "\u00a0x" };
  static const char *const invisible[]
      = { "a\nb", "\x7f", "a\u202eb", "\u200b", "a\u2066b", "\ufeff", "\u2028", "\u00ad" };

  for (gsize i = 0; i < G_N_ELEMENTS (visible); i++)
    g_assert_true (common_text_is_visible (visible[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (invisible); i++)
    g_assert_false (common_text_is_visible (invisible[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/bytes", test_bytes);
  g_test_add_func ("/text/compare", test_compare);
  g_test_add_func ("/text/shown", test_shown);
  g_test_add_func ("/text/visible", test_visible);
  return g_test_run ();
}

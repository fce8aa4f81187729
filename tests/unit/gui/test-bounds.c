#include "gui/clients/bounds.h"

#include "bitcoin/primitives/amount.h"

#include <math.h>
#include <string.h>

static void
test_figures (void)
{
  g_assert_true (gui_bounds_change (-BTC_MAX_MONEY) && gui_bounds_change (0) && gui_bounds_change (BTC_MAX_MONEY));
  g_assert_false (gui_bounds_change (BTC_MAX_MONEY + 1));
  g_assert_false (gui_bounds_change (G_MININT64));
  g_assert_true (gui_bounds_height (0) && gui_bounds_height (G_MAXINT32));
  g_assert_false (gui_bounds_height (-1));
  g_assert_false (gui_bounds_height (G_MAXUINT32));
  g_assert_true (gui_bounds_time (0) && gui_bounds_time (G_MAXUINT32));
  g_assert_false (gui_bounds_time (-1));
  g_assert_false (gui_bounds_time (G_MAXINT64));
  g_assert_cmpuint (gui_bounds_eta (86400), ==, 86400);
  g_assert_cmpuint (gui_bounds_eta (G_MAXUINT64), ==, 0);
}

static void
check_number (double value, double fraction, double rate)
{
  double left = value, right = value;

  g_assert_true (gui_bounds_fraction (&left) && gui_bounds_rate (&right));
  g_assert_cmpfloat (left, ==, fraction);
  g_assert_cmpfloat (right, ==, rate);
}

static void
test_numbers (void)
{
  double impossible[] = { NAN, INFINITY, -INFINITY };

  check_number (0.5, 0.5, 0.5);
  check_number (-1e300, 0, 0);
  check_number (1e300, 1, 1e9);
  for (gsize i = 0; i < G_N_ELEMENTS (impossible); i++) {
    g_assert_false (gui_bounds_fraction (&impossible[i]));
    g_assert_false (gui_bounds_rate (&impossible[i]));
  }
}

static void
test_address (void)
{
  g_autofree char *longest = g_strnfill (100, 'q'), *longer = g_strnfill (101, 'q');

  g_assert_true (gui_bounds_address (""));
  g_assert_true (gui_bounds_address ("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"));
  g_assert_true (gui_bounds_address (longest));
  g_assert_false (gui_bounds_address (longer));
  g_assert_false (gui_bounds_address ("bcrt1q w508"));
  g_assert_false (gui_bounds_address ("bcrt1q\xc3\xa4"));
  g_assert_false (gui_bounds_address ("\xff"));
  g_assert_false (gui_bounds_address ("bcrt1q\n"));
}

static void
test_hash (void)
{
  static const guint8 bytes[33];

  for (gsize len = 31; len <= 33; len++) {
    g_autoptr (GVariant) hash = g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, len, 1));

    g_assert_true (gui_bounds_hash (hash) == (len == 32));
  }
}

static void
test_name (void)
{
  g_autofree char *longest = g_strnfill (1024, 'n'), *longer = g_strnfill (1025, 'n');

  g_assert_true (gui_bounds_name ("") && gui_bounds_name ("My wallet") && gui_bounds_name ("a/b")
                 && gui_bounds_name (longest));
  g_assert_false (gui_bounds_name (longer));
}

static void
check_line (const char *text, gsize max_chars, const char *expected)
{
  g_autofree char *line = gui_bounds_dup_line (text, max_chars);

  g_assert_cmpstr (line, ==, expected);
}

static void
test_line (void)
{
  g_autofree char *huge = g_strnfill (30 << 20, 'x');
  g_autofree char *cut = gui_bounds_dup_line (huge, GUI_BOUNDS_MAX_LABEL);

  g_assert_cmpuint (strlen (cut), ==, GUI_BOUNDS_MAX_LABEL + strlen ("…"));
  check_line ("Rent", 4, "Rent");
  check_line ("Rent", 3, "Ren…");
  check_line ("ääää", 2, "ää…");
  check_line ("two\nlines\tand \x1b[31m", 100, "two lines and  [31m");
  check_line ("a\u202eb\u2066c\u2028d", 100, "a b c d");
  check_line ("\u200fa\u200eb\u061cc\ufeffd\u00ade\u200bf\u2060g\U000e0041", 7, "abcdefg");
  check_line ("\u0646\u0645\u06cc\u200c\u0634", 100, "\u0646\u0645\u06cc\u200c\u0634");
  check_line ("\xff\xfe\xe2\x82", 100, "\ufffd\ufffd\ufffd\ufffd");
  check_line ("👩‍🚀", 100, "👩‍🚀");
  check_line ("", 0, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/bounds/figures", test_figures);
  g_test_add_func ("/gui/bounds/numbers", test_numbers);
  g_test_add_func ("/gui/bounds/address", test_address);
  g_test_add_func ("/gui/bounds/hash", test_hash);
  g_test_add_func ("/gui/bounds/name", test_name);
  g_test_add_func ("/gui/bounds/line", test_line);
  return g_test_run ();
}

#include "bitcoin/primitives/amount.h"

static void
test_short (void)
{
  static const struct {
    gint64 sat;
    const char *text;
  } cases[] = { { 0, "0.00" },
                { 1, "0.00000001" },
                { 10, "0.0000001" },
                { 10000000, "0.10" },
                { 100000000, "1.00" },
                { -150000000, "-1.50" },
                { 2100000000000001, "21000000.00000001" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = btc_amount_format_short (cases[i].sat);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_add (void)
{
  gint64 sum = 77;

  g_assert_true (btc_amount_add (BTC_MAX_MONEY - 1, 1, &sum));
  g_assert_cmpint (sum, ==, BTC_MAX_MONEY);
  g_assert_false (btc_amount_add (BTC_MAX_MONEY, 1, &sum));
  g_assert_false (btc_amount_add (G_MAXINT64, G_MAXINT64, &sum));
  g_assert_false (btc_amount_add (G_MININT64, -1, &sum));
  g_assert_false (btc_amount_add (-2, 1, &sum));
  g_assert_cmpint (sum, ==, BTC_MAX_MONEY);
  g_assert_false (btc_amount_in_range (-1));
  g_assert_false (btc_amount_in_range (BTC_MAX_MONEY + 1));
}

static void
test_text (void)
{
  static const struct {
    const char *text;
    gint64 sat;
    const char *written;
  } good[] = {
    { "0", 0, "0.00000000" },
    { "0.00000001", 1, "0.00000001" },
    { "0.1", 10000000, "0.10000000" },
    { "20999999.99999999", BTC_MAX_MONEY - 1, "20999999.99999999" },
    { "21000000", BTC_MAX_MONEY, "21000000.00000000" },
  };
  static const char *const bad[]
      = { "",          "-1",  "+1",  "1e3",   " 1", "1 ", ".5", "5.", "01", "0.000000001", "21000000.00000001",
          "100000000", "1,5", "0x1", "1.2.3", "nan" };
  g_autofree char *negative = btc_amount_format (-10000);
  g_autofree char *least = btc_amount_format (G_MININT64);
  gint64 sat;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autofree char *written = NULL;

    g_assert_true (btc_amount_parse (good[i].text, &sat));
    g_assert_cmpint (sat, ==, good[i].sat);
    written = btc_amount_format (sat);
    g_assert_cmpstr (written, ==, good[i].written);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (btc_amount_parse (bad[i], &sat));
  g_assert_cmpstr (negative, ==, "-0.00010000");
  g_assert_cmpstr (least, ==, "-92233720368.54775808");
}

static void
test_loose (void)
{
  static const struct {
    const char *text;
    gint64 sat;
  } good[] = {
    { ".5", 50000000 },
    { "5.", 500000000 },
    { "00.5", 50000000 },
    { "0.5000000000", 50000000 },
    { "0021000000.", BTC_MAX_MONEY },
    { ".00000001", 1 },
    { "0.1", 10000000 },
    { "0", 0 },
  };
  static const char *const bad[] = { "",
                                     ".",
                                     "-1",
                                     "1e3",
                                     " 1",
                                     "0.000000001",
                                     "21000000.00000001",
                                     "1,5",
                                     "0x1",
                                     "1..",
                                     "1.2.3",
                                     "99999999999999999999999999",
                                     "nan" };
  gint64 sat;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_assert_true (btc_amount_parse_loose (good[i].text, &sat));
    g_assert_cmpint (sat, ==, good[i].sat);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (btc_amount_parse_loose (bad[i], &sat));
}

static void
test_option (void)
{
  static const struct {
    const char *text;
    gint64 sat; /* -1: refused */
  } cases[] = {
    { ".1", 10000000 },
    { "1.", 100000000 },
    { " 0.00001 ", 1000 },
    { "00.1", 10000000 },
    { ".", 0 },
    { "0.00000001", 1 },
    { "0.000000001", -1 },
    { "", -1 },
    { "-1", -1 },
    { "1e-5", -1 },
    { "1 1", -1 },
    { "21000000", BTC_MAX_MONEY },
    { "21000000.00000001", -1 },
    { "0.1x", -1 },
    { "00000000001", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint64 sat = -1;

    g_assert_cmpint (btc_amount_parse_option (cases[i].text, &sat), ==, cases[i].sat >= 0);
    g_assert_cmpint (sat, ==, cases[i].sat);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/primitives/amount/short", test_short);
  g_test_add_func ("/primitives/amount/add", test_add);
  g_test_add_func ("/primitives/amount/text", test_text);
  g_test_add_func ("/primitives/amount/loose", test_loose);
  g_test_add_func ("/primitives/amount/option", test_option);
  return g_test_run ();
}

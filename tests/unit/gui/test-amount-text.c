#include "gui/amount_text.h"

#include <string.h>

#define THIN "\u2009"
#define NARROW "\u202f"

typedef struct {
  const char *text;
  GuiUnit unit;
  gint64 sat;
} Good;

/* A number, and a piece of the sentence that says what to do. */
typedef struct {
  const char *text;
  GuiUnit unit;
  const char *sentence;
} Bad;

static void
check_good (const Good *good, gboolean comma)
{
  const char *why = NULL;
  gint64 sat = -1;

  if (!gui_parse_amount_in (good->text, good->unit, comma, &sat, &why))
    g_error ("“%s” is refused: %s", good->text, why);
  g_assert_cmpint (sat, ==, good->sat);
}

static void
check_bad (const Bad *bad, gboolean comma)
{
  const char *why = NULL;
  gint64 sat = -1;

  if (gui_parse_amount_in (bad->text, bad->unit, comma, &sat, &why))
    g_error ("“%s” is taken for %" G_GINT64_FORMAT " sat", bad->text, sat);
  if (strstr (why, bad->sentence) == NULL)
    g_error ("“%s” gets the sentence “%s”", bad->text, why);
}

static void
test_point (void)
{
  static const Good good[] = {
    { "0.5", GUI_UNIT_BTC, 50000000 },
    { ".5", GUI_UNIT_BTC, 50000000 },
    { "5.", GUI_UNIT_BTC, 500000000 },
    { "00.5", GUI_UNIT_BTC, 50000000 },
    { "0", GUI_UNIT_BTC, 0 },
    { "1.234", GUI_UNIT_BTC, 123400000 },
    { "21000000", GUI_UNIT_BTC, 2100000000000000 },
    { "0.500000000", GUI_UNIT_BTC, 50000000 },
    { "40", GUI_UNIT_SAT, 40 },
    { "0.5 BTC", GUI_UNIT_SAT, 50000000 },
    { "0.5\u00a0btc", GUI_UNIT_BTC, 50000000 },
    { "7 sat", GUI_UNIT_BTC, 7 },
    { "7sats", GUI_UNIT_BTC, 7 },
    { "\u0661.\u0665", GUI_UNIT_BTC, 150000000 },
    { "\ufeff0.5\u200b", GUI_UNIT_BTC, 50000000 },
    { "\u202d0.5\u202c", GUI_UNIT_BTC, 50000000 },
  };
  static const Bad bad[] = {
    { "", GUI_UNIT_BTC, "Enter an amount." },
    { " \u200b ", GUI_UNIT_BTC, "Enter an amount." },
    { "0,5", GUI_UNIT_BTC, "Write decimals with a point, as in 0.5, and no commas." },
    { "1,000", GUI_UNIT_SAT, "no commas" },
    { "-1", GUI_UNIT_BTC, "digits only" },
    { "1e8", GUI_UNIT_SAT, "digits only" },
    { "\xff", GUI_UNIT_BTC, "digits only" },
    { "BTC", GUI_UNIT_BTC, "digits only" },
    { ".", GUI_UNIT_BTC, "not an amount" },
    { "1.2.3", GUI_UNIT_BTC, "not an amount" },
    { "0.5", GUI_UNIT_SAT, "no decimals" },
    { "0.000000001", GUI_UNIT_BTC, "eight decimals" },
    { "21000000.00000001", GUI_UNIT_BTC, "more than all bitcoins" },
    { "2100000000000001", GUI_UNIT_SAT, "more than all bitcoins" },
    { "99999999999999999999999", GUI_UNIT_SAT, "more than all bitcoins" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    check_good (&good[i], FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    check_bad (&bad[i], FALSE);
}

/* Spaces separate groups of three, and nothing else. */
static void
test_groups (void)
{
  static const Good good[] = {
    { " 0.012" NARROW "345" NARROW "67 ", GUI_UNIT_BTC, 1234567 },
    { "0.012 345 67", GUI_UNIT_BTC, 1234567 },
    { "1 234 567", GUI_UNIT_SAT, 1234567 },
    { "12" THIN "345", GUI_UNIT_SAT, 12345 },
    { "21" NARROW "000" NARROW "000.000" NARROW "000" NARROW "00\u00a0BTC", GUI_UNIT_BTC, 2100000000000000 },
    { "0.012 3", GUI_UNIT_BTC, 1230000 },
  };
  static const char *const bad[] = {
    "1 0.5", "1" NARROW "0.5", "1" THIN "0.5", "1 00", "1234 567", "1 2345",   "0. 5",
    "0 .5",  "0.01 234",       "0.0123 45",    "1 5",  "0.5 1 2",  "1 000 00",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    check_good (&good[i], FALSE);
    check_good (&good[i], TRUE);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    check_bad (&(Bad){ bad[i], GUI_UNIT_BTC, "groups of three" }, FALSE);
    check_bad (&(Bad){ bad[i], GUI_UNIT_BTC, "groups of three" }, TRUE);
  }
}

/* Where decimals follow a comma. */
static void
test_comma (void)
{
  static const Good good[] = {
    { "0,5", GUI_UNIT_BTC, 50000000 },         { ",5", GUI_UNIT_BTC, 50000000 },
    { "1,5", GUI_UNIT_BTC, 150000000 },        { "0,012", GUI_UNIT_BTC, 1200000 },
    { "1,2340", GUI_UNIT_BTC, 123400000 },     { "1.2340", GUI_UNIT_BTC, 123400000 },
    { "0.5", GUI_UNIT_BTC, 50000000 },         { "1.000" NARROW "000" NARROW "00", GUI_UNIT_BTC, 100000000 },
    { "1.234,5", GUI_UNIT_BTC, 123450000000 }, { "1 234,5", GUI_UNIT_BTC, 123450000000 },
    { "0,012 345 67", GUI_UNIT_BTC, 1234567 }, { "1.234.567", GUI_UNIT_SAT, 1234567 },
  };
  static const Bad bad[] = {
    { "1,000", GUI_UNIT_BTC, "not clear" },          { "1.000", GUI_UNIT_BTC, "not clear" },
    { "123.456", GUI_UNIT_SAT, "not clear" },        { "1,5", GUI_UNIT_SAT, "no decimals" },
    { "1,234.5", GUI_UNIT_BTC, "not an amount" },    { "1,2,3", GUI_UNIT_BTC, "not an amount" },
    { "12.34,5", GUI_UNIT_BTC, "groups of three" },  { "1.2.3", GUI_UNIT_BTC, "groups of three" },
    { "1.000.00", GUI_UNIT_SAT, "groups of three" }, { "half", GUI_UNIT_BTC, "as in 0,5" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    check_good (&good[i], TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    check_bad (&bad[i], TRUE);
}

static void
test_zero (void)
{
  const char *why = NULL;
  gint64 sat;

  g_assert_false (gui_parse_amount ("0.0", GUI_UNIT_BTC, &sat, &why));
  g_assert_cmpstr (why, ==, "Enter an amount above zero.");
  g_assert_true (gui_parse_amount ("0.00000001", GUI_UNIT_BTC, &sat, &why));
}

static void
test_fee_rate (void)
{
  static const char *const bad[] = { "", ".", "1.0001", "-1", "1e3", "1 0", "x", "7 sat" };
  guint64 rate = 0;

  g_assert_true (gui_parse_fee_rate ("1.25", &rate));
  g_assert_cmpuint (rate, ==, 1250);
  g_assert_true (gui_parse_fee_rate (" .1", &rate));
  g_assert_cmpuint (rate, ==, 100);
  g_assert_true (gui_parse_fee_rate ("10000", &rate));
  g_assert_cmpuint (rate, ==, 10000000);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (gui_parse_fee_rate (bad[i], &rate));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/amount-text/point", test_point);
  g_test_add_func ("/gui/amount-text/groups", test_groups);
  g_test_add_func ("/gui/amount-text/comma", test_comma);
  g_test_add_func ("/gui/amount-text/zero", test_zero);
  g_test_add_func ("/gui/amount-text/fee-rate", test_fee_rate);
  return g_test_run ();
}

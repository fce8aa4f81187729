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
    { "+0.5", GUI_UNIT_BTC, 50000000 },
    { "0.5\r\n", GUI_UNIT_BTC, 50000000 },
    { "1,234.5", GUI_UNIT_BTC, 123450000000 },
    { "1.234,5", GUI_UNIT_BTC, 123450000000 },
    { "1,000,000", GUI_UNIT_SAT, 1000000 },
    { "1.000.000", GUI_UNIT_SAT, 1000000 },
    { "12,34,567", GUI_UNIT_SAT, 1234567 },
    { "1,00,000.5", GUI_UNIT_BTC, 10000050000000 },
    { "1\u2019000.5", GUI_UNIT_BTC, 100050000000 },
    { "1'000", GUI_UNIT_SAT, 1000 },
    { "\uff11\uff0e\uff15", GUI_UNIT_BTC, 150000000 },
    { "\u0967\u0968", GUI_UNIT_SAT, 12 },
    { "\u0661\u066b\u0665", GUI_UNIT_BTC, 150000000 },
  };
  static const Bad bad[] = {
    { "", GUI_UNIT_BTC, "Enter an amount." },
    { " \u200b ", GUI_UNIT_BTC, "Enter an amount." },
    { "0,5", GUI_UNIT_BTC, "Write decimals with a point, as in 0.5, and no commas." },
    { "1,000", GUI_UNIT_BTC, "no commas" },
    { "1,000", GUI_UNIT_SAT, "no decimals. Write thousands without a separator, as in 1000." },
    { "1.000", GUI_UNIT_SAT, "Write thousands without a separator" },
    { "1,5", GUI_UNIT_SAT, "no decimals. Enter a whole number." },
    { "-1", GUI_UNIT_BTC, "without a sign" },
    { "\u22120.5", GUI_UNIT_BTC, "without a sign" },
    { "1e8", GUI_UNIT_SAT, "Other units and abbreviations" },
    { "50k", GUI_UNIT_SAT, "Other units and abbreviations" },
    { "\xff", GUI_UNIT_BTC, "digits only" },
    { "1_000", GUI_UNIT_SAT, "digits only" },
    { "1\t500", GUI_UNIT_SAT, "digits only" },
    { "1\n500", GUI_UNIT_SAT, "digits only" },
    { "BTC", GUI_UNIT_BTC, "Enter an amount." },
    { ".", GUI_UNIT_BTC, "not an amount" },
    { "1.2.3", GUI_UNIT_BTC, "groups of three" },
    { "1,2.3,4", GUI_UNIT_BTC, "not an amount" },
    { "1,000.00.5", GUI_UNIT_BTC, "not an amount" },
    { "1,00", GUI_UNIT_BTC, "no commas" },
    { "1,00,00", GUI_UNIT_SAT, "groups of three" },
    { "0,012.345", GUI_UNIT_BTC, "groups of three" },
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
    "1 0.5",   "1" NARROW "0.5", "1" THIN "0.5", "1 00",   "1234 567",  "1 2345",   "0. 5",
    "0 .5",    "0.01 234",       "0.0123 45",    "1 5",    "0.5 1 2",   "1 000 00", "0 500",
    "000 500", "1'00",           "'5",           "1''000", "1'000 000",
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
    { "0,5", GUI_UNIT_BTC, 50000000 },          { ",5", GUI_UNIT_BTC, 50000000 },
    { "1,5", GUI_UNIT_BTC, 150000000 },         { "0,012", GUI_UNIT_BTC, 1200000 },
    { "1,2340", GUI_UNIT_BTC, 123400000 },      { "1.2340", GUI_UNIT_BTC, 123400000 },
    { "0.5", GUI_UNIT_BTC, 50000000 },          { "1.000" NARROW "000" NARROW "00", GUI_UNIT_BTC, 100000000 },
    { "1.234,5", GUI_UNIT_BTC, 123450000000 },  { "1 234,5", GUI_UNIT_BTC, 123450000000 },
    { "0,012 345 67", GUI_UNIT_BTC, 1234567 },  { "1.234.567", GUI_UNIT_SAT, 1234567 },
    { "1.000,50", GUI_UNIT_BTC, 100050000000 }, { "1,000.50", GUI_UNIT_BTC, 100050000000 },
    { "1'000'000", GUI_UNIT_SAT, 1000000 },     { "1'000,5", GUI_UNIT_BTC, 100050000000 },
    { "1'000 sat", GUI_UNIT_BTC, 1000 },        { "1000.000", GUI_UNIT_BTC, 100000000000 },
    { "1" NARROW "000", GUI_UNIT_SAT, 1000 },   { "+0,000" NARROW "010" NARROW "00\u00a0BTC", GUI_UNIT_SAT, 1000 },
  };
  static const Bad bad[] = {
    { "1,000", GUI_UNIT_BTC, "not clear" },
    { "1.000", GUI_UNIT_BTC, "not clear" },
    { "1'000", GUI_UNIT_BTC, "not clear" },
    { "1.000 BTC", GUI_UNIT_SAT, "not clear" },
    { "1.000 sat", GUI_UNIT_BTC, "no decimals. Write thousands without a separator, as in 1000." },
    { "1,000 sat", GUI_UNIT_BTC, "Write thousands without a separator" },
    { "123.456", GUI_UNIT_SAT, "Write thousands" },
    { "1,5", GUI_UNIT_SAT, "no decimals" },
    { "1.234,567,8", GUI_UNIT_BTC, "not an amount" },
    { "1,2,3", GUI_UNIT_BTC, "groups of three" },
    { "12.34,5", GUI_UNIT_BTC, "groups of three" },
    { "1.2.3", GUI_UNIT_BTC, "groups of three" },
    { "1.000.00", GUI_UNIT_SAT, "groups of three" },
    { "half", GUI_UNIT_BTC, "as in 0,5" },
    { "1000\u202f000.5.5", GUI_UNIT_BTC, "groups of three" },
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

/* Units before and after the number; "₿" is also used for satoshi. */
static void
test_units (void)
{
  static const Good good[] = {
    { "₿0.5", GUI_UNIT_SAT, 50000000 },
    { "₿ 0.5", GUI_UNIT_SAT, 50000000 },
    { "0.5₿", GUI_UNIT_SAT, 50000000 },
    { "BTC 0.5", GUI_UNIT_SAT, 50000000 },
    { "₿5 BTC", GUI_UNIT_SAT, 500000000 },
    { "5 XBT", GUI_UNIT_SAT, 500000000 },
    { "2 bitcoins", GUI_UNIT_SAT, 200000000 },
    { "1 Bitcoin", GUI_UNIT_SAT, 100000000 },
    { "5 Satoshi", GUI_UNIT_BTC, 5 },
    { "satoshi 5", GUI_UNIT_BTC, 5 },
    { "5 satoshis", GUI_UNIT_BTC, 5 },
    { "0.5 BTC.", GUI_UNIT_SAT, 50000000 },
    { "7 sat,", GUI_UNIT_BTC, 7 },
  };
  static const Bad bad[] = {
    { "₿5000", GUI_UNIT_SAT, "Write BTC or sat instead of ₿" },
    { "5 ₿", GUI_UNIT_BTC, "Write BTC or sat instead of ₿" },
    { "0.5 mBTC", GUI_UNIT_BTC, "Other units" },
    { "5 bits", GUI_UNIT_BTC, "Other units" },
    { "$5", GUI_UNIT_BTC, "Other units" },
    { "5 €", GUI_UNIT_BTC, "Other units" },
    { "BTC 5 sat", GUI_UNIT_BTC, "Other units" },
    { "1 BTC 5 sat", GUI_UNIT_BTC, "Other units" },
    { "5 sat/vB", GUI_UNIT_BTC, "Other units" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    check_good (&good[i], FALSE);
    check_good (&good[i], TRUE);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    check_bad (&bad[i], FALSE);
    check_bad (&bad[i], TRUE);
  }
}

static void
check_rate (const char *text, gboolean comma, guint64 wanted)
{
  const char *why = NULL;
  guint64 rate = 0;

  if (!gui_parse_fee_rate_in (text, comma, &rate, &why))
    g_error ("“%s” is refused: %s", text, why);
  g_assert_cmpuint (rate, ==, wanted);
}

static void
check_bad_rate (const char *text, gboolean comma, const char *sentence)
{
  const char *why = NULL;
  guint64 rate = 0;

  if (gui_parse_fee_rate_in (text, comma, &rate, &why))
    g_error ("“%s” is taken for %" G_GUINT64_FORMAT, text, rate);
  if (strstr (why, sentence) == NULL)
    g_error ("“%s” gets the sentence “%s”", text, why);
}

static void
test_fee_rate (void)
{
  static const char *const bad[] = { "",          ".", "1.0001", "-1",        "1e3", "x", "7 sat", "10000000 sat",
                                     "5 sat/kvB", "0", "0.099",  "10000.001", "\xff" };

  check_rate ("1.25", FALSE, 1250);
  check_rate (" .1", FALSE, 100);
  check_rate ("10000", FALSE, 10000000);
  check_rate ("10 000", FALSE, 10000000);
  check_rate ("1.234", FALSE, 1234);
  check_rate ("5 sat/vB", FALSE, 5000);
  check_rate ("5 sats/vbyte", FALSE, 5000);
  check_rate ("1,5", TRUE, 1500);
  check_rate ("1.5", TRUE, 1500);
  check_rate ("1.5000", TRUE, 1500);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    check_bad_rate (bad[i], FALSE, "Enter a fee rate from 0.1 to 10\u00a0000 sat/vB");
    if (strchr (bad[i], '.') == NULL)
      check_bad_rate (bad[i], TRUE, "Enter a fee rate from 0,1 to 10\u00a0000 sat/vB");
  }
  check_bad_rate ("1,5", FALSE, "Write decimals with a point, as in 0.5, and no commas.");
  check_bad_rate ("1 0", FALSE, "groups of three");
  check_bad_rate ("1.234", TRUE, "not clear");
  check_bad_rate ("1,234", TRUE, "not clear");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/amount-text/point", test_point);
  g_test_add_func ("/gui/amount-text/groups", test_groups);
  g_test_add_func ("/gui/amount-text/comma", test_comma);
  g_test_add_func ("/gui/amount-text/zero", test_zero);
  g_test_add_func ("/gui/amount-text/units", test_units);
  g_test_add_func ("/gui/amount-text/fee-rate", test_fee_rate);
  return g_test_run ();
}

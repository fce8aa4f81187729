#include "gui/format.h"

#include <glib.h>

static void
check_amount (gint64 sat, GuiUnit unit, gboolean with_sign, const char *expected)
{
  g_autofree char *text = gui_format_amount (sat, unit, with_sign);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_amount (void)
{
  check_amount (1234567, GUI_UNIT_BTC, FALSE, "0.012\u00a0345\u00a067\u00a0BTC");
  check_amount (1234567, GUI_UNIT_SAT, FALSE, "1\u00a0234\u00a0567\u00a0sat");
  check_amount (0, GUI_UNIT_SAT, TRUE, "0\u00a0sat");
  check_amount (5, GUI_UNIT_SAT, TRUE, "+5\u00a0sat");
  check_amount (-5000000000, GUI_UNIT_BTC, TRUE, "\u221250.000\u00a0000\u00a000\u00a0BTC");
  check_amount (2100000000000000, GUI_UNIT_BTC, FALSE, "21\u00a0000\u00a0000.000\u00a0000\u00a000\u00a0BTC");
  check_amount (G_MININT64, GUI_UNIT_SAT, FALSE,
                "\u22129\u00a0223\u00a0372\u00a0036\u00a0854\u00a0775\u00a0808\u00a0sat");
}

static void
test_texts (void)
{
  g_autofree char *address = gui_format_address ("bcrt1qw508d6q");
  g_autofree char *count = gui_format_count (958120);
  g_autofree char *rate = gui_format_fee_rate (1250);
  g_autofree char *small_rate = gui_format_fee_rate (106);
  g_autofree char *middle_rate = gui_format_fee_rate (9996);
  g_autofree char *odd_rate = gui_format_fee_rate (5248);
  g_autofree char *large_rate = gui_format_fee_rate (123456);
  g_autofree char *largest_rate = gui_format_fee_rate (9999999);
  g_autofree char *part = gui_format_percent (105);
  g_autofree char *whole_rate = gui_format_fee_rate (12000);

  g_assert_cmpstr (address, ==, "bcrt 1qw5 08d6 q");
  g_assert_cmpstr (count, ==, "958,120");
  g_assert_cmpstr (rate, ==, "1.25 sat/vB");
  g_assert_cmpstr (whole_rate, ==, "12 sat/vB");
  g_assert_cmpstr (small_rate, ==, "0.11 sat/vB");
  g_assert_cmpstr (middle_rate, ==, "10 sat/vB");
  g_assert_cmpstr (odd_rate, ==, "5.25 sat/vB");
  g_assert_cmpstr (large_rate, ==, "123 sat/vB");
  g_assert_cmpstr (largest_rate, ==, "10" GUI_GROUP_SPACE "000 sat/vB");
  g_assert_cmpstr (part, ==, "1.05\u202f%");
}

static void
test_time_left (void)
{
  g_autofree char *unknown = gui_format_left (0);
  g_autofree char *soon = gui_format_left (1);
  g_autofree char *minutes = gui_format_left (20 * 60);
  g_autofree char *days = gui_format_left (5 * 86400);

  g_assert_null (unknown);
  g_assert_cmpstr (soon, ==, "less than a minute left");
  g_assert_cmpstr (minutes, ==, "about 20 min left");
  g_assert_cmpstr (days, ==, "about 5 days left");
}

/* As the locales of Germany, the United States, Japan and others write dates. */
static void
test_date_order (void)
{
  g_assert_cmpint (gui_date_order_of ("%d.%m.%Y"), ==, GUI_DATE_DMY);
  g_assert_cmpint (gui_date_order_of ("%d/%m/%y"), ==, GUI_DATE_DMY);
  g_assert_cmpint (gui_date_order_of ("%A %d %B %Y"), ==, GUI_DATE_DMY);
  g_assert_cmpint (gui_date_order_of ("%m/%d/%Y"), ==, GUI_DATE_MDY);
  g_assert_cmpint (gui_date_order_of ("%D"), ==, GUI_DATE_MDY);
  g_assert_cmpint (gui_date_order_of ("%Y年%m月%d日"), ==, GUI_DATE_YMD);
  g_assert_cmpint (gui_date_order_of ("%Y-%m-%d"), ==, GUI_DATE_YMD);
  g_assert_cmpint (gui_date_order_of ("%F"), ==, GUI_DATE_YMD);
  g_assert_cmpint (gui_date_order_of (""), ==, GUI_DATE_DMY);
}

/* Every time has a text, and none overflows. */
static void
test_times (void)
{
  const gint64 times[] = { G_MININT64, -1, 0, 1700000000, G_MAXINT64 };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree char *ago = gui_format_time (times[i]), *day = gui_format_day (times[i]);
    g_autofree char *date = gui_format_date_time (times[i]);

    g_assert_true (*ago != '\0' && *day != '\0' && *date != '\0');
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/format/amount", test_amount);
  g_test_add_func ("/gui/format/texts", test_texts);
  g_test_add_func ("/gui/format/time-left", test_time_left);
  g_test_add_func ("/gui/format/date-order", test_date_order);
  g_test_add_func ("/gui/format/times", test_times);
  return g_test_run ();
}

#include "gui/widgets/balance_series.h"

#define NOW ((gint64) 1700000000)
#define DAY ((gint64) 86400)
#define MONTH (30 * DAY)

static GuiBalanceSeries
measure (const GuiBalancePoint *points, guint n, gint64 since)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (GuiBalancePoint));
  GuiBalanceSeries series;

  g_array_append_vals (array, points, n);
  gui_balance_series_measure (array, since, NOW, &series);
  g_assert_cmpint (series.until, >, series.from);
  return series;
}

/* The chart of a month shows the two hours of a young wallet, in almost its whole width. */
static void
test_young (void)
{
  const GuiBalancePoint points[] = { { NOW - MONTH, 0 }, { NOW - 7200, 500 }, { NOW - 3600, 900 }, { NOW - 60, 100 } };
  GuiBalanceSeries series = measure (points, G_N_ELEMENTS (points), NOW - MONTH);

  g_assert_cmpint (series.from, <, NOW - 7200);
  g_assert_cmpint (series.from, >, NOW - 7200 - 7200 / 10);
  g_assert_cmpint (series.until, ==, NOW);
  g_assert_cmpint (series.highest_sat, ==, 900);
}

/* A wallet that is older than the month: the whole month. */
static void
test_old (void)
{
  const GuiBalancePoint points[] = { { NOW - MONTH, 700 }, { NOW - 7200, 500 } };
  const GuiBalancePoint quiet[] = { { NOW - MONTH, 700 } };

  g_assert_cmpint (measure (points, 2, NOW - MONTH).from, ==, NOW - MONTH);
  g_assert_cmpint (measure (points, 2, NOW - MONTH).highest_sat, ==, 700);
  g_assert_cmpint (measure (quiet, 1, NOW - MONTH).from, ==, NOW - MONTH);
  g_assert_cmpint (measure (quiet, 1, NOW - MONTH).until, ==, NOW);
}

/* Everything: from the first coins on. */
static void
test_all (void)
{
  const GuiBalancePoint points[] = { { NOW - 1000 * DAY - 1, 0 }, { NOW - 1000 * DAY, 500 }, { NOW - DAY, 0 } };
  GuiBalanceSeries series = measure (points, G_N_ELEMENTS (points), 0);

  g_assert_cmpint (series.from, <, NOW - 1000 * DAY);
  g_assert_cmpint (series.from, >=, NOW - 1060 * DAY);
}

/* No points, only zeros, and times in the future. */
static void
test_odd (void)
{
  const GuiBalancePoint nothing[] = { { NOW - DAY, 0 } };
  const GuiBalancePoint ahead[] = { { NOW - DAY, 0 }, { NOW + 500, 7 } };

  measure (nothing, 0, 0);
  measure (nothing, 0, NOW - MONTH);
  g_assert_cmpint (measure (nothing, 1, NOW - MONTH).from, ==, NOW - MONTH);
  g_assert_cmpint (measure (nothing, 1, NOW).highest_sat, ==, 0);
  g_assert_cmpint (measure (ahead, 2, NOW - MONTH).until, ==, NOW + 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/balance-series/young", test_young);
  g_test_add_func ("/gui/balance-series/old", test_old);
  g_test_add_func ("/gui/balance-series/all", test_all);
  g_test_add_func ("/gui/balance-series/odd", test_odd);
  return g_test_run ();
}

#include "gui/models/history_pages.h"

#define DAY ((gint64) 86400)
#define NOON ((gint64) 1700049600) /* of a day in UTC */

static GuiTxRow *
new_row (guint8 id, gint64 time)
{
  const guint8 txid32[32] = { id };
  char none[] = "";
  GuiHistoryRow record = {
    .kind = GUI_TX_RECEIVE, .amount_sat = 1, .address = none, .label = none, .address_label = none, .time = time
  };
  GuiTxRow *row;

  record.txid = g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, txid32, 32, 1));
  row = gui_tx_row_new (&record);
  g_variant_unref (record.txid);
  return row;
}

static void
set_row (GuiHistoryPages *pages, guint place, guint newest, gint64 time)
{
  g_autoptr (GuiTxRow) row = new_row ((guint8) place, time);

  gui_history_pages_set (pages, place, newest, row);
  g_assert_true (gui_history_pages_get (pages, place) == row);
}

/* A row begins a day if the newer one, which is above it, is of another day: known only with both of them. */
static void
test_days (void)
{
  g_autoptr (GuiHistoryPages) pages = gui_history_pages_new ();

  set_row (pages, 9, 9, NOON);
  set_row (pages, 8, 9, NOON - 60);
  set_row (pages, 7, 9, NOON - 2 * DAY);
  set_row (pages, 5, 9, NOON - 3 * DAY);
  g_assert_true (gui_history_pages_starts_day (pages, 9));
  g_assert_false (gui_history_pages_starts_day (pages, 8));
  g_assert_true (gui_history_pages_starts_day (pages, 7));
  g_assert_false (gui_history_pages_starts_day (pages, 5));
  g_assert_cmpuint (gui_history_pages_count_days (pages, 0), ==, 2);
  set_row (pages, 6, 9, NOON - 2 * DAY - 60);
  g_assert_true (gui_history_pages_starts_day (pages, 5));
  g_assert_false (gui_history_pages_starts_day (pages, 6));
  g_assert_cmpuint (gui_history_pages_count_days (pages, 0), ==, 3);
  g_assert_cmpuint (gui_history_pages_count_days (pages, 7), ==, 2);
  g_assert_cmpuint (gui_history_pages_count_days (pages, 8), ==, 1);
  g_assert_cmpuint (gui_history_pages_count_days (pages, 10), ==, 0);
}

/* The first row is no longer the first of its day once a newer one of the same day is known. */
static void
test_newer (void)
{
  g_autoptr (GuiHistoryPages) pages = gui_history_pages_new ();

  set_row (pages, 255, 255, NOON);
  g_assert_true (gui_history_pages_starts_day (pages, 255));
  set_row (pages, 256, 256, NOON + 60);
  g_assert_true (gui_history_pages_starts_day (pages, 256));
  g_assert_false (gui_history_pages_starts_day (pages, 255));
  g_assert_cmpuint (gui_history_pages_count_days (pages, 0), ==, 1);
}

/* Rows that were not used for long are dropped, and have to be asked for again; what begins a day is remembered. */
static void
test_dropped (void)
{
  const guint n = 100000;
  g_autoptr (GuiHistoryPages) pages = gui_history_pages_new ();
  guint kept = 0;

  for (guint place = 0; place < n; place++) {
    set_row (pages, n - 1 - place, n - 1, NOON - place * DAY);
    gui_history_pages_set_version (pages, n - 1 - place, 1);
  }
  g_assert_cmpuint (gui_history_pages_count_days (pages, 0), ==, n);
  g_assert_cmpuint (gui_history_pages_count_days (pages, 300), ==, n - 300);
  for (guint place = 0; place < n; place++) {
    g_assert_cmpuint (gui_history_pages_get_version (pages, place), ==, gui_history_pages_get (pages, place) != NULL);
    kept += gui_history_pages_get (pages, place) != NULL;
  }
  g_assert_cmpuint (kept, >, 5000);
  g_assert_cmpuint (kept, <, 10000);
  g_assert_nonnull (gui_history_pages_get (pages, 0));
  g_assert_null (gui_history_pages_get (pages, n - 1));
  gui_history_pages_clear (pages);
  g_assert_cmpuint (gui_history_pages_count_days (pages, 0), ==, 0);
  g_assert_null (gui_history_pages_get (pages, 0));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/history-pages/days", test_days);
  g_test_add_func ("/gui/history-pages/newer", test_newer);
  g_test_add_func ("/gui/history-pages/dropped", test_dropped);
  return g_test_run ();
}

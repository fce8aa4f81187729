#include "gui/clients/wallet_records.h"

#include "bitcoin/primitives/amount.h"
#include "gui/clients/bounds.h"

#include <string.h>

#define ALICE "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
#define ROW_TYPE G_VARIANT_TYPE ("(aysxxssxii)")

typedef struct {
  gsize id_len;
  const char *kind;
  gint64 amount_sat, fee_sat;
  const char *address, *label;
  gint64 time;
  gint height, confirmations;
} Row;

static const Row honest = { 32, "send", -1500, 100, ALICE, "Rent", 1700000000, 120, 3 };

static GVariant *
new_row (const Row *row)
{
  g_autofree guint8 *id = g_malloc0 (row->id_len);

  return g_variant_new ("(@aysxxssxii)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, id, row->id_len, 1), row->kind,
                        row->amount_sat, row->fee_sat, row->address, row->label, row->time, row->height,
                        row->confirmations);
}

/* A page of N rows that are all ROW. */
static GuiHistoryPage *
read_page (const Row *row, guint n, const char *next, guint total)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(aysxxssxii)"));
  g_autoptr (GVariant) answer = NULL;

  for (guint i = 0; i < n; i++)
    g_variant_builder_add_value (&builder, new_row (row));
  answer = g_variant_ref_sink (g_variant_new ("(a(aysxxssxii)su)", &builder, next, total));
  return gui_history_page_read (answer, 5);
}

static void
check_refused (Row row)
{
  g_assert_null (read_page (&row, 1, "", 1));
}

static void
test_history (void)
{
  g_autoptr (GuiHistoryPage) page = read_page (&honest, 5, "5", 6);
  const GuiHistoryRow *row;

  g_assert_nonnull (page);
  g_assert_cmpuint (page->rows->len, ==, 5);
  g_assert_cmpuint (page->total, ==, 6);
  g_assert_cmpstr (page->next, ==, "5");
  row = g_ptr_array_index (page->rows, 0);
  g_assert_cmpint (row->kind, ==, GUI_TX_SEND);
  g_assert_cmpint (row->amount_sat, ==, -1500);
  g_assert_cmpstr (row->label, ==, "Rent");
  g_assert_cmpint (row->confirmations, ==, 3);
}

static void
test_history_lies (void)
{
  g_autofree char *long_cursor = g_strnfill (GUI_BOUNDS_MAX_CURSOR + 1, 'c');
  Row row;

#define LIE(field, value)                                                                                              \
  row = honest;                                                                                                        \
  row.field = value;                                                                                                   \
  check_refused (row)
  LIE (id_len, 31);
  LIE (amount_sat, G_MININT64);
  LIE (amount_sat, BTC_MAX_MONEY + 1);
  LIE (fee_sat, -1);
  LIE (fee_sat, G_MAXINT64);
  LIE (address, "bcrt1q\xc3\xa4");
  LIE (time, -1);
  LIE (time, G_MAXINT64);
  LIE (height, G_MININT);
#undef LIE
  g_assert_null (read_page (&honest, 6, "", 6));
  g_assert_null (read_page (&honest, 1, "", G_MAXUINT));
  g_assert_null (read_page (&honest, 1, long_cursor, 1));
}

/* A text is cut, not refused: a wallet of another program may hold any. */
static void
test_label (void)
{
  g_autofree char *label = g_strnfill (900000, 'x');
  g_autoptr (GuiHistoryPage) page = NULL;
  Row row = honest;

  row.label = label;
  row.confirmations = G_MININT;
  page = read_page (&row, 1, "", 1);
  g_assert_nonnull (page);
  g_assert_cmpuint (strlen (((GuiHistoryRow *) g_ptr_array_index (page->rows, 0))->label), <, 5000);
  g_assert_cmpint (((GuiHistoryRow *) g_ptr_array_index (page->rows, 0))->confirmations, ==, 0);
}

static gboolean
takes_addresses (const char *text)
{
  g_autoptr (GVariant) rows = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (GPtrArray) addresses = gui_addresses_read (rows, BTC_NETWORK_REGTEST, 2);

  return addresses != NULL;
}

static void
test_addresses (void)
{
#define ROW "('" ALICE "', 'label', 'bech32', int64 1, int64 2)"
  g_assert_true (takes_addresses ("@a(sssxx) []"));
  g_assert_true (takes_addresses ("[" ROW "," ROW "]"));
  g_assert_false (takes_addresses ("[" ROW "," ROW "," ROW "]"));
  g_assert_false (takes_addresses ("[('', '', 'bech32', int64 1, int64 2)]"));
  g_assert_false (takes_addresses ("[('bcrt1qnothing', '', 'bech32', int64 1, int64 2)]"));
  g_assert_false (takes_addresses ("[('" ALICE "', '', 'bech32', int64 -1, int64 2)]"));
  g_assert_false (takes_addresses ("[('" ALICE "', '', 'bech32', int64 1, int64 -2)]"));
#undef ROW
}

static gboolean
takes_points (const char *text)
{
  g_autoptr (GVariant) points = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (GArray) array = gui_balance_points_read (points, 2);

  return array != NULL;
}

static void
test_points (void)
{
  g_assert_true (takes_points ("@a(xx) []"));
  g_assert_true (takes_points ("[(int64 1, int64 2), (3, 4)]"));
  g_assert_false (takes_points ("[(int64 1, int64 2), (3, 4), (5, 6)]"));
  g_assert_false (takes_points ("[(int64 -9223372036854775808, int64 2)]"));
  g_assert_false (takes_points ("[(int64 1, int64 9223372036854775807)]"));
}

/* DETAILS: an a{sv} as text. */
static gboolean
takes_payment (const char *details)
{
  g_autoptr (GVariant) answer
      = g_variant_ref_sink (g_variant_new ("(@(aysxxssxii)@a{sv})", new_row (&honest), g_variant_new_parsed (details)));
  g_autoptr (GuiPaymentDetails) payment = gui_payment_details_read (answer);

  return payment != NULL;
}

static void
test_payment (void)
{
  g_assert_true (takes_payment ("@a{sv} {}"));
  g_assert_true (takes_payment ("{'inputs': <[('" ALICE "', int64 -1)]>, 'outputs': <[('', int64 5, true)]>,"
                                " 'vsize': <uint32 141>}"));
  g_assert_false (takes_payment ("{'inputs': <[('', int64 -2)]>}"));
  g_assert_false (takes_payment ("{'outputs': <[('', int64 9223372036854775807, true)]>}"));
  g_assert_false (takes_payment ("{'outputs': <[('a b', int64 1, true)]>}"));
  g_assert_false (takes_payment ("{'vsize': <uint32 4294967295>}"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/wallet-records/history", test_history);
  g_test_add_func ("/gui/wallet-records/history-lies", test_history_lies);
  g_test_add_func ("/gui/wallet-records/label", test_label);
  g_test_add_func ("/gui/wallet-records/addresses", test_addresses);
  g_test_add_func ("/gui/wallet-records/points", test_points);
  g_test_add_func ("/gui/wallet-records/payment", test_payment);
  return g_test_run ();
}

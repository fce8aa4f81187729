#include "gui/clients/wallet_records.h"

#include "bitcoin/primitives/amount.h"
#include "gui/clients/bounds.h"
#include "gui/models/tx_row.h"

#include <string.h>

#define ALICE "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

typedef struct {
  gsize id_len;
  const char *kind;
  gint64 amount_sat, fee_sat;
  const char *address, *label, *address_label;
  gint64 time;
  gint64 height, confirmations; /* -1: none */
} Row;

static const Row honest = { 32, "send", -1500, 100, ALICE, "Rent in May", "Landlord", 1700000000, 120, 3 };

/* Values that are -1 or empty have no key. */
static GVariant *
new_row (const Row *row)
{
  g_autofree guint8 *id = g_malloc0 (row->id_len);
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&dict, "txid", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, id, row->id_len, 1));
  g_variant_dict_insert (&dict, "kind", "s", row->kind);
  g_variant_dict_insert (&dict, "amount", "x", row->amount_sat);
  if (row->fee_sat != 0)
    g_variant_dict_insert (&dict, "fee", "x", row->fee_sat);
  if (*row->address != '\0')
    g_variant_dict_insert (&dict, "address", "s", row->address);
  if (*row->label != '\0')
    g_variant_dict_insert (&dict, "label", "s", row->label);
  if (*row->address_label != '\0')
    g_variant_dict_insert (&dict, "address_label", "s", row->address_label);
  g_variant_dict_insert (&dict, "time", "x", row->time);
  if (row->height != -1)
    g_variant_dict_insert (&dict, "height", "u", (guint32) row->height);
  if (row->confirmations != -1)
    g_variant_dict_insert (&dict, "confirmations", "u", (guint32) row->confirmations);
  return g_variant_dict_end (&dict);
}

static GuiHistoryPage *
read_answer (GVariant *rows, const char *next, guint total)
{
  g_autoptr (GVariant) answer = NULL;
  GVariantDict page = G_VARIANT_DICT_INIT (NULL);

  if (*next != '\0')
    g_variant_dict_insert (&page, "next", "s", next);
  g_variant_dict_insert (&page, "total", "u", total);
  answer = g_variant_ref_sink (g_variant_new ("(@aa{sv}@a{sv})", rows, g_variant_dict_end (&page)));
  return gui_history_page_read (answer, 5);
}

/* A page of N times the row ROW. */
static GuiHistoryPage *
read_page (const Row *row, guint n, const char *next, guint total)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < n; i++)
    g_variant_builder_add_value (&builder, new_row (row));
  return read_answer (g_variant_builder_end (&builder), next, total);
}

/* The only row of a page, as text; NULL when it is rejected. */
static GuiHistoryPage *
read_text (const char *row)
{
  GVariant *record = g_variant_new_parsed (row);

  return read_answer (g_variant_new_array (G_VARIANT_TYPE_VARDICT, &record, 1), "", 1);
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
  row = g_ptr_array_index (page->rows, 0);
  g_assert_cmpint (row->kind, ==, GUI_TX_SEND);
  g_assert_cmpint (row->amount_sat, ==, -1500);
  g_assert_cmpstr (row->label, ==, "Rent in May");
  g_assert_cmpstr (row->address_label, ==, "Landlord");
  g_assert_cmpint (row->confirmations, ==, 3);
}

static void
test_history_lies (void)
{
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
  LIE (height, G_MAXUINT32);
  LIE (confirmations, G_MAXUINT32);
#undef LIE
  g_assert_null (read_page (&honest, 6, "", 6));
  g_assert_null (read_page (&honest, 1, "", G_MAXUINT));
}

#define ID                                                                                                             \
  "'txid': <[byte 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]>"

/* Optional values may have no key, but required ones always have. */
static void
test_history_keys (void)
{
  g_autoptr (GuiHistoryPage) page = read_text ("{" ID ", 'amount': <int64 5>, 'time': <int64 1>}");
  g_autoptr (GuiHistoryPage) conflicted
      = read_text ("{" ID ", 'amount': <int64 5>, 'time': <int64 1>, 'conflicted': <true>, 'later': <'more'>}");
  g_autoptr (GuiHistoryPage) abandoned
      = read_text ("{" ID ", 'amount': <int64 5>, 'time': <int64 1>, 'abandoned': <true>}");
  const GuiHistoryRow *row;

  g_assert_nonnull (page);
  row = page->rows->pdata[0];
  g_assert_cmpint (row->height, ==, GUI_HEIGHT_UNCONFIRMED);
  g_assert_cmpint (row->confirmations, ==, 0);
  g_assert_cmpint (row->fee_sat, ==, 0);
  g_assert_cmpstr (row->address, ==, "");
  g_assert_cmpstr (row->label, ==, "");
  g_assert_cmpstr (row->address_label, ==, "");
  g_assert_nonnull (conflicted);
  g_assert_cmpint (((GuiHistoryRow *) conflicted->rows->pdata[0])->height, ==, GUI_HEIGHT_CONFLICTED);
  g_assert_nonnull (abandoned);
  g_assert_cmpint (((GuiHistoryRow *) abandoned->rows->pdata[0])->height, ==, GUI_HEIGHT_ABANDONED);
  g_assert_null (read_text ("{'amount': <int64 5>, 'time': <int64 1>}"));
  g_assert_null (read_text ("{" ID ", 'time': <int64 1>}"));
  g_assert_null (read_text ("{" ID ", 'amount': <'5'>, 'time': <int64 1>}"));
  g_assert_null (read_text ("{" ID ", 'amount': <int64 5>}"));
  g_assert_null (
      read_text ("{" ID ", 'amount': <int64 5>, 'time': <int64 1>, 'conflicted': <true>, 'height': <uint32 1>}"));
  g_assert_null (
      read_text ("{" ID ", 'amount': <int64 5>, 'time': <int64 1>, 'abandoned': <true>, 'height': <uint32 1>}"));
  g_assert_null (
      read_text ("{" ID ", 'amount': <int64 5>, 'time': <int64 1>, 'abandoned': <true>, 'conflicted': <true>}"));
}

static char *
status_of (const char *record)
{
  g_autoptr (GuiHistoryPage) page = read_text (record);
  g_autoptr (GuiTxRow) row = gui_tx_row_new (page->rows->pdata[0]);

  return gui_tx_row_dup_status (row);
}

/* What the user did is not what another payment did. */
static void
test_status (void)
{
  g_autofree char *waiting = status_of ("{" ID ", 'amount': <int64 5>, 'time': <int64 1>}");
  g_autofree char *replaced = status_of ("{" ID ", 'amount': <int64 5>, 'time': <int64 1>, 'conflicted': <true>}");
  g_autofree char *abandoned = status_of ("{" ID ", 'amount': <int64 5>, 'time': <int64 1>, 'abandoned': <true>}");
  g_autofree char *placed = status_of ("{" ID ", 'amount': <int64 5>, 'time': <int64 1>, 'confirmed': <true>}");

  g_assert_cmpstr (waiting, ==, "Not confirmed yet");
  g_assert_cmpstr (replaced, ==, "Replaced by another payment");
  g_assert_cmpstr (abandoned, ==, "Abandoned");
  g_assert_cmpstr (placed, ==, "In a block");
}

/* A text is truncated, not rejected: a wallet of another program may contain any. */
static void
test_label (void)
{
  g_autofree char *label = g_strnfill (900000, 'x');
  g_autoptr (GuiHistoryPage) page = NULL;
  Row row = honest;

  row.label = label;
  page = read_page (&row, 1, "", 1);
  g_assert_nonnull (page);
  g_assert_cmpuint (strlen (((GuiHistoryRow *) g_ptr_array_index (page->rows, 0))->label), <, 5000);
}

static gboolean
accepts_addresses (const char *text)
{
  g_autoptr (GVariant) rows = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (GPtrArray) addresses = gui_addresses_read (rows, BTC_NETWORK_REGTEST, 2);

  return addresses != NULL;
}

static void
test_addresses (void)
{
#define TYPE ", 'type': <'bech32'>"
#define ROW "{'address': <'" ALICE "'>" TYPE ", 'label': <'label'>, 'time': <int64 1>, 'received': <int64 2>}"
  g_assert_true (accepts_addresses ("@aa{sv} []"));
  g_assert_true (accepts_addresses ("[" ROW "," ROW "]"));
  g_assert_false (accepts_addresses ("[" ROW "," ROW "," ROW "]"));
  g_assert_false (accepts_addresses ("[{'type': <'bech32'>, 'label': <'label'>, 'time': <int64 1>}]"));
  g_assert_false (accepts_addresses ("[{'address': <'bcrt1qnothing'>" TYPE ", 'time': <int64 1>}]"));
  g_assert_false (accepts_addresses ("[{'address': <'" ALICE "'>" TYPE ", 'time': <int64 -1>}]"));
  g_assert_false (accepts_addresses ("[{'address': <'" ALICE "'>" TYPE ", 'received': <int64 -2>}]"));
  g_assert_false (accepts_addresses ("[{'address': <'" ALICE "'>, 'time': <int64 1>}]"));
  g_assert_false (accepts_addresses ("[{'address': <'" ALICE "'>, 'type': <'base64'>}]"));
#undef ROW
}

static gboolean
accepts_points (const char *text)
{
  g_autoptr (GVariant) points = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (GArray) array = gui_balance_points_read (points, 2);

  return array != NULL;
}

static void
test_points (void)
{
  g_assert_true (accepts_points ("@a(xx) []"));
  g_assert_true (accepts_points ("[(int64 1, int64 2), (3, 4)]"));
  g_assert_false (accepts_points ("[(int64 1, int64 2), (3, 4), (5, 6)]"));
  g_assert_false (accepts_points ("[(int64 -9223372036854775808, int64 2)]"));
  g_assert_false (accepts_points ("[(int64 1, int64 9223372036854775807)]"));
}

/* DETAILS: an a{sv} as text. */
static GuiPaymentDetails *
read_payment (const Row *row, const char *details)
{
  g_autoptr (GVariant) answer
      = g_variant_ref_sink (g_variant_new ("(@a{sv}@a{sv})", new_row (row), g_variant_new_parsed (details)));

  return gui_payment_details_read (answer);
}

static gboolean
accepts_payment (const char *details)
{
  g_autoptr (GuiPaymentDetails) payment = read_payment (&honest, details);

  return payment != NULL;
}

static void
test_payment (void)
{
  g_assert_true (accepts_payment ("@a{sv} {}"));
  g_assert_true (accepts_payment ("{'inputs': <[{'address': <'" ALICE "'>}]>,"
                                  " 'outputs': <[{'amount': <int64 5>, 'ours': <true>}]>, 'vsize': <uint32 141>}"));
  g_assert_false (accepts_payment ("{'inputs': <[{'amount': <int64 -2>}]>}"));
  g_assert_false (accepts_payment ("{'outputs': <[{'amount': <int64 9223372036854775807>}]>}"));
  g_assert_false (accepts_payment ("{'outputs': <[{'address': <'a b'>, 'amount': <int64 1>}]>}"));
  g_assert_false (accepts_payment ("{'vsize': <uint32 4294967295>}"));
}

static void
test_outcome (void)
{
  g_autofree char *reason = g_strnfill (10 * GUI_BOUNDS_MAX_SENTENCE, 'r');
  g_autofree char *refused = g_strdup_printf ("{'outcome': <'refused'>, 'reason': <'a\\n%s'>}", reason);
  Row row = honest;
  g_autoptr (GuiPaymentDetails) confirmed = read_payment (&row, "{'reason': <'none'>}");
  g_autoptr (GuiPaymentDetails) payment = NULL;
  g_autoptr (GuiPaymentDetails) unknown = NULL;

  g_assert_cmpint (confirmed->outcome, ==, GUI_OUTCOME_CONFIRMED);
  g_assert_false (accepts_payment ("{'outcome': <'refused'>}"));
  row.height = row.confirmations = -1;
  payment = read_payment (&row, refused);
  g_assert_cmpint (payment->outcome, ==, GUI_OUTCOME_REFUSED);
  g_assert_true (g_str_has_prefix (payment->reason, "a r"));
  g_assert_cmpint (g_utf8_strlen (payment->reason, -1), <=, GUI_BOUNDS_MAX_SENTENCE + 1);
  unknown = read_payment (&row, "{'outcome': <'lost'>}");
  g_assert_null (unknown);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/wallet-records/history", test_history);
  g_test_add_func ("/gui/wallet-records/history-lies", test_history_lies);
  g_test_add_func ("/gui/wallet-records/history-keys", test_history_keys);
  g_test_add_func ("/gui/wallet-records/status", test_status);
  g_test_add_func ("/gui/wallet-records/label", test_label);
  g_test_add_func ("/gui/wallet-records/addresses", test_addresses);
  g_test_add_func ("/gui/wallet-records/points", test_points);
  g_test_add_func ("/gui/wallet-records/payment", test_payment);
  g_test_add_func ("/gui/wallet-records/outcome", test_outcome);
  return g_test_run ();
}

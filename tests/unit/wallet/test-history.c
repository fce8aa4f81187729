/* The history in pages, the labels of payments and of addresses, and the balance over time. */
#include <string.h>

#include "wallet_world.h"

#define RECIPIENT "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
#define MONTH ((gint64) 30 * 86400)

typedef struct {
  WalletHistoryQuery query;
  char *next;
  guint total;
} Page;

static gpointer
page_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  Page *page = data;

  g_clear_pointer (&page->next, g_free);
  return wallet_list_history (wallet, &page->query, &page->next, &page->total, error);
}

/* The rows of QUERY: their number and the total are checked. */
static GPtrArray *
rows_of (World *world, WalletHistoryQuery query, guint n, guint total)
{
  Page page = { .query = query };
  GPtrArray *rows = run (world, "w", page_job, &page, NULL);

  g_assert_nonnull (rows);
  g_assert_cmpuint (rows->len, ==, n);
  g_assert_cmpuint (page.total, ==, total);
  g_free (page.next);
  return rows;
}

static const WalletHistoryRow *
row_at (const GPtrArray *rows, guint i)
{
  return g_ptr_array_index (rows, i);
}

/* A page can start anywhere: also with a search, and after the wallet has changed. */
static void
test_offset (World *world, gconstpointer data)
{
  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);
  fake_chain_mine_many (world->chain, script, 120);
  expect (world, 20 * 50 * COIN, 0, 100 * 50 * COIN);
  const WalletHistoryQuery everything = { .cursor = "", .limit = 500 };
  g_autoptr (GPtrArray) all = rows_of (world, everything, 120, 120);
  for (guint offset = 0; offset < 120; offset += 17) {
    const WalletHistoryQuery query = { .cursor = "", .offset = offset, .limit = 10 };
    const WalletHistoryQuery search = { .cursor = "", .offset = offset, .limit = 10, .search = "A LABEL" };
    g_autoptr (GPtrArray) page = rows_of (world, query, MIN (10, 120 - offset), 120);
    g_autoptr (GPtrArray) found = rows_of (world, search, MIN (10, 120 - offset), 120);
    for (guint i = 0; i < page->len; i++) {
      g_assert_cmpmem (row_at (page, i)->txid32, 32, row_at (all, offset + i)->txid32, 32);
      g_assert_cmpmem (row_at (found, i)->txid32, 32, row_at (all, offset + i)->txid32, 32);
    }
  }
  const WalletHistoryQuery beyond = { .cursor = "", .offset = G_MAXUINT, .limit = 10 };
  g_ptr_array_unref (rows_of (world, beyond, 0, 120));
  fake_chain_mine (world->chain, script);
  expect (world, 21 * 50 * COIN, 0, 100 * 50 * COIN);
  const WalletHistoryQuery second = { .cursor = "", .offset = 1, .limit = 1 };
  g_autoptr (GPtrArray) shifted = rows_of (world, second, 1, 121);
  g_assert_cmpmem (row_at (shifted, 0)->txid32, 32, row_at (all, 0)->txid32, 32);
}

static gpointer
pay_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  WalletRecipient recipient = { RECIPIENT, COIN / 10 };
  WalletDraftRequest request = { .recipients = &recipient, .n_recipients = 1, .fee_rate = 2000, .label = data };
  g_autoptr (WalletDraft) draft = wallet_draft_create (wallet, &request, error);
  g_autoptr (WalletStored) stored = draft != NULL ? wallet_draft_commit (wallet, draft->id, error) : NULL;

  return stored != NULL ? g_memdup2 (stored->txid32, 32) : NULL;
}

typedef struct {
  const guint8 *txid32; /* NULL: the label is that of RECIPIENT */
  const char *label;
} Labelling;

static gpointer
label_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  const Labelling *labelling = data;
  gboolean done = labelling->txid32 != NULL
                      ? wallet_set_payment_label (wallet, labelling->txid32, labelling->label, error)
                      : wallet_set_label (wallet, RECIPIENT, labelling->label, error);

  return GINT_TO_POINTER (done);
}

static void
set_label (World *world, const guint8 *txid32, const char *label)
{
  Labelling labelling = { txid32, label };

  g_assert_true (run (world, "w", label_job, &labelling, NULL) != NULL);
}

/* The newest row has the first pair of labels, the one before the second. */
static void
expect_labels (World *world, const char *newest, const char *before, const char *address_label)
{
  const WalletHistoryQuery query = { .cursor = "", .limit = 2 };
  g_autoptr (GPtrArray) rows = rows_of (world, query, 2, 4);

  g_assert_cmpstr (row_at (rows, 0)->label, ==, newest);
  g_assert_cmpstr (row_at (rows, 1)->label, ==, before);
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpstr (row_at (rows, i)->address_label, ==, address_label);
}

static guint
count_found (World *world, const char *search)
{
  Page page = { .query = { .cursor = "", .limit = 10, .search = search } };
  g_autoptr (GPtrArray) rows = run (world, "w", page_job, &page, NULL);

  g_free (page.next);
  return rows->len;
}

/* Each payment to an address keeps its label, and the address has one of its own; also after a restart. */
static void
test_labels (World *world, gconstpointer data)
{
  const guint8 unknown[32] = { 7 };
  g_autoptr (GError) error = NULL;
  Labelling wrong = { unknown, "x" };

  create (world);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
    g_autoptr (GBytes) script = script_of (address);
    fake_chain_pay (world->chain, script, COIN);
    fake_chain_mine (world->chain, NULL);
  }
  expect (world, 2 * COIN, 0, 0);
  g_autofree guint8 *first = run (world, "w", pay_job, (gpointer) "Rent in May", &error);
  g_assert_no_error (error);
  g_autofree guint8 *second = run (world, "w", pay_job, (gpointer) "Rent in June", &error);
  g_assert_no_error (error);
  expect_labels (world, "Rent in June", "Rent in May", "");
  set_label (world, NULL, "Landlord");
  expect_labels (world, "Rent in June", "Rent in May", "Landlord");
  set_label (world, first, "May, late");
  set_label (world, second, "");
  expect_labels (world, "", "May, late", "Landlord");
  g_assert_cmpuint (count_found (world, "landlord"), ==, 2);
  g_assert_cmpuint (count_found (world, "LATE"), ==, 1);
  world_stop (world);
  world_start (world);
  expect_labels (world, "", "May, late", "Landlord");
  g_assert_null (run (world, "w", label_job, &wrong, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_NOT_FOUND);
}

typedef struct {
  const gint64 *from;
  guint limit;
} Curve;

static gpointer
curve_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  const Curve *curve = data;

  return wallet_list_balances (wallet, curve->from, curve->limit, error);
}

static GArray *
curve_of (World *world, const gint64 *from, guint limit)
{
  Curve curve = { from, limit };
  GArray *points = run (world, "w", curve_job, &curve, NULL);

  g_assert_nonnull (points);
  g_assert_cmpuint (points->len, <=, limit + 1);
  return points;
}

static const WalletBalancePoint *
point_at (const GArray *points, guint i)
{
  return &g_array_index (points, WalletBalancePoint, i);
}

/* BEFORE without its last point is the beginning of AFTER. */
static void
expect_same_past (const GArray *before, const GArray *after)
{
  g_assert_cmpuint (after->len, >=, before->len);
  g_assert_cmpmem (after->data, (before->len - 1) * sizeof (WalletBalancePoint), before->data,
                   (before->len - 1) * sizeof (WalletBalancePoint));
}

/* Later blocks, which make mined coins spendable, leave the past unchanged: with every point, and with a few. */
static void
test_past (World *world, gconstpointer data)
{
  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);
  fake_chain_mine_many (world->chain, script, 140);
  expect (world, 40 * 50 * COIN, 0, 100 * 50 * COIN);
  g_autoptr (GArray) before = curve_of (world, NULL, 500);
  g_autoptr (GArray) few_before = curve_of (world, NULL, 20);
  g_assert_cmpuint (before->len, ==, 141);
  g_assert_cmpuint (few_before->len, >, 8);
  g_assert_cmpint (point_at (before, 140)->balance_sat, ==, 140 * 50 * COIN);
  fake_chain_mine_many (world->chain, NULL, 60);
  fake_chain_mine (world->chain, script);
  expect (world, 101 * 50 * COIN, 0, 40 * 50 * COIN);
  g_autoptr (GArray) after = curve_of (world, NULL, 500);
  expect_same_past (before, after);
  g_assert_cmpint (point_at (after, after->len - 1)->balance_sat, ==, 141 * 50 * COIN);
  fake_chain_mine (world->chain, script);
  expect (world, 102 * 50 * COIN, 0, 40 * 50 * COIN);
  g_autoptr (GArray) few = curve_of (world, NULL, 20);
  fake_chain_mine (world->chain, script);
  expect (world, 103 * 50 * COIN, 0, 40 * 50 * COIN);
  g_autoptr (GArray) few_after = curve_of (world, NULL, 20);
  expect_same_past (few, few_after);
}

/* The chart of a month shows every change of a wallet that is two minutes old. */
static void
test_young (World *world, gconstpointer data)
{
  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);
  fake_chain_mine_many (world->chain, script, 120);
  expect (world, 20 * 50 * COIN, 0, 100 * 50 * COIN);
  g_autoptr (GArray) all = curve_of (world, NULL, 500);
  gint64 from = point_at (all, 1)->time - MONTH;
  g_autoptr (GArray) month = curve_of (world, &from, 300);
  g_assert_cmpuint (month->len, ==, 121);
  g_assert_cmpint (point_at (month, 0)->time, ==, from);
  g_assert_cmpint (point_at (month, 0)->balance_sat, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/history/offset", World, NULL, setup, test_offset, teardown);
  g_test_add ("/history/labels", World, NULL, setup, test_labels, teardown);
  g_test_add ("/curve/past", World, NULL, setup, test_past, teardown);
  g_test_add ("/curve/young", World, NULL, setup, test_young, teardown);
  return g_test_run ();
}

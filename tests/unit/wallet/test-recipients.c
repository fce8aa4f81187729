/* What a draft says about its recipients. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "wallet/wallets/handover.h"
#include "wallet_world.h"

typedef struct {
  const char *addresses[2];
  guint n;
  const char *labels[2];
} Request;

static char *
foreign_address (guint8 seed)
{
  guint8 script[22] = { 0, 20, seed };

  return btc_address_encode ((BtcSpan){ script, sizeof script }, BTC_NETWORK_REGTEST);
}

static gpointer
create_draft_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  const Request *wanted = data;
  WalletRecipient recipients[2];
  WalletDraftRequest request = { .recipients = recipients, .n_recipients = wanted->n, .fee_rate = 2000 };

  for (guint i = 0; i < wanted->n; i++)
    recipients[i] = (WalletRecipient){ wanted->addresses[i], COIN / 10, wanted->labels[i] };
  return wallet_draft_create (wallet, &request, error);
}

static gpointer
commit_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  return wallet_draft_commit (wallet, ((const WalletDraft *) data)->id, error);
}

static gpointer
drop_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  return GINT_TO_POINTER (wallet_draft_discard (wallet, ((const WalletDraft *) data)->id, error));
}

static WalletDraft *
make_draft (World *world, Request request)
{
  g_autoptr (GError) error = NULL;
  WalletDraft *draft = run (world, "w", create_draft_job, &request, &error);

  g_assert_no_error (error);
  return draft;
}

static void
check_row (const WalletDraft *draft, const char *address, gboolean ours, guint n_paid_before)
{
  for (guint i = 0; i < draft->outputs->len; i++) {
    const WalletDraftRow *row = g_ptr_array_index (draft->outputs, i);

    if (!g_str_equal (row->address, address))
      continue;
    g_assert_false (row->change);
    g_assert_cmpint (row->ours, ==, ours);
    g_assert_cmpuint (row->n_paid_before, ==, n_paid_before);
    return;
  }
  g_assert_not_reached ();
}

static void
check_change (const WalletDraft *draft)
{
  for (guint i = 0; i < draft->outputs->len; i++) {
    const WalletDraftRow *row = g_ptr_array_index (draft->outputs, i);

    if (row->change)
      g_assert_true (!row->ours && row->n_paid_before == 0);
  }
}

static gpointer
balance_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  WalletBalance balance;

  wallet_tracker_get_balance (wallet->tracker, 0, TRUE, &balance);
  return g_memdup2 (&balance, sizeof balance);
}

/* What was paid to others, and the fee, do not remain. */
static void
check_remaining (World *world, const WalletDraft *draft)
{
  g_autofree WalletBalance *balance = run (world, "w", balance_job, NULL, NULL);
  gint64 spent_sat = draft->fee_sat;

  for (guint i = 0; i < draft->outputs->len; i++) {
    const WalletDraftRow *row = g_ptr_array_index (draft->outputs, i);

    spent_sat += row->change || row->ours ? 0 : row->amount_sat;
  }
  g_assert_cmpint (draft->remaining_sat, ==, balance->trusted_sat - spent_sat);
}

/* Asserts what a draft to both addresses says about the first one, and discards it. */
static void
check_draft (World *world, const char *address, const char *other, gboolean ours, guint n_paid_before)
{
  g_autoptr (WalletDraft) draft = make_draft (world, (Request){ { address, other }, 2 });

  check_row (draft, address, ours, n_paid_before);
  check_row (draft, other, FALSE, 0);
  check_change (draft);
  check_remaining (world, draft);
  g_assert_nonnull (run (world, "w", drop_job, draft, NULL));
}

static void
pay_to (World *world, const char *address)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (WalletDraft) draft = make_draft (world, (Request){ { address }, 1 });
  g_autoptr (WalletStored) stored = run (world, "w", commit_job, draft, NULL);
  Pending pending = { NULL };

  wallet_hand_over_async (world->manager, "w", stored, job_done, &pending);
  spin_until (has_result, world, &pending);
  result = pending.result;
  g_assert_cmpint (wallet_hand_over_finish (result, NULL), ==, WALLET_OUTCOME_ACCEPTED);
}

static void
test_recipients (World *world, gconstpointer data)
{
  g_autofree char *alice = foreign_address (1), *bob = foreign_address (2), *own = NULL;
  g_autoptr (GBytes) script = NULL;

  create (world);
  own = new_address (world, WALLET_ADDRESS_BECH32);
  script = script_of (own);
  for (guint i = 0; i < 3; i++)
    fake_chain_pay (world->chain, script, COIN);
  fake_chain_mine (world->chain, NULL);
  expect (world, 3 * COIN, 0, 0);

  check_draft (world, alice, bob, FALSE, 0);
  /* It was paid by others, which is no payment of the wallet to it. */
  check_draft (world, own, bob, TRUE, 0);
  pay_to (world, alice);
  /* An unconfirmed payment is reported in another way. */
  check_draft (world, alice, bob, FALSE, 0);
  fake_chain_mine (world->chain, NULL);
  spin_until (at_tip, world, NULL);
  check_draft (world, alice, bob, FALSE, 1);
}

static gpointer
details_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  return wallet_get_transaction (wallet, data, error);
}

static gpointer
search_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  WalletHistoryQuery query = { .cursor = "", .limit = 10, .search = data };
  g_autofree char *next = NULL;
  guint total = 0;
  GPtrArray *rows = wallet_list_history (wallet, &query, &next, &total, error);

  g_assert_nonnull (rows);
  g_ptr_array_unref (rows);
  return GUINT_TO_POINTER (total + 1);
}

/* The payment TXID32 calls its recipients ALICE and BOB by their labels, and is found by both. */
static void
check_labels (World *world, guint8 txid32[32], const char *alice, const char *bob)
{
  g_autoptr (WalletTxDetails) details = run (world, "w", details_job, txid32, NULL);

  g_assert_cmpuint (details->row->n_recipients, ==, 2);
  g_assert_cmpstr (details->row->label, ==, "");
  for (guint i = 0; i < details->outputs->len; i++) {
    const WalletDetailRow *row = g_ptr_array_index (details->outputs, i);
    const char *label = g_str_equal (row->address, alice) ? "Alice" : g_str_equal (row->address, bob) ? "Bob" : "";

    g_assert_cmpstr (row->label, ==, label);
  }
  g_assert_cmpuint (GPOINTER_TO_UINT (run (world, "w", search_job, (gpointer) "bob", NULL)), ==, 2);
  g_assert_cmpuint (GPOINTER_TO_UINT (run (world, "w", search_job, (gpointer) "alic", NULL)), ==, 2);
  g_assert_cmpuint (GPOINTER_TO_UINT (run (world, "w", search_job, (gpointer) "carol", NULL)), ==, 1);
}

static void
test_labels (World *world, gconstpointer data)
{
  g_autofree char *alice = foreign_address (1), *bob = foreign_address (2), *own = NULL;
  g_autoptr (GBytes) script = NULL;
  g_autoptr (WalletDraft) draft = NULL;
  g_autoptr (WalletStored) stored = NULL;

  create (world);
  own = new_address (world, WALLET_ADDRESS_BECH32);
  script = script_of (own);
  fake_chain_pay (world->chain, script, COIN);
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN, 0, 0);
  draft = make_draft (world, (Request){ { alice, bob }, 2, { "Alice", "Bob" } });
  stored = run (world, "w", commit_job, draft, NULL);
  g_assert_nonnull (stored);
  check_labels (world, stored->txid32, alice, bob);
  world_stop (world);
  world_start (world);
  spin_until (is_ready, world, NULL);
  check_labels (world, stored->txid32, alice, bob);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/wallet/recipients/draft", World, NULL, setup, test_recipients, teardown);
  g_test_add ("/wallet/recipients/labels", World, NULL, setup, test_labels, teardown);
  return g_test_run ();
}

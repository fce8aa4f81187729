/* What a draft says about its recipients. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "wallet/wallets/handover.h"
#include "wallet_world.h"

typedef struct {
  const char *addresses[2];
  guint n;
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
    recipients[i] = (WalletRecipient){ wanted->addresses[i], COIN / 10 };
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

/* Asserts what a draft to both addresses says about the first one, and discards it. */
static void
check_draft (World *world, const char *address, const char *other, gboolean ours, guint n_paid_before)
{
  g_autoptr (WalletDraft) draft = make_draft (world, (Request){ { address, other }, 2 });

  check_row (draft, address, ours, n_paid_before);
  check_row (draft, other, FALSE, 0);
  check_change (draft);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/wallet/recipients", World, NULL, setup, test_recipients, teardown);
  return g_test_run ();
}

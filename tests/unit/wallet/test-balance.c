/* Balances at moments when the node's reply is still missing. */
#include "wallet_world.h"

#include "wallet/service/records.h"
#include "wallet/store/db.h"
#include "wallet/store/record.h"
#include "wallet/wallets/handover.h"

#define AWAY "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"

static gboolean
is_listed (World *world, gconstpointer data)
{
  WalletStatus status;

  return wallet_manager_get_status (world->manager, "w", &status);
}

/* One mature coinbase and one that is not. */
static void
test_mined (World *world, gconstpointer data)
{
  g_autofree char *address = NULL;
  g_autoptr (GBytes) script = NULL;
  WalletStatus status;

  create (world);
  address = new_address (world, WALLET_ADDRESS_BECH32);
  script = script_of (address);
  fake_chain_mine (world->chain, script);
  fake_chain_mine_many (world->chain, NULL, 99);
  fake_chain_mine (world->chain, script);
  fake_chain_announce (world->chain);
  expect (world, 50 * COIN, 0, 50 * COIN);
  world_stop (world);
  fake_chain_set_available (world->chain, FALSE);
  world_start (world);
  spin_until (is_listed, world, NULL);
  g_assert_true (wallet_manager_get_status (world->manager, "w", &status));
  g_assert_cmpint (status.balance.trusted_sat, ==, 50 * COIN);
  g_assert_cmpint (status.balance.immature_sat, ==, 50 * COIN);
  g_assert_cmpint (status.height, ==, -1);
}

static gboolean
forget_heights (const guint8 *data, gsize len, const guint8 *value, gsize value_len, gpointer batch)
{
  BtcReader key;
  char name[32];

  btc_reader_init (&key, data, len);
  if (wallet_record_read_name (&key, name)
      && (g_str_equal (name, WALLET_RECORD_BLOCK) || g_str_equal (name, WALLET_RECORD_PLACE)))
    wallet_batch_delete (batch, g_byte_array_append (g_byte_array_new (), data, len));
  return TRUE;
}

static gboolean
is_complete (World *world, gconstpointer data)
{
  WalletStatus status;

  return wallet_manager_get_status (world->manager, "w", &status) && !status.balance.incomplete;
}

/* Another program has stored mined coins, but no heights: which of them are mature is not known before the node says so,
 * and is not reported. */
static void
test_mined_elsewhere (World *world, gconstpointer data)
{
  g_autofree char *path = g_build_filename (world->folder, "wallets", "w", "wallet.dat", NULL);
  g_autofree char *address = NULL;
  g_autoptr (GBytes) script = NULL;
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (GVariant) balance = NULL;
  WalletDb *db;
  WalletStatus status;

  create (world);
  address = new_address (world, WALLET_ADDRESS_BECH32);
  script = script_of (address);
  fake_chain_mine (world->chain, script);
  fake_chain_mine_many (world->chain, NULL, 100);
  fake_chain_announce (world->chain);
  expect (world, 50 * COIN, 0, 0);
  world_stop (world);
  db = wallet_db_open (path, BTC_NETWORK_REGTEST, FALSE, NULL);
  g_assert_true (wallet_db_foreach (db, forget_heights, batch, NULL));
  g_assert_false (wallet_batch_is_empty (batch));
  g_assert_true (wallet_db_write (db, batch, NULL));
  wallet_db_free (db);
  fake_chain_set_available (world->chain, FALSE);
  world_start (world);
  spin_until (is_listed, world, NULL);
  g_assert_true (wallet_manager_get_status (world->manager, "w", &status));
  g_assert_true (status.balance.incomplete);
  balance = g_variant_ref_sink (wallet_record_balance (&status.balance));
  g_assert_false (g_variant_lookup (balance, "spendable", "x", NULL));
  g_assert_false (g_variant_lookup (balance, "immature", "x", NULL));
  fake_chain_set_available (world->chain, TRUE);
  spin_until (is_complete, world, NULL);
  expect (world, 50 * COIN, 0, 0);
}

/* A payment on its way: stored, and not submitted yet. */
typedef struct {
  gint64 fee_sat;
  WalletStored *stored;
  gint64 trusted_sat; /* right after it was stored */
  gboolean can_spend; /* its change */
} OnItsWay;

static WalletDraft *
draft_to (Wallet *wallet, gint64 amount_sat, GError **error)
{
  WalletRecipient recipient = { AWAY, amount_sat };
  WalletDraftRequest request = { .recipients = &recipient, .n_recipients = 1, .fee_rate = 2000 };

  return wallet_draft_create (wallet, &request, error);
}

static gpointer
store_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  OnItsWay *way = data;
  g_autoptr (WalletDraft) draft = draft_to (wallet, COIN, error);
  g_autoptr (WalletDraft) second = NULL;
  WalletStatus status;

  g_assert_nonnull (draft);
  way->fee_sat = draft->fee_sat;
  way->stored = wallet_draft_commit (wallet, draft->id, error);
  g_assert_nonnull (way->stored);
  wallet_get_status (wallet, &status);
  way->trusted_sat = status.balance.trusted_sat;
  second = draft_to (wallet, COIN, NULL);
  way->can_spend = second != NULL;
  return way;
}

static void
hand_over (World *world, OnItsWay *way)
{
  Pending pending = { NULL };

  wallet_hand_over_async (world->manager, "w", way->stored, job_done, &pending);
  spin_until (has_result, world, &pending);
  wallet_hand_over_finish (pending.result, NULL);
  g_object_unref (pending.result);
  wallet_stored_free (way->stored);
}

static void
store (World *world, OnItsWay *way)
{
  g_autofree char *address = NULL;
  g_autoptr (GBytes) script = NULL;
  g_autoptr (GError) error = NULL;

  create (world);
  address = new_address (world, WALLET_ADDRESS_BECH32);
  script = script_of (address);
  fake_chain_mine (world->chain, script);
  fake_chain_mine_many (world->chain, NULL, 100);
  fake_chain_announce (world->chain);
  expect (world, 50 * COIN, 0, 0);
  g_assert_nonnull (run (world, "w", store_job, way, &error));
  /* The change counts at once, but is not spent before the node has the payment. */
  g_assert_cmpint (way->trusted_sat, ==, 49 * COIN - way->fee_sat);
  g_assert_false (way->can_spend);
}

static void
test_sent (World *world, gconstpointer data)
{
  OnItsWay way = { 0 };

  store (world, &way);
  hand_over (world, &way);
  expect (world, 49 * COIN - way.fee_sat, 0, 0);
}

static void
test_rejected (World *world, gconstpointer data)
{
  OnItsWay way = { 0 };

  fake_chain_set_reject (world->chain, "dust"); /* the wallet may also submit it by itself */
  store (world, &way);
  hand_over (world, &way);
  expect (world, 0, 0, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/wallet/balance/mined", World, NULL, setup, test_mined, teardown);
  g_test_add ("/wallet/balance/mined-elsewhere", World, NULL, setup, test_mined_elsewhere, teardown);
  g_test_add ("/wallet/balance/sent", World, NULL, setup, test_sent, teardown);
  g_test_add ("/wallet/balance/rejected", World, NULL, setup, test_rejected, teardown);
  return g_test_run ();
}

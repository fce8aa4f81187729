#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "bitcoin/address/address.h"
#include "common/clock.h"
#include "dbus/errors.h"
#include "wallet/wallets/handover.h"
#include "wallet_world.h"

static void
test_receive (World *world, gconstpointer data)
{
  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autofree char *other = new_address (world, WALLET_ADDRESS_BECH32M);
  g_autoptr (GBytes) script = script_of (address);
  g_autoptr (GBytes) taproot = script_of (other);

  g_assert_true (g_str_has_prefix (address, "bcrt1q"));
  g_assert_true (g_str_has_prefix (other, "bcrt1p"));
  expect (world, 0, 0, 0);
  fake_chain_pay (world->chain, script, COIN);
  expect (world, 0, COIN, 0);
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN, 0, 0);
  fake_chain_mine (world->chain, taproot);
  expect (world, COIN, 0, 50 * COIN);
  fake_chain_mine_many (world->chain, NULL, 100);
  expect (world, 51 * COIN, 0, 0);
}

typedef struct {
  const char *address;
  gint64 amount_sat;
  gboolean subtract_fee, send_all, spend_used;
  guint64 draft;
  gint64 fee_sat;
  guint8 txid32[32];
  guint n_inputs;
  gboolean repeats;
  guint n_replaced;
} Payment;

static gpointer
draft_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  Payment *payment = data;
  WalletRecipient recipient = { payment->address, payment->amount_sat };
  WalletDraftRequest request = { .recipients = &recipient,
                                 .n_recipients = 1,
                                 .fee_rate = 2000,
                                 .subtract_fee = payment->subtract_fee,
                                 .send_all = payment->send_all,
                                 .spend_used = payment->spend_used };
  WalletDraft *draft = wallet_draft_create (wallet, &request, error);

  if (draft != NULL) {
    payment->draft = draft->id;
    payment->fee_sat = draft->fee_sat;
    payment->n_inputs = draft->inputs->len;
    payment->repeats = draft->repeats;
    payment->n_replaced = draft->replaces->len / 32;
  }
  return draft;
}

static gpointer
send_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  Payment *payment = data;

  return wallet_draft_commit (wallet, payment->draft, error);
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* Sends the draft of PAYMENT, and expects OUTCOME. */
static void
send_draft (World *world, Payment *payment, WalletOutcome outcome, const char *reason)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WalletStored) stored = run (world, "w", send_job, payment, &error);
  g_autofree char *given = NULL;

  g_assert_no_error (error);
  memcpy (payment->txid32, stored->txid32, 32);
  wallet_hand_over_async (world->manager, "w", stored, on_submitted, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (wallet_hand_over_finish (result, &given), ==, outcome);
  g_assert_cmpstr (given, ==, reason);
}

static gboolean
mempool_has_one (World *world, gconstpointer data)
{
  return fake_chain_mempool_size (world->chain) == 1;
}

static gpointer
discard_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  return GINT_TO_POINTER (wallet_draft_discard (wallet, ((Payment *) data)->draft, error));
}

static gpointer
abandon_job (WalletManager *manager, Wallet *wallet, gpointer txid32, GError **error)
{
  return GINT_TO_POINTER (wallet_abandon (wallet, txid32, error));
}

static gpointer
outcome_job (WalletManager *manager, Wallet *wallet, gpointer txid32, GError **error)
{
  WalletOutcome outcome;

  return wallet_get_outcome (wallet, txid32, &outcome, NULL, error) ? GINT_TO_POINTER (outcome + 1) : NULL;
}

static WalletOutcome
outcome_of (World *world, gconstpointer txid32)
{
  return (WalletOutcome) (GPOINTER_TO_INT (run (world, "w", outcome_job, (gpointer) txid32, NULL)) - 1);
}

static gboolean
wallet_was_refused (World *world, gconstpointer txid32)
{
  return outcome_of (world, txid32) == WALLET_OUTCOME_REFUSED;
}

static gboolean
wallet_was_accepted (World *world, gconstpointer txid32)
{
  return outcome_of (world, txid32) == WALLET_OUTCOME_ACCEPTED;
}

static gpointer
raw_job (WalletManager *manager, Wallet *wallet, gpointer txid32, GError **error)
{
  return wallet_get_transaction (wallet, txid32, error);
}

static gboolean
txs_share_a_coin (World *world, const guint8 *a32, const guint8 *b32)
{
  g_autoptr (WalletTxDetails) a = run (world, "w", raw_job, (gpointer) a32, NULL);
  g_autoptr (WalletTxDetails) b = run (world, "w", raw_job, (gpointer) b32, NULL);
  g_autoptr (BtcTx) x = btc_tx_new (g_bytes_get_data (a->raw, NULL), g_bytes_get_size (a->raw), TRUE);
  g_autoptr (BtcTx) y = btc_tx_new (g_bytes_get_data (b->raw, NULL), g_bytes_get_size (b->raw), TRUE);
  gboolean shares = FALSE;

  for (guint32 i = 0; i < x->n_in; i++)
    for (guint32 n = 0; n < y->n_in; n++)
      shares |= btc_outpoint_equal (&x->in[i].prevout, &y->in[n].prevout);
  return shares;
}

static void
draft (World *world, Payment *payment)
{
  g_autoptr (GError) error = NULL;
  WalletDraft *made = run (world, "w", draft_job, payment, &error);

  g_assert_no_error (error);
  wallet_draft_free (made);
}

static void
pay (World *world, Payment *payment)
{
  draft (world, payment);
  send_draft (world, payment, WALLET_OUTCOME_ACCEPTED, NULL);
}

static void
fund (World *world, WalletAddressType type, gint64 sat)
{
  g_autofree char *address = new_address (world, type);
  g_autoptr (GBytes) script = script_of (address);

  fake_chain_pay (world->chain, script, sat);
  fake_chain_mine (world->chain, NULL);
}

/* A P2WPKH address of another wallet. */

static const char *
elsewhere (void)
{
  static char *address;
  guint8 script[22] = { 0, 20, 1, 2, 3 };

  if (address == NULL)
    address = btc_address_encode ((BtcSpan){ script, sizeof script }, BTC_NETWORK_REGTEST);
  return address;
}

static void
test_spend (World *world, gconstpointer data)
{
  WalletAddressType type = (WalletAddressType) GPOINTER_TO_INT (data);
  Payment payment = { .address = elsewhere (), .amount_sat = COIN / 2 };

  create (world);
  fund (world, type, COIN);
  expect (world, COIN, 0, 0);
  pay (world, &payment);
  g_assert_cmpint (payment.fee_sat, >, 0);
  g_assert_cmpuint (fake_chain_mempool_size (world->chain), ==, 1);
  const BtcTx *tx = fake_chain_get_mempool_tx (world->chain, 0);
  g_assert_cmpmem (tx->txid32, 32, payment.txid32, 32);
  /* The requested fee rate, exceeded by no more than rounding. */
  g_assert_cmpint (payment.fee_sat, >=, (gint64) btc_tx_vsize (tx) * 2);
  g_assert_cmpint (payment.fee_sat, <=, (gint64) btc_tx_vsize (tx) * 2 + 10);
  expect (world, COIN / 2 - payment.fee_sat, 0, 0);
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN / 2 - payment.fee_sat, 0, 0);
  /* The whole balance, to the wallet itself. */
  g_autofree char *own = new_address (world, type);
  Payment all = { .address = own, .send_all = TRUE };
  pay (world, &all);
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN / 2 - payment.fee_sat - all.fee_sat, 0, 0);
}

static void
test_subtract_fee (World *world, gconstpointer data)
{
  Payment payment = { .address = elsewhere (), .amount_sat = COIN, .subtract_fee = TRUE };

  create (world);
  fund (world, WALLET_ADDRESS_BECH32, COIN);
  expect (world, COIN, 0, 0);
  pay (world, &payment);
  const BtcTx *tx = fake_chain_get_mempool_tx (world->chain, 0);
  g_assert_cmpuint (tx->n_out, ==, 1);
  g_assert_cmpint (tx->out[0].value_sat, ==, COIN - payment.fee_sat);
  expect (world, 0, 0, 0);
}

static void
test_refused (World *world, gconstpointer data)
{
  Payment payment = { .address = elsewhere (), .amount_sat = COIN / 2 };
  Payment too_much = { .address = elsewhere (), .amount_sat = COIN };
  Payment dust = { .address = elsewhere (), .amount_sat = 100 };
  g_autoptr (GError) error = NULL;

  create (world);
  fund (world, WALLET_ADDRESS_BECH32, COIN);
  expect (world, COIN, 0, 0);
  g_assert_null (run (world, "w", draft_job, &too_much, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INSUFFICIENT_FUNDS);
  g_clear_error (&error);
  g_assert_null (run (world, "w", draft_job, &dust, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_AMOUNT);
  g_clear_error (&error);

  draft (world, &payment);
  /* Its coin is reserved for it. */
  Payment second = payment;
  g_assert_null (run (world, "w", draft_job, &second, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INSUFFICIENT_FUNDS);
  g_clear_error (&error);
  run (world, "w", discard_job, &payment, &error);
  g_assert_no_error (error);
  run (world, "w", send_job, &payment, &error);
  g_assert_error (error, BUS_ERROR, BUS_ERROR_NOT_FOUND);
  pay (world, &second);
  expect (world, COIN / 2 - second.fee_sat, 0, 0);
}

/* A signed payment is kept, whatever the node replies, and a second attempt conflicts with it. */
static void
test_refused_by_node (World *world, gconstpointer data)
{
  Payment payment = { .address = elsewhere (), .amount_sat = COIN / 2 };
  Payment again = { .address = elsewhere (), .amount_sat = COIN };
  g_autoptr (GError) error = NULL;
  guint8 txid32[32];

  create (world);
  for (guint i = 0; i < 4; i++)
    fund (world, WALLET_ADDRESS_BECH32, COIN);
  expect (world, 4 * COIN, 0, 0);
  draft (world, &payment);
  g_assert_cmpuint (payment.n_inputs, ==, 1);
  fake_chain_set_reject (world->chain, "min relay fee not met");
  send_draft (world, &payment, WALLET_OUTCOME_REFUSED, "min relay fee not met");
  memcpy (txid32, payment.txid32, 32);
  expect (world, 3 * COIN, 0, 0);
  /* The same draft gives the same payment, also after a restart. */
  send_draft (world, &payment, WALLET_OUTCOME_REFUSED, "min relay fee not met");
  g_assert_cmpmem (payment.txid32, 32, txid32, 32);
  world_stop (world);
  world_start (world);
  spin_until (wallet_was_refused, world, txid32);
  send_draft (world, &payment, WALLET_OUTCOME_REFUSED, "min relay fee not met");
  g_assert_cmpmem (payment.txid32, 32, txid32, 32);
  /* A second payment to the same recipient spends a coin of the first one. */
  draft (world, &again);
  g_assert_cmpuint (again.n_replaced, ==, 1);
  g_assert_false (again.repeats);
  fake_chain_set_reject (world->chain, NULL);
  send_draft (world, &again, WALLET_OUTCOME_ACCEPTED, NULL);
  g_assert_true (txs_share_a_coin (world, txid32, again.txid32));
  expect (world, 3 * COIN - again.fee_sat, 0, 0);
  /* It is unconfirmed: another payment is a repetition, and is reported as one. */
  draft (world, &again);
  g_assert_cmpuint (again.n_replaced, ==, 0);
  g_assert_true (again.repeats);
}

/* As the history has it. */
static gint32
height_of (World *world, const guint8 *txid32)
{
  g_autoptr (WalletTxDetails) details = run (world, "w", raw_job, (gpointer) txid32, NULL);

  g_assert_nonnull (details);
  return details->row->height;
}

/* Abandoning a payment frees its coins. It is not submitted again, and it is not called replaced before it is. */
static void
test_abandon (World *world, gconstpointer data)
{
  Payment payment = { .address = elsewhere (), .amount_sat = COIN / 2 };
  guint8 abandoned32[32];
  g_autoptr (GError) error = NULL;

  create (world);
  fund (world, WALLET_ADDRESS_BECH32, COIN);
  expect (world, COIN, 0, 0);
  draft (world, &payment);
  fake_chain_set_reject (world->chain, "min relay fee not met");
  send_draft (world, &payment, WALLET_OUTCOME_REFUSED, "min relay fee not met");
  expect (world, 0, 0, 0);
  g_assert_cmpint (height_of (world, payment.txid32), ==, WALLET_HEIGHT_UNCONFIRMED);
  run (world, "w", abandon_job, payment.txid32, &error);
  g_assert_no_error (error);
  expect (world, COIN, 0, 0);
  g_assert_cmpint (height_of (world, payment.txid32), ==, WALLET_HEIGHT_ABANDONED);
  fake_chain_set_reject (world->chain, NULL);
  send_draft (world, &payment, WALLET_OUTCOME_ABANDONED, NULL);
  g_assert_cmpuint (fake_chain_mempool_size (world->chain), ==, 0);
  world_stop (world);
  world_start (world);
  g_assert_cmpint (height_of (world, payment.txid32), ==, WALLET_HEIGHT_ABANDONED);
  memcpy (abandoned32, payment.txid32, 32);
  pay (world, &payment);
  g_assert_cmpint (height_of (world, abandoned32), ==, WALLET_HEIGHT_ABANDONED);
  /* Another payment with its coin, in a block, is more than that. */
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN / 2 - payment.fee_sat, 0, 0);
  g_assert_cmpint (height_of (world, abandoned32), ==, WALLET_HEIGHT_CONFLICTED);
  payment.amount_sat /= 2;
  pay (world, &payment);
  run (world, "w", abandon_job, payment.txid32, &error);
  g_assert_error (error, BUS_ERROR, BUS_ERROR_REJECTED);
}

/* A payment can be made while the node is unavailable, and is submitted when it is back. */
static void
test_node_away (World *world, gconstpointer data)
{
  Payment payment = { .address = elsewhere (), .amount_sat = COIN / 2 };

  create (world);
  fund (world, WALLET_ADDRESS_BECH32, COIN);
  expect (world, COIN, 0, 0);
  draft (world, &payment);
  fake_chain_set_available (world->chain, FALSE);
  send_draft (world, &payment, WALLET_OUTCOME_PENDING, NULL);
  expect (world, 0, 0, 0);
  fake_chain_set_available (world->chain, TRUE);
  spin_until (mempool_has_one, world, NULL);
  send_draft (world, &payment, WALLET_OUTCOME_ACCEPTED, NULL);
  g_assert_cmpuint (fake_chain_mempool_size (world->chain), ==, 1);
}

static gboolean
is_listed (World *world, gconstpointer data)
{
  WalletStatus status;

  return wallet_manager_get_status (world->manager, "w", &status);
}

/* A wallet that starts without its node does not know whether a payment was accepted, and does not say so. */
static void
test_outcome_after_start (World *world, gconstpointer data)
{
  Payment payment = { .address = elsewhere (), .amount_sat = COIN / 2 };
  gint64 left_sat;

  create (world);
  fund (world, WALLET_ADDRESS_BECH32, COIN);
  expect (world, COIN, 0, 0);
  draft (world, &payment);
  left_sat = COIN / 2 - payment.fee_sat;
  fake_chain_set_available (world->chain, FALSE);
  send_draft (world, &payment, WALLET_OUTCOME_PENDING, NULL);
  for (guint i = 0; i < 2; i++) {
    world_stop (world);
    fake_chain_set_available (world->chain, FALSE);
    world_start (world);
    spin_until (is_listed, world, NULL);
    g_assert_cmpint (outcome_of (world, payment.txid32), ==, WALLET_OUTCOME_PENDING);
    fake_chain_set_reject (world->chain, i == 0 ? "min relay fee not met" : NULL);
    fake_chain_set_available (world->chain, TRUE);
    fake_chain_announce (world->chain);
    spin_until (i == 0 ? wallet_was_refused : wallet_was_accepted, world, payment.txid32);
  }
  expect (world, left_sat, 0, 0);
  g_assert_cmpuint (fake_chain_mempool_size (world->chain), ==, 1);
}

static void
test_reorg (World *world, gconstpointer data)
{
  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);

  expect (world, 0, 0, 0);
  fake_chain_mine (world->chain, script); /* a coinbase of the branch that becomes stale */
  fake_chain_pay (world->chain, script, COIN);
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN, 0, 50 * COIN);
  /* The payment that the wallet submits again spends an output that only the stale branch had. */
  fake_chain_set_reject (world->chain, "bad-txns-inputs-missingorspent");
  fake_chain_rewind (world->chain, 2);
  fake_chain_pay (world->chain, script, 2 * COIN);
  fake_chain_mine_many (world->chain, NULL, 3);
  expect (world, 2 * COIN, 0, 0);
  /* The same while the wallet is not running. */
  world_stop (world);
  fake_chain_rewind (world->chain, 3);
  fake_chain_pay (world->chain, script, 3 * COIN);
  fake_chain_mine_many (world->chain, NULL, 4);
  world_start (world);
  expect (world, 3 * COIN, 0, 0);
}

static void
test_restart (World *world, gconstpointer data)
{
  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);

  expect (world, 0, 0, 0);
  fake_chain_mine (world->chain, script);
  fake_chain_mine_many (world->chain, NULL, 400);
  expect (world, 50 * COIN, 0, 0);
  world_stop (world);
  fake_chain_pay (world->chain, script, COIN);
  fake_chain_mine_many (world->chain, NULL, 7);
  world_start (world);
  expect (world, 51 * COIN, 0, 0);
  g_autofree char *next = new_address (world, WALLET_ADDRESS_BECH32);
  g_assert_cmpstr (next, !=, address);
}

/* When it is unknown whether the node accepted the payment, it is submitted again. */
static void
test_reply_lost (World *world, gconstpointer data)
{
  Payment payment = { .address = elsewhere (), .amount_sat = COIN / 2 };

  create (world);
  fund (world, WALLET_ADDRESS_BECH32M, COIN);
  expect (world, COIN, 0, 0);
  draft (world, &payment);
  fake_chain_set_reject (world->chain, "");
  send_draft (world, &payment, WALLET_OUTCOME_PENDING, NULL);
  world_stop (world);
  fake_chain_set_reject (world->chain, NULL);
  fake_chain_clear_mempool (world->chain);
  world_start (world);
  spin_until (mempool_has_one, world, NULL);
  expect (world, COIN / 2 - payment.fee_sat, 0, 0);
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN / 2 - payment.fee_sat, 0, 0);
}

/* Records the published balances: the trusted one must not change. */
typedef struct {
  gint64 trusted_sat;
  guint mempool_size;
} Steady;

static gboolean
steady_until_sent (World *world, gconstpointer data)
{
  const Steady *steady = data;
  WalletStatus status;

  g_assert_true (wallet_manager_get_status (world->manager, "w", &status));
  g_assert_cmpint (status.balance.trusted_sat, ==, steady->trusted_sat);
  return fake_chain_mempool_size (world->chain) == steady->mempool_size;
}

/* A node that was killed has an empty mempool: all payments are submitted again, parents first, before the wallet uses
 * its mempool. */
static void
test_node_renewed (World *world, gconstpointer data)
{
  Payment first = { .address = elsewhere (), .amount_sat = COIN / 2 };
  Payment second = { .address = elsewhere (), .amount_sat = COIN / 4 };

  create (world);
  fund (world, WALLET_ADDRESS_BECH32, COIN);
  expect (world, COIN, 0, 0);
  pay (world, &first);
  pay (world, &second); /* spends the change of the first one */
  gint64 left_sat = COIN / 4 - first.fee_sat - second.fee_sat;
  expect (world, left_sat, 0, 0);
  Steady steady = { left_sat, 2 };
  for (guint i = 0; i < 3; i++) {
    fake_chain_renew (world->chain, FALSE);
    spin_until (steady_until_sent, world, &steady);
    g_assert_cmpmem (fake_chain_get_mempool_tx (world->chain, 0)->txid32, 32, first.txid32, 32);
    g_assert_cmpmem (fake_chain_get_mempool_tx (world->chain, 1)->txid32, 32, second.txid32, 32);
  }
  /* The same after both were restarted, from the start, also while the node is unavailable. */
  world_stop (world);
  fake_chain_renew (world->chain, FALSE);
  fake_chain_set_available (world->chain, FALSE);
  world_start (world);
  spin_until (is_listed, world, NULL);
  steady.mempool_size = 0;
  g_assert_true (steady_until_sent (world, &steady));
  fake_chain_set_available (world->chain, TRUE);
  fake_chain_announce (world->chain);
  steady.mempool_size = 2;
  spin_until (steady_until_sent, world, &steady);
  expect (world, left_sat, 0, 0);
  g_assert_cmpuint (fake_chain_mempool_size (world->chain), ==, 2);
  fake_chain_mine (world->chain, NULL);
  expect (world, left_sat, 0, 0);
}

/* The new node lacks blocks that the wallet has: their payments are submitted, too. */
static void
test_node_renewed_behind (World *world, gconstpointer data)
{
  Payment payment = { .address = elsewhere (), .amount_sat = COIN / 2 };

  create (world);
  fund (world, WALLET_ADDRESS_BECH32, COIN);
  expect (world, COIN, 0, 0);
  pay (world, &payment);
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN / 2 - payment.fee_sat, 0, 0);
  fake_chain_rewind (world->chain, 1);
  fake_chain_renew (world->chain, FALSE);
  spin_until (mempool_has_one, world, NULL);
  expect (world, COIN / 2 - payment.fee_sat, 0, 0);
}

/* A transaction that is missing from a mempool that is being loaded does not count as missing. */
static void
test_node_loading (World *world, gconstpointer data)
{
  Payment payment = { .address = elsewhere (), .amount_sat = COIN / 2 };
  gint64 left_sat;

  create (world);
  fund (world, WALLET_ADDRESS_BECH32, COIN);
  expect (world, COIN, 0, 0);
  pay (world, &payment);
  left_sat = COIN / 2 - payment.fee_sat;
  expect (world, left_sat, 0, 0);
  fake_chain_set_reject (world->chain, "bad-txns-inputs-missingorspent");
  fake_chain_renew (world->chain, TRUE);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);
  fake_chain_pay (world->chain, script, COIN);
  expect (world, left_sat, COIN, 0); /* so the mempool was read */
  fake_chain_set_loaded (world->chain);
  expect (world, 0, COIN, 0);
}

static World *
second_world (World *world, gint64 retry_us)
{
  World *second = g_new0 (World, 1);

  second->folder = world->folder;
  second->chain = world->chain;
  second->manager = wallet_manager_new (world->folder, BTC_NETWORK_REGTEST, 20, WALLET_CHAIN (world->chain));
  second->manager->startup_retry_us = retry_us;
  wallet_manager_start (second->manager);
  return second;
}

/* A wallet file that is locked by another process is loaded when that process exits. */
static void
test_in_use (World *world, gconstpointer data)
{
  create (world);
  World *second = second_world (world, 60 * G_USEC_PER_SEC);
  for (gint64 until = g_get_monotonic_time () + 300000; g_get_monotonic_time () < until;)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  g_assert_false (wallet_manager_is_ready (second->manager));
  g_assert_false (is_listed (second, NULL));
  world_stop (world);
  spin_until (is_ready, second, NULL);
  spin_until (is_listed, second, NULL);
  /* But not indefinitely. */
  World *third = second_world (world, 0);
  spin_until (is_ready, third, NULL);
  g_assert_false (is_listed (third, NULL));
  world_stop (third);
  world_stop (second);
  world_start (world);
  g_free (third);
  g_free (second);
}

static gpointer
slow_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  g_usleep (20000);
  g_atomic_int_inc ((int *) data);
  return NULL;
}

/* Queued jobs are refused at shutdown, not run. */
static void
test_stop_with_queue (World *world, gconstpointer data)
{
  Pending pending[100] = { { NULL } };
  int run_count = 0;
  guint refused = 0;

  create (world);
  for (guint i = 0; i < G_N_ELEMENTS (pending); i++)
    wallet_manager_run_async (world->manager, "w", slow_job, &run_count, NULL, NULL, NULL, job_done, &pending[i]);
  world_stop (world);
  for (guint i = 0; i < G_N_ELEMENTS (pending); i++) {
    g_autoptr (GError) error = NULL;
    spin_until (has_result, world, &pending[i]);
    g_task_propagate_pointer (G_TASK (pending[i].result), &error);
    refused += g_error_matches (error, BUS_ERROR, BUS_ERROR_NOT_READY) ? 1 : 0;
    g_object_unref (pending[i].result);
  }
  g_assert_cmpuint (refused + (guint) run_count, ==, G_N_ELEMENTS (pending));
  g_assert_cmpuint (refused, >, 50);
  world_start (world);
}

static gpointer
limit_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  wallet_db_limit_pages_for_tests (wallet_tracker_get_db (wallet->tracker), GPOINTER_TO_UINT (data));
  return NULL;
}

static void
test_disk_full (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint given = 0;

  create (world);
  run (world, "w", limit_job, GUINT_TO_POINTER (1), NULL);
  while (error == NULL) {
    char *address = run (world, "w", address_job, GINT_TO_POINTER (WALLET_ADDRESS_BECH32), &error);
    if (address != NULL) {
      g_assert_true (g_hash_table_add (seen, address));
      given++;
    }
  }
  g_assert_error (error, BUS_ERROR, BUS_ERROR_STORAGE);
  run (world, "w", limit_job, GUINT_TO_POINTER (0), NULL);
  world_stop (world);
  world_start (world);
  for (guint i = 0; i < 5; i++)
    g_assert_true (g_hash_table_add (seen, new_address (world, WALLET_ADDRESS_BECH32)));
  g_assert_cmpuint (g_hash_table_size (seen), ==, given + 5);
}

typedef struct {
  char *cursor;
  guint total;
  const char *search;
} Page;

static gpointer
page_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  Page *page = data;
  g_autofree char *cursor = g_steal_pointer (&page->cursor);
  const WalletHistoryQuery query = { .cursor = cursor, .limit = 500, .search = page->search };

  return wallet_list_history (wallet, &query, &page->cursor, &page->total, error);
}

/* Without a change address, the change must not become part of the fee. */
static void
test_no_change_address (World *world, gconstpointer data)
{
  Payment payment = { .address = elsewhere (), .amount_sat = COIN / 2 };
  g_autoptr (GError) error = NULL;

  create (world);
  fund (world, WALLET_ADDRESS_BECH32, COIN);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);
  run (world, "w", limit_job, GUINT_TO_POINTER (1), NULL);
  /* More than the file can take: it is written with the next commit, which is that of the change address. */
  for (guint i = 0; i < 40; i++) {
    fake_chain_pay (world->chain, script, COIN);
    fake_chain_mine (world->chain, NULL);
  }
  expect (world, 41 * COIN, 0, 0);
  g_assert_null (run (world, "w", draft_job, &payment, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_STORAGE);
  run (world, "w", limit_job, GUINT_TO_POINTER (0), NULL);
  draft (world, &payment);
  g_assert_cmpint (payment.fee_sat, <, 10000);
}

static void
test_many (World *world, gconstpointer data)
{
  const guint n = 10000;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  Page page = { g_strdup (""), 0, NULL };
  gint32 last_height = G_MAXINT32;
  guint rows = 0;

  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);
  expect (world, 0, 0, 0);
  fake_chain_mine_many (world->chain, script, n);
  expect (world, (gint64) (n - 100) * 50 * COIN, 0, 100 * 50 * COIN);
  do {
    g_autoptr (GPtrArray) list = run (world, "w", page_job, &page, NULL);
    g_assert_nonnull (list);
    g_assert_cmpuint (page.total, ==, n);
    for (guint i = 0; i < list->len; i++) {
      const WalletHistoryRow *row = g_ptr_array_index (list, i);
      g_assert_cmpint (row->height, <, last_height);
      g_assert_cmpint (row->kind, ==, WALLET_KIND_GENERATE);
      last_height = row->height;
    }
    rows += list->len;
  } while (*page.cursor != '\0');
  g_assert_cmpuint (rows, ==, n);
  page.search = "A Label";
  g_autoptr (GPtrArray) found = run (world, "w", page_job, &page, NULL);
  g_assert_cmpuint (page.total, ==, n);
  page.search = "no such thing";
  g_free (page.cursor);
  page.cursor = g_strdup ("");
  g_autoptr (GPtrArray) none = run (world, "w", page_job, &page, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  g_free (page.cursor);
}

static gpointer
load_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  return wallet_manager_load (manager, data, -1, error);
}

static void
test_names (World *world, gconstpointer data)
{
  const char *bad[] = { "",         ".",        "..",       "a/../b",   "a\nb",     "a\u202eb",
                        "a\u2066b", "a\u200fb", "a\u061cb", "a\u200bb", "a\u2028b", "a\xc2\x85" };
  g_autoptr (GError) error = NULL;
  g_autofree char *link_path = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_null (run (world, NULL, create_job, (gpointer) bad[i], &error));
    g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_NAME);
    g_clear_error (&error);
  }
  create (world);
  g_assert_null (run (world, NULL, create_job, (gpointer) "w", &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_WALLET_EXISTS);
  g_clear_error (&error);
  g_assert_null (run (world, NULL, load_job, (gpointer) "w", &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_WALLET_LOADED);
  g_clear_error (&error);
  g_assert_null (run (world, NULL, load_job, (gpointer) "x", &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_WALLET_NOT_FOUND);
  g_clear_error (&error);
  link_path = g_build_filename (world->folder, "wallets", "x", NULL);
  g_assert_cmpint (symlink ("w", link_path), ==, 0);
  /* The same file under another name. */
  g_assert_null (run (world, NULL, load_job, (gpointer) "x", &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_WALLET_LOADED);
  g_clear_error (&error);
  g_assert_cmpint (g_unlink (link_path), ==, 0);
  g_assert_cmpint (symlink ("nowhere", link_path), ==, 0);
  g_assert_null (run (world, NULL, create_job, (gpointer) "x", &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_NAME);
}

/* A draft whose ID was lost reserves its coins for a limited time. */
static void
test_lost_draft (World *world, gconstpointer data)
{
  Payment lost = { .address = elsewhere (), .amount_sat = COIN / 2 }, late = lost;
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  create (world);
  fund (world, WALLET_ADDRESS_BECH32, COIN);
  expect (world, COIN, 0, 0);
  common_clock_set_mock (now);
  draft (world, &lost);
  common_clock_set_mock (now + 599);
  g_assert_null (run (world, "w", draft_job, &late, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INSUFFICIENT_FUNDS);
  g_clear_error (&error);
  common_clock_set_mock (now + 601);
  pay (world, &late);
  common_clock_set_mock (0);
  /* The discarded draft was not sent, and cannot be sent now. */
  g_assert_null (run (world, "w", send_job, &lost, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_NOT_FOUND);
  expect (world, COIN / 2 - late.fee_sat, 0, 0);
}

static gpointer
create_apart_job (WalletManager *manager, Wallet *wallet, gpointer name, GError **error)
{
  const WalletCreateOptions options = { .avoid_reuse = TRUE, .load_on_startup = -1 };

  return wallet_manager_create (manager, name, &options, error);
}

static gboolean
is_kept_apart (World *world, gconstpointer data)
{
  const gint64 *sat = data;
  WalletStatus status;

  return wallet_manager_get_status (world->manager, "w", &status) && status.balance.used_sat == *sat;
}

/* What comes to an address that was spent from is spent only on request. */
static void
test_spend_used (World *world, gconstpointer data)
{
  Payment first = { .address = elsewhere (), .amount_sat = COIN / 2 };
  Payment second = { .address = elsewhere (), .amount_sat = COIN }, all = { .address = elsewhere (), .send_all = TRUE };
  g_autoptr (GError) error = NULL;

  create_by (world, create_apart_job);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);
  fake_chain_pay (world->chain, script, COIN);
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN, 0, 0);
  pay (world, &first);
  fake_chain_pay (world->chain, script, COIN);
  fake_chain_mine (world->chain, NULL);
  spin_until (is_kept_apart, world, &(gint64){ COIN });
  spin_until (at_tip, world, NULL);
  g_assert_null (run (world, "w", draft_job, &second, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INSUFFICIENT_FUNDS);
  second.spend_used = TRUE;
  draft (world, &second);
  g_assert_cmpuint (second.n_inputs, ==, 2);
  g_assert_nonnull (run (world, "w", discard_job, &second, NULL));
  draft (world, &all);
  g_assert_cmpuint (all.n_inputs, ==, 1);
}

/* Spends both outputs of BEFORE, half of SAT each, with two like them. */
static BtcTx *
chain_link (const guint8 before32[32], guint n_in, GBytes *script, gint64 sat)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  gsize len;
  const guint8 *bytes = g_bytes_get_data (script, &len);

  for (guint i = 0; i < n_in; i++) {
    BtcOutpoint prevout = { .n = i };
    memcpy (prevout.txid32, before32, 32);
    btc_tx_builder_add_in (builder, &prevout, BTC_SEQUENCE_FINAL);
  }
  for (guint i = 0; i < 2; i++)
    btc_tx_builder_add_out (builder, sat / 2, bytes, len);
  return btc_tx_builder_finish (builder);
}

/* Each payment of a chain spends both outputs of the one before: there are 2^40 paths, and each payment is visited
 * once. */
static void
test_long_chain (World *world, gconstpointer data)
{
  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);
  g_autoptr (BtcTx) last = fake_chain_pay (world->chain, script, COIN);

  btc_tx_ref (last); /* the other one is in the mempool */
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN, 0, 0);
  for (guint i = 0; i < 40; i++) {
    BtcTx *next = chain_link (last->txid32, i == 0 ? 1 : 2, script, COIN);
    fake_chain_add (world->chain, next);
    btc_tx_unref (last);
    last = next;
  }
  expect (world, COIN, 0, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func) g_test_add ("/wallet/manager/" path, World, GINT_TO_POINTER (data), setup, func, teardown)
  ADD ("names", 0, test_names);
  ADD ("receive", 0, test_receive);
  ADD ("spend/legacy", WALLET_ADDRESS_LEGACY, test_spend);
  ADD ("spend/p2sh-segwit", WALLET_ADDRESS_P2SH_SEGWIT, test_spend);
  ADD ("spend/p2wpkh", WALLET_ADDRESS_BECH32, test_spend);
  ADD ("spend/p2tr", WALLET_ADDRESS_BECH32M, test_spend);
  ADD ("subtract-fee", 0, test_subtract_fee);
  ADD ("refused", 0, test_refused);
  ADD ("refused-by-node", 0, test_refused_by_node);
  ADD ("abandon", 0, test_abandon);
  ADD ("node-away", 0, test_node_away);
  ADD ("outcome-after-start", 0, test_outcome_after_start);
  ADD ("reorg", 0, test_reorg);
  ADD ("restart", 0, test_restart);
  ADD ("broken-off", 0, test_reply_lost);
  ADD ("node-renewed", 0, test_node_renewed);
  ADD ("node-renewed-behind", 0, test_node_renewed_behind);
  ADD ("node-loading", 0, test_node_loading);
  ADD ("in-use", 0, test_in_use);
  ADD ("stop-with-queue", 0, test_stop_with_queue);
  ADD ("disk-full", 0, test_disk_full);
  ADD ("no-change-address", 0, test_no_change_address);
  ADD ("many", 0, test_many);
  ADD ("lost-draft", 0, test_lost_draft);
  ADD ("spend-used", 0, test_spend_used);
  ADD ("long-chain", 0, test_long_chain);
  return g_test_run ();
}

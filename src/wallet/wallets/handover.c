#include "wallet/wallets/handover.h"

#include <string.h>

#include "common/log.h"
#include "dbus/errors.h"
#include "wallet/wallets/manager_private.h"

/* How long a caller waits for the node's reply. The payment itself has no timeout. */
#define TIMEOUT_MS 8000

typedef struct {
  WalletManager *manager;
  char *name;
  guint8 txid32[32];
  GTask *task;   /* NULL once it has returned */
  guint timeout; /* source */
  /* The node's reply. */
  gboolean taken;
  char *refusal; /* NULL with !TAKEN: there was no reply */
  /* The outcome of the payment: as recorded by the wallet thread, and as returned on the main context. */
  WalletOutcome noted_outcome, outcome;
  char *noted_reason, *reason;
} HandOver;

static void
hand_over_free (HandOver *over)
{
  g_clear_handle_id (&over->timeout, g_source_remove);
  g_clear_object (&over->task);
  g_object_unref (over->manager);
  g_free (over->name);
  g_free (over->refusal);
  g_free (over->noted_reason);
  g_free (over->reason);
  g_free (over);
}

static void
hand_over_return (HandOver *over)
{
  g_autoptr (GTask) task = g_steal_pointer (&over->task);

  g_clear_handle_id (&over->timeout, g_source_remove);
  if (task == NULL)
    return;
  g_task_set_task_data (task, g_strdup (over->reason), g_free);
  g_task_return_int (task, over->outcome);
}

/* Wallet thread. */
static gpointer
hand_over_record (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  HandOver *over = data;
  WalletTx *tx = wallet_tracker_get_tx (wallet->tracker, over->txid32);

  if (tx != NULL)
    wallet_tracker_set_submitting (wallet->tracker, tx, FALSE);
  if (tx != NULL && over->taken && (tx->state == WALLET_TX_INACTIVE || tx->presumed))
    wallet_tracker_set_in_mempool (wallet->tracker, tx);
  else if (tx != NULL && over->refusal != NULL)
    wallet_tracker_set_refused (wallet->tracker, tx, over->refusal);
  else if (!over->taken)
    wallet_follower_resend (wallet->follower);
  wallet_get_outcome (wallet, over->txid32, &over->noted_outcome, &over->noted_reason, NULL);
  return over;
}

static void
hand_over_recorded (GObject *source, GAsyncResult *result, gpointer data)
{
  HandOver *over = data;

  if (wallet_manager_run_finish (WALLET_MANAGER (source), result, NULL) != NULL) {
    over->outcome = over->noted_outcome;
    over->reason = g_steal_pointer (&over->noted_reason);
  }
  hand_over_return (over);
  hand_over_free (over);
}

static void
hand_over_record_async (HandOver *over)
{
  wallet_manager_run_async (over->manager, over->name, hand_over_record, over, NULL, NULL, NULL, hand_over_recorded,
                            over);
}

static void
hand_over_submitted (GObject *source, GAsyncResult *result, gpointer data)
{
  HandOver *over = data;
  g_autoptr (GError) error = NULL;

  over->taken = wallet_chain_submit_finish (over->manager->chain, result, &error);
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_REJECTED)) {
    over->refusal = g_strdup (error->message);
    common_warn ("The node has rejected a payment, which is kept: %s", error->message);
  } else if (error != NULL) {
    common_warn ("A payment is stored, but the node did not reply: %s", error->message);
  }
  hand_over_record_async (over);
}

/* The caller gets the outcome "pending"; a later reply of the node is still recorded. */
static gboolean
hand_over_timed_out (gpointer data)
{
  HandOver *over = data;

  over->timeout = 0;
  hand_over_return (over);
  return G_SOURCE_REMOVE;
}

void
wallet_hand_over_async (WalletManager *manager,
                        const char *name,
                        const WalletStored *payment,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  HandOver *over = g_new0 (HandOver, 1);

  over->manager = g_object_ref (manager);
  over->name = g_strdup (name);
  over->task = g_task_new (manager, NULL, callback, data);
  over->outcome = WALLET_OUTCOME_PENDING;
  memcpy (over->txid32, payment->txid32, 32);
  if (payment->tx == NULL || !manager->policy->broadcast || !wallet_chain_is_available (manager->chain)) {
    hand_over_record_async (over);
    return;
  }
  over->timeout = g_timeout_add (TIMEOUT_MS, hand_over_timed_out, over);
  wallet_chain_submit_async (manager->chain, payment->tx, NULL, wallet_source_get_cancellable (manager->source),
                             hand_over_submitted, over);
}

WalletOutcome
wallet_hand_over_finish (GAsyncResult *result, char **reason)
{
  gssize outcome = g_task_propagate_int (G_TASK (result), NULL);

  if (reason != NULL)
    *reason = g_strdup (g_task_get_task_data (G_TASK (result)));
  return (WalletOutcome) outcome;
}

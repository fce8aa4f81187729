/* Spend1.Send: the draft is signed and stored on the wallet thread, then submitted to the node, then the reply is
 * sent. */
#include "dbus/bytes.h"
#include "dbus/errors.h"
#include "wallet/service/drafts.h"
#include "wallet/service/records.h"
#include "wallet/service/spend1.h"
#include "wallet/wallets/handover.h"

typedef struct {
  char *wallet;
  guint64 draft;
  WalletStored *stored;
  BusSpend1 *skeleton;
  GDBusMethodInvocation *invocation;
} Send;

static void
send_free (Send *send)
{
  g_clear_pointer (&send->stored, wallet_stored_free);
  g_object_unref (send->skeleton);
  g_free (send->wallet);
  g_free (send);
}

static void
on_send_handed_over (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *reason = NULL;
  Send *send = data;
  WalletOutcome outcome = wallet_hand_over_finish (result, &reason);
  GVariant *txid = bus_bytes_new (send->stored->txid32, sizeof send->stored->txid32);

  bus_spend1_complete_send (send->skeleton, send->invocation, txid, wallet_outcome_name (outcome),
                            wallet_record_text ("reason", reason));
  send_free (send);
}

static void
on_send_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Send *send = data;

  send->stored = wallet_manager_run_finish (WALLET_MANAGER (source), result, &error);
  if (send->stored != NULL) {
    wallet_drafts_remove (g_dbus_method_invocation_get_connection (send->invocation), send->draft);
    wallet_hand_over_async (WALLET_MANAGER (source), send->wallet, send->stored, on_send_handed_over, send);
    return;
  }
  bus_error_reply (send->invocation, error);
  send_free (send);
}

static gpointer
send_store (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  const Send *send = data;

  return wallet_draft_commit (wallet, send->draft, error);
}

gboolean
wallet_spend1_send (BusSpend1 *skeleton,
                    GDBusMethodInvocation *invocation,
                    guint64 draft,
                    GVariant *options,
                    gpointer data)
{
  const WalletBusTarget *target = data;
  Send *send = g_new0 (Send, 1);

  send->wallet = g_strdup (target->name);
  send->draft = draft;
  send->skeleton = g_object_ref (skeleton);
  send->invocation = invocation;
  /* It cannot be cancelled: the caller must learn the outcome of the payment. */
  wallet_manager_run_async (target->manager, send->wallet, send_store, send, NULL, (GDestroyNotify) wallet_stored_free,
                            NULL, on_send_stored, send);
  return TRUE;
}

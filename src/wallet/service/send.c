/* Spend1.Send: the draft is signed and stored on the wallet thread, then handed to the node, then the call is answered. */
#include "dbus/errors.h"
#include "wallet/wallets/handover.h"
#include "wallet/service/export.h"

typedef struct {
  char *wallet;
  WalletStored *stored;
  GDBusMethodInvocation *invocation;
} Send;

static void
send_free (Send *send)
{
  g_clear_pointer (&send->stored, wallet_stored_free);
  g_free (send->wallet);
  g_free (send);
}

static void
on_send_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *reason = NULL;
  Send *send = data;
  WalletOutcome outcome = wallet_hand_over_finish (result, &reason);
  GVariant *txid
      = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, send->stored->txid32, sizeof send->stored->txid32, 1);

  g_dbus_method_invocation_return_value (
      send->invocation, g_variant_new ("(@ayss)", txid, wallet_outcome_name (outcome), reason != NULL ? reason : ""));
  send_free (send);
}

static void
on_send_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Send *send = data;

  send->stored = wallet_manager_run_finish (WALLET_MANAGER (source), result, &error);
  if (send->stored != NULL) {
    wallet_hand_over_async (WALLET_MANAGER (source), send->wallet, send->stored, on_send_answered, send);
    return;
  }
  bus_error_reply (send->invocation, error);
  send_free (send);
}

static gpointer
send_store (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  guint64 id;

  g_variant_get (args, "(ta{sv})", &id, NULL);
  return wallet_draft_commit (wallet, id, error);
}

void
wallet_bus_send (WalletManager *manager, const char *name, GVariant *args, GDBusMethodInvocation *invocation)
{
  Send *send = g_new0 (Send, 1);

  send->wallet = g_strdup (name);
  send->invocation = invocation;
  wallet_manager_run_async (manager, name, send_store, g_variant_ref (args), (GDestroyNotify) g_variant_unref,
                            (GDestroyNotify) wallet_stored_free, NULL, on_send_stored, send);
}

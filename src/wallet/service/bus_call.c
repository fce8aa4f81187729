#include "wallet/service/bus_call.h"

#include "dbus/calls.h"
#include "dbus/errors.h"
#include "wallet/wallets/catch_up.h"

#define MAX_LABEL_BYTES 1024

WalletBusCall *
wallet_bus_call_new (gpointer object,
                     GDBusMethodInvocation *invocation,
                     WalletBusRun run,
                     void (*reply) (WalletBusCall *call))
{
  WalletBusCall *call = g_new0 (WalletBusCall, 1);

  call->object = g_object_ref (object);
  call->invocation = invocation;
  call->run = run;
  call->reply = reply;
  return call;
}

static void
wallet_call_free (WalletBusCall *call)
{
  g_object_unref (call->object);
  g_clear_object (&call->target.manager);
  g_free (call->target.name);
  g_free (call->text);
  g_free (call->type);
  g_clear_pointer (&call->argument, g_variant_unref);
  g_clear_pointer (&call->options, g_variant_unref);
  g_free (call->answer);
  g_free (call->next);
  g_clear_pointer (&call->rows, g_variant_unref);
  g_clear_pointer (&call->details, g_variant_unref);
  g_free (call);
}

gboolean
wallet_bus_invalid (GError **error, const char *text)
{
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, text);
  return FALSE;
}

gboolean
wallet_bus_get_label (const WalletBusCall *call, const char **label, GError **error)
{
  *label = NULL;
  if (!g_variant_lookup (call->options, "label", "&s", label)
      || (**label != '\0' && strlen (*label) <= MAX_LABEL_BYTES))
    return TRUE;
  return wallet_bus_invalid (error, "a label has 1 to 1024 bytes");
}

const guint8 *
wallet_bus_get_txid32 (GVariant *txid, GError **error)
{
  gsize len;
  const guint8 *data = g_variant_get_fixed_array (txid, &len, 1);

  if (len == 32)
    return data;
  wallet_bus_invalid (error, "a transaction ID has 32 bytes");
  return NULL;
}

static gpointer
wallet_call_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  WalletBusCall *call = data;

  call->run (call, manager, wallet, error);
  return NULL;
}

static void
on_wallet_call_done (GObject *source, GAsyncResult *result, gpointer data)
{
  WalletBusCall *call = data;
  g_autoptr (GError) error = NULL;

  wallet_manager_run_finish (WALLET_MANAGER (source), result, &error);
  if (call->taken != NULL)
    call->taken (call, error == NULL);
  if (error != NULL)
    bus_error_reply (call->invocation, error);
  else
    call->reply (call);
  wallet_call_free (call);
}

static void
wallet_call_run (WalletBusCall *call)
{
  wallet_manager_run_async (call->target.manager, call->target.name, wallet_call_job, call, NULL, NULL,
                            bus_calls_get_cancellable (call->invocation), on_wallet_call_done, call);
}

static void
wallet_call_set_target (WalletBusCall *call, const WalletBusTarget *target)
{
  call->target = (WalletBusTarget){ g_object_ref (target->manager), g_strdup (target->name) };
}

void
wallet_bus_call_start (WalletBusCall *call, const WalletBusTarget *target)
{
  wallet_call_set_target (call, target);
  wallet_call_run (call);
}

static void
on_wallet_call_at_tip (GObject *source, GAsyncResult *result, gpointer data)
{
  wallet_call_run (data);
}

void
wallet_bus_call_start_at_tip (WalletBusCall *call, const WalletBusTarget *target)
{
  wallet_call_set_target (call, target);
  wallet_catch_up_tip_async (target->manager, bus_calls_get_cancellable (call->invocation), on_wallet_call_at_tip,
                             call);
}

/* The methods of Spend1 except Send and FeeChoices. */
#include <string.h>

#include "dbus/bytes.h"
#include "dbus/calls.h"
#include "dbus/errors.h"
#include "dbus/options.h"
#include "wallet/service/drafts.h"
#include "wallet/service/records.h"
#include "wallet/service/spend1.h"

#define MAX_RECIPIENTS 1000

/* CreateDraft */

#define MAX_LABEL 1024

/* Fills RECIPIENTS from LIST, aa{sv}; TEXTS owns its strings. SEND_ALL: the first one needs no amount. */
static gboolean
draft_read_recipients (GVariant *list, gboolean send_all, WalletRecipient *recipients, GPtrArray *texts)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++) {
    g_autoptr (GVariant) row = g_variant_get_child_value (list, i);
    char *address, *label = NULL;

    if (!g_variant_lookup (row, "address", "s", &address))
      return FALSE;
    g_ptr_array_add (texts, address);
    recipients[i].address = address;
    if (g_variant_lookup (row, "label", "s", &label))
      g_ptr_array_add (texts, label);
    if (label != NULL && (*label == '\0' || strlen (label) > MAX_LABEL))
      return FALSE;
    recipients[i].label = label;
    if (!g_variant_lookup (row, "amount", "x", &recipients[i].amount_sat) && !(send_all && i == 0))
      return FALSE;
  }
  return TRUE;
}

static gboolean
create_draft_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  GCancellable *cancellable = bus_calls_get_cancellable (call->invocation);
  gsize n = g_variant_n_children (call->argument);
  g_autofree WalletRecipient *recipients = NULL;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WalletDraft) draft = NULL;
  WalletDraftRequest request = { .n_recipients = n, .fee_rate = call->number };

  if (n < 1 || n > MAX_RECIPIENTS)
    return wallet_bus_invalid (error, "a payment has 1 to 1000 recipients");
  g_variant_lookup (call->options, "subtract_fee", "b", &request.subtract_fee);
  g_variant_lookup (call->options, "send_all", "b", &request.send_all);
  g_variant_lookup (call->options, "spend_used", "b", &request.spend_used);
  request.recipients = recipients = g_new0 (WalletRecipient, n);
  if (!draft_read_recipients (call->argument, request.send_all, recipients, texts))
    return wallet_bus_invalid (error,
                               "a recipient has an address and an amount, and a label of 1 to 1,024 bytes if any");
  if (!wallet_bus_get_label (call, &request.label, error))
    return FALSE;
  draft = wallet_draft_create (wallet, &request, error);
  if (draft == NULL)
    return FALSE;
  /* No other code would discard it. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
    wallet_draft_discard (wallet, draft->id, NULL);
    return FALSE;
  }
  call->id = draft->id;
  call->amount_sat = draft->fee_sat;
  call->details = g_variant_ref_sink (wallet_record_draft (draft));
  return TRUE;
}

static GDBusConnection *
spend1_get_connection (const WalletBusCall *call)
{
  return g_dbus_method_invocation_get_connection (call->invocation);
}

static void
create_draft_taken (WalletBusCall *call, gboolean answered)
{
  if (call->id != 0 && answered)
    wallet_drafts_add (spend1_get_connection (call), call->target.manager, call->target.name, call->id);
  else if (call->id != 0)
    wallet_drafts_discard (call->target.manager, call->target.name, call->id);
}

static void
create_draft_reply (WalletBusCall *call)
{
  bus_spend1_complete_create_draft (call->object, call->invocation, call->id, call->amount_sat, call->details);
}

static gboolean
spend1_create_draft (BusSpend1 *object,
                     GDBusMethodInvocation *invocation,
                     GVariant *recipients,
                     guint64 fee_rate,
                     GVariant *options,
                     gpointer data)
{
  WalletBusCall *call;

  if (!bus_options_check (invocation, options, "subtract_fee", "b", "send_all", "b", "spend_used", "b", "label", "s",
                          NULL))
    return TRUE;
  call = wallet_bus_call_new (object, invocation, create_draft_run, create_draft_reply);
  call->taken = create_draft_taken;
  call->argument = g_variant_ref (recipients);
  call->number = fee_rate;
  call->options = g_variant_ref (options);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* GetPayment: never sends a draft. */

static gboolean
get_payment_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  WalletOutcome outcome;

  if (!wallet_find_payment (wallet, call->number, call->txid32, error)
      || !wallet_get_outcome (wallet, call->txid32, &outcome, &call->answer, error))
    return FALSE;
  call->type = g_strdup (wallet_outcome_name (outcome));
  return TRUE;
}

static void
get_payment_reply (WalletBusCall *call)
{
  GVariant *txid = bus_bytes_new (call->txid32, 32);

  bus_spend1_complete_get_payment (call->object, call->invocation, txid, call->type,
                                   wallet_record_text ("reason", call->answer));
}

static gboolean
spend1_get_payment (BusSpend1 *object,
                    GDBusMethodInvocation *invocation,
                    guint64 draft,
                    GVariant *options,
                    gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, get_payment_run, get_payment_reply);

  call->number = draft;
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* Abandon */

static gboolean
abandon_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  const guint8 *txid32 = wallet_bus_get_txid32 (call->argument, error);

  return txid32 != NULL && wallet_abandon (wallet, txid32, error);
}

static void
abandon_reply (WalletBusCall *call)
{
  bus_spend1_complete_abandon (call->object, call->invocation);
}

static gboolean
spend1_abandon (BusSpend1 *object, GDBusMethodInvocation *invocation, GVariant *txid, GVariant *options, gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, abandon_run, abandon_reply);

  call->argument = g_variant_ref (txid);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* Discard */

static gboolean
discard_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  return wallet_draft_discard (wallet, call->number, error);
}

static void
discard_reply (WalletBusCall *call)
{
  wallet_drafts_remove (spend1_get_connection (call), call->number);
  bus_spend1_complete_discard (call->object, call->invocation);
}

static gboolean
spend1_discard (BusSpend1 *object, GDBusMethodInvocation *invocation, guint64 draft, GVariant *options, gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, discard_run, discard_reply);

  call->number = draft;
  wallet_bus_call_start (call, data);
  return TRUE;
}

BusSpend1 *
wallet_spend1_new (WalletBusTarget *target)
{
  BusSpend1 *skeleton = bus_spend1_skeleton_new ();

  g_signal_connect (skeleton, "handle-fee-choices", G_CALLBACK (wallet_spend1_fee_choices), target);
  g_signal_connect (skeleton, "handle-create-draft", G_CALLBACK (spend1_create_draft), target);
  g_signal_connect (skeleton, "handle-send", G_CALLBACK (wallet_spend1_send), target);
  g_signal_connect (skeleton, "handle-get-payment", G_CALLBACK (spend1_get_payment), target);
  g_signal_connect (skeleton, "handle-abandon", G_CALLBACK (spend1_abandon), target);
  g_signal_connect (skeleton, "handle-discard", G_CALLBACK (spend1_discard), target);
  return skeleton;
}

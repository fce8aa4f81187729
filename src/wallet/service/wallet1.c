/* The methods of Wallet1, and its properties from a status. */
#include "dbus/bytes.h"
#include "dbus/errors.h"
#include "dbus/options.h"
#include "wallet/service/records.h"
#include "wallet/service/wallet1.h"

#define MAX_ROWS 500

/* NewAddress */

static gboolean
new_address_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  WalletAddressType type;
  const char *label;

  if (!wallet_bus_get_label (call, &label, error))
    return FALSE;
  if (!wallet_address_type_by_name (call->type, &type))
    return wallet_bus_invalid (error, "there is no such type of address");
  call->answer = wallet_new_address (wallet, type, label != NULL ? label : "", error);
  return call->answer != NULL;
}

static void
new_address_reply (WalletBusCall *call)
{
  bus_wallet1_complete_new_address (call->object, call->invocation, call->answer);
}

static gboolean
wallet1_new_address (BusWallet1 *object,
                     GDBusMethodInvocation *invocation,
                     const char *type,
                     GVariant *options,
                     gpointer data)
{
  WalletBusCall *call;

  if (!bus_options_check (invocation, options, "label", "s", NULL))
    return TRUE;
  call = wallet_bus_call_new (object, invocation, new_address_run, new_address_reply);
  call->type = g_strdup (type);
  call->options = g_variant_ref (options);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* The option "cursor", borrowed; "" if absent. NULL with ERROR if it is empty, which no page returns. */
static const char *
list_get_cursor (const WalletBusCall *call, GError **error)
{
  const char *cursor;

  if (!g_variant_lookup (call->options, "cursor", "&s", &cursor))
    return "";
  if (*cursor != '\0')
    return cursor;
  wallet_bus_invalid (error, "the cursor is invalid");
  return NULL;
}

/* FALSE with ERROR if the limit is out of range. */
static gboolean
list_check_limit (const WalletBusCall *call, GError **error)
{
  return (call->limit >= 1 && call->limit <= MAX_ROWS) || wallet_bus_invalid (error, "the limit must be 1 to 500");
}

/* ListAddresses */

static gboolean
list_addresses_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  const char *cursor = list_get_cursor (call, error);
  g_autoptr (GPtrArray) rows = NULL;
  GVariantBuilder builder;

  if (cursor == NULL || !list_check_limit (call, error))
    return FALSE;
  rows = wallet_list_addresses (wallet, cursor, call->limit, &call->next, error);
  if (rows == NULL)
    return FALSE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rows->len; i++)
    g_variant_builder_add_value (&builder, wallet_record_address (rows->pdata[i]));
  call->rows = g_variant_ref_sink (g_variant_builder_end (&builder));
  return TRUE;
}

static void
list_addresses_reply (WalletBusCall *call)
{
  bus_wallet1_complete_list_addresses (call->object, call->invocation, call->rows, wallet_record_page (call->next, -1));
}

static gboolean
wallet1_list_addresses (BusWallet1 *object,
                        GDBusMethodInvocation *invocation,
                        guint limit,
                        GVariant *options,
                        gpointer data)
{
  WalletBusCall *call;

  if (!bus_options_check (invocation, options, "cursor", "s", NULL))
    return TRUE;
  call = wallet_bus_call_new (object, invocation, list_addresses_run, list_addresses_reply);
  call->limit = limit;
  call->options = g_variant_ref (options);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* SetLabel */

static gboolean
set_label_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  const char *label;

  return wallet_bus_get_label (call, &label, error)
         && wallet_set_label (wallet, call->text, label != NULL ? label : "", error);
}

static void
set_label_reply (WalletBusCall *call)
{
  bus_wallet1_complete_set_label (call->object, call->invocation);
}

static gboolean
wallet1_set_label (BusWallet1 *object,
                   GDBusMethodInvocation *invocation,
                   const char *address,
                   GVariant *options,
                   gpointer data)
{
  WalletBusCall *call;

  if (!bus_options_check (invocation, options, "label", "s", NULL))
    return TRUE;
  call = wallet_bus_call_new (object, invocation, set_label_run, set_label_reply);
  call->text = g_strdup (address);
  call->options = g_variant_ref (options);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* SetPaymentLabel */

static gboolean
set_payment_label_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  const guint8 *txid32 = wallet_bus_get_txid32 (call->argument, error);
  const char *label;

  return txid32 != NULL && wallet_bus_get_label (call, &label, error)
         && wallet_set_payment_label (wallet, txid32, label != NULL ? label : "", error);
}

static void
set_payment_label_reply (WalletBusCall *call)
{
  bus_wallet1_complete_set_payment_label (call->object, call->invocation);
}

static gboolean
wallet1_set_payment_label (BusWallet1 *object,
                           GDBusMethodInvocation *invocation,
                           GVariant *txid,
                           GVariant *options,
                           gpointer data)
{
  WalletBusCall *call;

  if (!bus_options_check (invocation, options, "label", "s", NULL))
    return TRUE;
  call = wallet_bus_call_new (object, invocation, set_payment_label_run, set_payment_label_reply);
  call->argument = g_variant_ref (txid);
  call->options = g_variant_ref (options);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* ListHistory */

static gboolean
list_history_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  WalletHistoryQuery query = { .cursor = list_get_cursor (call, error), .limit = call->limit };
  guint total = 0;
  g_autoptr (GPtrArray) rows = NULL;
  GVariantBuilder builder;

  if (query.cursor == NULL || !list_check_limit (call, error))
    return FALSE;
  if (g_variant_lookup (call->options, "offset", "u", &query.offset) && *query.cursor != '\0')
    return wallet_bus_invalid (error, "a page starts at a cursor or at an offset");
  g_variant_lookup (call->options, "search", "&s", &query.search);
  g_variant_lookup (call->options, "kind", "&s", &query.kind);
  rows = wallet_list_history (wallet, &query, &call->next, &total, error);
  if (rows == NULL)
    return FALSE;
  call->total = total;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rows->len; i++)
    g_variant_builder_add_value (&builder, wallet_record_payment (rows->pdata[i]));
  call->rows = g_variant_ref_sink (g_variant_builder_end (&builder));
  return TRUE;
}

static void
list_history_reply (WalletBusCall *call)
{
  bus_wallet1_complete_list_history (call->object, call->invocation, call->rows,
                                     wallet_record_page (call->next, call->total));
}

static gboolean
wallet1_list_history (BusWallet1 *object,
                      GDBusMethodInvocation *invocation,
                      guint limit,
                      GVariant *options,
                      gpointer data)
{
  WalletBusCall *call;

  if (!bus_options_check (invocation, options, "cursor", "s", "offset", "u", "search", "s", "kind", "s", NULL))
    return TRUE;
  call = wallet_bus_call_new (object, invocation, list_history_run, list_history_reply);
  call->limit = limit;
  call->options = g_variant_ref (options);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* ListBalances */

static gboolean
list_balances_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  g_autoptr (GArray) points = NULL;
  GVariantBuilder builder;
  gint64 from = 0;
  gboolean has_from = g_variant_lookup (call->options, "from", "x", &from);

  if (call->limit < 2 || call->limit > MAX_ROWS || from < 0)
    return wallet_bus_invalid (error, "the limit must be 2 to 500, and the time not before 1970");
  points = wallet_list_balances (wallet, has_from ? &from : NULL, call->limit, error);
  if (points == NULL)
    return FALSE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(xx)"));
  for (guint i = 0; i < points->len; i++) {
    const WalletBalancePoint *point = &g_array_index (points, WalletBalancePoint, i);
    g_variant_builder_add (&builder, "(xx)", point->time, point->balance_sat);
  }
  call->rows = g_variant_ref_sink (g_variant_builder_end (&builder));
  return TRUE;
}

static void
list_balances_reply (WalletBusCall *call)
{
  bus_wallet1_complete_list_balances (call->object, call->invocation, call->rows);
}

static gboolean
wallet1_list_balances (BusWallet1 *object,
                       GDBusMethodInvocation *invocation,
                       guint limit,
                       GVariant *options,
                       gpointer data)
{
  WalletBusCall *call;

  if (!bus_options_check (invocation, options, "from", "x", NULL))
    return TRUE;
  call = wallet_bus_call_new (object, invocation, list_balances_run, list_balances_reply);
  call->limit = limit;
  call->options = g_variant_ref (options);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* GetTransaction */

static gboolean
get_transaction_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  const guint8 *txid32 = wallet_bus_get_txid32 (call->argument, error);
  g_autoptr (WalletTxDetails) details = txid32 != NULL ? wallet_get_transaction (wallet, txid32, error) : NULL;

  if (details == NULL)
    return FALSE;
  call->rows = g_variant_ref_sink (wallet_record_payment (details->row));
  call->details = g_variant_ref_sink (wallet_record_details (details));
  return TRUE;
}

static void
get_transaction_reply (WalletBusCall *call)
{
  bus_wallet1_complete_get_transaction (call->object, call->invocation, call->rows, call->details);
}

static gboolean
wallet1_get_transaction (BusWallet1 *object,
                         GDBusMethodInvocation *invocation,
                         GVariant *txid,
                         GVariant *options,
                         gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, get_transaction_run, get_transaction_reply);

  call->argument = g_variant_ref (txid);
  wallet_bus_call_start (call, data);
  return TRUE;
}

static GVariant *
scanned_variant (const WalletStatus *status)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  if (status->height >= 0) {
    g_variant_dict_insert (&dict, "height", "u", (guint32) status->height);
    g_variant_dict_insert_value (&dict, "hash", bus_bytes_new (status->hash32, 32));
  }
  return g_variant_dict_end (&dict);
}

/* PROBLEM as in a WalletStatus. */
static GVariant *
problem_variant (gint problem)
{
  g_autoptr (GError) error = problem != BUS_N_ERRORS ? g_error_new_literal (BUS_ERROR, problem, "") : NULL;

  return wallet_record_text ("error", error != NULL ? bus_error_get_name (error) : NULL);
}

void
wallet_wallet1_show (BusWallet1 *skeleton, const WalletStatus *status)
{
  bus_wallet1_set_sequence (skeleton, status->sequence);
  bus_wallet1_set_balance (skeleton, wallet_record_balance (&status->balance));
  bus_wallet1_set_scanned (skeleton, scanned_variant (status));
  bus_wallet1_set_scanning (skeleton, status->scanning);
  bus_wallet1_set_problem (skeleton, problem_variant (status->problem));
}

BusWallet1 *
wallet_wallet1_new (WalletBusTarget *target)
{
  BusWallet1 *skeleton = bus_wallet1_skeleton_new ();

  g_signal_connect (skeleton, "handle-new-address", G_CALLBACK (wallet1_new_address), target);
  g_signal_connect (skeleton, "handle-list-addresses", G_CALLBACK (wallet1_list_addresses), target);
  g_signal_connect (skeleton, "handle-set-label", G_CALLBACK (wallet1_set_label), target);
  g_signal_connect (skeleton, "handle-set-payment-label", G_CALLBACK (wallet1_set_payment_label), target);
  g_signal_connect (skeleton, "handle-list-history", G_CALLBACK (wallet1_list_history), target);
  g_signal_connect (skeleton, "handle-list-balances", G_CALLBACK (wallet1_list_balances), target);
  g_signal_connect (skeleton, "handle-get-transaction", G_CALLBACK (wallet1_get_transaction), target);
  return skeleton;
}

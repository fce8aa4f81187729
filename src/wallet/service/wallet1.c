/* Wallet1: its methods, and its properties as of a status. */
#include "dbus/errors.h"
#include "wallet/service/wallet1.h"

#define MAX_LABEL_BYTES 1024
#define MAX_ROWS 500

static GVariant *
bytes_variant (const guint8 *data, gsize len)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, len, 1);
}

/* NewAddress */

static gboolean
new_address_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  WalletAddressType type;

  if (strlen (call->text) > MAX_LABEL_BYTES)
    return wallet_bus_invalid (error, "the label is too long");
  if (!wallet_address_type_by_name (call->type, &type))
    return wallet_bus_invalid (error, "there is no such type of address");
  call->answer = wallet_new_address (wallet, type, call->text, error);
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
                     const char *label,
                     const char *type,
                     GVariant *options,
                     gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, new_address_run, new_address_reply);

  call->text = g_strdup (label);
  call->type = g_strdup (type);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* ListAddresses */

static gboolean
list_addresses_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  GVariantBuilder builder;

  if (call->limit < 1 || call->limit > MAX_ROWS)
    return wallet_bus_invalid (error, "the limit is 1 to 500");
  rows = wallet_list_addresses (wallet, call->text, call->limit, &call->next, error);
  if (rows == NULL)
    return FALSE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sssxx)"));
  for (guint i = 0; i < rows->len; i++) {
    const WalletAddressRow *row = rows->pdata[i];

    g_variant_builder_add (&builder, "(sssxx)", row->address, row->label, wallet_address_type_name (row->type),
                           row->time, row->received_sat);
  }
  call->rows = g_variant_ref_sink (g_variant_builder_end (&builder));
  return TRUE;
}

static void
list_addresses_reply (WalletBusCall *call)
{
  bus_wallet1_complete_list_addresses (call->object, call->invocation, call->rows,
                                       call->next != NULL ? call->next : "");
}

static gboolean
wallet1_list_addresses (BusWallet1 *object,
                        GDBusMethodInvocation *invocation,
                        const char *cursor,
                        guint limit,
                        GVariant *options,
                        gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, list_addresses_run, list_addresses_reply);

  call->text = g_strdup (cursor);
  call->limit = limit;
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* SetLabel */

static gboolean
set_label_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  if (strlen (call->text) > MAX_LABEL_BYTES)
    return wallet_bus_invalid (error, "the label is too long");
  return wallet_set_label (wallet, call->answer, call->text, error);
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
                   const char *label,
                   GVariant *options,
                   gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, set_label_run, set_label_reply);

  call->answer = g_strdup (address);
  call->text = g_strdup (label);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* ListHistory */

static GVariant *
history_row (const WalletHistoryRow *row)
{
  return g_variant_new ("(@aysxxssxii)", bytes_variant (row->txid32, 32), wallet_kind_name (row->kind), row->net_sat,
                        row->fee_sat, row->address, row->label, row->time, row->height, row->confirmations);
}

static gboolean
list_history_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  const char *search = NULL, *kind = NULL;
  guint total = 0;
  g_autoptr (GPtrArray) rows = NULL;
  GVariantBuilder builder;

  if (call->limit < 1 || call->limit > MAX_ROWS)
    return wallet_bus_invalid (error, "the limit is 1 to 500");
  g_variant_lookup (call->options, "search", "&s", &search);
  g_variant_lookup (call->options, "kind", "&s", &kind);
  rows = wallet_list_history (wallet, call->text, call->limit, search, kind, &call->next, &total, error);
  if (rows == NULL)
    return FALSE;
  call->total = total;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(aysxxssxii)"));
  for (guint i = 0; i < rows->len; i++)
    g_variant_builder_add_value (&builder, history_row (rows->pdata[i]));
  call->rows = g_variant_ref_sink (g_variant_builder_end (&builder));
  return TRUE;
}

static void
list_history_reply (WalletBusCall *call)
{
  bus_wallet1_complete_list_history (call->object, call->invocation, call->rows, call->next != NULL ? call->next : "",
                                     call->total);
}

static gboolean
wallet1_list_history (BusWallet1 *object,
                      GDBusMethodInvocation *invocation,
                      const char *cursor,
                      guint limit,
                      GVariant *options,
                      gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, list_history_run, list_history_reply);

  call->text = g_strdup (cursor);
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

  if (call->limit < 2 || call->limit > MAX_ROWS || call->time < 0)
    return wallet_bus_invalid (error, "the limit is 2 to 500, and the time is not before 1970");
  points = wallet_list_balances (wallet, call->time, call->limit, error);
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
                       gint64 from,
                       guint limit,
                       GVariant *options,
                       gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, list_balances_run, list_balances_reply);

  call->time = from;
  call->limit = limit;
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* GetTransaction */

static GVariant *
input_rows (const GPtrArray *inputs)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sx)"));

  for (guint i = 0; i < inputs->len; i++) {
    const WalletDetailRow *row = inputs->pdata[i];

    g_variant_builder_add (&builder, "(sx)", row->address, row->amount_sat);
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
output_rows (const GPtrArray *outputs)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sxb)"));

  for (guint i = 0; i < outputs->len; i++) {
    const WalletDetailRow *row = outputs->pdata[i];

    g_variant_builder_add (&builder, "(sxb)", row->address, row->amount_sat, row->ours);
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
details_variant (const WalletTxDetails *details)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);
  gsize len;
  const guint8 *raw = g_bytes_get_data (details->raw, &len);

  g_variant_dict_insert_value (&dict, "inputs", input_rows (details->inputs));
  g_variant_dict_insert_value (&dict, "outputs", output_rows (details->outputs));
  g_variant_dict_insert_value (&dict, "block", bytes_variant (details->block32, details->in_block ? 32 : 0));
  g_variant_dict_insert (&dict, "vsize", "u", details->vsize);
  g_variant_dict_insert_value (&dict, "raw", bytes_variant (raw, len));
  return g_variant_dict_end (&dict);
}

static gboolean
get_transaction_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  const guint8 *txid32 = wallet_bus_get_txid32 (call->argument, error);
  g_autoptr (WalletTxDetails) details = txid32 != NULL ? wallet_get_transaction (wallet, txid32, error) : NULL;

  if (details == NULL)
    return FALSE;
  call->rows = g_variant_ref_sink (history_row (details->row));
  call->details = g_variant_ref_sink (details_variant (details));
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

/* PROBLEM: of a WalletStatus. */
static const char *
problem_name (gint problem)
{
  g_autoptr (GError) error = problem != BUS_N_ERRORS ? g_error_new_literal (BUS_ERROR, problem, "") : NULL;

  return error != NULL ? bus_error_get_name (error) : "";
}

void
wallet_wallet1_show (BusWallet1 *skeleton, const WalletStatus *status)
{
  gsize hash_len = status->height >= 0 ? 32 : 0;

  bus_wallet1_set_sequence (skeleton, status->sequence);
  bus_wallet1_set_balance (skeleton, g_variant_new ("(xxx)", status->balance.trusted_sat, status->balance.pending_sat,
                                                    status->balance.immature_sat));
  bus_wallet1_set_scanned (
      skeleton, g_variant_new ("(u@ay)", (guint32) MAX (status->height, 0), bytes_variant (status->hash32, hash_len)));
  bus_wallet1_set_scanning (skeleton, status->scanning);
  bus_wallet1_set_problem (skeleton, problem_name (status->problem));
}

BusWallet1 *
wallet_wallet1_new (WalletBusTarget *target)
{
  BusWallet1 *skeleton = bus_wallet1_skeleton_new ();

  g_signal_connect (skeleton, "handle-new-address", G_CALLBACK (wallet1_new_address), target);
  g_signal_connect (skeleton, "handle-list-addresses", G_CALLBACK (wallet1_list_addresses), target);
  g_signal_connect (skeleton, "handle-set-label", G_CALLBACK (wallet1_set_label), target);
  g_signal_connect (skeleton, "handle-list-history", G_CALLBACK (wallet1_list_history), target);
  g_signal_connect (skeleton, "handle-list-balances", G_CALLBACK (wallet1_list_balances), target);
  g_signal_connect (skeleton, "handle-get-transaction", G_CALLBACK (wallet1_get_transaction), target);
  return skeleton;
}

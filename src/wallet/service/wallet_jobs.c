/* The methods of Wallet1. Wallet thread. */
#include "dbus/errors.h"
#include "wallet/service/export.h"

#define MAX_LABEL_BYTES 1024
#define MAX_ROWS 500

static gpointer
invalid (GError **error, const char *text)
{
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, text);
  return NULL;
}

static GVariant *
bytes_variant (const guint8 *data, gsize len)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, len, 1);
}

static gpointer
new_address (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  const char *label, *type_name;
  g_autofree char *address = NULL;
  WalletAddressType type;

  g_variant_get (args, "(&s&sa{sv})", &label, &type_name, NULL);
  if (strlen (label) > MAX_LABEL_BYTES)
    return invalid (error, "the label is too long");
  if (!wallet_address_type_by_name (type_name, &type))
    return invalid (error, "there is no such type of address");
  address = wallet_new_address (wallet, type, label, error);
  return address != NULL ? g_variant_ref_sink (g_variant_new ("(s)", address)) : NULL;
}

static gpointer
list_addresses (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  const char *cursor;
  guint32 limit;
  g_autofree char *next = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  GVariantBuilder builder;

  g_variant_get (args, "(&sua{sv})", &cursor, &limit, NULL);
  if (limit < 1 || limit > MAX_ROWS)
    return invalid (error, "the limit is 1 to 500");
  rows = wallet_list_addresses (wallet, cursor, limit, &next, error);
  if (rows == NULL)
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sssxx)"));
  for (guint i = 0; i < rows->len; i++) {
    const WalletAddressRow *row = rows->pdata[i];

    g_variant_builder_add (&builder, "(sssxx)", row->address, row->label, wallet_address_type_name (row->type),
                           row->time, row->received_sat);
  }
  return g_variant_ref_sink (g_variant_new ("(a(sssxx)s)", &builder, next != NULL ? next : ""));
}

static gpointer
set_label (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  const char *address, *label;

  g_variant_get (args, "(&s&sa{sv})", &address, &label, NULL);
  if (strlen (label) > MAX_LABEL_BYTES)
    return invalid (error, "the label is too long");
  return wallet_set_label (wallet, address, label, error) ? g_variant_ref_sink (g_variant_new ("()")) : NULL;
}

static GVariant *
history_row (const WalletHistoryRow *row)
{
  return g_variant_new ("(@aysxxssxii)", bytes_variant (row->txid32, 32), wallet_kind_name (row->kind), row->net_sat,
                        row->fee_sat, row->address, row->label, row->time, row->height, row->confirmations);
}

static gpointer
list_history (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  const char *cursor, *search = NULL, *kind = NULL;
  guint32 limit;
  guint total = 0;
  g_autofree char *next = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  GVariantBuilder builder;

  g_variant_get (args, "(&su@a{sv})", &cursor, &limit, &options);
  if (limit < 1 || limit > MAX_ROWS)
    return invalid (error, "the limit is 1 to 500");
  g_variant_lookup (options, "search", "&s", &search);
  g_variant_lookup (options, "kind", "&s", &kind);
  rows = wallet_list_history (wallet, cursor, limit, search, kind, &next, &total, error);
  if (rows == NULL)
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(aysxxssxii)"));
  for (guint i = 0; i < rows->len; i++)
    g_variant_builder_add_value (&builder, history_row (rows->pdata[i]));
  return g_variant_ref_sink (g_variant_new ("(a(aysxxssxii)su)", &builder, next != NULL ? next : "", total));
}

static gpointer
list_balances (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  g_autoptr (GArray) points = NULL;
  GVariantBuilder builder;
  guint32 limit;
  gint64 from;

  g_variant_get (args, "(xua{sv})", &from, &limit, NULL);
  if (limit < 2 || limit > MAX_ROWS || from < 0)
    return invalid (error, "the limit is 2 to 500, and the time is not before 1970");
  points = wallet_list_balances (wallet, from, limit, error);
  if (points == NULL)
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(xx)"));
  for (guint i = 0; i < points->len; i++) {
    const WalletBalancePoint *point = &g_array_index (points, WalletBalancePoint, i);
    g_variant_builder_add (&builder, "(xx)", point->time, point->balance_sat);
  }
  return g_variant_ref_sink (g_variant_new ("(a(xx))", &builder));
}

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

static gpointer
get_transaction (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  g_autoptr (GVariant) txid = g_variant_get_child_value (args, 0);
  g_autoptr (WalletTxDetails) details = NULL;
  GVariantDict dict;
  const guint8 *data, *raw;
  gsize len;

  data = g_variant_get_fixed_array (txid, &len, 1);
  if (len != 32)
    return invalid (error, "a transaction id has 32 bytes");
  details = wallet_get_transaction (wallet, data, error);
  if (details == NULL)
    return NULL;
  raw = g_bytes_get_data (details->raw, &len);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "inputs", input_rows (details->inputs));
  g_variant_dict_insert_value (&dict, "outputs", output_rows (details->outputs));
  g_variant_dict_insert_value (&dict, "block", bytes_variant (details->block32, details->in_block ? 32 : 0));
  g_variant_dict_insert (&dict, "vsize", "u", details->vsize);
  g_variant_dict_insert_value (&dict, "raw", bytes_variant (raw, len));
  return g_variant_ref_sink (
      g_variant_new ("(@(aysxxssxii)@a{sv})", history_row (details->row), g_variant_dict_end (&dict)));
}

const WalletBusMethod wallet_wallet_methods[] = {
  { "NewAddress", new_address },
  { "ListAddresses", list_addresses },
  { "SetLabel", set_label },
  { "ListHistory", list_history },
  { "GetTransaction", get_transaction },
  { "ListBalances", list_balances },
  { NULL, NULL },
};

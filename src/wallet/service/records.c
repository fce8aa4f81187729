#include "wallet/service/records.h"

#include "common/text.h"
#include "dbus/bytes.h"

static void
record_add_text (GVariantDict *dict, const char *key, const char *text)
{
  g_autofree char *shown = text != NULL ? common_text_dup_shown (text) : NULL;

  if (shown != NULL && *shown != '\0')
    g_variant_dict_insert (dict, key, "s", shown);
}

GVariant *
wallet_record_text (const char *key, const char *text)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  record_add_text (&dict, key, text);
  return g_variant_dict_end (&dict);
}

GVariant *
wallet_record_page (const char *next, gint64 total)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  record_add_text (&dict, "next", next);
  if (total >= 0)
    g_variant_dict_insert (&dict, "total", "u", (guint32) total);
  return g_variant_dict_end (&dict);
}

GVariant *
wallet_record_balance (const WalletBalance *balance)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "pending", "x", balance->pending_sat);
  if (!balance->incomplete) {
    g_variant_dict_insert (&dict, "spendable", "x", balance->trusted_sat);
    g_variant_dict_insert (&dict, "immature", "x", balance->immature_sat);
  }
  if (balance->used_sat != 0)
    g_variant_dict_insert (&dict, "used", "x", balance->used_sat);
  return g_variant_dict_end (&dict);
}

GVariant *
wallet_record_address (const WalletAddressRow *row)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "address", "s", row->address);
  record_add_text (&dict, "label", row->label);
  g_variant_dict_insert (&dict, "type", "s", wallet_address_type_name (row->type));
  if (row->time != 0)
    g_variant_dict_insert (&dict, "time", "x", row->time);
  g_variant_dict_insert (&dict, "received", "x", row->received_sat);
  return g_variant_dict_end (&dict);
}

GVariant *
wallet_record_payment (const WalletHistoryRow *row)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&dict, "txid", bus_bytes_new (row->txid32, 32));
  g_variant_dict_insert (&dict, "kind", "s", wallet_kind_name (row->kind));
  g_variant_dict_insert (&dict, "amount", "x", row->net_sat);
  if (row->fee_sat != 0)
    g_variant_dict_insert (&dict, "fee", "x", row->fee_sat);
  record_add_text (&dict, "address", row->address);
  record_add_text (&dict, "label", row->label);
  record_add_text (&dict, "address_label", row->address_label);
  if (row->n_recipients > 1)
    g_variant_dict_insert (&dict, "recipients", "u", row->n_recipients);
  g_variant_dict_insert (&dict, "time", "x", row->time);
  if (row->height >= 0) {
    g_variant_dict_insert (&dict, "height", "u", (guint32) row->height);
    g_variant_dict_insert (&dict, "confirmations", "u", (guint32) MAX (row->confirmations, 0));
  }
  if (row->height == WALLET_HEIGHT_UNKNOWN)
    g_variant_dict_insert (&dict, "confirmed", "b", TRUE);
  if (row->height == WALLET_HEIGHT_CONFLICTED)
    g_variant_dict_insert (&dict, "conflicted", "b", TRUE);
  if (row->height == WALLET_HEIGHT_ABANDONED)
    g_variant_dict_insert (&dict, "abandoned", "b", TRUE);
  return g_variant_dict_end (&dict);
}

static GVariant *
record_coin (const WalletDetailRow *row)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  record_add_text (&dict, "address", row->address);
  if (row->amount_sat >= 0)
    g_variant_dict_insert (&dict, "amount", "x", row->amount_sat);
  g_variant_dict_insert (&dict, "ours", "b", row->ours);
  record_add_text (&dict, "label", row->label);
  return g_variant_dict_end (&dict);
}

static GVariant *
record_coins (const GPtrArray *rows)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < rows->len; i++)
    g_variant_builder_add_value (&builder, record_coin (rows->pdata[i]));
  return g_variant_builder_end (&builder);
}

GVariant *
wallet_record_details (const WalletTxDetails *details)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);
  gsize len;
  const guint8 *raw = g_bytes_get_data (details->raw, &len);

  g_variant_dict_insert_value (&dict, "inputs", record_coins (details->inputs));
  g_variant_dict_insert_value (&dict, "outputs", record_coins (details->outputs));
  if (details->in_block)
    g_variant_dict_insert_value (&dict, "block", bus_bytes_new (details->block32, 32));
  g_variant_dict_insert (&dict, "vsize", "u", details->vsize);
  record_add_text (&dict, "outcome", details->outcome);
  record_add_text (&dict, "reason", details->refusal);
  g_variant_dict_insert_value (&dict, "raw", bus_bytes_new (raw, len));
  return g_variant_dict_end (&dict);
}

static GVariant *
record_draft_coins (const GPtrArray *rows)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < rows->len; i++) {
    const WalletDraftRow *row = rows->pdata[i];
    GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

    record_add_text (&dict, "address", row->address);
    g_variant_dict_insert (&dict, "amount", "x", row->amount_sat);
    if (row->change)
      g_variant_dict_insert (&dict, "change", "b", TRUE);
    if (row->ours)
      g_variant_dict_insert (&dict, "ours", "b", TRUE);
    if (row->n_paid_before > 0)
      g_variant_dict_insert (&dict, "paid_before", "u", row->n_paid_before);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
record_txids (const GByteArray *txids)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aay"));

  for (guint i = 0; i < txids->len; i += 32)
    g_variant_builder_add_value (&builder, bus_bytes_new (txids->data + i, 32));
  return g_variant_builder_end (&builder);
}

GVariant *
wallet_record_draft (const WalletDraft *draft)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&dict, "inputs", record_draft_coins (draft->inputs));
  g_variant_dict_insert_value (&dict, "outputs", record_draft_coins (draft->outputs));
  g_variant_dict_insert (&dict, "vsize", "u", draft->vsize);
  g_variant_dict_insert (&dict, "remaining", "x", draft->remaining_sat);
  if (draft->replaces->len > 0)
    g_variant_dict_insert_value (&dict, "replaces", record_txids (draft->replaces));
  if (draft->repeats)
    g_variant_dict_insert (&dict, "repeats", "b", TRUE);
  return g_variant_dict_end (&dict);
}

/* The methods of Spend1. Wallet thread. */
#include "dbus/errors.h"
#include "wallet/service/export.h"

#define MAX_RECIPIENTS 1000

static gpointer
invalid (GError **error, const char *text)
{
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, text);
  return NULL;
}

static GVariant *
draft_inputs (const GPtrArray *rows)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sx)"));

  for (guint i = 0; i < rows->len; i++) {
    const WalletDraftRow *row = rows->pdata[i];

    g_variant_builder_add (&builder, "(sx)", row->address, row->amount_sat);
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
draft_outputs (const GPtrArray *rows)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sxs)"));

  for (guint i = 0; i < rows->len; i++) {
    const WalletDraftRow *row = rows->pdata[i];

    g_variant_builder_add (&builder, "(sxs)", row->address, row->amount_sat, row->change ? "change" : "recipient");
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
draft_replaces (const GByteArray *txids)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aay"));

  for (guint i = 0; i < txids->len; i += 32)
    g_variant_builder_add_value (&builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, txids->data + i, 32, 1));
  return g_variant_builder_end (&builder);
}

static GVariant *
draft_variant (const WalletDraft *draft)
{
  GVariantDict summary = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&summary, "inputs", draft_inputs (draft->inputs));
  g_variant_dict_insert_value (&summary, "outputs", draft_outputs (draft->outputs));
  g_variant_dict_insert (&summary, "vsize", "u", draft->vsize);
  g_variant_dict_insert (&summary, "remaining", "x", draft->remaining_sat);
  if (draft->replaces->len > 0)
    g_variant_dict_insert_value (&summary, "replaces", draft_replaces (draft->replaces));
  if (draft->repeats)
    g_variant_dict_insert (&summary, "repeats", "b", TRUE);
  return g_variant_ref_sink (g_variant_new ("(tx@a{sv})", draft->id, draft->fee_sat, g_variant_dict_end (&summary)));
}

static gpointer
create_draft (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  WalletDraftRequest request = { 0 };
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autofree WalletRecipient *recipients = NULL;
  g_autoptr (WalletDraft) draft = NULL;
  gsize n;

  g_variant_get (args, "(@a(sx)t@a{sv})", &list, &request.fee_rate, &options);
  n = g_variant_n_children (list);
  if (n < 1 || n > MAX_RECIPIENTS)
    return invalid (error, "a payment has 1 to 1000 recipients");
  recipients = g_new0 (WalletRecipient, n);
  for (gsize i = 0; i < n; i++)
    g_variant_get_child (list, i, "(&sx)", &recipients[i].address, &recipients[i].amount_sat);
  request.recipients = recipients;
  request.n_recipients = n;
  g_variant_lookup (options, "subtract_fee", "b", &request.subtract_fee);
  g_variant_lookup (options, "send_all", "b", &request.send_all);
  g_variant_lookup (options, "label", "&s", &request.label);
  draft = wallet_draft_create (wallet, &request, error);
  return draft != NULL ? draft_variant (draft) : NULL;
}

/* Asks only: a draft that was not sent is not sent by this. */
static gpointer
get_payment (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  g_autofree char *reason = NULL;
  WalletOutcome outcome;
  guint8 txid32[32];
  guint64 id;

  g_variant_get (args, "(ta{sv})", &id, NULL);
  if (!wallet_find_payment (wallet, id, txid32, error)
      || !wallet_get_outcome (wallet, txid32, &outcome, &reason, error))
    return NULL;
  return g_variant_ref_sink (g_variant_new ("(@ayss)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, txid32, 32, 1),
                                            wallet_outcome_name (outcome), reason != NULL ? reason : ""));
}

static gpointer
abandon (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  g_autoptr (GVariant) txid = g_variant_get_child_value (args, 0);
  gsize len;
  const guint8 *data = g_variant_get_fixed_array (txid, &len, 1);

  if (len != 32)
    return invalid (error, "a transaction ID has 32 bytes");
  return wallet_abandon (wallet, data, error) ? g_variant_ref_sink (g_variant_new ("()")) : NULL;
}

static gpointer
discard_draft (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  guint64 id;

  g_variant_get (args, "(ta{sv})", &id, NULL);
  return wallet_draft_discard (wallet, id, error) ? g_variant_ref_sink (g_variant_new ("()")) : NULL;
}

const WalletBusMethod wallet_spend_methods[] = {
  { "FeeChoices", .handle = wallet_bus_fee_choices },
  { "CreateDraft", create_draft },
  { "Send", .handle = wallet_bus_send },
  { "GetPayment", get_payment },
  { "Abandon", abandon },
  { "Discard", discard_draft },
  { NULL },
};

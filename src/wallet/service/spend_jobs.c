/* The methods of Spend1. Wallet thread. */
#include "dbus/errors.h"
#include "wallet/service/export.h"

#define MAX_RECIPIENTS 1000
#define N_CHOICES 3

static gpointer
invalid (GError **error, const char *text)
{
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, text);
  return NULL;
}

static gpointer
fee_choices (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  WalletFeeChoice choices[N_CHOICES];
  GVariantBuilder builder;

  if (!wallet_fee_choices (wallet, choices, error))
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(utb)"));
  for (guint i = 0; i < N_CHOICES; i++)
    g_variant_builder_add (&builder, "(utb)", choices[i].blocks, choices[i].fee_rate, choices[i].estimated);
  return g_variant_ref_sink (g_variant_new ("(a(utb))", &builder));
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
draft_variant (const WalletDraft *draft)
{
  GVariantDict summary = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&summary, "inputs", draft_inputs (draft->inputs));
  g_variant_dict_insert_value (&summary, "outputs", draft_outputs (draft->outputs));
  g_variant_dict_insert (&summary, "vsize", "u", draft->vsize);
  g_variant_dict_insert (&summary, "remaining", "x", draft->remaining_sat);
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

static gpointer
send_draft (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  guint8 txid32[32];
  guint64 id;

  g_variant_get (args, "(ta{sv})", &id, NULL);
  if (!wallet_draft_send (wallet, id, txid32, error))
    return NULL;
  return g_variant_ref_sink (
      g_variant_new ("(@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, txid32, sizeof txid32, 1)));
}

static gpointer
discard_draft (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  guint64 id;

  g_variant_get (args, "(ta{sv})", &id, NULL);
  return wallet_draft_discard (wallet, id, error) ? g_variant_ref_sink (g_variant_new ("()")) : NULL;
}

const WalletBusMethod wallet_spend_methods[] = {
  { "FeeChoices", fee_choices },
  { "CreateDraft", create_draft },
  { "Send", send_draft },
  { "Discard", discard_draft },
  { NULL, NULL },
};

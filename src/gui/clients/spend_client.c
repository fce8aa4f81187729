#include "gui/clients/spend_client.h"

#include "bus-generated.h"
#include "gui/clients/bounds.h"

/* Sending waits for the disk and for the node to validate the payment. */
#define SEND_TIMEOUT_MS 120000

#define MAX_RATE G_GUINT64_CONSTANT (1000000000)

struct _GuiSpendClient {
  GuiClient parent_instance;
};

G_DEFINE_FINAL_TYPE (GuiSpendClient, gui_spend_client, GUI_TYPE_CLIENT)

void
gui_payment_free (GuiPayment *payment)
{
  if (payment == NULL)
    return;
  g_clear_pointer (&payment->txid, g_variant_unref);
  g_free (payment->reason);
  g_free (payment);
}

static void
gui_spend_client_class_init (GuiSpendClientClass *klass)
{
  GuiClientClass *client_class = GUI_CLIENT_CLASS (klass);

  client_class->proxy_type = BUS_TYPE_SPEND1_PROXY;
  client_class->interface = "org.moneyrocket.Spend1";
}

static void
gui_spend_client_init (GuiSpendClient *self)
{
}

GuiSpendClient *
gui_spend_client_new (void)
{
  return g_object_new (GUI_TYPE_SPEND_CLIENT, NULL);
}

void
gui_spend_client_fee_choices_async (GuiSpendClient *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "FeeChoices", g_variant_new ("(a{sv})", NULL), -1, cancellable, callback,
                         data);
}

static gboolean
fee_choice_read (GVariant *record, GuiFeeChoice *choice)
{
  *choice = (GuiFeeChoice){ 0 };
  g_variant_lookup (record, "fee_rate", "t", &choice->rate);
  g_variant_lookup (record, "estimated", "b", &choice->estimated);
  return g_variant_lookup (record, "blocks", "u", &choice->blocks) && choice->rate <= MAX_RATE;
}

GArray *
gui_spend_client_fee_choices_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) list = gui_client_call_finish_value (GUI_CLIENT (self), result, error);
  g_autoptr (GArray) choices = g_array_new (FALSE, FALSE, sizeof (GuiFeeChoice));
  gsize n = list != NULL ? MIN (g_variant_n_children (list), GUI_N_FEE_CHOICES) : 0;

  if (list == NULL)
    return NULL;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (list, i);
    GuiFeeChoice choice;

    if (!fee_choice_read (record, &choice)) {
      gui_client_reject_reply (GUI_CLIENT (self), "Spend1.FeeChoices", error);
      return NULL;
    }
    g_array_append_val (choices, choice);
  }
  return g_steal_pointer (&choices);
}

void
gui_spend_client_draft_async (GuiSpendClient *self,
                              GVariant *recipients,
                              guint64 fee_rate,
                              gboolean send_all,
                              gboolean spend_used,
                              const char *label,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (send_all)
    g_variant_dict_insert (&options, "send_all", "b", TRUE);
  if (spend_used)
    g_variant_dict_insert (&options, "spend_used", "b", TRUE);
  gui_client_add_label (&options, label);
  gui_client_call_async (GUI_CLIENT (self), "CreateDraft",
                         g_variant_new ("(@aa{sv}t@a{sv})", recipients, fee_rate, g_variant_dict_end (&options)), -1,
                         cancellable, callback, data);
}

GuiDraft *
gui_spend_client_draft_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (self), result, error);
  GuiDraft *draft;
  guint64 id;

  if (answer == NULL)
    return NULL;
  draft = gui_draft_read (answer, &id);
  if (draft == NULL) {
    gui_spend_client_discard (self, id);
    gui_client_reject_reply (GUI_CLIENT (self), "Spend1.CreateDraft", error);
  }
  return draft;
}

void
gui_spend_client_send_async (GuiSpendClient *self, guint64 draft, GAsyncReadyCallback callback, gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "Send", g_variant_new ("(ta{sv})", draft, NULL), SEND_TIMEOUT_MS, NULL,
                         callback, data);
}

void
gui_spend_client_get_payment_async (GuiSpendClient *self,
                                    guint64 draft,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "GetPayment", g_variant_new ("(ta{sv})", draft, NULL), -1, cancellable,
                         callback, data);
}

GuiPayment *
gui_spend_client_payment_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (self), result, error);
  g_autoptr (GVariant) details = NULL;
  g_autoptr (GuiPayment) payment = NULL;
  const char *state, *reason = "";

  if (answer == NULL)
    return NULL;
  payment = g_new0 (GuiPayment, 1);
  g_variant_get (answer, "(@ay&s@a{sv})", &payment->txid, &state, &details);
  g_variant_lookup (details, "reason", "&s", &reason);
  payment->reason = gui_bounds_dup_line (reason, GUI_BOUNDS_MAX_SENTENCE);
  if (gui_bounds_hash (payment->txid) && gui_outcome_by_name (state, &payment->outcome))
    return g_steal_pointer (&payment);
  gui_client_reject_reply (GUI_CLIENT (self), "Spend1.GetPayment", error);
  return NULL;
}

void
gui_spend_client_abandon_async (GuiSpendClient *self, GVariant *txid, GAsyncReadyCallback callback, gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "Abandon", g_variant_new ("(@aya{sv})", txid, NULL), -1, NULL, callback,
                         data);
}

gboolean
gui_spend_client_abandon_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (self), result, error);

  return answer != NULL;
}

void
gui_spend_client_discard (GuiSpendClient *self, guint64 draft)
{
  gui_client_call_async (GUI_CLIENT (self), "Discard", g_variant_new ("(ta{sv})", draft, NULL), -1, NULL, NULL, NULL);
}

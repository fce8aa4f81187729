#include "gui/clients/spend_client.h"

#include "bus-generated.h"

/* Sending waits for the disk and for the node's checks. */
#define SEND_TIMEOUT_MS 120000

struct _GuiSpendClient {
  GuiClient parent_instance;
};

G_DEFINE_FINAL_TYPE (GuiSpendClient, gui_spend_client, GUI_TYPE_CLIENT)

static void
coin_free (gpointer data)
{
  GuiDraftCoin *coin = data;

  g_free (coin->address);
  g_free (coin);
}

void
gui_draft_free (GuiDraft *draft)
{
  if (draft == NULL)
    return;
  g_ptr_array_unref (draft->inputs);
  g_ptr_array_unref (draft->outputs);
  g_free (draft);
}

gint64
gui_draft_get_paid_sat (const GuiDraft *draft)
{
  gint64 sum = 0;

  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiDraftCoin *coin = g_ptr_array_index (draft->outputs, i);

    if (!coin->change)
      sum += coin->amount_sat;
  }
  return sum;
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

GArray *
gui_spend_client_fee_choices_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) list = gui_client_call_finish_value (GUI_CLIENT (self), result, error);
  GVariantIter iter;
  GuiFeeChoice choice;
  GArray *choices;

  if (list == NULL)
    return NULL;
  choices = g_array_new (FALSE, FALSE, sizeof (GuiFeeChoice));
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(utb)", &choice.blocks, &choice.rate, &choice.estimated))
    g_array_append_val (choices, choice);
  return choices;
}

/* Reads a(sx) inputs, or a(sxs) outputs with their role. */
static GPtrArray *
read_coins (GVariant *list)
{
  GPtrArray *coins = g_ptr_array_new_with_free_func (coin_free);
  gboolean with_role;

  if (list == NULL)
    return coins;
  with_role = g_variant_is_of_type (list, G_VARIANT_TYPE ("a(sxs)"));
  if (!with_role && !g_variant_is_of_type (list, G_VARIANT_TYPE ("a(sx)")))
    return coins;
  for (gsize i = 0; i < g_variant_n_children (list); i++) {
    g_autoptr (GVariant) row = g_variant_get_child_value (list, i);
    GuiDraftCoin *coin = g_new0 (GuiDraftCoin, 1);
    const char *role = "";

    if (with_role)
      g_variant_get (row, "(sx&s)", &coin->address, &coin->amount_sat, &role);
    else
      g_variant_get (row, "(sx)", &coin->address, &coin->amount_sat);
    coin->change = g_str_equal (role, "change");
    g_ptr_array_add (coins, coin);
  }
  return coins;
}

void
gui_spend_client_draft_async (GuiSpendClient *self,
                              GVariant *recipients,
                              guint64 fee_rate,
                              gboolean send_all,
                              const char *label,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (send_all)
    g_variant_dict_insert (&options, "send_all", "b", TRUE);
  if (label != NULL && *label != '\0')
    g_variant_dict_insert (&options, "label", "s", label);
  gui_client_call_async (GUI_CLIENT (self), "CreateDraft",
                         g_variant_new ("(@a(sx)t@a{sv})", recipients, fee_rate, g_variant_dict_end (&options)), -1,
                         cancellable, callback, data);
}

GuiDraft *
gui_spend_client_draft_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (self), result, error);
  g_autoptr (GVariant) summary = NULL;
  g_autoptr (GVariant) inputs = NULL;
  g_autoptr (GVariant) outputs = NULL;
  GuiDraft *draft;

  if (answer == NULL)
    return NULL;
  draft = g_new0 (GuiDraft, 1);
  g_variant_get (answer, "(tx@a{sv})", &draft->id, &draft->fee_sat, &summary);
  inputs = g_variant_lookup_value (summary, "inputs", NULL);
  outputs = g_variant_lookup_value (summary, "outputs", NULL);
  draft->inputs = read_coins (inputs);
  draft->outputs = read_coins (outputs);
  g_variant_lookup (summary, "vsize", "u", &draft->vsize);
  g_variant_lookup (summary, "remaining", "x", &draft->remaining_sat);
  return draft;
}

void
gui_spend_client_send_async (GuiSpendClient *self, guint64 draft, GAsyncReadyCallback callback, gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "Send", g_variant_new ("(ta{sv})", draft, NULL), SEND_TIMEOUT_MS, NULL,
                         callback, data);
}

GVariant *
gui_spend_client_send_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  return gui_client_call_finish_value (GUI_CLIENT (self), result, error);
}

void
gui_spend_client_discard (GuiSpendClient *self, guint64 draft)
{
  gui_client_call_async (GUI_CLIENT (self), "Discard", g_variant_new ("(ta{sv})", draft, NULL), -1, NULL, NULL, NULL);
}

#include "gui/clients/spend_client.h"

#include "bus-generated.h"
#include "dbus/errors.h"
#include "dbus/names.h"

/* Sending waits for the disk and for the node's checks. */
#define SEND_TIMEOUT_MS 120000

struct _GuiSpendClient {
  GObject parent_instance;

  BusSpend1 *proxy;
  GCancellable *cancellable; /* of the attachment */
};

G_DEFINE_FINAL_TYPE (GuiSpendClient, gui_spend_client, G_TYPE_OBJECT)

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
proxy_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiSpendClient) self = data;
  g_autoptr (BusSpend1) proxy = bus_spend1_proxy_new_finish (result, NULL);

  if (proxy == NULL)
    return;
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (proxy), BUS_CALL_TIMEOUT_MS);
  g_set_object (&self->proxy, proxy);
}

void
gui_spend_client_attach (GuiSpendClient *self, GDBusConnection *connection, const char *path)
{
  g_return_if_fail (GUI_IS_SPEND_CLIENT (self));

  gui_spend_client_detach (self);
  self->cancellable = g_cancellable_new ();
  bus_spend1_proxy_new (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, path, self->cancellable, proxy_cb,
                        g_object_ref (self));
}

void
gui_spend_client_detach (GuiSpendClient *self)
{
  g_return_if_fail (GUI_IS_SPEND_CLIENT (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->proxy);
}

static void
gui_spend_client_dispose (GObject *object)
{
  gui_spend_client_detach (GUI_SPEND_CLIENT (object));
  G_OBJECT_CLASS (gui_spend_client_parent_class)->dispose (object);
}

static void
gui_spend_client_class_init (GuiSpendClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_spend_client_dispose;
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

static GTask *
task_for_call (GuiSpendClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);

  if (self->proxy != NULL)
    return task;
  g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NOT_READY, "the wallet worker is not running");
  g_object_unref (task);
  return NULL;
}

static void
fee_choices_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;
  GVariantIter iter;
  GuiFeeChoice choice;
  GArray *choices;

  if (!bus_spend1_call_fee_choices_finish (BUS_SPEND1 (source), &reply, result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  choices = g_array_new (FALSE, FALSE, sizeof (GuiFeeChoice));
  g_variant_iter_init (&iter, reply);
  while (g_variant_iter_next (&iter, "(utb)", &choice.blocks, &choice.rate, &choice.estimated))
    g_array_append_val (choices, choice);
  g_task_return_pointer (task, choices, (GDestroyNotify) g_array_unref);
}

void
gui_spend_client_fee_choices_async (GuiSpendClient *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data)
{
  GTask *task;

  g_return_if_fail (GUI_IS_SPEND_CLIENT (self));

  task = task_for_call (self, cancellable, callback, data);
  if (task != NULL)
    bus_spend1_call_fee_choices (self->proxy, g_variant_new ("a{sv}", NULL), G_DBUS_CALL_FLAGS_NONE, -1, cancellable,
                                 fee_choices_cb, task);
}

GArray *
gui_spend_client_fee_choices_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
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

static void
draft_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GVariant) summary = NULL;
  g_autoptr (GVariant) inputs = NULL;
  g_autoptr (GVariant) outputs = NULL;
  GError *error = NULL;
  GuiDraft *draft = g_new0 (GuiDraft, 1);

  if (!bus_spend1_call_create_draft_finish (BUS_SPEND1 (source), &draft->id, &draft->fee_sat, &summary, result,
                                            &error)) {
    g_free (draft);
    g_task_return_error (task, error);
    return;
  }
  inputs = g_variant_lookup_value (summary, "inputs", NULL);
  outputs = g_variant_lookup_value (summary, "outputs", NULL);
  draft->inputs = read_coins (inputs);
  draft->outputs = read_coins (outputs);
  g_variant_lookup (summary, "vsize", "u", &draft->vsize);
  g_variant_lookup (summary, "remaining", "x", &draft->remaining_sat);
  g_task_return_pointer (task, draft, (GDestroyNotify) gui_draft_free);
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
  g_autoptr (GVariant) keep = g_variant_ref_sink (recipients);
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  GTask *task;

  g_return_if_fail (GUI_IS_SPEND_CLIENT (self));

  task = task_for_call (self, cancellable, callback, data);
  if (task == NULL)
    return;
  if (send_all)
    g_variant_dict_insert (&options, "send_all", "b", TRUE);
  if (label != NULL && *label != '\0')
    g_variant_dict_insert (&options, "label", "s", label);
  bus_spend1_call_create_draft (self->proxy, recipients, fee_rate, g_variant_dict_end (&options),
                                G_DBUS_CALL_FLAGS_NONE, -1, cancellable, draft_cb, task);
}

GuiDraft *
gui_spend_client_draft_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
send_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;

  reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  if (reply != NULL)
    g_task_return_pointer (task, g_variant_get_child_value (reply, 0), (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, error);
}

void
gui_spend_client_send_async (GuiSpendClient *self, guint64 draft, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task;

  g_return_if_fail (GUI_IS_SPEND_CLIENT (self));

  task = task_for_call (self, NULL, callback, data);
  if (task != NULL)
    g_dbus_proxy_call (G_DBUS_PROXY (self->proxy), "Send",
                       g_variant_new ("(t@a{sv})", draft, g_variant_new ("a{sv}", NULL)), G_DBUS_CALL_FLAGS_NONE,
                       SEND_TIMEOUT_MS, NULL, send_cb, task);
}

GVariant *
gui_spend_client_send_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
gui_spend_client_discard (GuiSpendClient *self, guint64 draft)
{
  g_return_if_fail (GUI_IS_SPEND_CLIENT (self));

  if (self->proxy != NULL)
    bus_spend1_call_discard (self->proxy, draft, g_variant_new ("a{sv}", NULL), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL,
                             NULL);
}

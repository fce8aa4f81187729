#include "gui/clients/wallet_client.h"

#include "bus-generated.h"
#include "dbus/errors.h"
#include "dbus/names.h"

#include <glib/gi18n.h>

struct _GuiWalletClient {
  GObject parent_instance;

  char *name;
  BusWallet1 *proxy;
  GuiSpendClient *spend;
  GCancellable *cancellable; /* of the attachment */

  gboolean known;
  gint64 spendable_sat;
  gint64 pending_sat;
  gint64 immature_sat;
  gboolean scanning;
  guint32 scanned_height;
};

G_DEFINE_FINAL_TYPE (GuiWalletClient, gui_wallet_client, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
take_figures (GuiWalletClient *self)
{
  GVariant *balance = bus_wallet1_get_balance (self->proxy);
  GVariant *scanned = bus_wallet1_get_scanned (self->proxy);

  if (balance != NULL) {
    g_variant_get (balance, "(xxx)", &self->spendable_sat, &self->pending_sat, &self->immature_sat);
    self->known = TRUE;
  }
  if (scanned != NULL)
    g_variant_get (scanned, "(u@ay)", &self->scanned_height, NULL);
  self->scanning = bus_wallet1_get_scanning (self->proxy);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
properties_changed_cb (GDBusProxy *proxy, GVariant *changed, GStrv invalidated, GuiWalletClient *self)
{
  take_figures (self);
}

static void
changed_cb (BusWallet1 *proxy, guint64 sequence, GuiWalletClient *self)
{
  take_figures (self);
}

static void
proxy_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiWalletClient) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BusWallet1) proxy = bus_wallet1_proxy_new_finish (result, &error);

  if (proxy == NULL)
    return;
  g_set_object (&self->proxy, proxy);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (proxy), BUS_CALL_TIMEOUT_MS);
  g_signal_connect_object (proxy, "g-properties-changed", G_CALLBACK (properties_changed_cb), self, 0);
  g_signal_connect_object (proxy, "changed", G_CALLBACK (changed_cb), self, 0);
  take_figures (self);
}

void
gui_wallet_client_attach (GuiWalletClient *self, GDBusConnection *connection, const char *path)
{
  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));
  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));

  gui_wallet_client_detach (self);
  self->cancellable = g_cancellable_new ();
  gui_spend_client_attach (self->spend, connection, path);
  bus_wallet1_proxy_new (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, path, self->cancellable, proxy_cb,
                         g_object_ref (self));
}

void
gui_wallet_client_detach (GuiWalletClient *self)
{
  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gui_spend_client_detach (self->spend);
  if (self->proxy == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->proxy, self);
  g_clear_object (&self->proxy);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
gui_wallet_client_dispose (GObject *object)
{
  GuiWalletClient *self = GUI_WALLET_CLIENT (object);

  if (self->spend != NULL)
    gui_wallet_client_detach (self);
  g_clear_object (&self->spend);

  G_OBJECT_CLASS (gui_wallet_client_parent_class)->dispose (object);
}

static void
gui_wallet_client_finalize (GObject *object)
{
  g_free (GUI_WALLET_CLIENT (object)->name);
  G_OBJECT_CLASS (gui_wallet_client_parent_class)->finalize (object);
}

static void
gui_wallet_client_class_init (GuiWalletClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_wallet_client_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_wallet_client_finalize;

  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", GUI_TYPE_WALLET_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gui_wallet_client_init (GuiWalletClient *self)
{
  self->spend = gui_spend_client_new ();
}

GuiWalletClient *
gui_wallet_client_new (const char *name)
{
  GuiWalletClient *self = g_object_new (GUI_TYPE_WALLET_CLIENT, NULL);

  self->name = g_strdup (name);
  return self;
}

const char *
gui_wallet_client_get_name (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), NULL);
  return self->name;
}

const char *
gui_wallet_client_get_title (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), NULL);
  return *self->name != '\0' ? self->name : _ ("Wallet");
}

gboolean
gui_wallet_client_get_online (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), FALSE);
  return self->proxy != NULL;
}

gboolean
gui_wallet_client_get_known (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), FALSE);
  return self->known;
}

gint64
gui_wallet_client_get_spendable_sat (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), 0);
  return self->spendable_sat;
}

gint64
gui_wallet_client_get_pending_sat (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), 0);
  return self->pending_sat;
}

gint64
gui_wallet_client_get_immature_sat (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), 0);
  return self->immature_sat;
}

gboolean
gui_wallet_client_get_scanning (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), FALSE);
  return self->scanning;
}

guint32
gui_wallet_client_get_scanned_height (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), 0);
  return self->scanned_height;
}

GuiSpendClient *
gui_wallet_client_get_spend (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), NULL);
  return self->spend;
}

/* A task for a call, or NULL after answering that the wallet is not there. */
static GTask *
task_for_call (GuiWalletClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);

  if (self->proxy != NULL)
    return task;
  g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NOT_READY, "the wallet worker is not running");
  g_object_unref (task);
  return NULL;
}

static void
new_address_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  char *address = NULL;

  if (bus_wallet1_call_new_address_finish (BUS_WALLET1 (source), &address, result, &error))
    g_task_return_pointer (task, address, g_free);
  else
    g_task_return_error (task, error);
}

void
gui_wallet_client_new_address_async (GuiWalletClient *self,
                                     const char *label,
                                     const char *type,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data)
{
  GTask *task;

  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));

  task = task_for_call (self, cancellable, callback, data);
  if (task != NULL)
    bus_wallet1_call_new_address (self->proxy, label, type, g_variant_new ("a{sv}", NULL), G_DBUS_CALL_FLAGS_NONE, -1,
                                  cancellable, new_address_cb, task);
}

char *
gui_wallet_client_new_address_finish (GuiWalletClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Calls are made on the proxy as such where the reply is handed on as it came. */
static void
raw_call_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GVariant *reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, error);
}

void
gui_wallet_client_list_addresses_async (GuiWalletClient *self,
                                        guint limit,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer data)
{
  GTask *task;

  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));

  task = task_for_call (self, cancellable, callback, data);
  if (task != NULL)
    g_dbus_proxy_call (G_DBUS_PROXY (self->proxy), "ListAddresses",
                       g_variant_new ("(su@a{sv})", "", limit, g_variant_new ("a{sv}", NULL)), G_DBUS_CALL_FLAGS_NONE,
                       -1, cancellable, raw_call_cb, task);
}

GVariant *
gui_wallet_client_list_addresses_finish (GuiWalletClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = g_task_propagate_pointer (G_TASK (result), error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

void
gui_wallet_client_set_label (GuiWalletClient *self, const char *address, const char *label)
{
  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));

  if (self->proxy != NULL)
    bus_wallet1_call_set_label (self->proxy, address, label, g_variant_new ("a{sv}", NULL), G_DBUS_CALL_FLAGS_NONE, -1,
                                NULL, NULL, NULL);
}

void
gui_wallet_client_list_balances_async (GuiWalletClient *self,
                                       gint64 from,
                                       guint limit,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer data)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  GTask *task;

  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));

  task = task_for_call (self, cancellable, callback, data);
  if (task != NULL)
    g_dbus_proxy_call (G_DBUS_PROXY (self->proxy), "ListBalances",
                       g_variant_new ("(xu@a{sv})", from, limit, g_variant_dict_end (&options)), G_DBUS_CALL_FLAGS_NONE,
                       -1, cancellable, raw_call_cb, task);
}

GVariant *
gui_wallet_client_list_balances_finish (GuiWalletClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = g_task_propagate_pointer (G_TASK (result), error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

void
gui_wallet_client_list_history_async (GuiWalletClient *self,
                                      const char *cursor,
                                      guint limit,
                                      const char *search,
                                      const char *kind,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  GTask *task;

  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));

  task = task_for_call (self, cancellable, callback, data);
  if (task == NULL)
    return;
  if (search != NULL && *search != '\0')
    g_variant_dict_insert (&options, "search", "s", search);
  if (kind != NULL && *kind != '\0')
    g_variant_dict_insert (&options, "kind", "s", kind);
  g_dbus_proxy_call (G_DBUS_PROXY (self->proxy), "ListHistory",
                     g_variant_new ("(su@a{sv})", cursor, limit, g_variant_dict_end (&options)), G_DBUS_CALL_FLAGS_NONE,
                     -1, cancellable, raw_call_cb, task);
}

GVariant *
gui_wallet_client_list_history_finish (GuiWalletClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
gui_wallet_client_get_transaction_async (GuiWalletClient *self,
                                         GVariant *txid,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer data)
{
  GTask *task;

  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));

  task = task_for_call (self, cancellable, callback, data);
  if (task != NULL)
    g_dbus_proxy_call (G_DBUS_PROXY (self->proxy), "GetTransaction",
                       g_variant_new ("(@ay@a{sv})", txid, g_variant_new ("a{sv}", NULL)), G_DBUS_CALL_FLAGS_NONE, -1,
                       cancellable, raw_call_cb, task);
}

GVariant *
gui_wallet_client_get_transaction_finish (GuiWalletClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

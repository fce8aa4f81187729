#include "gui/clients/wallet_manager_client.h"

#include "bus-generated.h"
#include "dbus/errors.h"
#include "dbus/names.h"

struct _GuiWalletManagerClient {
  GObject parent_instance;

  BusWalletManager1 *proxy;
  GCancellable *cancellable; /* of the attachment */

  GPtrArray *names; /* NULL-terminated */
  GPtrArray *paths; /* beside the names */
};

G_DEFINE_FINAL_TYPE (GuiWalletManagerClient, gui_wallet_manager_client, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
take_wallets (GuiWalletManagerClient *self)
{
  GVariant *wallets = bus_wallet_manager1_get_wallets (self->proxy);
  GVariantIter iter;
  char *name, *path;

  g_ptr_array_set_size (self->names, 0);
  g_ptr_array_set_size (self->paths, 0);
  if (wallets != NULL) {
    g_variant_iter_init (&iter, wallets);
    while (g_variant_iter_next (&iter, "(so)", &name, &path)) {
      g_ptr_array_add (self->names, name);
      g_ptr_array_add (self->paths, path);
    }
  }
  g_ptr_array_add (self->names, NULL);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
properties_changed_cb (GDBusProxy *proxy, GVariant *changed, GStrv invalidated, GuiWalletManagerClient *self)
{
  take_wallets (self);
}

static void
proxy_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiWalletManagerClient) self = data;
  g_autoptr (BusWalletManager1) proxy = bus_wallet_manager1_proxy_new_finish (result, NULL);

  if (proxy == NULL)
    return;
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (proxy), BUS_CALL_TIMEOUT_MS);
  g_set_object (&self->proxy, proxy);
  g_signal_connect_object (proxy, "g-properties-changed", G_CALLBACK (properties_changed_cb), self, 0);
  take_wallets (self);
}

void
gui_wallet_manager_client_attach (GuiWalletManagerClient *self, GDBusConnection *connection)
{
  g_return_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self));

  gui_wallet_manager_client_detach (self);
  self->cancellable = g_cancellable_new ();
  bus_wallet_manager1_proxy_new (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, BUS_PATH_WALLET_MANAGER, self->cancellable,
                                 proxy_cb, g_object_ref (self));
}

void
gui_wallet_manager_client_detach (GuiWalletManagerClient *self)
{
  g_return_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->proxy == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->proxy, self);
  g_clear_object (&self->proxy);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
gui_wallet_manager_client_dispose (GObject *object)
{
  gui_wallet_manager_client_detach (GUI_WALLET_MANAGER_CLIENT (object));
  G_OBJECT_CLASS (gui_wallet_manager_client_parent_class)->dispose (object);
}

static void
gui_wallet_manager_client_finalize (GObject *object)
{
  GuiWalletManagerClient *self = GUI_WALLET_MANAGER_CLIENT (object);

  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->paths);
  G_OBJECT_CLASS (gui_wallet_manager_client_parent_class)->finalize (object);
}

static void
gui_wallet_manager_client_class_init (GuiWalletManagerClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_wallet_manager_client_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_wallet_manager_client_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", GUI_TYPE_WALLET_MANAGER_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
}

static void
gui_wallet_manager_client_init (GuiWalletManagerClient *self)
{
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->paths = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->names, NULL);
}

GuiWalletManagerClient *
gui_wallet_manager_client_new (void)
{
  return g_object_new (GUI_TYPE_WALLET_MANAGER_CLIENT, NULL);
}

gboolean
gui_wallet_manager_client_get_ready (GuiWalletManagerClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self), FALSE);
  return self->proxy != NULL && bus_wallet_manager1_get_ready (self->proxy);
}

const char *const *
gui_wallet_manager_client_get_names (GuiWalletManagerClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self), NULL);
  return (const char *const *) self->names->pdata;
}

const char *
gui_wallet_manager_client_get_path (GuiWalletManagerClient *self, const char *name)
{
  g_return_val_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self), NULL);

  for (guint i = 0; i < self->paths->len; i++)
    if (g_strcmp0 (name, g_ptr_array_index (self->names, i)) == 0)
      return g_ptr_array_index (self->paths, i);
  return NULL;
}

static GTask *
task_for_call (GuiWalletManagerClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);

  if (self->proxy != NULL)
    return task;
  g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NOT_READY, "the wallet worker is not running");
  g_object_unref (task);
  return NULL;
}

static void
create_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (bus_wallet_manager1_call_create_finish (BUS_WALLET_MANAGER1 (source), NULL, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
gui_wallet_manager_client_create_async (GuiWalletManagerClient *self,
                                        const char *name,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer data)
{
  GTask *task;

  g_return_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self));

  task = task_for_call (self, cancellable, callback, data);
  if (task != NULL)
    bus_wallet_manager1_call_create (self->proxy, name, g_variant_new ("a{sv}", NULL), G_DBUS_CALL_FLAGS_NONE, -1,
                                     cancellable, create_cb, task);
}

static void
load_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (bus_wallet_manager1_call_load_finish (BUS_WALLET_MANAGER1 (source), NULL, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
gui_wallet_manager_client_load_async (GuiWalletManagerClient *self,
                                      const char *name,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data)
{
  GTask *task;

  g_return_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self));

  task = task_for_call (self, cancellable, callback, data);
  if (task != NULL)
    bus_wallet_manager1_call_load (self->proxy, name, g_variant_new ("a{sv}", NULL), G_DBUS_CALL_FLAGS_NONE, -1,
                                   cancellable, load_cb, task);
}

gboolean
gui_wallet_manager_client_open_finish (GuiWalletManagerClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
list_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GVariant) wallets = NULL;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  GError *error = NULL;
  GVariantIter iter;
  const char *name;
  gboolean loaded;

  if (!bus_wallet_manager1_call_list_finish (BUS_WALLET_MANAGER1 (source), &wallets, result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_variant_iter_init (&iter, wallets);
  while (g_variant_iter_next (&iter, "(&sb)", &name, &loaded))
    if (!loaded)
      g_strv_builder_add (names, name);
  g_task_return_pointer (task, g_strv_builder_end (names), (GDestroyNotify) g_strfreev);
}

void
gui_wallet_manager_client_list_closed_async (GuiWalletManagerClient *self,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer data)
{
  GTask *task;

  g_return_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self));

  task = task_for_call (self, cancellable, callback, data);
  if (task != NULL)
    bus_wallet_manager1_call_list (self->proxy, g_variant_new ("a{sv}", NULL), G_DBUS_CALL_FLAGS_NONE, -1, cancellable,
                                   list_cb, task);
}

char **
gui_wallet_manager_client_list_closed_finish (GuiWalletManagerClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

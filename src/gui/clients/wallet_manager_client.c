#include "gui/clients/wallet_manager_client.h"

#include "bus-generated.h"
#include "dbus/names.h"
#include "gui/clients/bounds.h"
#include "gui/clients/wallet_list.h"

struct _GuiWalletManagerClient {
  GuiClient parent_instance;

  gboolean ready;
  char *refusal;
  GuiWalletList *list;
};

G_DEFINE_FINAL_TYPE (GuiWalletManagerClient, gui_wallet_manager_client, GUI_TYPE_CLIENT)

static const char *
manager_take_figures (GuiClient *client, gpointer proxy)
{
  GuiWalletManagerClient *self = GUI_WALLET_MANAGER_CLIENT (client);
  const char *refusal = bus_wallet_manager1_get_refusal (proxy);

  self->ready = bus_wallet_manager1_get_ready (proxy);
  g_free (self->refusal);
  self->refusal = gui_bounds_dup_line (refusal != NULL ? refusal : "", GUI_BOUNDS_MAX_SENTENCE);
  return NULL;
}

static void
manager_client_on_list (gpointer data, gboolean valid)
{
  if (valid)
    g_signal_emit_by_name (data, "changed");
  else
    gui_client_reject_reply (data, "ObjectManager.GetManagedObjects", NULL);
}

void
gui_wallet_manager_client_attach (GuiWalletManagerClient *self, GDBusConnection *connection)
{
  g_return_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self));

  /* In this order: when the manager is ready, the startup wallets were signalled before. */
  gui_wallet_list_attach (self->list, connection);
  gui_client_attach (GUI_CLIENT (self), connection, BUS_PATH_WALLET_MANAGER);
}

void
gui_wallet_manager_client_detach (GuiWalletManagerClient *self)
{
  g_return_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self));

  gui_wallet_list_detach (self->list);
  gui_client_detach (GUI_CLIENT (self));
}

static void
gui_wallet_manager_client_finalize (GObject *object)
{
  GuiWalletManagerClient *self = GUI_WALLET_MANAGER_CLIENT (object);

  gui_wallet_list_free (self->list);
  g_free (self->refusal);
  G_OBJECT_CLASS (gui_wallet_manager_client_parent_class)->finalize (object);
}

static void
gui_wallet_manager_client_class_init (GuiWalletManagerClientClass *klass)
{
  GuiClientClass *client_class = GUI_CLIENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gui_wallet_manager_client_finalize;
  client_class->proxy_type = BUS_TYPE_WALLET_MANAGER1_PROXY;
  client_class->interface = "org.moneyrocket.WalletManager1";
  client_class->take_figures = manager_take_figures;
}

static void
gui_wallet_manager_client_init (GuiWalletManagerClient *self)
{
  self->list = gui_wallet_list_new (manager_client_on_list, self);
  self->refusal = g_strdup ("");
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
  return gui_client_get_online (GUI_CLIENT (self)) && self->ready && gui_wallet_list_is_current (self->list);
}

const char *
gui_wallet_manager_client_get_refusal (GuiWalletManagerClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self), "");
  return self->refusal;
}

const char *const *
gui_wallet_manager_client_get_names (GuiWalletManagerClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self), NULL);
  return gui_wallet_list_get_names (self->list);
}

const char *
gui_wallet_manager_client_get_path (GuiWalletManagerClient *self, const char *name)
{
  g_return_val_if_fail (GUI_IS_WALLET_MANAGER_CLIENT (self), NULL);

  return gui_wallet_list_get_path (self->list, name);
}

void
gui_wallet_manager_client_create_async (GuiWalletManagerClient *self,
                                        const char *name,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "Create", g_variant_new ("(sa{sv})", name, NULL), -1, cancellable, callback,
                         data);
}

void
gui_wallet_manager_client_load_async (GuiWalletManagerClient *self,
                                      const char *name,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "Load", g_variant_new ("(sa{sv})", name, NULL), -1, cancellable, callback,
                         data);
}

gboolean
gui_wallet_manager_client_open_finish (GuiWalletManagerClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) path = gui_client_call_finish_value (GUI_CLIENT (self), result, error);

  return path != NULL;
}

void
gui_wallet_manager_client_list_closed_async (GuiWalletManagerClient *self,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "List", g_variant_new ("(a{sv})", NULL), -1, cancellable, callback, data);
}

static void
closed_wallet_free (gpointer data)
{
  GuiClosedWallet *wallet = data;

  g_free (wallet->name);
  g_clear_error (&wallet->problem);
  g_free (wallet);
}

static GuiClosedWallet *
closed_wallet_new (const char *name, GVariant *record)
{
  GuiClosedWallet *wallet = g_new0 (GuiClosedWallet, 1);
  const char *problem = NULL, *reason = "";

  wallet->name = g_strdup (name);
  g_variant_lookup (record, "problem", "&s", &problem);
  g_variant_lookup (record, "reason", "&s", &reason);
  if (problem != NULL && g_dbus_is_interface_name (problem)) {
    g_autofree char *line = gui_bounds_dup_line (reason, GUI_BOUNDS_MAX_SENTENCE);

    wallet->problem = g_dbus_error_new_for_dbus_error (problem, line);
  }
  return wallet;
}

GPtrArray *
gui_wallet_manager_client_list_closed_finish (GuiWalletManagerClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) wallets = gui_client_call_finish_value (GUI_CLIENT (self), result, error);
  g_autoptr (GPtrArray) closed = g_ptr_array_new_with_free_func (closed_wallet_free);
  gsize n = wallets != NULL ? g_variant_n_children (wallets) : 0;

  if (wallets == NULL)
    return NULL;
  for (gsize i = 0; i < n && closed->len < GUI_BOUNDS_MAX_WALLETS; i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (wallets, i);
    const char *name;

    if (!g_variant_lookup (record, "name", "&s", &name) || !gui_bounds_name (name)) {
      gui_client_reject_reply (GUI_CLIENT (self), "WalletManager1.List", error);
      return NULL;
    }
    if (!g_variant_lookup (record, "wallet", "&o", NULL))
      g_ptr_array_add (closed, closed_wallet_new (name, record));
  }
  return g_steal_pointer (&closed);
}

#include "gui/clients/wallet_manager_client.h"

#include "bus-generated.h"
#include "gui/clients/bounds.h"

struct _GuiWalletManagerClient {
  GuiClient parent_instance;

  gboolean ready;
  GPtrArray *names; /* NULL-terminated */
  GPtrArray *paths; /* beside the names */
};

G_DEFINE_FINAL_TYPE (GuiWalletManagerClient, gui_wallet_manager_client, GUI_TYPE_CLIENT)

/* The names and paths of WALLETS, a(so), into lists that are empty. */
static gboolean
manager_read_wallets (GVariant *wallets, GPtrArray *names, GPtrArray *paths)
{
  GVariantIter iter;
  char *name, *path;

  if (wallets != NULL) {
    if (g_variant_iter_init (&iter, wallets) > GUI_BOUNDS_MAX_WALLETS)
      return FALSE;
    while (g_variant_iter_next (&iter, "(so)", &name, &path)) {
      g_ptr_array_add (names, name);
      g_ptr_array_add (paths, path);
      if (!gui_bounds_name (name))
        return FALSE;
    }
  }
  g_ptr_array_add (names, NULL);
  return TRUE;
}

static const char *
manager_take_figures (GuiClient *client, gpointer proxy)
{
  GuiWalletManagerClient *self = GUI_WALLET_MANAGER_CLIENT (client);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  if (!manager_read_wallets (bus_wallet_manager1_get_wallets (proxy), names, paths))
    return "WalletManager1.Wallets";
  self->ready = bus_wallet_manager1_get_ready (proxy);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->paths);
  self->names = g_steal_pointer (&names);
  self->paths = g_steal_pointer (&paths);
  return NULL;
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
  GuiClientClass *client_class = GUI_CLIENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gui_wallet_manager_client_finalize;
  client_class->proxy_type = BUS_TYPE_WALLET_MANAGER1_PROXY;
  client_class->interface = "org.moneyrocket.WalletManager1";
  client_class->take_figures = manager_take_figures;
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
  return gui_client_get_online (GUI_CLIENT (self)) && self->ready;
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

char **
gui_wallet_manager_client_list_closed_finish (GuiWalletManagerClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) wallets = gui_client_call_finish_value (GUI_CLIENT (self), result, error);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  GVariantIter iter;
  const char *name;
  gboolean loaded;
  guint n = 0;

  if (wallets == NULL)
    return NULL;
  g_variant_iter_init (&iter, wallets);
  while (n < GUI_BOUNDS_MAX_WALLETS && g_variant_iter_next (&iter, "(&sb)", &name, &loaded)) {
    if (!gui_bounds_name (name)) {
      gui_client_refuse (GUI_CLIENT (self), "WalletManager1.List", error);
      return NULL;
    }
    if (loaded)
      continue;
    g_strv_builder_add (names, name);
    n++;
  }
  return g_strv_builder_end (names);
}

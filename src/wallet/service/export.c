#include "wallet/service/export.h"

#include "dbus/connection.h"
#include "dbus/export.h"
#include "dbus/names.h"
#include "wallet/service/object.h"

struct _WalletExport {
  WalletBusTarget target; /* its manager is referenced */
  BusWalletManager1 *manager1;
  GDBusObjectManagerServer *server; /* signals added and removed objects */
  GHashTable *objects;              /* name → WalletObject */
  BusRoles roles;                   /* of the connection */
};

static void
export_show (WalletExport *self)
{
  bus_wallet_manager1_set_ready (self->manager1, wallet_manager_is_ready (self->target.manager));
}

static void
export_add (WalletExport *self, const char *name)
{
  WalletObject *object = wallet_object_new (self->target.manager, name, self->roles);

  g_hash_table_insert (self->objects, g_strdup (name), object);
  g_dbus_object_manager_server_export (self->server, wallet_object_get_skeleton (object));
}

static void
export_remove (WalletExport *self, const char *name)
{
  g_autofree char *path = wallet_object_dup_path (name);

  g_dbus_object_manager_server_unexport (self->server, path);
}

/* Exports exactly one object for each loaded wallet. */
static void
export_update (WalletExport *self)
{
  g_auto (GStrv) names = wallet_manager_dup_loaded (self->target.manager);
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_strv_contains ((const char *const *) names, name)) {
      export_remove (self, name);
      g_hash_table_iter_remove (&iter);
    }
  for (char **loaded = names; *loaded != NULL; loaded++)
    if (!g_hash_table_contains (self->objects, *loaded))
      export_add (self, *loaded);
}

/* Called before the reply to the call that has changed them. */
static void
on_wallets_changed (WalletManager *manager, gpointer data)
{
  export_update (data);
  export_show (data);
}

static void
on_wallet_changed (WalletManager *manager, const char *name, gpointer data)
{
  WalletExport *self = data;
  WalletObject *object = g_hash_table_lookup (self->objects, name);

  if (object != NULL)
    wallet_object_update (object);
}

WalletExport *
wallet_export_new (WalletManager *manager, GDBusConnection *connection, GError **error)
{
  g_autoptr (WalletExport) self = g_new0 (WalletExport, 1);

  self->target.manager = g_object_ref (manager);
  self->roles = bus_connection_get_roles (connection);
  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) wallet_object_free);
  self->manager1 = wallet_manager1_new (&self->target);
  export_show (self);
  if (!bus_export (G_DBUS_INTERFACE_SKELETON (self->manager1), connection, BUS_PATH_WALLET_MANAGER, error))
    return NULL;
  self->server = g_dbus_object_manager_server_new (BUS_PATH_WALLETS);
  export_update (self);
  g_dbus_object_manager_server_set_connection (self->server, connection);
  g_signal_connect (manager, "wallets-changed", G_CALLBACK (on_wallets_changed), self);
  g_signal_connect (manager, "wallet-changed", G_CALLBACK (on_wallet_changed), self);
  return g_steal_pointer (&self);
}

void
wallet_export_set_refusal (WalletExport *self, const char *refusal)
{
  if (self != NULL)
    bus_wallet_manager1_set_refusal (self->manager1, refusal);
}

void
wallet_export_free (WalletExport *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->target.manager, self);
  if (self->server != NULL)
    g_dbus_object_manager_server_set_connection (self->server, NULL);
  g_clear_object (&self->server);
  g_hash_table_unref (self->objects);
  bus_unexport (G_DBUS_INTERFACE_SKELETON (self->manager1));
  g_object_unref (self->manager1);
  g_object_unref (self->target.manager);
  g_free (self);
}

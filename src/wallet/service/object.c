#include "wallet/service/object.h"

#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/names.h"
#include "wallet/service/spend1.h"
#include "wallet/service/wallet1.h"

struct _WalletObject {
  WalletBusTarget target;
  BusWallet1 *wallet1;
  BusSpend1 *spend1;
  GDBusObjectSkeleton *skeleton; /* of both objects */
};

char *
wallet_object_dup_path (const char *name)
{
  g_autofree char *escaped = g_dbus_escape_object_path (name);

  return g_strconcat (BUS_PATH_WALLETS "/", escaped, NULL);
}

static void
object_show (WalletObject *object)
{
  WalletStatus status = { .height = -1, .problem = BUS_N_ERRORS };

  wallet_manager_get_status (object->target.manager, object->target.name, &status);
  wallet_wallet1_show (object->wallet1, &status);
}

void
wallet_object_update (WalletObject *object)
{
  object_show (object);
  g_dbus_interface_skeleton_flush (
      G_DBUS_INTERFACE_SKELETON (object->wallet1)); /* the properties are up to date when the signal arrives */
  bus_wallet1_emit_changed (object->wallet1, bus_wallet1_get_sequence (object->wallet1));
}

static void
object_add_interface (WalletObject *object, gpointer interface, BusRoles roles)
{
  if (bus_export_restrict (interface, roles))
    g_dbus_object_skeleton_add_interface (object->skeleton, interface);
}

WalletObject *
wallet_object_new (WalletManager *manager, const char *name, BusRoles roles)
{
  WalletObject *object = g_new0 (WalletObject, 1);
  g_autofree char *path = wallet_object_dup_path (name);

  object->target = (WalletBusTarget){ manager, g_strdup (name) };
  object->wallet1 = wallet_wallet1_new (&object->target);
  object->spend1 = wallet_spend1_new (&object->target);
  object->skeleton = g_dbus_object_skeleton_new (path);
  object_add_interface (object, object->wallet1, roles);
  object_add_interface (object, object->spend1, roles);
  bus_wallet1_set_name (object->wallet1, name);
  bus_wallet1_set_address_type (object->wallet1,
                                wallet_address_type_name (wallet_manager_get_policy (manager)->address_type));
  object_show (object);
  return object;
}

GDBusObjectSkeleton *
wallet_object_get_skeleton (WalletObject *object)
{
  return object->skeleton;
}

void
wallet_object_free (WalletObject *object)
{
  g_object_unref (object->skeleton);
  g_object_unref (object->wallet1);
  g_object_unref (object->spend1);
  g_free (object->target.name);
  g_free (object);
}

#include "wallet/service/export.h"

#include "bus-generated.h"
#include "common/log.h"
#include "dbus/calls.h"
#include "dbus/errors.h"
#include "dbus/names.h"

/* One loaded wallet on the connection. */
typedef struct {
  WalletExport *export;
  char *name;
  char *path;
  guint wallet1;
  guint spend1;
} Object;

struct _WalletExport {
  WalletManager *manager;
  GDBusConnection *connection;
  guint manager1;
  GHashTable *objects; /* name to Object */
  GCancellable *cancellable;
};

static void sync_objects (WalletExport *self);

typedef struct {
  WalletExport *export; /* not to be used once CANCELLABLE is cancelled */
  GCancellable *cancellable;
  GDBusMethodInvocation *invocation;
} Call;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Call *call = data;
  g_autoptr (GCancellable) cancellable = call->cancellable;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = wallet_manager_run_finish (WALLET_MANAGER (source), result, &error);

  if (answer == NULL) {
    if (error == NULL)
      error = g_error_new_literal (BUS_ERROR, BUS_ERROR_FAILED, "there is no answer");
    bus_error_reply (call->invocation, error);
    return;
  }
  /* A path in the answer is to be an object already. */
  if (!g_cancellable_is_cancelled (cancellable))
    sync_objects (call->export);
  g_dbus_method_invocation_return_value (call->invocation, answer);
}

static void
run (WalletExport *self,
     const WalletBusMethod *methods,
     const char *wallet,
     const char *method,
     GVariant *parameters,
     GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;
  Call *call;

  while (methods->name != NULL && !g_str_equal (methods->name, method))
    methods++;
  if (methods->name == NULL) {
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_SUPPORTED, "there is no such method");
    bus_error_reply (invocation, error);
    return;
  }
  if (methods->handle != NULL) {
    methods->handle (self->manager, wallet, parameters, invocation);
    return;
  }
  call = g_new (Call, 1);
  *call = (Call){ self, g_object_ref (self->cancellable), invocation };
  wallet_manager_run_async (self->manager, wallet, methods->job, g_variant_ref (parameters),
                            (GDestroyNotify) g_variant_unref, (GDestroyNotify) g_variant_unref,
                            bus_calls_get_cancellable (invocation), on_done, call);
}

/* WalletManager1. */

static GVariant *
wallets_variant (WalletExport *self)
{
  g_auto (GStrv) names = wallet_manager_dup_loaded (self->manager);
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(so)"));

  for (char **name = names; *name != NULL; name++) {
    g_autofree char *path = wallet_export_dup_path (*name);

    g_variant_builder_add (&builder, "(so)", *name, path);
  }
  return g_variant_builder_end (&builder);
}

static void
on_manager_call (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *method,
                 GVariant *parameters,
                 GDBusMethodInvocation *invocation,
                 gpointer data)
{
  run (data, wallet_manager_methods, NULL, method, parameters, invocation);
}

static GVariant *
on_manager_property (GDBusConnection *connection,
                     const char *sender,
                     const char *path,
                     const char *interface,
                     const char *property,
                     GError **error,
                     gpointer data)
{
  WalletExport *self = data;

  if (g_str_equal (property, "Wallets"))
    return wallets_variant (self);
  return g_variant_new_boolean (wallet_manager_is_ready (self->manager));
}

/* Wallet1 and Spend1. */

static void
on_wallet_call (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *parameters,
                GDBusMethodInvocation *invocation,
                gpointer data)
{
  const Object *object = data;
  const WalletBusMethod *methods
      = g_str_has_suffix (interface, ".Spend1") ? wallet_spend_methods : wallet_wallet_methods;

  run (object->export, methods, object->name, method, parameters, invocation);
}

/* PROBLEM: of a WalletStatus. */
static GVariant *
problem_variant (gint problem)
{
  g_autoptr (GError) error = problem != BUS_N_ERRORS ? g_error_new_literal (BUS_ERROR, problem, "") : NULL;

  return g_variant_new_string (error != NULL ? bus_error_get_name (error) : "");
}

static GVariant *
status_variant (const WalletStatus *status, const char *property)
{
  gsize hash_len = status->height >= 0 ? 32 : 0;

  if (g_str_equal (property, "Balance"))
    return g_variant_new ("(xxx)", status->balance.trusted_sat, status->balance.pending_sat,
                          status->balance.immature_sat);
  if (g_str_equal (property, "Scanned"))
    return g_variant_new ("(u@ay)", (guint32) MAX (status->height, 0),
                          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, status->hash32, hash_len, 1));
  if (g_str_equal (property, "Problem"))
    return problem_variant (status->problem);
  return g_variant_new_boolean (status->scanning);
}

static GVariant *
on_wallet_property (GDBusConnection *connection,
                    const char *sender,
                    const char *path,
                    const char *interface,
                    const char *property,
                    GError **error,
                    gpointer data)
{
  const Object *object = data;
  WalletStatus status = { .height = -1, .problem = BUS_N_ERRORS };

  if (g_str_equal (property, "Name"))
    return g_variant_new_string (object->name);
  wallet_manager_get_status (object->export->manager, object->name, &status);
  return status_variant (&status, property);
}

/* CHANGED: name and value (floating) of each property, NULL-terminated. */
static void
emit_properties (WalletExport *self, const char *path, const char *interface, GVariant *changed)
{
  g_dbus_connection_emit_signal (self->connection, NULL, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                 g_variant_new ("(s@a{sv}as)", interface, changed, NULL), NULL);
}

static void
on_wallet_changed (WalletManager *manager, const char *name, gpointer data)
{
  static const char *const properties[] = { "Balance", "Scanned", "Scanning", "Problem" };
  WalletExport *self = data;
  const Object *object = g_hash_table_lookup (self->objects, name);
  GVariantDict changed = G_VARIANT_DICT_INIT (NULL);
  WalletStatus status;

  if (object == NULL || !wallet_manager_get_status (manager, name, &status)) {
    g_variant_dict_clear (&changed);
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    g_variant_dict_insert_value (&changed, properties[i], status_variant (&status, properties[i]));
  emit_properties (self, object->path, "org.moneyrocket.Wallet1", g_variant_dict_end (&changed));
  g_dbus_connection_emit_signal (self->connection, NULL, object->path, "org.moneyrocket.Wallet1", "Changed",
                                 g_variant_new ("(t)", status.sequence), NULL);
}

static void
object_free (gpointer data)
{
  Object *object = data;
  GDBusConnection *connection = object->export->connection;

  if (object->wallet1 != 0)
    g_dbus_connection_unregister_object (connection, object->wallet1);
  if (object->spend1 != 0)
    g_dbus_connection_unregister_object (connection, object->spend1);
  g_free (object->name);
  g_free (object->path);
  g_free (object);
}

static void
add_object (WalletExport *self, const char *name)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_wallet_call, .get_property = on_wallet_property };
  g_autoptr (GError) error = NULL;
  Object *object = g_new0 (Object, 1);

  object->export = self;
  object->name = g_strdup (name);
  object->path = wallet_export_dup_path (name);
  object->wallet1 = g_dbus_connection_register_object (self->connection, object->path, bus_wallet1_interface_info (),
                                                       &vtable, object, NULL, &error);
  if (object->wallet1 != 0)
    object->spend1 = g_dbus_connection_register_object (self->connection, object->path, bus_spend1_interface_info (),
                                                        &vtable, object, NULL, &error);
  if (object->spend1 == 0)
    common_error ("A wallet cannot be offered to the application: %s", error->message);
  g_hash_table_insert (self->objects, object->name, object);
}

static void
sync_objects (WalletExport *self)
{
  g_auto (GStrv) names = wallet_manager_dup_loaded (self->manager);
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_strv_contains ((const char *const *) names, name))
      g_hash_table_iter_remove (&iter);
  for (char **loaded = names; *loaded != NULL; loaded++)
    if (!g_hash_table_contains (self->objects, *loaded))
      add_object (self, *loaded);
}

static void
on_wallets_changed (WalletManager *manager, gpointer data)
{
  WalletExport *self = data;
  GVariantDict changed = G_VARIANT_DICT_INIT (NULL);

  sync_objects (self);
  g_variant_dict_insert_value (&changed, "Wallets", wallets_variant (self));
  g_variant_dict_insert (&changed, "Ready", "b", wallet_manager_is_ready (manager));
  emit_properties (self, BUS_PATH_WALLET_MANAGER, "org.moneyrocket.WalletManager1", g_variant_dict_end (&changed));
}

WalletExport *
wallet_export_new (WalletManager *manager, GDBusConnection *connection, GError **error)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_manager_call, .get_property = on_manager_property };
  g_autoptr (WalletExport) self = g_new0 (WalletExport, 1);

  self->manager = g_object_ref (manager);
  self->connection = g_object_ref (connection);
  self->cancellable = g_cancellable_new ();
  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, object_free);
  self->manager1 = g_dbus_connection_register_object (
      connection, BUS_PATH_WALLET_MANAGER, bus_wallet_manager1_interface_info (), &vtable, self, NULL, error);
  if (self->manager1 == 0)
    return NULL;
  sync_objects (self);
  g_signal_connect (manager, "wallets-changed", G_CALLBACK (on_wallets_changed), self);
  g_signal_connect (manager, "wallet-changed", G_CALLBACK (on_wallet_changed), self);
  return g_steal_pointer (&self);
}

void
wallet_export_free (WalletExport *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_signal_handlers_disconnect_by_data (self->manager, self);
  g_hash_table_unref (self->objects);
  if (self->manager1 != 0)
    g_dbus_connection_unregister_object (self->connection, self->manager1);
  g_object_unref (self->cancellable);
  g_object_unref (self->connection);
  g_object_unref (self->manager);
  g_free (self);
}

#include "common/log.h"
#include "config.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/guard.h"
#include "dbus/init.h"
#include "dbus/names.h"

static gboolean
check_hello_reply (GVariant *answer, const char *expected_role, const char *network, GError **error)
{
  const char *role, *other_network;
  guint32 protocol;

  g_variant_get (answer, "(u&s&s&s@a{sv})", &protocol, NULL, &role, &other_network, NULL);
  if (!bus_guard_check_hello (protocol, other_network, network, error))
    return FALSE;
  if (!g_str_equal (role, expected_role)) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED, "the program is \"%s\", not \"%s\"", role, expected_role);
    return FALSE;
  }
  return TRUE;
}

/* The end that has the transport knows; between the other one and it there may be a relay. */
static void
init_call_take_details (GDBusConnection *connection, GVariant *answer)
{
  g_autoptr (GVariant) details = g_variant_get_child_value (answer, 4);
  gboolean passes;

  if (g_variant_lookup (details, "descriptors", "b", &passes) && !passes)
    bus_connection_set_without_fds (connection);
}

typedef struct {
  char *role;
  char *network;
} Expected;

static void
expected_free (gpointer data)
{
  Expected *expected = data;

  g_free (expected->role);
  g_free (expected->network);
  g_free (expected);
}

static void
init_call_on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Expected *expected = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL)
    bus_error_name_closed (&error);
  if (answer == NULL || !check_hello_reply (answer, expected->role, expected->network, &error)) {
    bus_error_strip (error);
    g_task_return_error (task, g_steal_pointer (&error));
  } else {
    init_call_take_details (G_DBUS_CONNECTION (source), answer);
    g_task_return_boolean (task, TRUE);
  }
}

void
bus_init_hello_async (GDBusConnection *connection,
                      const char *own_role,
                      const char *role,
                      const char *network,
                      int timeout_ms,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  GTask *task = g_task_new (connection, cancellable, callback, data);
  Expected *expected = g_new (Expected, 1);
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  (void) BUS_ERROR; /* registers the error names, so that an error reply is recognised */
  *expected = (Expected){ .role = g_strdup (role), .network = g_strdup (network) };
  g_task_set_task_data (task, expected, expected_free);
  if (own_role != NULL) {
    g_variant_dict_insert (&options, "program", "s", own_role);
    g_variant_dict_insert (&options, "name", "s", g_get_host_name ());
  }
  g_dbus_connection_call (connection, NULL, BUS_PATH_INIT, "org.moneyrocket.Init1", "Hello",
                          g_variant_new ("(uss@a{sv})", (guint32) BUS_PROTOCOL_VERSION, MONEYROCKET_VERSION, network,
                                         g_variant_dict_end (&options)),
                          G_VARIANT_TYPE ("(usssa{sv})"), G_DBUS_CALL_FLAGS_NONE, timeout_ms, cancellable,
                          init_call_on_reply, task);
}

gboolean
bus_init_hello_finish (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, connection), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
init_call_on_roles (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) value = NULL;
  g_autofree const char **names = NULL;

  if (answer == NULL) {
    bus_error_strip (error);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  g_variant_get (answer, "(v)", &value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    names = g_variant_get_strv (value, NULL);
  if (names == NULL || bus_roles_from_names (names) == 0)
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_INVALID_ANSWER, "the property Roles is invalid");
  else
    g_task_return_int (task, bus_roles_from_names (names));
}

void
bus_init_get_roles_async (GDBusConnection *connection,
                          int timeout_ms,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  GTask *task = g_task_new (connection, cancellable, callback, data);

  g_dbus_connection_call (connection, NULL, BUS_PATH_INIT, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", "org.moneyrocket.Init1", "Roles"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, timeout_ms, cancellable, init_call_on_roles, task);
}

BusRoles
bus_init_get_roles_finish (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  gssize roles;

  g_return_val_if_fail (g_task_is_valid (result, connection), 0);
  roles = g_task_propagate_int (G_TASK (result), error);
  return roles > 0 ? (BusRoles) roles : 0;
}

void
bus_init_cancel (GDBusConnection *connection, guint32 serial)
{
  g_dbus_connection_call (connection, NULL, BUS_PATH_INIT, "org.moneyrocket.Init1", "Cancel",
                          g_variant_new ("(ua{sv})", serial, NULL), NULL, G_DBUS_CALL_FLAGS_NONE, BUS_CALL_TIMEOUT_MS,
                          NULL, NULL, NULL);
}

void
bus_init_shutdown (GDBusConnection *connection)
{
  g_dbus_connection_call (connection, NULL, BUS_PATH_INIT, "org.moneyrocket.Init1", "Shutdown",
                          g_variant_new ("(a{sv})", NULL), NULL, G_DBUS_CALL_FLAGS_NONE, BUS_CALL_TIMEOUT_MS, NULL,
                          NULL, NULL);
}

static void
on_attached (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), NULL, result, &error);

  if (answer == NULL && !g_dbus_connection_is_closed (G_DBUS_CONNECTION (source)))
    common_warn ("The connection between the processes cannot be set up: %s", error->message);
}

void
bus_init_attach_peer (GDBusConnection *connection, const char *peer_role, int fd)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&fd, 1);

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));

  g_dbus_connection_call_with_unix_fd_list (connection, NULL, BUS_PATH_INIT, "org.moneyrocket.Init1", "AttachPeer",
                                            g_variant_new ("(sha{sv})", peer_role, 0, NULL), NULL,
                                            G_DBUS_CALL_FLAGS_NONE, BUS_CALL_TIMEOUT_MS, fds, NULL, on_attached, NULL);
}

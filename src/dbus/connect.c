#include "dbus/connect.h"

#include "dbus/connector.h"
#include "dbus/errors.h"

typedef struct {
  BusConnectionOptions options;
  char *peer, *network; /* of OPTIONS */
} Connecting;

static void
connecting_free (gpointer data)
{
  Connecting *connecting = data;

  g_free (connecting->peer);
  g_free (connecting->network);
  g_free (connecting);
}

/* Takes ownership of both, one of which is NULL. */
static void
connecting_end (GTask *task, GDBusConnection *connection, GError *error)
{
  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
connecting_on_tls (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Connecting *connecting = g_task_get_task_data (task);
  GDBusConnection *connection = NULL;
  GError *error = NULL;
  g_autoptr (GTlsConnection) tls = bus_tls_connector_open_finish (result, &error);

  if (connecting->options.roles == 0)
    connecting->options.roles = BUS_ROLES_REMOTE;
  if (tls != NULL)
    connection = bus_connection_new_tls (tls, &connecting->options, &error);
  connecting_end (task, connection, error);
}

static void
connecting_on_socket (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Connecting *connecting = g_task_get_task_data (task);
  GDBusConnection *connection = NULL;
  GError *error = NULL;
  int fd = bus_connector_open_finish (result, &error);

  if (fd >= 0)
    connection = bus_connection_new (fd, &connecting->options, &error);
  connecting_end (task, connection, error);
}

void
bus_connect_async (const BusAddress *address,
                   const BusTlsTarget *target,
                   const BusConnectionOptions *options,
                   guint timeout_ms,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Connecting *connecting = g_new0 (Connecting, 1);

  connecting->options = *options;
  connecting->options.peer = connecting->peer = g_strdup (options->peer);
  connecting->options.network = connecting->network = g_strdup (options->network);
  g_task_set_task_data (task, connecting, connecting_free);
  if (address->kind == BUS_ADDRESS_UNIX)
    bus_connector_open_async (address->path, timeout_ms, cancellable, connecting_on_socket, g_object_ref (task));
  else if (target != NULL)
    bus_tls_connector_open_async (address->host, address->port, target, timeout_ms, cancellable, connecting_on_tls,
                                  g_object_ref (task));
  else
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED, "this program is not paired with that one");
}

GDBusConnection *
bus_connect_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

#include "dbus/peer.h"

#include <gio/gunixconnection.h>
#include <unistd.h>

#include "common/log.h"
#include "dbus/errors.h"
#include "dbus/guard.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/trace.h"

struct _BusPeer {
  char *own_role;
  char *peer_role;
  char *network;
  void (*connected) (gpointer data, GDBusConnection *connection);
  void (*closed) (gpointer data);
  gpointer data;
  GCancellable *cancellable; /* cancelled when the peer is freed: the callbacks then leave it alone */
  GDBusConnection *connection;
  BusInit1Skeleton *init;
  gulong closed_handler;
};

gboolean
bus_peer_open_async (int fd,
                     gboolean server,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data,
                     GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);
  g_autoptr (GSocketConnection) stream = NULL;
  g_autofree char *guid = NULL;
  GDBusConnectionFlags flags = G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING;

  if (socket == NULL) {
    close (fd);
    return FALSE;
  }
  stream = g_socket_connection_factory_create_connection (socket);
  if (!G_IS_UNIX_CONNECTION (stream)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the descriptor is not a local socket");
    return FALSE;
  }
  if (server) {
    flags |= G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER | G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER;
    guid = g_dbus_generate_guid ();
  } else
    flags |= G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT;
  g_dbus_connection_new (G_IO_STREAM (stream), guid, flags, NULL, cancellable, callback, data);
  return TRUE;
}

static void
report_closed (BusPeer *peer)
{
  void (*closed) (gpointer data) = g_steal_pointer (&peer->closed);

  if (closed != NULL)
    closed (peer->data);
}

static void
on_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  report_closed (data);
}

static void
on_hello (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  BusPeer *peer = data;

  if (bus_init_hello_finish (G_DBUS_CONNECTION (source), result, &error)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!g_dbus_connection_is_closed (G_DBUS_CONNECTION (source)))
    common_warn ("The connection with the %s process is closed: %s", peer->peer_role, error->message);
  g_dbus_connection_close (G_DBUS_CONNECTION (source), NULL, NULL, NULL);
}

static void
start (BusPeer *peer)
{
  const BusGuardOptions guard = { .peer = peer->peer_role,
                                  .hello_network = peer->network,
                                  .max_calls = BUS_MAX_CALLS,
                                  .max_bytes = BUS_MAX_MESSAGE_BYTES };
  const BusInit init = { .role = peer->own_role, .network = peer->network };
  g_autoptr (GError) error = NULL;

  peer->closed_handler = g_signal_connect (peer->connection, "closed", G_CALLBACK (on_closed), peer);
  bus_guard (peer->connection, &guard);
  bus_trace (peer->connection, peer->peer_role);
  peer->init = bus_init_export (peer->connection, &init, &error);
  if (peer->init == NULL)
    common_error ("Init1 cannot be exported: %s", error->message);
  /* Sent before anybody else gets the connection: whatever they call comes behind it. */
  bus_init_hello_async (peer->connection, peer->peer_role, peer->network, BUS_CALL_TIMEOUT_MS, peer->cancellable,
                        on_hello, peer);
  peer->connected (peer->data, peer->connection);
  g_dbus_connection_start_message_processing (peer->connection);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_finish (result, &error);
  BusPeer *peer = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection == NULL) {
    common_warn ("The connection with the %s process cannot be made: %s", peer->peer_role, error->message);
    report_closed (peer);
    return;
  }
  peer->connection = g_steal_pointer (&connection);
  g_dbus_connection_set_exit_on_close (peer->connection, FALSE);
  start (peer);
}

BusPeer *
bus_peer_new (int fd, const BusPeerOptions *options, gpointer data, GError **error)
{
  g_autoptr (BusPeer) peer = g_new0 (BusPeer, 1);

  peer->own_role = g_strdup (options->own_role);
  peer->peer_role = g_strdup (options->peer_role);
  peer->network = g_strdup (options->network);
  peer->connected = options->connected;
  peer->closed = options->closed;
  peer->data = data;
  peer->cancellable = g_cancellable_new ();
  if (!bus_peer_open_async (fd, g_str_equal (peer->own_role, "node"), peer->cancellable, on_opened, peer, error))
    return NULL;
  return g_steal_pointer (&peer);
}

void
bus_peer_free (BusPeer *peer)
{
  if (peer == NULL)
    return;
  g_cancellable_cancel (peer->cancellable);
  if (peer->connection != NULL) {
    g_signal_handler_disconnect (peer->connection, peer->closed_handler);
    if (peer->init != NULL)
      g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (peer->init));
    g_dbus_connection_close (peer->connection, NULL, NULL, NULL);
  }
  g_clear_object (&peer->init);
  g_clear_object (&peer->connection);
  g_clear_object (&peer->cancellable);
  g_free (peer->own_role);
  g_free (peer->peer_role);
  g_free (peer->network);
  g_free (peer);
}

#include "dbus/peer.h"

#include "common/log.h"
#include "dbus/export.h"
#include "dbus/init.h"
#include "dbus/names.h"

struct _BusPeer {
  char *own_role;
  char *peer_role;
  char *network;
  void (*connected) (gpointer data, GDBusConnection *connection);
  void (*greeted) (gpointer data);
  void (*closed) (gpointer data);
  gpointer data;
  GCancellable *cancellable; /* cancelled when the peer is freed; callbacks then do nothing */
  guint start_source;        /* until the peer is started */
  GDBusConnection *connection;
  BusInit1Skeleton *init;
  gulong closed_handler;
};

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
peer_on_hello (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  BusPeer *peer = data;

  if (bus_init_hello_finish (G_DBUS_CONNECTION (source), result, &error)) {
    if (peer->greeted != NULL)
      peer->greeted (peer->data);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!g_dbus_connection_is_closed (G_DBUS_CONNECTION (source)))
    common_warn ("The connection with the %s process is closed: %s", peer->peer_role, error->message);
  g_dbus_connection_close (G_DBUS_CONNECTION (source), NULL, NULL, NULL);
}

static gboolean
on_peer_start (gpointer data)
{
  BusPeer *peer = data;
  const BusInit init = { .role = peer->own_role, .network = peer->network };
  g_autoptr (GError) error = NULL;

  peer->start_source = 0;
  peer->init = bus_init_export (peer->connection, &init, &error);
  if (peer->init == NULL)
    common_error ("Init1 cannot be exported: %s", error->message);
  /* Sent before the connection is handed to the owner, so that all other calls follow it. */
  bus_init_hello_async (peer->connection, peer->own_role, peer->peer_role, peer->network, BUS_CALL_TIMEOUT_MS,
                        peer->cancellable, peer_on_hello, peer);
  peer->connected (peer->data, peer->connection);
  g_dbus_connection_start_message_processing (peer->connection);
  return G_SOURCE_REMOVE;
}

BusConnectionOptions
bus_peer_get_limits (const BusPeerOptions *options)
{
  return (BusConnectionOptions){
    .peer = options->peer_role, .owner = options->own_role, .network = options->network, .max_calls = BUS_MAX_CALLS
  };
}

BusPeer *
bus_peer_new (int fd, const BusPeerOptions *options, gpointer data, GError **error)
{
  const BusConnectionOptions limits = bus_peer_get_limits (options);
  GDBusConnection *connection = bus_connection_new (fd, &limits, error);

  return connection != NULL ? bus_peer_new_over (connection, options, data) : NULL;
}

BusPeer *
bus_peer_new_over (GDBusConnection *connection, const BusPeerOptions *options, gpointer data)
{
  BusPeer *peer = g_new0 (BusPeer, 1);

  peer->own_role = g_strdup (options->own_role);
  peer->peer_role = g_strdup (options->peer_role);
  peer->network = g_strdup (options->network);
  peer->connected = options->connected;
  peer->greeted = options->greeted;
  peer->closed = options->closed;
  peer->data = data;
  peer->cancellable = g_cancellable_new ();
  peer->connection = connection;
  peer->closed_handler = g_signal_connect (peer->connection, "closed", G_CALLBACK (on_closed), peer);
  peer->start_source = g_idle_add (on_peer_start, peer);
  return peer;
}

void
bus_peer_free (BusPeer *peer)
{
  if (peer == NULL)
    return;
  g_clear_handle_id (&peer->start_source, g_source_remove);
  g_cancellable_cancel (peer->cancellable);
  g_signal_handler_disconnect (peer->connection, peer->closed_handler);
  if (peer->init != NULL)
    bus_unexport (G_DBUS_INTERFACE_SKELETON (peer->init));
  g_dbus_connection_close (peer->connection, NULL, NULL, NULL);
  g_clear_object (&peer->init);
  g_clear_object (&peer->connection);
  g_clear_object (&peer->cancellable);
  g_free (peer->own_role);
  g_free (peer->peer_role);
  g_free (peer->network);
  g_free (peer);
}

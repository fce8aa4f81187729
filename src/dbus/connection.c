#include "dbus/connection.h"

#include <unistd.h>

#include "bus-generated.h"
#include "dbus/connections.h"
#include "dbus/errors.h"
#include "dbus/guard.h"
#include "dbus/inspect_guard.h"
#include "dbus/names.h"
#include "dbus/tap.h"
#include "dbus/tls_handshake.h"
#include "dbus/wire/stream.h"

#define MESSAGE_DEADLINE_MS 5000
/* A network may be slow, or away for as long as a connection may be silent. */
#define MESSAGE_TLS_DEADLINE_MS (BUS_TLS_SILENCE_MS + 30000)
/* The owner, interned, as data of a connection. */
#define OWNER "moneyrocket-owner"

static G_DEFINE_QUARK (moneyrocket - roles, roles) static G_DEFINE_QUARK (moneyrocket - without - fds, without_fds)

    const BusMembers *bus_connection_get_members (void)
{
  static BusMembers *members;

  if (g_once_init_enter (&members)) {
    GDBusInterfaceInfo *const infos[] = { bus_access1_interface_info (),
                                          bus_block_template1_interface_info (),
                                          bus_chain1_interface_info (),
                                          bus_echo1_interface_info (),
                                          bus_init1_interface_info (),
                                          bus_mining1_interface_info (),
                                          bus_node1_interface_info (),
                                          bus_operation1_interface_info (),
                                          bus_rpc1_interface_info (),
                                          bus_spend1_interface_info (),
                                          bus_trace1_interface_info (),
                                          bus_wallet1_interface_info (),
                                          bus_wallet_manager1_interface_info (),
                                          NULL };

    g_once_init_leave (&members, bus_members_new (infos));
  }
  return members;
}

static BusChannel *
connection_get_channel (GDBusConnection *connection)
{
  return bus_stream_get_channel (BUS_STREAM (g_dbus_connection_get_stream (connection)));
}

/* Filters receive locked messages, so they modify a copy. Both run immediately after a message was read, or before it
 * is written. */
static GDBusMessage *
attach_descriptors (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  g_autoptr (GDBusMessage) original = message;
  g_autoptr (GUnixFDList) fds = NULL;
  GDBusMessage *copy;

  if (incoming)
    fds = bus_channel_steal_fds (connection_get_channel (connection), g_dbus_message_get_serial (message));
  if (fds == NULL)
    return g_steal_pointer (&original);
  copy = g_dbus_message_copy (message, NULL);
  g_dbus_message_set_unix_fd_list (copy, fds);
  return copy;
}

static GDBusMessage *
detach_descriptors (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  GUnixFDList *fds = g_dbus_message_get_unix_fd_list (message);
  g_autoptr (GDBusMessage) original = message;
  GDBusMessage *copy;

  if (incoming || fds == NULL || g_unix_fd_list_get_length (fds) == 0)
    return g_steal_pointer (&original);
  /* The copy has duplicates of the descriptors. If copying fails, GDBus tries to write the original message, and closes
   * the connection. */
  copy = g_dbus_message_copy (message, NULL);
  if (copy == NULL)
    return g_steal_pointer (&original);
  bus_channel_put_fds (connection_get_channel (connection), g_dbus_message_get_serial (message), fds);
  g_dbus_message_set_unix_fd_list (copy, NULL);
  g_dbus_message_set_header (copy, G_DBUS_MESSAGE_HEADER_FIELD_NUM_UNIX_FDS, NULL); /* the stream adds it */
  return copy;
}

/* Filters run in this order for both directions: the tap sees the descriptors of both. */
static void
connection_add_filters (GDBusConnection *connection, const BusConnectionOptions *options)
{
  g_dbus_connection_add_filter (connection, attach_descriptors, NULL, NULL);
  if (options->network != NULL)
    bus_guard (connection, options->network, options->hello_ms > 0 ? options->hello_ms : BUS_CALL_TIMEOUT_MS);
  if (options->inspect)
    bus_inspect_guard (connection, bus_connection_get_members ());
  bus_guard_require_replies (connection);
  if (options->owner != NULL)
    g_object_set_data (G_OBJECT (connection), OWNER, (gpointer) g_intern_string (options->owner));
  bus_tap (connection, options->peer);
  g_dbus_connection_add_filter (connection, detach_descriptors, NULL, NULL);
}

static BusTransport *
connection_take_socket (int fd, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);

  if (socket == NULL) {
    close (fd);
    return NULL;
  }
  if (g_socket_get_family (socket) != G_SOCKET_FAMILY_UNIX) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the descriptor is not a local socket");
    return NULL;
  }
  g_socket_set_blocking (socket, FALSE);
  return bus_transport_new_unix (socket);
}

/* Takes ownership of TRANSPORT. */
static GDBusConnection *
connection_new (BusTransport *transport, const BusConnectionOptions *options, GError **error)
{
  const BusChannelOptions limits
      = { .peer = options->peer,
          .members = bus_connection_get_members (),
          .max_calls = options->max_calls,
          .max_bytes = options->inspect ? BUS_MAX_INSPECT_BYTES : BUS_MAX_QUEUED_BYTES,
          .deadline_ms = bus_transport_passes_fds (transport) ? MESSAGE_DEADLINE_MS : MESSAGE_TLS_DEADLINE_MS,
          .handshake = options->handshake };
  g_autoptr (BusChannel) channel = bus_channel_new (transport, &limits);
  g_autoptr (BusStream) stream = bus_stream_new (channel);
  /* Does not block, since there is no authentication. */
  GDBusConnection *connection
      = G_DBUS_CONNECTION (g_initable_new (G_TYPE_DBUS_CONNECTION, NULL, error, "stream", stream, "flags",
                                           G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING, NULL));

  if (connection == NULL)
    return NULL;
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  if (options->roles != 0)
    g_object_set_qdata (G_OBJECT (connection), roles_quark (), GUINT_TO_POINTER (options->roles));
  bus_connections_add (connection, options->peer);
  connection_add_filters (connection, options);
  return connection;
}

GDBusConnection *
bus_connection_new (int fd, const BusConnectionOptions *options, GError **error)
{
  BusTransport *transport = connection_take_socket (fd, error);

  return transport != NULL ? connection_new (transport, options, error) : NULL;
}

GDBusConnection *
bus_connection_new_tls (GTlsConnection *tls, const BusConnectionOptions *options, GError **error)
{
  g_return_val_if_fail (options->roles != 0 && (options->roles & BUS_ROLE_PARENT) == 0, NULL);
  g_return_val_if_fail (!options->handshake && !options->inspect, NULL);

  return connection_new (bus_transport_new_tls (tls), options, error);
}

BusRoles
bus_connection_get_roles (GDBusConnection *connection)
{
  gpointer roles = g_object_get_qdata (G_OBJECT (connection), roles_quark ());

  return roles != NULL ? GPOINTER_TO_UINT (roles) : BUS_ROLES_ALL;
}

void
bus_connection_become_monitor (GDBusConnection *connection)
{
  bus_channel_become_monitor (connection_get_channel (connection));
}

gboolean
bus_connection_belongs_to (GDBusConnection *connection, const char *role)
{
  const char *owner = g_object_get_data (G_OBJECT (connection), OWNER);

  return owner == NULL || g_str_equal (owner, role);
}

gboolean
bus_connection_is_monitor (GDBusConnection *connection)
{
  return bus_channel_is_monitor (connection_get_channel (connection));
}

void
bus_connection_get_counts (GDBusConnection *connection, BusCounts *received, BusCounts *sent)
{
  bus_channel_get_counts (connection_get_channel (connection), received, sent);
}

gboolean
bus_connection_broke_rule (GDBusConnection *connection)
{
  return bus_channel_is_refused (connection_get_channel (connection));
}

GSocket *
bus_connection_get_socket (GDBusConnection *connection)
{
  GIOStream *stream = g_dbus_connection_get_stream (connection);

  return BUS_IS_STREAM (stream)
             ? bus_transport_get_socket (bus_channel_get_transport (connection_get_channel (connection)))
             : NULL;
}

gboolean
bus_connection_passes_fds (GDBusConnection *connection)
{
  GIOStream *stream = g_dbus_connection_get_stream (connection);

  if (g_object_get_qdata (G_OBJECT (connection), without_fds_quark ()) != NULL)
    return FALSE;
  return !BUS_IS_STREAM (stream)
         || bus_transport_passes_fds (bus_channel_get_transport (connection_get_channel (connection)));
}

void
bus_connection_set_without_fds (GDBusConnection *connection)
{
  if (BUS_IS_STREAM (g_dbus_connection_get_stream (connection)))
    bus_channel_set_deadline (connection_get_channel (connection), MESSAGE_TLS_DEADLINE_MS);
  g_object_set_qdata (G_OBJECT (connection), without_fds_quark (), GINT_TO_POINTER (TRUE));
}

#include "dbus/guard.h"

#include "dbus/errors.h"
#include "dbus/names.h"
#include "dbus/wire/stream.h"

/* Silence is counted in intervals, so that suspending this process or the machine does not count. */
#define TICKS 5

/* Filters run on the GDBus worker thread, which reads and writes all connections. They see the messages in the order on
 * the wire: a call that was sent immediately after Hello is accepted. */
typedef struct {
  char *network;
  gint hello_done; /* atomic: the deadline is checked on the main context */
} Guard;

typedef struct {
  GWeakRef connection;
  Guard *guard; /* lives as long as the connection */
  guint n_ticks;
} GuardDeadline;

static void
guard_free (gpointer data)
{
  Guard *guard = data;

  g_free (guard->network);
  g_free (guard);
}

gboolean
bus_guard_check_hello (guint32 protocol, const char *network, const char *own_network, GError **error)
{
  if (protocol != BUS_PROTOCOL_VERSION) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_VERSION_MISMATCH, "protocol %u was requested, this program has %u",
                 protocol, (guint) BUS_PROTOCOL_VERSION);
    return FALSE;
  }
  if (g_strcmp0 (network, own_network) != 0) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_NETWORK_MISMATCH, "this program is on the network \"%s\"", own_network);
    return FALSE;
  }
  return TRUE;
}

/* Not through GDBus: the reply must be written before the connection is closed, without waiting. */
static void
guard_refuse (GDBusConnection *connection, GDBusMessage *call)
{
  g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_READY, "the first call must be Hello");
  g_autoptr (GDBusMessage) reply
      = g_dbus_message_new_method_error_literal (call, bus_error_get_name (error), error->message);
  g_autofree guint8 *bytes = NULL;
  gsize len;

  g_dbus_message_set_serial (reply, G_MAXUINT32); /* it is the last message */
  bytes = g_dbus_message_to_blob (reply, &len, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
  bus_channel_refuse (bus_stream_get_channel (BUS_STREAM (g_dbus_connection_get_stream (connection))),
                      "another call before Hello", bytes, len);
}

static gboolean
is_hello (GDBusMessage *message)
{
  return g_strcmp0 (g_dbus_message_get_path (message), BUS_PATH_INIT) == 0
         && g_strcmp0 (g_dbus_message_get_interface (message), "org.moneyrocket.Init1") == 0
         && g_strcmp0 (g_dbus_message_get_member (message), "Hello") == 0;
}

/* Init1 replies to every Hello, even to an unacceptable one. */
static void
guard_take_hello (Guard *guard, GDBusMessage *message)
{
  GVariant *body = g_dbus_message_get_body (message);
  const char *network;
  guint32 protocol;

  if (body == NULL || !g_variant_is_of_type (body, G_VARIANT_TYPE ("(ussa{sv})")))
    return;
  g_variant_get (body, "(u&s&sa{sv})", &protocol, NULL, &network, NULL);
  if (bus_guard_check_hello (protocol, network, guard->network, NULL))
    g_atomic_int_set (&guard->hello_done, TRUE);
}

static GDBusMessage *
guard_filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  Guard *guard = data;

  if (!incoming || g_atomic_int_get (&guard->hello_done)
      || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;
  if (is_hello (message)) {
    guard_take_hello (guard, message);
    return message;
  }
  guard_refuse (connection, message);
  g_object_unref (message);
  return NULL;
}

static void
guard_deadline_free (gpointer data)
{
  GuardDeadline *deadline = data;

  g_weak_ref_clear (&deadline->connection);
  g_free (deadline);
}

static gboolean
guard_on_tick (gpointer data)
{
  GuardDeadline *deadline = data;
  g_autoptr (GDBusConnection) connection = g_weak_ref_get (&deadline->connection);

  if (connection == NULL || g_atomic_int_get (&deadline->guard->hello_done))
    return G_SOURCE_REMOVE;
  if (++deadline->n_ticks < TICKS)
    return G_SOURCE_CONTINUE;
  bus_channel_refuse (bus_stream_get_channel (BUS_STREAM (g_dbus_connection_get_stream (connection))),
                      "no Hello in time", NULL, 0);
  return G_SOURCE_REMOVE;
}

void
bus_guard (GDBusConnection *connection, const char *network, guint deadline_ms)
{
  Guard *guard = g_new0 (Guard, 1);
  GuardDeadline *deadline = g_new0 (GuardDeadline, 1);

  guard->network = g_strdup (network);
  g_dbus_connection_add_filter (connection, guard_filter, guard, guard_free);
  g_weak_ref_init (&deadline->connection, connection);
  deadline->guard = guard;
  g_timeout_add_full (G_PRIORITY_DEFAULT, MAX (deadline_ms / TICKS, 1), guard_on_tick, deadline, guard_deadline_free);
}

/* Clears NO_REPLY_EXPECTED, so that such a call counts as pending until the reply, which the caller ignores. */
static GDBusMessage *
guard_require_reply (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  GDBusMessageFlags flags = g_dbus_message_get_flags (message);
  g_autoptr (GDBusMessage) original = message;
  GDBusMessage *copy;

  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL
      || (flags & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0)
    return g_steal_pointer (&original);
  copy = g_dbus_message_copy (message, NULL); /* fails only without a free descriptor */
  if (copy != NULL)
    g_dbus_message_set_flags (copy, flags & ~G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  return copy;
}

void
bus_guard_require_replies (GDBusConnection *connection)
{
  g_dbus_connection_add_filter (connection, guard_require_reply, NULL, NULL);
}

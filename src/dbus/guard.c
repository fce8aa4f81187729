#include "dbus/guard.h"

#include "common/clock.h"
#include "common/log.h"
#include "dbus/errors.h"
#include "dbus/names.h"

/* Filters run on the thread that GDBus reads and writes all connections with, so the state needs no lock. It sees the
 * messages in their order on the wire: a call that was sent right behind Hello passes. */
typedef struct {
  GWeakRef connection;
  GMainContext *context;
  char *peer;
  char *hello_network;
  gboolean hello_done;
  gboolean violated;
  guint max_calls;
  gsize max_bytes;
  GHashTable *calls; /* not answered yet: serial to bytes */
  gsize calls_bytes;
  gint64 second; /* of the signals counted in n_signals */
  guint n_signals;
} Guard;

static void
guard_free (gpointer data)
{
  Guard *guard = data;

  g_weak_ref_clear (&guard->connection);
  g_main_context_unref (guard->context);
  g_hash_table_unref (guard->calls);
  g_free (guard->peer);
  g_free (guard->hello_network);
  g_free (guard);
}

static void
on_flushed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_dbus_connection_close (G_DBUS_CONNECTION (source), NULL, NULL, NULL);
}

static gboolean
close_connection (gpointer data)
{
  /* Flushed first, so that the last answer says why. */
  g_dbus_connection_flush (data, NULL, on_flushed, NULL);
  return G_SOURCE_REMOVE;
}

static void
violation (Guard *guard, const char *what)
{
  g_autoptr (GDBusConnection) connection = g_weak_ref_get (&guard->connection);

  if (guard->violated)
    return;
  guard->violated = TRUE;
  common_warn ("The connection with the %s process is closed: %s", guard->peer, what);
  if (connection != NULL) {
    g_autoptr (GSource) source = g_idle_source_new ();

    g_source_set_callback (source, close_connection, g_steal_pointer (&connection), g_object_unref);
    g_source_attach (source, guard->context);
  }
}

static void
refuse (GDBusConnection *connection, GDBusMessage *call, BusError code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, code, text);
  g_autoptr (GDBusMessage) reply
      = g_dbus_message_new_method_error_literal (call, bus_error_get_name (error), error->message);

  g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}

gboolean
bus_guard_check_hello (guint32 protocol, const char *network, const char *own_network, GError **error)
{
  if (protocol != BUS_PROTOCOL_VERSION) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_VERSION_MISMATCH, "protocol %u was asked for, this program speaks %u",
                 protocol, (guint) BUS_PROTOCOL_VERSION);
    return FALSE;
  }
  if (g_strcmp0 (network, own_network) != 0) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_NETWORK_MISMATCH, "this program is on the network \"%s\"", own_network);
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_hello (GDBusMessage *message)
{
  return g_strcmp0 (g_dbus_message_get_path (message), BUS_PATH_INIT) == 0
         && g_strcmp0 (g_dbus_message_get_interface (message), "org.moneyrocket.Init1") == 0
         && g_strcmp0 (g_dbus_message_get_member (message), "Hello") == 0;
}

/* Hello itself is let through in any case: Init1 answers it. */
static gboolean
check_hello_first (Guard *guard, GDBusConnection *connection, GDBusMessage *call)
{
  GVariant *body = g_dbus_message_get_body (call);
  const char *network;
  guint32 protocol;

  if (guard->hello_network == NULL || guard->hello_done)
    return TRUE;
  if (!is_hello (call)) {
    refuse (connection, call, BUS_ERROR_NOT_READY, "the first call must be Hello");
    violation (guard, "its first call was not Hello");
    return FALSE;
  }
  if (body != NULL && g_variant_is_of_type (body, G_VARIANT_TYPE ("(ussa{sv})"))) {
    g_variant_get (body, "(u&s&sa{sv})", &protocol, NULL, &network, NULL);
    guard->hello_done = bus_guard_check_hello (protocol, network, guard->hello_network, NULL);
  }
  return TRUE;
}

static gboolean
check_call (Guard *guard, GDBusConnection *connection, GDBusMessage *call)
{
  GVariant *body = g_dbus_message_get_body (call);
  gsize bytes = body != NULL ? g_variant_get_size (body) : 0;
  gpointer serial = GUINT_TO_POINTER (g_dbus_message_get_serial (call));

  if (!check_hello_first (guard, connection, call))
    return FALSE;
  if (g_hash_table_contains (guard->calls, serial)) {
    violation (guard, "it used a serial number twice");
    return FALSE;
  }
  if (g_hash_table_size (guard->calls) >= guard->max_calls || guard->calls_bytes + bytes > guard->max_bytes) {
    refuse (connection, call, BUS_ERROR_LIMIT_EXCEEDED, "too many calls at once");
    violation (guard, guard->max_calls == 0 ? "it may not make calls" : "it made too many calls at once");
    return FALSE;
  }
  g_hash_table_insert (guard->calls, serial, GSIZE_TO_POINTER (bytes));
  guard->calls_bytes += bytes;
  return TRUE;
}

static gboolean
check_signal (Guard *guard)
{
  gint64 second = common_clock_monotonic_us () / G_USEC_PER_SEC;

  if (second != guard->second) {
    guard->second = second;
    guard->n_signals = 0;
  }
  if (++guard->n_signals <= BUS_MAX_SIGNALS_PER_SECOND)
    return TRUE;
  violation (guard, "it sent too many signals");
  return FALSE;
}

static gboolean
check_incoming (Guard *guard, GDBusConnection *connection, GDBusMessage *message)
{
  GVariant *body = g_dbus_message_get_body (message);

  if (guard->violated)
    return FALSE;
  if (body != NULL && g_variant_get_size (body) > guard->max_bytes) {
    violation (guard, "it sent a message that is too large");
    return FALSE;
  }
  switch (g_dbus_message_get_message_type (message)) {
  case G_DBUS_MESSAGE_TYPE_METHOD_CALL:
    return check_call (guard, connection, message);
  case G_DBUS_MESSAGE_TYPE_SIGNAL:
    return check_signal (guard);
  case G_DBUS_MESSAGE_TYPE_METHOD_RETURN:
  case G_DBUS_MESSAGE_TYPE_ERROR:
    return TRUE;
  case G_DBUS_MESSAGE_TYPE_INVALID:
    break;
  }
  violation (guard, "it sent a message of an unknown kind");
  return FALSE;
}

/* A call that wants no answer gets one nevertheless, and so counts until then. The caller ignores it. */
static GDBusMessage *
want_reply (GDBusMessage *message)
{
  GDBusMessageFlags flags = g_dbus_message_get_flags (message);
  g_autoptr (GDBusMessage) original = message;
  GDBusMessage *copy;

  if (g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL
      || (flags & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0)
    return g_steal_pointer (&original);
  copy = g_dbus_message_copy (message, NULL); /* can fail for want of a descriptor only */
  if (copy != NULL)
    g_dbus_message_set_flags (copy, flags & ~G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  return copy;
}

static void
forget_call (Guard *guard, gpointer serial)
{
  gpointer bytes;

  if (g_hash_table_steal_extended (guard->calls, serial, NULL, &bytes))
    guard->calls_bytes -= GPOINTER_TO_SIZE (bytes);
}

static GDBusMessage *
filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  Guard *guard = data;

  if (incoming) {
    if (check_incoming (guard, connection, message))
      return want_reply (message);
    g_object_unref (message);
    return NULL;
  }
  if (g_dbus_message_get_reply_serial (message) != 0)
    forget_call (guard, GUINT_TO_POINTER (g_dbus_message_get_reply_serial (message)));
  return message;
}

void
bus_guard (GDBusConnection *connection, const BusGuardOptions *options)
{
  Guard *guard = g_new0 (Guard, 1);

  g_weak_ref_init (&guard->connection, connection);
  guard->context = g_main_context_ref_thread_default ();
  guard->peer = g_strdup (options->peer);
  guard->hello_network = g_strdup (options->hello_network);
  guard->max_calls = options->max_calls;
  guard->max_bytes = options->max_bytes;
  guard->calls = g_hash_table_new (NULL, NULL);
  g_dbus_connection_add_filter (connection, filter, guard, guard_free);
}

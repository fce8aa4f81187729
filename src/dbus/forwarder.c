#include "dbus/forwarder.h"

#include <string.h>

#include "dbus/connection.h"

/* Fewer than an inspected program accepts at once. */
#define MAX_CALLS 48u
/* What reads has short arguments. */
#define MAX_CALL_BYTES (64u << 10)

#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"
#define INVALID_ARGS "org.freedesktop.DBus.Error.InvalidArgs"
#define LIMITS_EXCEEDED "org.freedesktop.DBus.Error.LimitsExceeded"
#define NO_REPLY "org.freedesktop.DBus.Error.NoReply"

/* The objects of the bus itself, which each of our programs imitates for tools at its socket. */
#define DRIVER_PREFIX "org.freedesktop.DBus"
#define DRIVER_PATH "/org/freedesktop/DBus"

/* Filters hold references, since they may still run after they were removed. */
struct _BusForwarder {
  gatomicrefcount references;
  GMutex lock;          /* guards what follows */
  GDBusConnection *bus; /* NULL: it has ended */
  guint bus_filter;
  GDBusConnection *program; /* NULL: there is none */
  guint program_filter;
  GHashTable *pending; /* serial of the call to PROGRAM → GDBusMessage, the call on BUS */
};

static void
forwarder_unref (gpointer data)
{
  BusForwarder *forwarder = data;

  if (!g_atomic_ref_count_dec (&forwarder->references))
    return;
  g_hash_table_unref (forwarder->pending);
  g_mutex_clear (&forwarder->lock);
  g_free (forwarder);
}

static BusForwarder *
forwarder_ref (BusForwarder *forwarder)
{
  g_atomic_ref_count_inc (&forwarder->references);
  return forwarder;
}

static void
forwarder_refuse (GDBusConnection *bus, GDBusMessage *call, const char *name, const char *text)
{
  g_autoptr (GDBusMessage) reply = NULL;

  if ((g_dbus_message_get_flags (call) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) != 0)
    return;
  reply = g_dbus_message_new_method_error_literal (call, name, text);
  g_dbus_connection_send_message (bus, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}

/* ---- calls ---- */

/* The imitated bus belongs to the connection: what is called there is not about the program. */
static gboolean
forwarder_is_about_driver (GDBusMessage *call)
{
  const char *path = g_dbus_message_get_path (call), *interface = g_dbus_message_get_interface (call);

  return g_strcmp0 (path, DRIVER_PATH) == 0
         && (interface == NULL || g_str_equal (interface, DRIVER_PREFIX)
             || g_str_equal (interface, DRIVER_PREFIX ".Monitoring"));
}

/* The name of the error with which CALL is refused, and *TEXT about it. NULL: it may be passed on. */
static const char *
forwarder_check_call (GDBusMessage *call, const char **text)
{
  const BusMember *member = bus_members_get_call (bus_connection_get_members (), g_dbus_message_get_interface (call),
                                                  g_dbus_message_get_member (call));
  GVariant *body = g_dbus_message_get_body (call);

  *text = "Moneyrocket is here for inspection: nothing can be changed.";
  if (member == NULL || (member->roles & BUS_ROLE_OBSERVE) == 0 || forwarder_is_about_driver (call))
    return ACCESS_DENIED;
  *text = "The arguments are not those of the method.";
  if (g_strcmp0 (g_dbus_message_get_signature (call), member->signature) != 0
      || g_dbus_message_get_num_unix_fds (call) > 0)
    return INVALID_ARGS;
  *text = "The arguments are too long.";
  return body != NULL && g_variant_get_size (body) > MAX_CALL_BYTES ? LIMITS_EXCEEDED : NULL;
}

/* With the lock held. NULL: CALL was passed on. */
static const char *
forwarder_send_call (BusForwarder *forwarder, GDBusMessage *call, const char **text)
{
  g_autoptr (GDBusMessage) copy = g_dbus_message_copy (call, NULL);
  guint32 serial = 0;

  *text = "The program is not running, or is starting.";
  if (forwarder->program == NULL || copy == NULL)
    return NO_REPLY;
  *text = "There are too many calls at once.";
  if (g_hash_table_size (forwarder->pending) >= MAX_CALLS)
    return LIMITS_EXCEEDED;
  *text = "The program is not reachable.";
  g_dbus_message_set_sender (copy, NULL);
  g_dbus_message_set_destination (copy, NULL);
  g_dbus_message_set_flags (copy, G_DBUS_MESSAGE_FLAGS_NONE);
  g_dbus_message_set_serial (copy, 0);
  if (!g_dbus_connection_send_message (forwarder->program, copy, G_DBUS_SEND_MESSAGE_FLAGS_NONE, &serial, NULL))
    return NO_REPLY;
  g_hash_table_insert (forwarder->pending, GUINT_TO_POINTER (serial), g_object_ref (call));
  return NULL;
}

static void
forwarder_pass_call (BusForwarder *forwarder, GDBusConnection *bus, GDBusMessage *call)
{
  const char *text, *refusal = forwarder_check_call (call, &text);

  if (refusal == NULL) {
    g_mutex_lock (&forwarder->lock);
    refusal = forwarder_send_call (forwarder, call, &text);
    g_mutex_unlock (&forwarder->lock);
  }
  if (refusal != NULL)
    forwarder_refuse (bus, call, refusal, text);
}

static GDBusMessage *
forwarder_bus_filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  g_autoptr (GDBusMessage) taken = message;

  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return g_steal_pointer (&taken);
  forwarder_pass_call (data, connection, message);
  return NULL;
}

/* ---- replies and signals ---- */

/* The call on the bus that REPLY is for; NULL: it is not for one. */
static GDBusMessage *
forwarder_take_pending (BusForwarder *forwarder, GDBusMessage *reply)
{
  gpointer serial = GUINT_TO_POINTER (g_dbus_message_get_reply_serial (reply)), call = NULL;

  g_hash_table_steal_extended (forwarder->pending, serial, NULL, &call);
  return call;
}

/* With the lock held. CALL NULL: MESSAGE is a signal. */
static void
forwarder_send_back (BusForwarder *forwarder, GDBusMessage *message, GDBusMessage *call)
{
  g_autoptr (GDBusMessage) copy = g_dbus_message_copy (message, NULL);

  if (copy == NULL || forwarder->bus == NULL)
    return;
  g_dbus_message_set_sender (copy, NULL);
  g_dbus_message_set_serial (copy, 0);
  g_dbus_message_set_destination (copy, call != NULL ? g_dbus_message_get_sender (call) : NULL);
  if (call != NULL)
    g_dbus_message_set_reply_serial (copy, g_dbus_message_get_serial (call));
  g_dbus_connection_send_message (forwarder->bus, copy, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}

/* FALSE: MESSAGE is for this program itself. */
static gboolean
forwarder_pass_back (BusForwarder *forwarder, GDBusMessage *message)
{
  GDBusMessageType type = g_dbus_message_get_message_type (message);
  g_autoptr (GDBusMessage) call = NULL;

  if (type == G_DBUS_MESSAGE_TYPE_SIGNAL) {
    forwarder_send_back (forwarder, message, NULL);
    return TRUE;
  }
  if (type != G_DBUS_MESSAGE_TYPE_METHOD_RETURN && type != G_DBUS_MESSAGE_TYPE_ERROR)
    return FALSE;
  call = forwarder_take_pending (forwarder, message);
  if (call != NULL && (g_dbus_message_get_flags (call) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0)
    forwarder_send_back (forwarder, message, call);
  return call != NULL;
}

static GDBusMessage *
forwarder_program_filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  BusForwarder *forwarder = data;
  g_autoptr (GDBusMessage) taken = message;
  gboolean passed;

  if (!incoming)
    return g_steal_pointer (&taken);
  g_mutex_lock (&forwarder->lock);
  passed = forwarder->program == connection && forwarder_pass_back (forwarder, message);
  g_mutex_unlock (&forwarder->lock);
  return passed ? NULL : g_steal_pointer (&taken);
}

/* ---- main context ---- */

static void
forwarder_fail_pending (BusForwarder *forwarder)
{
  GHashTableIter iter;
  GDBusMessage *call;

  g_hash_table_iter_init (&iter, forwarder->pending);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &call))
    forwarder_refuse (forwarder->bus, call, NO_REPLY, "The program has ended.");
  g_hash_table_remove_all (forwarder->pending);
}

void
bus_forwarder_set_program (BusForwarder *forwarder, GDBusConnection *program)
{
  g_autoptr (GDBusConnection) before = NULL;
  guint filter;

  g_return_if_fail (forwarder != NULL);
  g_mutex_lock (&forwarder->lock);
  before = g_steal_pointer (&forwarder->program);
  filter = forwarder->program_filter;
  forwarder_fail_pending (forwarder);
  forwarder->program = program != NULL ? g_object_ref (program) : NULL;
  forwarder->program_filter = 0;
  g_mutex_unlock (&forwarder->lock);
  if (before != NULL)
    g_dbus_connection_remove_filter (before, filter);
  if (program != NULL)
    forwarder->program_filter
        = g_dbus_connection_add_filter (program, forwarder_program_filter, forwarder_ref (forwarder), forwarder_unref);
}

BusForwarder *
bus_forwarder_new (GDBusConnection *bus)
{
  BusForwarder *forwarder = g_new0 (BusForwarder, 1);

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_atomic_ref_count_init (&forwarder->references);
  g_mutex_init (&forwarder->lock);
  forwarder->bus = g_object_ref (bus);
  forwarder->pending = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  forwarder->bus_filter
      = g_dbus_connection_add_filter (bus, forwarder_bus_filter, forwarder_ref (forwarder), forwarder_unref);
  return forwarder;
}

void
bus_forwarder_free (BusForwarder *forwarder)
{
  g_autoptr (GDBusConnection) bus = NULL;

  if (forwarder == NULL)
    return;
  bus_forwarder_set_program (forwarder, NULL);
  g_mutex_lock (&forwarder->lock);
  bus = g_steal_pointer (&forwarder->bus);
  g_mutex_unlock (&forwarder->lock);
  g_dbus_connection_remove_filter (bus, forwarder->bus_filter);
  forwarder_unref (forwarder);
}

#include "dbus/inspect_guard.h"

/* Used only on the GDBus worker thread. */
typedef struct {
  const BusMembers *members;
  gboolean replied;
} InspectGuard;

static gboolean
inspect_may_call (const InspectGuard *guard, GDBusMessage *message)
{
  const BusMember *member = bus_members_get_call (guard->members, g_dbus_message_get_interface (message),
                                                  g_dbus_message_get_member (message));

  return member != NULL && (member->roles & BUS_ROLE_OBSERVE) != 0;
}

static void
inspect_deny (GDBusConnection *connection, GDBusMessage *call)
{
  g_autoptr (GDBusMessage) reply = g_dbus_message_new_method_error_literal (
      call, "org.freedesktop.DBus.Error.AccessDenied", "This connection is for inspection: it changes nothing.");

  g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}

static GDBusMessage *
inspect_filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  InspectGuard *guard = data;
  GDBusMessageType type = g_dbus_message_get_message_type (message);

  if (!incoming)
    guard->replied |= type != G_DBUS_MESSAGE_TYPE_SIGNAL;
  if (incoming ? type != G_DBUS_MESSAGE_TYPE_METHOD_CALL || inspect_may_call (guard, message) : guard->replied)
    return message;
  if (incoming)
    inspect_deny (connection, message);
  g_object_unref (message);
  return NULL;
}

void
bus_inspect_guard (GDBusConnection *connection, const BusMembers *members)
{
  InspectGuard *guard = g_new0 (InspectGuard, 1);

  guard->members = members;
  g_dbus_connection_add_filter (connection, inspect_filter, guard, g_free);
}

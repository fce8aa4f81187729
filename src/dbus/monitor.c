#include "dbus/monitor.h"

#include <string.h>

#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/match_rules.h"
#include "dbus/tap.h"
#include "dbus/trace.h"

/* Of longer messages only the header is shown. */
#define MAX_BYTES (256u << 10)
#define OMITTED "(omitted)"

typedef struct {
  GDBusConnection *connection;
  char *own_name;
  BusMatchRules *rules;
  guint tap;
} Monitor;

char *
bus_monitor_dup_name (const char *role)
{
  if (g_str_equal (role, "node"))
    return g_strdup ("org.moneyrocket.Node");
  if (g_str_equal (role, "wallet"))
    return g_strdup ("org.moneyrocket.Wallet");
  if (g_str_equal (role, "gui") || g_str_equal (role, "parent"))
    return g_strdup ("org.moneyrocket.Moneyrocket");
  return g_strdup ("org.moneyrocket.Client");
}

/* The body of a call of Rpc1.Execute without its options, which may hold credentials, and without secret parameters. */
static GVariant *
monitor_hide_call (GVariant *body)
{
  const char *method, *params;

  g_variant_get (body, "(&s&sa{sv})", &method, &params, NULL);
  return g_variant_new ("(ssa{sv})", method, bus_trace_is_secret (method) ? OMITTED : params, NULL);
}

/* Descriptors as plain numbers, which have the same form: a tool would look for the descriptors that are not there. */
static GVariant *
monitor_without_fds (GVariant *body)
{
  g_autofree char *type = g_strdelimit (g_strdup (g_variant_get_type_string (body)), "h", 'i');
  g_autoptr (GBytes) bytes = NULL;

  if (g_str_equal (type, g_variant_get_type_string (body)))
    return body;
  bytes = g_variant_get_data_as_bytes (body);
  return g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, g_variant_is_normal_form (body));
}

/* The body of EVENT as it may be shown; NULL: none. */
static GVariant *
monitor_get_body (const BusTapEvent *event)
{
  GVariant *body = g_dbus_message_get_body (event->message);

  if (body == NULL)
    return NULL;
  if (g_str_equal (event->name, "Rpc1.Execute")) {
    if (event->kind == BUS_TAP_CALL && g_variant_is_of_type (body, G_VARIANT_TYPE ("(ssa{sv})")))
      return monitor_hide_call (body);
    if (event->kind == BUS_TAP_REPLY && g_variant_is_of_type (body, G_VARIANT_TYPE ("(sa{sv})")))
      return g_variant_new ("(sa{sv})", OMITTED, NULL);
  }
  return g_variant_get_size (body) <= MAX_BYTES ? monitor_without_fds (body) : NULL;
}

static GDBusMessage *
monitor_dup_message (const Monitor *monitor, const BusTapEvent *event)
{
  GDBusMessage *copy = g_dbus_message_copy (event->message, NULL);
  g_autofree char *other = bus_monitor_dup_name (event->peer);

  if (copy == NULL)
    return NULL;
  g_dbus_message_set_unix_fd_list (copy, NULL);
  g_dbus_message_set_header (copy, G_DBUS_MESSAGE_HEADER_FIELD_NUM_UNIX_FDS, NULL);
  g_dbus_message_set_sender (copy, event->incoming ? other : monitor->own_name);
  g_dbus_message_set_destination (copy, event->incoming ? monitor->own_name : other);
  g_dbus_message_set_body (copy, monitor_get_body (event));
  return copy;
}

static void
monitor_on_event (const BusTapEvent *event, gpointer data)
{
  Monitor *monitor = data;
  g_autoptr (GDBusMessage) copy = NULL;

  if (bus_connection_is_monitor (event->connection))
    return;
  copy = monitor_dup_message (monitor, event);
  if (copy != NULL && bus_match_rules_match (monitor->rules, copy))
    g_dbus_connection_send_message (monitor->connection, copy, G_DBUS_SEND_MESSAGE_FLAGS_PRESERVE_SERIAL, NULL, NULL);
}

static void
monitor_on_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  Monitor *monitor = data;

  g_signal_handlers_disconnect_by_data (connection, monitor);
  bus_tap_remove (monitor->tap);
  bus_match_rules_free (monitor->rules);
  g_object_unref (monitor->connection);
  g_free (monitor->own_name);
  g_free (monitor);
}

gboolean
bus_monitor_add (GDBusConnection *connection, const char *own_name, const char *const *rules, GError **error)
{
  g_autoptr (BusMatchRules) parsed = bus_match_rules_new (rules, error);
  Monitor *monitor;

  if (parsed == NULL)
    return FALSE;
  monitor = g_new0 (Monitor, 1);
  monitor->connection = g_object_ref (connection);
  monitor->own_name = g_strdup (own_name);
  monitor->rules = g_steal_pointer (&parsed);
  bus_connection_become_monitor (connection);
  monitor->tap = bus_tap_add (monitor_on_event, monitor);
  g_signal_connect (connection, "closed", G_CALLBACK (monitor_on_closed), monitor);
  return TRUE;
}

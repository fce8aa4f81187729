#include "dbus/tap.h"

#include <string.h>

#include "common/clock.h"
#include "dbus/trace.h"

typedef struct {
  gint64 started_us;
  char *interface, *member, *name;
} TapCall;

/* Of one connection. Used only on the GDBus worker thread, like every filter. */
typedef struct {
  char *peer;
  gboolean remembers;   /* there may be calls in these */
  GHashTable *sent;     /* our calls: serial → TapCall */
  GHashTable *received; /* the other end's */
} Tap;

typedef struct {
  guint id;
  BusTapFunc func;
  gpointer data;
} TapListener;

static GMutex listeners_lock;
static GArray *listeners; /* TapListener */
static gint n_listeners;  /* atomic, so that nothing is done while there are none */

static void
tap_call_free (gpointer data)
{
  TapCall *call = data;

  g_free (call->interface);
  g_free (call->member);
  g_free (call->name);
  g_free (call);
}

static void
tap_free (gpointer data)
{
  Tap *tap = data;

  g_hash_table_unref (tap->sent);
  g_hash_table_unref (tap->received);
  g_free (tap->peer);
  g_free (tap);
}

/* Sets the member of EVENT, a call or a signal. Returns what the caller has to free when it was shown. */
static char *
tap_take_member (BusTapEvent *event)
{
  const char *interface = g_dbus_message_get_interface (event->message);
  const char *member = g_dbus_message_get_member (event->message);
  const char *dot = interface != NULL ? strrchr (interface, '.') : NULL;
  char *name = g_strdup_printf ("%s.%s", dot != NULL ? dot + 1 : "", member != NULL ? member : "");

  event->interface = interface != NULL ? interface : "";
  event->member = member != NULL ? member : "";
  event->name = name;
  return name;
}

static void
tap_show (const BusTapEvent *event)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&listeners_lock);

  bus_trace (event);
  for (guint i = 0; listeners != NULL && i < listeners->len; i++) {
    const TapListener *listener = &g_array_index (listeners, TapListener, i);

    listener->func (event, listener->data);
  }
}

static void
tap_take_call (Tap *tap, BusTapEvent *event)
{
  g_autofree char *name = tap_take_member (event);
  GHashTable *calls = event->incoming ? tap->received : tap->sent;

  event->kind = BUS_TAP_CALL;
  tap_show (event);
  if ((g_dbus_message_get_flags (event->message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0) {
    TapCall *call = g_new (TapCall, 1);

    *call = (TapCall){ common_clock_monotonic_us (), g_strdup (event->interface), g_strdup (event->member),
                       g_steal_pointer (&name) };
    tap->remembers = TRUE;
    g_hash_table_replace (calls, GUINT_TO_POINTER (event->serial), call);
  }
}

static void
tap_take_reply (Tap *tap, BusTapEvent *event)
{
  GHashTable *calls = event->incoming ? tap->sent : tap->received;
  const TapCall *call;

  event->serial = g_dbus_message_get_reply_serial (event->message);
  call = g_hash_table_lookup (calls, GUINT_TO_POINTER (event->serial));
  if (call == NULL)
    return;
  event->kind = g_dbus_message_get_error_name (event->message) != NULL ? BUS_TAP_ERROR : BUS_TAP_REPLY;
  event->interface = call->interface;
  event->member = call->member;
  event->name = call->name;
  event->duration_us = common_clock_monotonic_us () - call->started_us;
  tap_show (event);
  g_hash_table_remove (calls, GUINT_TO_POINTER (event->serial));
}

static void
tap_take_signal (BusTapEvent *event)
{
  g_autofree char *name = tap_take_member (event);

  event->kind = BUS_TAP_SIGNAL;
  tap_show (event);
}

/* Nobody is shown the replies to these calls. */
static void
tap_forget (Tap *tap)
{
  if (!tap->remembers)
    return;
  g_hash_table_remove_all (tap->sent);
  g_hash_table_remove_all (tap->received);
  tap->remembers = FALSE;
}

static GDBusMessage *
tap_filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  BusTapEvent event = { .connection = connection, .incoming = incoming, .message = message };
  Tap *tap = data;

  if (!bus_trace_is_enabled () && g_atomic_int_get (&n_listeners) == 0) {
    tap_forget (tap);
    return message;
  }
  event.peer = tap->peer;
  event.serial = g_dbus_message_get_serial (message);
  switch (g_dbus_message_get_message_type (message)) {
  case G_DBUS_MESSAGE_TYPE_METHOD_CALL:
    tap_take_call (tap, &event);
    break;
  case G_DBUS_MESSAGE_TYPE_METHOD_RETURN:
  case G_DBUS_MESSAGE_TYPE_ERROR:
    tap_take_reply (tap, &event);
    break;
  case G_DBUS_MESSAGE_TYPE_SIGNAL:
    tap_take_signal (&event);
    break;
  case G_DBUS_MESSAGE_TYPE_INVALID:
    break;
  }
  return message;
}

void
bus_tap (GDBusConnection *connection, const char *peer)
{
  Tap *tap = g_new0 (Tap, 1);

  tap->peer = g_strdup (peer);
  tap->sent = g_hash_table_new_full (NULL, NULL, NULL, tap_call_free);
  tap->received = g_hash_table_new_full (NULL, NULL, NULL, tap_call_free);
  g_dbus_connection_add_filter (connection, tap_filter, tap, tap_free);
}

guint
bus_tap_add (BusTapFunc func, gpointer data)
{
  static guint last_id;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&listeners_lock);
  TapListener listener = { ++last_id, func, data };

  if (listeners == NULL)
    listeners = g_array_new (FALSE, FALSE, sizeof (TapListener));
  g_array_append_val (listeners, listener);
  g_atomic_int_inc (&n_listeners);
  return listener.id;
}

void
bus_tap_remove (guint id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&listeners_lock);

  for (guint i = 0; listeners != NULL && i < listeners->len; i++)
    if (g_array_index (listeners, TapListener, i).id == id) {
      g_array_remove_index (listeners, i);
      g_atomic_int_add (&n_listeners, -1);
      return;
    }
}

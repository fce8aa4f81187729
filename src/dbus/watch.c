#include "dbus/watch.h"

#include "dbus/names.h"

/* There is no time-out; closing the connection ends the call. */
#define TIMEOUT_MS (24 * 60 * 60 * 1000)

struct _BusWatch {
  GDBusConnection *connection;
  GCancellable *cancellable;
  guint source;
  guint n_missed;
  guint n_silent; /* intervals since the ping; 0: none is pending */
  gboolean silent;
  void (*changed) (gpointer data, gboolean answers);
  gpointer data;
};

static void
watch_on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  BusWatch *watch = data;
  gboolean was_silent;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  was_silent = watch->silent;
  watch->n_silent = 0;
  watch->silent = FALSE;
  /* An error is a reply, too; a closed connection is reported elsewhere. */
  if (was_silent && !g_dbus_connection_is_closed (watch->connection))
    watch->changed (watch->data, TRUE);
}

static gboolean
on_tick (gpointer data)
{
  BusWatch *watch = data;

  if (watch->n_silent++ == 0) {
    g_dbus_connection_call (watch->connection, NULL, BUS_PATH_INIT, "org.freedesktop.DBus.Properties", "Get",
                            g_variant_new ("(ss)", "org.moneyrocket.Init1", "Version"), NULL, G_DBUS_CALL_FLAGS_NONE,
                            TIMEOUT_MS, watch->cancellable, watch_on_reply, watch);
  } else if (!watch->silent && watch->n_silent > watch->n_missed) {
    watch->silent = TRUE;
    watch->changed (watch->data, FALSE);
  }
  return G_SOURCE_CONTINUE;
}

BusWatch *
bus_watch_new (GDBusConnection *connection,
               guint interval_ms,
               guint n_missed,
               void (*changed) (gpointer data, gboolean answers),
               gpointer data)
{
  BusWatch *watch = g_new0 (BusWatch, 1);

  watch->connection = g_object_ref (connection);
  watch->cancellable = g_cancellable_new ();
  watch->n_missed = n_missed;
  watch->changed = changed;
  watch->data = data;
  watch->source = g_timeout_add (interval_ms, on_tick, watch);
  return watch;
}

void
bus_watch_free (BusWatch *watch)
{
  if (watch == NULL)
    return;
  g_source_remove (watch->source);
  g_cancellable_cancel (watch->cancellable);
  g_object_unref (watch->cancellable);
  g_object_unref (watch->connection);
  g_free (watch);
}

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Pings a worker periodically to detect a main loop that hangs. Main context. */
typedef struct _BusWatch BusWatch;

/* Pings every INTERVAL_MS. CHANGED is called with FALSE when N_MISSED intervals have passed without a reply, and with
 * TRUE when a late reply arrives. Intervals are counted, not time, so that suspending the machine does not count. */
BusWatch *bus_watch_new (GDBusConnection *connection,
                         guint interval_ms,
                         guint n_missed,
                         void (*changed) (gpointer data, gboolean answers),
                         gpointer data);
void bus_watch_free (BusWatch *watch);

G_END_DECLS

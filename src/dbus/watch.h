#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks a worker again and again whether its main loop runs: one that hangs neither answers nor ends. Main context. */
typedef struct _BusWatch BusWatch;

/* Every INTERVAL_MS. CHANGED is called with FALSE when N_MISSED intervals have passed without an answer, and with TRUE
 * when it comes after all. Intervals are counted, not time, so that a sleep of the machine is no silence. */
BusWatch *bus_watch_new (GDBusConnection *connection,
                         guint interval_ms,
                         guint n_missed,
                         void (*changed) (gpointer data, gboolean answers),
                         gpointer data);
void bus_watch_free (BusWatch *watch);

G_END_DECLS

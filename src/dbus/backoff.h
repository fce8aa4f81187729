#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When a worker that has ended is started again. */
typedef struct {
  guint next_ms;
  guint n_short; /* runs in a row that were ready, but not for long */
} BusBackoff;

/* The first new start comes at once enough to be hardly noticed. */
#define BUS_BACKOFF_FIRST_MS 100
/* As long as a worker becomes ready each time, it comes back quickly, whatever ends it; ten times in a row. */
#define BUS_BACKOFF_READY_MS 800
#define BUS_BACKOFF_READY_RUNS 10
/* One that fails each time is tried ever more slowly, but never given up: what it lacks (a full disk, a lock) may come
 * back. */
#define BUS_BACKOFF_LAST_MS 30000
/* A worker that was ready for so long begins anew. */
#define BUS_BACKOFF_HEALTHY_US (10 * G_USEC_PER_SEC)

void bus_backoff_init (BusBackoff *backoff);

/* How many milliseconds to wait after a run that was READY, if it was, for LIVED_US. */
guint bus_backoff_next (BusBackoff *backoff, gboolean ready, gint64 lived_us);

G_END_DECLS

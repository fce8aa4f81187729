#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The delay before a worker that has exited is restarted. */
typedef struct {
  guint next_ms;
  guint n_short; /* consecutive runs that became ready, but not for long */
} BusBackoff;

/* The first delay is barely noticeable. */
#define BUS_BACKOFF_FIRST_MS 100
/* A worker that becomes ready each time is restarted quickly, ten consecutive times. */
#define BUS_BACKOFF_READY_MS 800
#define BUS_BACKOFF_READY_RUNS 10
/* One that fails each time is restarted with growing delays, without limit: the cause (a full disk, a lock) may be
 * temporary. */
#define BUS_BACKOFF_LAST_MS 30000
/* The delay is reset for a worker that was ready for this long. */
#define BUS_BACKOFF_HEALTHY_US (10 * G_USEC_PER_SEC)

void bus_backoff_init (BusBackoff *backoff);

/* The delay in milliseconds after a run that was READY for LIVED_US, or never ready. */
guint bus_backoff_next (BusBackoff *backoff, gboolean ready, gint64 lived_us);

G_END_DECLS

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The wall clock, which a test or `-mocktime` may set. Any thread. */

/* Seconds since 1970-01-01 UTC: the mock time while one is set, else the system's. */
gint64 common_clock_now (void);

/* Sets the mock time in seconds; 0 returns to the system's clock. */
void common_clock_set_mock (gint64 seconds);

/* Microseconds of a monotonic clock, for durations. Not affected by the mock time. */
gint64 common_clock_monotonic_us (void);

G_END_DECLS

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The speed of a long operation and the remaining time, from reports of its progress. Both are smoothed, and are
 * unknown until there are enough reports. Pure: the caller passes the time. Not thread-safe. */
typedef struct {
  gint64 start_us;
  gint64 last_us; /* of the last report that counted */
  double start_fraction;
  double last_fraction;
  guint64 last_count;
  double speed;      /* fraction per second */
  double count_rate; /* items per second */
  double eta_s;      /* as reported; 0: not known */
  gboolean begun;
} CommonPace;

/* Forgets all samples: a new operation begins. */
void common_pace_reset (CommonPace *pace);

/* At NOW_US (monotonic) FRACTION (0 to 1) is done, and COUNT items (blocks, or 0 when nothing is counted). A fraction
 * that decreases restarts the estimate. Reports may come at any rate. */
void common_pace_report (CommonPace *pace, gint64 now_us, double fraction, guint64 count);

/* Items per second, over the last seconds; 0: not known. */
double common_pace_get_rate (const CommonPace *pace);

/* Remaining seconds, at least 1; 0: not known. */
guint64 common_pace_get_eta_s (const CommonPace *pace);

G_END_DECLS

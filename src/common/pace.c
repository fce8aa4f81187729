#include "common/pace.h"

/* Reports at shorter intervals than this are combined. */
#define MIN_STEP_US (200 * 1000)
/* Before this much time and work the remaining time would be a guess. */
#define EVIDENCE_S 3.0
#define EVIDENCE_FRACTION 0.001
/* Older samples hardly count: the speed of early blocks is a poor estimate for later ones. */
#define SPEED_MEMORY_S 30.0
#define RATE_MEMORY_S 5.0
/* How quickly the reported time follows a change of speed. */
#define ETA_MEMORY_S 8.0
#define LONGEST_S (365.0 * 86400.0)

void
common_pace_reset (CommonPace *pace)
{
  g_return_if_fail (pace != NULL);
  *pace = (CommonPace){ 0 };
}

static void
pace_restart (CommonPace *pace, gint64 now_us, double fraction, guint64 count)
{
  *pace = (CommonPace){ .start_us = now_us,
                        .last_us = now_us,
                        .start_fraction = fraction,
                        .last_fraction = fraction,
                        .last_count = count,
                        .begun = TRUE };
}

/* OLD moved towards SAMPLE, which holds for STEP_S of the ELAPSED_S seconds since the beginning: the mean of all
 * samples at first, and later that of the last MEMORY_S seconds. */
static double
pace_blend (double old, double sample, double step_s, double elapsed_s, double memory_s)
{
  return old + (sample - old) * MIN (1.0, step_s / MIN (elapsed_s, memory_s));
}

static void
update_eta (CommonPace *pace, double step_s, double elapsed_s)
{
  double left_s = pace->speed > 0 ? (1 - pace->last_fraction) / pace->speed : LONGEST_S;

  if (elapsed_s < EVIDENCE_S || pace->last_fraction - pace->start_fraction < EVIDENCE_FRACTION || left_s >= LONGEST_S)
    return;
  if (pace->eta_s <= 0)
    pace->eta_s = left_s;
  else
    pace->eta_s = pace_blend (pace->eta_s - step_s, left_s, step_s, elapsed_s, ETA_MEMORY_S);
  pace->eta_s = MAX (1.0, pace->eta_s);
}

void
common_pace_report (CommonPace *pace, gint64 now_us, double fraction, guint64 count)
{
  double step_s, elapsed_s;

  g_return_if_fail (pace != NULL);

  if (!pace->begun || fraction < pace->last_fraction || count < pace->last_count) {
    pace_restart (pace, now_us, fraction, count);
    return;
  }
  if (now_us - pace->last_us < MIN_STEP_US)
    return;
  step_s = (double) (now_us - pace->last_us) / G_USEC_PER_SEC;
  elapsed_s = (double) (now_us - pace->start_us) / G_USEC_PER_SEC;
  pace->speed = pace_blend (pace->speed, (fraction - pace->last_fraction) / step_s, step_s, elapsed_s, SPEED_MEMORY_S);
  pace->count_rate
      = pace_blend (pace->count_rate, (double) (count - pace->last_count) / step_s, step_s, elapsed_s, RATE_MEMORY_S);
  pace->last_us = now_us;
  pace->last_fraction = fraction;
  pace->last_count = count;
  update_eta (pace, step_s, elapsed_s);
}

double
common_pace_get_rate (const CommonPace *pace)
{
  g_return_val_if_fail (pace != NULL, 0);
  /* One second alone is not representative. */
  return pace->last_us - pace->start_us >= G_USEC_PER_SEC ? pace->count_rate : 0;
}

guint64
common_pace_get_eta_s (const CommonPace *pace)
{
  g_return_val_if_fail (pace != NULL, 0);
  return (guint64) (pace->eta_s + 0.5);
}

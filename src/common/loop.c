#include "common/loop.h"

#include "common/clock.h"
#include "common/log.h"

/* The loop sleeps inside its poll function and works outside of it: a turn is the time between two polls. */
static gint64 turn_started_us;

static gint
watch_poll (GPollFD *fds, guint n, gint timeout_ms)
{
  gint64 now = common_clock_monotonic_us ();

  if (turn_started_us != 0 && now - turn_started_us > COMMON_LOOP_LIMIT_US)
    common_debug (COMMON_LOG_LOOP, "The main loop was held for %.1f ms", (double) (now - turn_started_us) / 1000);

  gint ready = g_poll (fds, n, timeout_ms);
  turn_started_us = common_clock_monotonic_us ();
  return ready;
}

void
common_loop_watch (void)
{
  if (common_log_enabled (COMMON_LOG_LOOP))
    g_main_context_set_poll_func (NULL, watch_poll);
}

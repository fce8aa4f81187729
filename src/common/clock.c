#include "common/clock.h"

static gint64 mock_seconds; /* 0: not set; read and written atomically */

gint64
common_clock_now (void)
{
  gint64 mock = __atomic_load_n (&mock_seconds, __ATOMIC_RELAXED);

  return mock != 0 ? mock : g_get_real_time () / G_USEC_PER_SEC;
}

void
common_clock_set_mock (gint64 seconds)
{
  __atomic_store_n (&mock_seconds, seconds, __ATOMIC_RELAXED);
}

gint64
common_clock_monotonic_us (void)
{
  return g_get_monotonic_time ();
}

#include "dbus/backoff.h"

void
bus_backoff_init (BusBackoff *backoff)
{
  *backoff = (BusBackoff){ .next_ms = BUS_BACKOFF_FIRST_MS };
}

guint
bus_backoff_next (BusBackoff *backoff, gboolean ready, gint64 lived_us)
{
  guint wait_ms;

  if (ready && lived_us >= BUS_BACKOFF_HEALTHY_US)
    bus_backoff_init (backoff);
  else if (ready)
    backoff->n_short++;
  else
    backoff->n_short = 0;
  wait_ms = backoff->next_ms;
  if (ready && backoff->n_short <= BUS_BACKOFF_READY_RUNS)
    wait_ms = MIN (wait_ms, BUS_BACKOFF_READY_MS);
  backoff->next_ms = MIN (wait_ms * 2, BUS_BACKOFF_LAST_MS);
  return wait_ms;
}

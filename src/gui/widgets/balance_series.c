#include "gui/widgets/balance_series.h"

/* The part of the time axis that is before the first coins. */
#define LEAD 20

void
gui_balance_series_measure (const GArray *points, gint64 since, gint64 now, GuiBalanceSeries *series)
{
  const GuiBalancePoint *all = (const GuiBalancePoint *) (gconstpointer) points->data;
  guint first = 0;

  *series = (GuiBalanceSeries){ since, now, 0 };
  for (guint i = 0; i < points->len; i++)
    series->highest_sat = MAX (series->highest_sat, all[i].sat);
  while (first < points->len && all[first].sat == 0)
    first++;
  if (first < points->len && (first > 0 || since == 0))
    series->from = MAX (since, all[first].time - MAX (now - all[first].time, 0) / LEAD - 1);
  /* The clock of a worker, or of a block, may be ahead. */
  if (points->len > 0)
    series->until = MAX (now, all[points->len - 1].time);
  series->until = MAX (series->until, series->from + 1);
}

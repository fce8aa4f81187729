#pragma once

#include "gui/widgets/balance_series.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The balance over time as a stepped line above zero, labelled with the highest amount and both ends of the time axis,
 * so that it needs no legend. A tooltip shows the values at the pointer. Respects the unit and hidden amounts. */

#define GUI_TYPE_BALANCE_CHART (gui_balance_chart_get_type ())
G_DECLARE_FINAL_TYPE (GuiBalanceChart, gui_balance_chart, GUI, BALANCE_CHART, GtkWidget)

/* POINTS: GuiBalancePoint, oldest first; copied. The line is extended from the last point to NOW. SINCE: the start of the
 * period, or 0; see gui_balance_series_measure(). */
void gui_balance_chart_set_points (GuiBalanceChart *self, const GArray *points, gint64 since, gint64 now);

G_END_DECLS

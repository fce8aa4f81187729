#pragma once

#include "gui/clients/wallet_records.h"

G_BEGIN_DECLS

/* What a chart of the balance shows. Pure. */

typedef struct {
  gint64 from, until; /* the time axis, in seconds since 1970; UNTIL is later */
  gint64 highest_sat;
} GuiBalanceSeries;

/* Of POINTS (GuiBalancePoint, oldest first) in the period from SINCE (0: without a start) to NOW: the whole period, but
 * not the time before the wallet had its first coins, except for a small part, so that a young wallet's chart shows its
 * whole life. */
void gui_balance_series_measure (const GArray *points, gint64 since, gint64 now, GuiBalanceSeries *series);

G_END_DECLS

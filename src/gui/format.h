#pragma once

#include "gui/prefs.h"

G_BEGIN_DECLS

/* Numbers, addresses and times for users, as usual in their locale: the decimal point, groups of digits, the order of day
 * and month; the clock has 12 or 24 hours as chosen for the desktop. They depend on the time now where it says "ago". Main
 * context. The caller owns every string. */

/* Groups of an amount are separated by a no-break space, so that a figure never wraps; a narrow one would not be seen in
 * small text. */
#define GUI_GROUP_SPACE "\u00a0"
#define GUI_MINUS "\u2212"

/* "0.012 345 67 BTC", "1 234 567 sat"; with a minus sign if negative, and a plus sign only if WITH_SIGN. */
char *gui_format_amount (gint64 sat, GuiUnit unit, gboolean with_sign);

/* The same without the unit. */
char *gui_format_amount_bare (gint64 sat, GuiUnit unit, gboolean with_sign);

const char *gui_unit_name (GuiUnit unit);

/* "bcrt1qxy..." in groups of four, separated by spaces. */
char *gui_format_address (const char *address);

/* "bcrt1qxy … ab3d": the ends of an address, for a row of a list. */
char *gui_format_address_short (const char *address);

/* 958120 to "958,120", with the separator of the locale. */
char *gui_format_count (guint64 n);

/* Hundredths of a per cent, as "0.05 %". */
char *gui_format_percent (guint64 hundredths);

/* Satoshi per 1,000 virtual bytes to "1.25 sat/vB". */
char *gui_format_fee_rate (guint64 sat_per_kvb);

/* "just now", "5 minutes ago", "14:03", "12 March", from seconds since 1970. */
char *gui_format_time (gint64 seconds);

/* The same below a heading with the day: without the day. */
char *gui_format_time_of_day (gint64 seconds);

/* The heading of a day: "Today", "Yesterday", "Monday, 3 March 2025". */
char *gui_format_day (gint64 seconds);
gboolean gui_same_day (gint64 a_seconds, gint64 b_seconds);

/* "3 March 2025". */
char *gui_format_date (gint64 seconds);

/* Day and minute in full. */
char *gui_format_date_time (gint64 seconds);

/* The order of day, month and year in FORMAT, the locale's format of a date for strftime(). */
typedef enum { GUI_DATE_DMY, GUI_DATE_MDY, GUI_DATE_YMD } GuiDateOrder;
GuiDateOrder gui_date_order_of (const char *format);

/* "about 3 h left", "about 20 min left", from seconds; NULL for 0 (unknown). */
char *gui_format_left (guint64 seconds);

/* 32 bytes in internal order as hex in display order. NULL if VALUE does not have 32 bytes. */
char *gui_format_hash (GVariant *value);

G_END_DECLS

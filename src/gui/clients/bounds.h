#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a worker may say. It is another program, which can be damaged or taken over: whatever it sends passes here before a
 * page sees it. A figure that cannot be is refused; a text is cut, and freed of what would disturb the line it stands in.
 * Pure, any thread. */

#define GUI_BOUNDS_MAX_LABEL 1024u   /* characters */
#define GUI_BOUNDS_MAX_SENTENCE 500u /* a warning, a reason, the message of an error */
#define GUI_BOUNDS_MAX_WARNINGS 20u
#define GUI_BOUNDS_MAX_WALLETS 200u
#define GUI_BOUNDS_MAX_PAYMENTS 10000000u /* of a history */
#define GUI_BOUNDS_MAX_COINS 10000u       /* that one payment spends or makes */
#define GUI_BOUNDS_MAX_VSIZE 1000000u
#define GUI_BOUNDS_MAX_CURSOR 200u

/* An amount that changes hands, of either sign. For amounts without one there is btc_amount_in_range(). */
gboolean gui_bounds_change (gint64 sat);

/* Height of a block. */
gboolean gui_bounds_height (gint64 height);

/* Seconds since 1970 that a calendar has. */
gboolean gui_bounds_time (gint64 seconds);

/* 32 bytes: an ay. */
gboolean gui_bounds_hash (GVariant *hash);

/* An address as text: printable ASCII of the length of one, or empty for none. That it is one of the network says
 * btc_address_decode() alone. */
gboolean gui_bounds_address (const char *text);

/* The name of a wallet, which is handed back as it is, so it is not cut: no longer than a path. */
gboolean gui_bounds_name (const char *text);

/* FRACTION cut to 0 to 1, RATE to 0 to 10^9. FALSE when it is not a number. */
gboolean gui_bounds_fraction (double *fraction);
gboolean gui_bounds_rate (double *rate);

/* A time that is left, in seconds: 0, which is "not known", for more than a hundred years. */
guint64 gui_bounds_eta (guint64 seconds);

/* TEXT as one line of at most MAX_CHARS characters: what is cut away leaves an ellipsis, control characters and those that
 * change the direction of writing become spaces, and what is not UTF-8 is replaced. The caller owns it. */
char *gui_bounds_dup_line (const char *text, gsize max_chars);

G_END_DECLS

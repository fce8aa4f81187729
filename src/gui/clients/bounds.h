#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bounds for the data of the workers, which may be faulty or compromised: the client layer validates every value before
 * a page uses it. Numbers out of range are rejected; text is truncated, and control characters in it are replaced.
 * Pure, any thread. */

#define GUI_BOUNDS_MAX_LABEL 1024u   /* characters */
#define GUI_BOUNDS_MAX_SENTENCE 500u /* a warning, a reason, an error message */
#define GUI_BOUNDS_MAX_WARNINGS 20u
#define GUI_BOUNDS_MAX_WALLETS 200u
#define GUI_BOUNDS_MAX_PAYMENTS 10000000u /* in the history */
#define GUI_BOUNDS_MAX_COINS 10000u       /* inputs or outputs of one payment */
#define GUI_BOUNDS_MAX_VSIZE 1000000u

/* A signed amount. For unsigned ones see btc_amount_in_range(). */
gboolean gui_bounds_change (gint64 sat);

/* Height of a block. */
gboolean gui_bounds_height (gint64 height);

/* Seconds since 1970, up to the year 9999. */
gboolean gui_bounds_time (gint64 seconds);

/* 32 bytes: an ay. */
gboolean gui_bounds_hash (GVariant *hash);

/* The text of an address: printable ASCII of at most 100 characters, or empty for none. Only btc_address_decode() checks
 * that it is valid for the network. */
gboolean gui_bounds_address (const char *text);

/* The name of a wallet: at most as long as a path. It is not truncated, since calls to the wallet use it. */
gboolean gui_bounds_name (const char *text);

/* Clamps FRACTION to 0 … 1 and RATE to 0 … 10^9. FALSE if it is infinite or not a number. */
gboolean gui_bounds_fraction (double *fraction);
gboolean gui_bounds_rate (double *rate);

/* Remaining time in seconds; 0 (unknown) for more than a hundred years. */
guint64 gui_bounds_eta (guint64 seconds);

/* TEXT, which came from outside, as it may be shown: one line of at most MAX_CHARS characters. Truncated text ends with
 * an ellipsis, control characters and those that change the text direction become spaces, invisible marks are left out,
 * and invalid UTF-8 is replaced. The caller owns it. */
char *gui_bounds_dup_line (const char *text, gsize max_chars);

G_END_DECLS

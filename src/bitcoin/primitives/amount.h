#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Money in satoshi, always a gint64, never floating point. Pure, any thread. */

#define BTC_COIN ((gint64) 100000000)
#define BTC_MAX_MONEY ((gint64) 21000000 * BTC_COIN)

/* TRUE when 0 <= SAT <= BTC_MAX_MONEY. */
gboolean btc_amount_in_range (gint64 sat);

/* *SUM = A + B. FALSE, and *SUM unchanged, when the sum overflows or is outside the range above. */
gboolean btc_amount_add (gint64 a, gint64 b, gint64 *sum);
/* A + B, or the nearest number of 64 bits: for fees with deltas, which may be anything. */
gint64 btc_amount_add_saturated (gint64 a, gint64 b);

/* "-0.00010000": a sign where negative, always eight decimals. The caller owns it. */
char *btc_amount_format (gint64 sat);
/* The same without trailing zeros, but with at least two decimals: "0.00", "0.0001". The caller owns it. */
char *btc_amount_format_short (gint64 sat);

/* Reads a decimal number of BTC with at most eight decimals, no sign, no exponent, no spaces ("0.1", "21000000").
 * FALSE when it is anything else, or out of range. */
gboolean btc_amount_parse (const char *text, gint64 *sat);

/* The same for what people and payment URIs write: also without a digit on one side of the point (".5", "5."), and with
 * zeros before the number and after the eighth decimal ("00.500000000"). */
gboolean btc_amount_parse_loose (const char *text, gint64 *sat);

/* The same, as options are read: spaces around it, leading zeros, and nothing before or after the point are allowed, too
 * (".1", "1.", " 0.1 "). */
gboolean btc_amount_parse_option (const char *text, gint64 *sat);

G_END_DECLS

#pragma once

#include "gui/prefs.h"

G_BEGIN_DECLS

/* Parses the numbers that a user types: amounts and fee rates. Pure.
 *
 * Decimals follow a point, or the comma of the locale where it is not ambiguous. Spaces of any width may separate
 * groups of three digits, but nothing else: "1 0.5" is not a number. Invisible marks are ignored. */

/* An amount, up to eight decimals of BTC or whole sat. A unit after it ("0.5 BTC") has precedence over UNIT. On failure
 * *WHY is a translated sentence about what to do. */
gboolean gui_parse_amount (const char *text, GuiUnit unit, gint64 *sat, const char **why);

/* The same, with COMMA telling whether the decimals of the locale follow a comma. Zero is an amount here. */
gboolean gui_parse_amount_in (const char *text, GuiUnit unit, gboolean comma, gint64 *sat, const char **why);

/* A fee rate in sat/vB, up to three decimals, as satoshi per 1,000 virtual bytes. */
gboolean gui_parse_fee_rate (const char *text, guint64 *rate);

/* Whether decimals follow a comma in the locale of the program. */
gboolean gui_locale_has_comma (void);

G_END_DECLS

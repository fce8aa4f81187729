#pragma once

#include "gui/prefs.h"

G_BEGIN_DECLS

/* Parses the numbers that a user types: amounts and fee rates. Pure. The notations of numbers: see gui/number_text.h. */

/* An amount, up to eight decimals of BTC or whole sat. A unit before or after it ("0.5 BTC") has precedence over UNIT. On
 * failure *WHY is a translated sentence about what to do. */
gboolean gui_parse_amount (const char *text, GuiUnit unit, gint64 *sat, const char **why);

/* The same, with COMMA telling whether the decimals of the locale follow a comma. Zero is an amount here. */
gboolean gui_parse_amount_in (const char *text, GuiUnit unit, gboolean comma, gint64 *sat, const char **why);

/* A fee rate from 0.1 to 10,000 sat/vB, up to three decimals, as satoshi per 1,000 virtual bytes. On failure *WHY is a
 * translated sentence about what to do. */
gboolean gui_parse_fee_rate (const char *text, guint64 *rate, const char **why);

/* The same for a locale. */
gboolean gui_parse_fee_rate_in (const char *text, gboolean comma, guint64 *rate, const char **why);

/* Whether decimals follow a comma in the locale of the program. */
gboolean gui_locale_has_comma (void);

G_END_DECLS

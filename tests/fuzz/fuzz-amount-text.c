/* Amounts and fee rates as typed by the user: formatting a parsed amount and parsing it again gives the same amount, and
 * no text is a different amount in a locale with decimal commas than in one with decimal points. */
#include <stdlib.h>

#include "bitcoin/primitives/amount.h"
#include "gui/amount_text.h"
#include "gui/format.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

/* The parser must explain each failure, and must not set an explanation on success. */
static gboolean
check_amount (const char *text, GuiUnit unit, gboolean comma, gint64 *sat)
{
  const char *why = NULL;
  gboolean good = gui_parse_amount_in (text, unit, comma, sat, &why);

  if (good != (why == NULL) || (good && !btc_amount_in_range (*sat)))
    abort ();
  return good;
}

static gboolean
check_rate (const char *text, gboolean comma, guint64 *rate)
{
  const char *why = NULL;
  gboolean good = gui_parse_fee_rate_in (text, comma, rate, &why);

  if (good != (why == NULL) || (good && (*rate < 100 || *rate > 10000000)))
    abort ();
  return good;
}

static void
check_written (gint64 sat, GuiUnit unit)
{
  g_autofree char *text = gui_format_amount (sat, unit, FALSE);
  gint64 again;

  if (!check_amount (text, GUI_UNIT_BTC, gui_locale_has_comma (), &again) || again != sat)
    abort ();
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *text = NULL;
  gint64 sat, other_sat;
  guint64 rate, other_rate;
  GuiUnit unit;

  if (len == 0)
    return 0;
  unit = data[0] % 2 == 0 ? GUI_UNIT_BTC : GUI_UNIT_SAT;
  text = g_strndup ((const char *) data + 1, len - 1);
  if (check_amount (text, unit, FALSE, &sat)) {
    check_written (sat, unit);
    if (check_amount (text, unit, TRUE, &other_sat) && other_sat != sat)
      abort ();
  }
  if (check_rate (text, FALSE, &rate) && check_rate (text, TRUE, &other_rate) && other_rate != rate)
    abort ();
  return 0;
}

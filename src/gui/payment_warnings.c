#include "gui/payment_warnings.h"

#include "gui/format.h"

#include <glib/gi18n.h>

/* A fee rate is far above the estimate from this factor on, unless it costs only a little more. */
#define FAR_FACTOR 2
#define LITTLE_SAT 500

/* A fee is large if it exceeds a fixed amount, 1/20 of the amount sent (unless the fee is small), or 1/4 of it (even if it
 * is small). */
#define LARGE_SAT 50000
#define LARGE_PART 20
#define SMALL_SAT 1000
#define VERY_LARGE_PART 4

void
gui_warning_free (gpointer data)
{
  GuiWarning *warning = data;

  if (warning == NULL)
    return;
  g_free (warning->text);
  g_free (warning);
}

static GuiWarning *
warning_new (GuiWarningKind kind, char *text)
{
  GuiWarning *warning = g_new (GuiWarning, 1);

  *warning = (GuiWarning){ kind, text };
  return warning;
}

static GuiWarning *
warning_high_rate (guint64 rate, const GuiFeeEstimates *estimates)
{
  guint64 usual = estimates->fastest > 0 ? estimates->fastest : estimates->fallback;
  g_autofree char *text = gui_format_fee_rate (usual);
  g_autofree char *times = gui_format_count (rate / usual);
  /* Translators: a number, and a fee rate. */
  const char *format = estimates->fastest > 0
                           ? _ ("The fee rate is %s times the estimate for the next blocks, which is %s.")
                           /* Translators: a number, and a fee rate. */
                           : _ ("The fee rate is %s times the fallback fee rate, which is %s.");

  return warning_new (GUI_WARNING_HIGH_RATE, g_strdup_printf (format, times, text));
}

static GuiWarning *
warning_low_rate (guint blocks)
{
  const char *text = blocks >= 144 ? _ ("The fee rate is lower than is estimated for a day. The payment may wait long.")
                                   : _ ("The fee rate is lower than all estimates. The payment may wait long.");

  return warning_new (GUI_WARNING_LOW_RATE, g_strdup (text));
}

GuiWarning *
gui_fee_rate_warning (guint64 rate, guint vsize, const GuiFeeEstimates *estimates)
{
  guint64 usual = estimates->fastest > 0 ? estimates->fastest : estimates->fallback;

  if (usual > 0 && rate / FAR_FACTOR >= usual && (rate - usual) * vsize / 1000 > LITTLE_SAT)
    return warning_high_rate (rate, estimates);
  /* Rounded to whole satoshi, a fee is a little below its rate. */
  if (rate < estimates->slowest / 10 * 9)
    return warning_low_rate (estimates->slowest_blocks);
  return NULL;
}

static void
warnings_add (GPtrArray *warnings, GuiWarningKind kind, const char *text)
{
  g_ptr_array_add (warnings, warning_new (kind, g_strdup (text)));
}

static guint
warnings_count_recipients (const GuiDraft *draft)
{
  guint n = 0;

  for (guint i = 0; i < draft->outputs->len; i++)
    n += !((const GuiCoin *) g_ptr_array_index (draft->outputs, i))->change;
  return n;
}

/* About one recipient; ADDRESS names it when there are several. */
static void
warnings_add_about (GPtrArray *warnings, GuiWarningKind kind, const char *address, const char *sentence)
{
  g_autofree char *shortened = address != NULL ? gui_format_address_short (address) : NULL;

  if (shortened == NULL)
    warnings_add (warnings, kind, sentence);
  else
    g_ptr_array_add (warnings, warning_new (kind, g_strdup_printf ("%s: %s", shortened, sentence)));
}

static void
warnings_add_recipients (GPtrArray *warnings, const GuiDraft *draft)
{
  gboolean several = warnings_count_recipients (draft) > 1;

  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiCoin *coin = g_ptr_array_index (draft->outputs, i);
    const char *address = several ? coin->address : NULL;

    if (coin->change)
      continue;
    if (coin->ours)
      warnings_add_about (warnings, GUI_WARNING_OWN_ADDRESS, address,
                          _ ("This address belongs to this wallet. The amount comes back to you, and only the fee is "
                             "spent."));
    else if (coin->n_paid_before > 0 && !draft->repeats)
      warnings_add_about (warnings, GUI_WARNING_PAID_BEFORE, address,
                          _ ("You have paid to this address before. Make sure that this is not the same payment again. "
                             "A new address for each payment keeps both of you more private."));
  }
}

static void
warnings_add_fee (GPtrArray *warnings, const GuiDraft *draft, const GuiFeeEstimates *estimates, GuiUnit unit)
{
  gint64 paid_sat = gui_draft_get_paid_sat (draft);
  GuiWarning *rate
      = gui_fee_rate_warning ((guint64) draft->fee_sat * 1000 / MAX (draft->vsize, 1), draft->vsize, estimates);

  if (rate != NULL)
    g_ptr_array_add (warnings, rate);
  if (draft->fee_sat >= LARGE_SAT) {
    g_autofree char *fee = gui_format_amount (draft->fee_sat, unit, FALSE);

    /* Translators: %s is an amount. */
    g_ptr_array_add (warnings,
                     warning_new (GUI_WARNING_LARGE_FEE,
                                  g_strdup_printf (_ ("The fee of %s is large. A lower fee rate costs less."), fee)));
  } else if (draft->fee_sat >= paid_sat / (draft->fee_sat >= SMALL_SAT ? LARGE_PART : VERY_LARGE_PART)) {
    warnings_add (warnings, GUI_WARNING_LARGE_PART,
                  _ ("The fee is high for this amount. A larger amount or a slower confirmation costs less."));
  }
}

GPtrArray *
gui_payment_warnings_new (const GuiDraft *draft, const GuiFeeEstimates *estimates, GuiUnit unit)
{
  GPtrArray *warnings = g_ptr_array_new_with_free_func (gui_warning_free);

  if (draft->n_replaced > 0)
    warnings_add (warnings, GUI_WARNING_REPLACES,
                  _ ("The node refused an earlier payment to this recipient. This one takes its place: only one of the "
                     "two can ever be confirmed."));
  if (draft->repeats)
    warnings_add (warnings, GUI_WARNING_REPEATS,
                  _ ("Another payment to this recipient is already on its way. This one is paid in addition."));
  warnings_add_recipients (warnings, draft);
  warnings_add_fee (warnings, draft, estimates, unit);
  return warnings;
}

#pragma once

#include "gui/clients/draft.h"
#include "gui/fee_options.h"
#include "gui/prefs.h"

G_BEGIN_DECLS

/* What a person should know before they confirm a payment. Pure. */

typedef enum {
  GUI_WARNING_REPLACES,    /* a payment that the node rejected */
  GUI_WARNING_REPEATS,     /* a payment to the same recipient is unconfirmed */
  GUI_WARNING_OWN_ADDRESS, /* of this wallet */
  GUI_WARNING_PAID_BEFORE,
  GUI_WARNING_HIGH_RATE, /* far above the estimate for the next blocks */
  GUI_WARNING_LOW_RATE,  /* below all estimates */
  GUI_WARNING_LARGE_FEE, /* whatever is sent */
  GUI_WARNING_LARGE_PART /* of what is sent */
} GuiWarningKind;

typedef struct {
  GuiWarningKind kind;
  char *text; /* translated */
} GuiWarning;

/* The warnings about DRAFT, the most important first: an array of GuiWarning, owned by the caller. */
GPtrArray *gui_payment_warnings_new (const GuiDraft *draft, const GuiFeeEstimates *estimates, GuiUnit unit);

/* The warning about RATE (satoshi per 1,000 virtual bytes) of a transaction of VSIZE alone; NULL: none. The caller frees
 * it with gui_warning_free(). */
GuiWarning *gui_fee_rate_warning (guint64 rate, guint vsize, const GuiFeeEstimates *estimates);

void gui_warning_free (gpointer warning);

G_END_DECLS

#pragma once

#include "gui/clients/outcome.h"

G_BEGIN_DECLS

/* Messages about the outcome of a payment, for users. Translated. Pure. */

/* Static. */
const char *gui_outcome_title (GuiOutcome outcome);

/* What it means and what to do. REASON: the node's, for a refusal. The result is plain text, not markup, and the
 * caller's. */
char *gui_outcome_dup_text (GuiOutcome outcome, const char *reason);

/* The question before a payment is abandoned, and what the answer means. Static. */
const char *gui_outcome_abandon_title (void);
const char *gui_outcome_abandon_text (void);

G_END_DECLS

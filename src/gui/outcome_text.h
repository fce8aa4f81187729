#pragma once

#include "gui/clients/outcome.h"

G_BEGIN_DECLS

/* Messages about the outcome of a payment, for users. Translated. Pure. */

/* Static. */
const char *gui_outcome_title (GuiOutcome outcome);

/* What it means and what to do. REASON: the reject reason of the node. The result is plain text, not markup, and owned
 * by the caller. */
char *gui_outcome_dup_text (GuiOutcome outcome, const char *reason);

/* Instead of the above for GUI_OUTCOME_ACCEPTED while the node has no peers. Static. */
const char *gui_outcome_held_title (void);
const char *gui_outcome_held_text (void);

/* The question before a payment is abandoned, and the consequences. Static. */
const char *gui_outcome_abandon_title (void);
const char *gui_outcome_abandon_text (void);

G_END_DECLS

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

/* The question before a payment of SAT to TO is abandoned, and the consequences. The title is static; the text is owned
 * by the caller, and has the amount even if amounts are hidden: it is for confirming. */
const char *gui_outcome_abandon_title (void);
char *gui_outcome_dup_abandon_text (gint64 sat, const char *to);

G_END_DECLS

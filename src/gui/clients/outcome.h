#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The outcome of a payment of this wallet. */
typedef enum {
  GUI_OUTCOME_PENDING,    /* stored; the node has not replied yet */
  GUI_OUTCOME_ACCEPTED,   /* accepted by the node */
  GUI_OUTCOME_REFUSED,    /* rejected by the node; it is kept */
  GUI_OUTCOME_ABANDONED,  /* abandoned */
  GUI_OUTCOME_CONFLICTED, /* its coins were spent by another transaction */
} GuiOutcome;

/* NAME: a state of Spend1.Send, from a worker. FALSE if it is unknown. Pure, any thread. */
gboolean gui_outcome_by_name (const char *name, GuiOutcome *outcome);

G_END_DECLS

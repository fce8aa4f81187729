#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The outcome of a payment of this wallet. */
typedef enum {
  GUI_OUTCOME_PENDING,    /* stored; the node has not answered yet */
  GUI_OUTCOME_ACCEPTED,   /* the node has it */
  GUI_OUTCOME_REFUSED,    /* the node does not take it; it is kept */
  GUI_OUTCOME_ABANDONED,  /* abandoned */
  GUI_OUTCOME_CONFLICTED, /* its coins were spent by another transaction */
} GuiOutcome;

/* NAME: a state as of Spend1.Send, from a worker. FALSE when it is none. Pure, any thread. */
gboolean gui_outcome_by_name (const char *name, GuiOutcome *outcome);

G_END_DECLS

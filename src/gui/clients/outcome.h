#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The outcome of a payment of this wallet. */
typedef enum {
  GUI_OUTCOME_PENDING,    /* stored; the node has not replied yet */
  GUI_OUTCOME_ACCEPTED,   /* accepted by the node */
  GUI_OUTCOME_REFUSED,    /* rejected by the node; it is kept */
  GUI_OUTCOME_ABANDONED,  /* abandoned */
  GUI_OUTCOME_CONFLICTED, /* its coins were spent by another transaction, which is in a block */
  GUI_OUTCOME_REPLACED,   /* the same, but the other one is not in a block yet */
  GUI_OUTCOME_CONFIRMED,  /* in a block */
} GuiOutcome;

/* NAME: a state of Spend1.Send, from a worker; the last two are none. FALSE if it is unknown. Pure, any thread. */
gboolean gui_outcome_by_name (const char *name, GuiOutcome *outcome);

G_END_DECLS

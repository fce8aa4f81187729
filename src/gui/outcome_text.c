#include "gui/outcome_text.h"

#include "gui/format.h"

#include <glib/gi18n.h>

const char *
gui_outcome_title (GuiOutcome outcome)
{
  switch (outcome) {
  case GUI_OUTCOME_ACCEPTED:
    return _ ("Sent");
  case GUI_OUTCOME_PENDING:
    return _ ("On its way");
  case GUI_OUTCOME_REFUSED:
    return _ ("The node refused the payment");
  case GUI_OUTCOME_ABANDONED:
    return _ ("Abandoned");
  case GUI_OUTCOME_CONFLICTED:
    return _ ("The payment cannot be confirmed");
  case GUI_OUTCOME_REPLACED:
    return _ ("Replaced by another payment");
  case GUI_OUTCOME_CONFIRMED:
    return _ ("Confirmed");
  }
  g_return_val_if_reached ("");
}

char *
gui_outcome_dup_text (GuiOutcome outcome, const char *reason)
{
  switch (outcome) {
  case GUI_OUTCOME_ACCEPTED:
    return g_strdup (_ ("The payment is on its way. It is confirmed with the next blocks."));
  case GUI_OUTCOME_PENDING:
    return g_strdup (_ ("The payment is signed and stored. The node has not answered yet and receives the payment as "
                        "soon as it can. You do not need to do anything."));
  case GUI_OUTCOME_REFUSED:
    /* Translators: %s is a reason that the node gave, in English. */
    return g_strdup_printf (_ ("The payment and its coins are kept. It can still be confirmed and is sent to the node "
                               "again after each block, so do not pay a second time. The node's reason: %s"),
                            reason);
  case GUI_OUTCOME_ABANDONED:
    return g_strdup (_ ("The coins of this payment can be spent again. Until they are, the payment can still be "
                        "confirmed if somebody else has a copy of it."));
  case GUI_OUTCOME_CONFLICTED:
    return g_strdup (_ ("Its coins were spent in another payment, which is in a block."));
  case GUI_OUTCOME_REPLACED:
    return g_strdup (
        _ ("Its coins are spent in another payment, which is on its way instead. See Activity for that one, "
           "and do not pay a second time."));
  case GUI_OUTCOME_CONFIRMED:
    return g_strdup (_ ("The payment is confirmed: it is in a block."));
  }
  g_return_val_if_reached (g_strdup (""));
}

const char *
gui_outcome_held_title (void)
{
  return _ ("Not passed on yet");
}

const char *
gui_outcome_held_text (void)
{
  return _ (
      "The payment is signed, and your node has it. It has no peers to pass it on to, so nobody else knows of the "
      "payment. It can still be passed on later, so do not pay a second time.");
}

const char *
gui_outcome_abandon_title (void)
{
  return _ ("Abandon this payment?");
}

char *
gui_outcome_dup_abandon_text (gint64 sat, const char *to)
{
  g_autofree char *amount = gui_format_amount (sat, gui_prefs_get_unit (gui_prefs_get_default ()), FALSE);

  /* Translators: an amount, and who receives it. */
  return g_strdup_printf (
      _ ("You pay %s to %s. The coins of this payment can then be spent again. Until they are, the payment can still "
         "be "
         "confirmed if somebody else has a copy of it: if you pay the same bill again, you may pay it twice."),
      amount, to);
}

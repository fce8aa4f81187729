#include "gui/clients/outcome.h"

gboolean
gui_outcome_by_name (const char *name, GuiOutcome *outcome)
{
  static const char *const names[] = { "pending", "accepted", "refused", "abandoned", "conflicted" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i])) {
      *outcome = (GuiOutcome) i;
      return TRUE;
    }
  return FALSE;
}

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A small ring that fills up with six confirmations, and then shows a tick. */

#define GUI_TYPE_CONFIRM_RING (gui_confirm_ring_get_type ())
G_DECLARE_FINAL_TYPE (GuiConfirmRing, gui_confirm_ring, GUI, CONFIRM_RING, GtkWidget)

/* DONE of NEEDED confirmations. TEXT, translated, is the accessible description and the tooltip. */
void gui_confirm_ring_set (GuiConfirmRing *self, int done, int needed, const char *text);

G_END_DECLS

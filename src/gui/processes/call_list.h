#pragma once

#include "gui/models/call_model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The calls of a model in a scrolled window, the latest at the top. There are widgets for the visible rows only, all of one
 * height, so that neither many calls at once nor scrolling depend on how many there are. What is visible stays in place
 * when calls come, unless the list is at its top.
 *
 * Keys: arrows, Page Up and Page Down, Home and End; Enter and Space activate a row.
 *
 * Signals: "activate" (GuiCall *call) */

#define GUI_TYPE_CALL_LIST (gui_call_list_get_type ())
G_DECLARE_FINAL_TYPE (GuiCallList, gui_call_list, GUI, CALL_LIST, GtkWidget)

/* Called once. */
void gui_call_list_set_model (GuiCallList *self, GuiCallModel *model);

G_END_DECLS

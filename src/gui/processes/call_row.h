#pragma once

#include "gui/models/call.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A call in the list of the page Processes, on one or two lines: what it means, when it was made, and how long it took. */

#define GUI_TYPE_CALL_ROW (gui_call_row_get_type ())
G_DECLARE_FINAL_TYPE (GuiCallRow, gui_call_row, GUI, CALL_ROW, GtkButton)

GtkWidget *gui_call_row_new (void);

/* Shows CALL as it is now. */
void gui_call_row_show (GuiCallRow *self, GuiCall *call);

/* Borrowed. */
GuiCall *gui_call_row_get_call (GuiCallRow *self);

G_END_DECLS

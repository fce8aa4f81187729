#pragma once

#include "gui/prefs.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A button next to an amount field: the unit of the entered amount, changed by a click. Initially the preferred unit of
 * the user. Property "unit" (int, a GuiUnit). */

#define GUI_TYPE_UNIT_BUTTON (gui_unit_button_get_type ())
G_DECLARE_FINAL_TYPE (GuiUnitButton, gui_unit_button, GUI, UNIT_BUTTON, GtkWidget)

GuiUnit gui_unit_button_get_unit (GuiUnitButton *self);
void gui_unit_button_set_unit (GuiUnitButton *self, GuiUnit unit);

G_END_DECLS

#pragma once

#include "gui/prefs.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Beside a field for an amount: the unit of what is typed, changed by a click. It begins with the person's own unit.
 * Property "unit" (int, a GuiUnit). */

#define GUI_TYPE_UNIT_BUTTON (gui_unit_button_get_type ())
G_DECLARE_FINAL_TYPE (GuiUnitButton, gui_unit_button, GUI, UNIT_BUTTON, GtkWidget)

GuiUnit gui_unit_button_get_unit (GuiUnitButton *self);
void gui_unit_button_set_unit (GuiUnitButton *self, GuiUnit unit);

G_END_DECLS

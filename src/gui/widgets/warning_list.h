#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A card of warnings, one sentence each with a warning sign; invisible when there are none. */

#define GUI_TYPE_WARNING_LIST (gui_warning_list_get_type ())
G_DECLARE_FINAL_TYPE (GuiWarningList, gui_warning_list, GUI, WARNING_LIST, GtkBox)

void gui_warning_list_clear (GuiWarningList *self);

/* SENTENCE is translated. */
void gui_warning_list_add (GuiWarningList *self, const char *sentence);

G_END_DECLS

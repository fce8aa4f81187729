#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A button for a slow operation. While it is busy it looks disabled, is announced as such, and ignores presses, but keeps
 * the keyboard focus: an insensitive widget would lose it. */

#define GUI_TYPE_BUSY_BUTTON (gui_busy_button_get_type ())
G_DECLARE_FINAL_TYPE (GuiBusyButton, gui_busy_button, GUI, BUSY_BUTTON, GtkButton)

void gui_busy_button_set_busy (GuiBusyButton *self, gboolean busy);
gboolean gui_busy_button_get_busy (GuiBusyButton *self);

G_END_DECLS

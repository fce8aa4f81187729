#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A button that starts something which takes a while. While it is busy it looks and is announced as disabled, and cannot be
 * pressed, but keeps the keyboard focus: one that becomes insensitive loses it, and with it the person's place. */

#define GUI_TYPE_BUSY_BUTTON (gui_busy_button_get_type ())
G_DECLARE_FINAL_TYPE (GuiBusyButton, gui_busy_button, GUI, BUSY_BUTTON, GtkButton)

void gui_busy_button_set_busy (GuiBusyButton *self, gboolean busy);
gboolean gui_busy_button_get_busy (GuiBusyButton *self);

G_END_DECLS

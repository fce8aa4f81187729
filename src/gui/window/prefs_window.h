#pragma once

#include "gui/clients/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The preferences. Each change takes effect, and is saved, at once. "Change…" of the network activates
 * "win.choose-network" of the parent. */

#define GUI_TYPE_PREFS_WINDOW (gui_prefs_window_get_type ())
G_DECLARE_FINAL_TYPE (GuiPrefsWindow, gui_prefs_window, GUI, PREFS_WINDOW, AdwPreferencesWindow)

GtkWidget *gui_prefs_window_new (GtkWindow *parent, GuiSession *session, const char *datadir);

G_END_DECLS

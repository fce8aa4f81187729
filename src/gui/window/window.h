#pragma once

#include "gui/clients/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The window: the first run, or the sidebar and the pages, the header bar, and the state of the workers.
 *
 * Actions: "win.page" (s: overview send receive activity playground), "win.new-payment", "win.search", "win.payment"
 * (ay, a transaction ID: its details), "win.back", "win.toast" (s), "win.hide-amounts". */

#define GUI_TYPE_WINDOW (gui_window_get_type ())
G_DECLARE_FINAL_TYPE (GuiWindow, gui_window, GUI, WINDOW, AdwApplicationWindow)

/* DATADIR is for the storage step of the first run. */
GuiWindow *gui_window_new (AdwApplication *app, GuiSession *session, const char *datadir);

G_END_DECLS

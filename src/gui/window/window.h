#pragma once

#include "gui/clients/session.h"
#include "gui/start/check.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The window: what it is starting, the first run, or the sidebar and the pages, the header bar, and the state of the
 * workers.
 *
 * Actions: "win.page" (s: overview send receive activity processes playground), "win.new-payment", "win.search", "win.payment"
 * (ay, a transaction ID: its details), "win.back", "win.toast" (s), "win.hide-amounts", "win.choose-network" (the first
 * run's choice of a network), "win.preferences". */

#define GUI_TYPE_WINDOW (gui_window_get_type ())
G_DECLARE_FINAL_TYPE (GuiWindow, gui_window, GUI, WINDOW, AdwApplicationWindow)

/* DATADIR is for the storage step of the first run. */
GuiWindow *gui_window_new (AdwApplication *app, const char *datadir);

/* Shows SESSION from now on, in place of another one. */
void gui_window_set_session (GuiWindow *self, GuiSession *session);

/* Closes it without asking, even if a payment was entered that was not sent. */
void gui_window_close_at_once (GuiWindow *self);

/* A session is about to be started. */
void gui_window_show_starting (GuiWindow *self);

/* The session was started, or could not be: STATE and WHERE as of "state" of GuiLauncher. */
void gui_window_show_state (GuiWindow *self, GuiStartState state, const char *where);

/* The program cannot start: MESSAGE says why. */
void gui_window_show_error (GuiWindow *self, const char *message);

G_END_DECLS

#pragma once

#include "gui/clients/session.h"
#include "gui/start/check.h"

G_BEGIN_DECLS

/* Starts a session when its folder can be used and nobody else uses it: otherwise no worker is started, and it is tried
 * again when the other program has exited, or on request. A session without workers needs no folder. Main context.
 *
 * Signals:
 *   "state" (guint state, const char *where): a GuiStartState: GUI_START_READY when the session was started, otherwise the
 *       reason why it was not, with the path concerned.
 *   "elsewhere": another application has this folder, and has presented its window. */

#define GUI_TYPE_LAUNCHER (gui_launcher_get_type ())
G_DECLARE_FINAL_TYPE (GuiLauncher, gui_launcher, GUI, LAUNCHER, GObject)

GuiLauncher *gui_launcher_new (GApplication *app, const char *datadir);

/* Starts SESSION on NETWORK. One at a time. */
void gui_launcher_start (GuiLauncher *self, GuiSession *session, BtcNetwork network);

/* Tries again at once, if the session was not started yet. */
void gui_launcher_retry (GuiLauncher *self);

/* Forgets the session, which has been stopped or was not started. */
void gui_launcher_clear (GuiLauncher *self);

G_END_DECLS

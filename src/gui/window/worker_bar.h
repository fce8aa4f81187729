#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The banner at the top that is shown when a worker has stopped or is back, with details to copy.
 *
 * Signals: "trouble" (gboolean) when the figures on the pages become stale, or current again. */

#define GUI_TYPE_WORKER_BAR (gui_worker_bar_get_type ())
G_DECLARE_FINAL_TYPE (GuiWorkerBar, gui_worker_bar, GUI, WORKER_BAR, GtkWidget)

void gui_worker_bar_set_session (GuiWorkerBar *self, GuiSession *session);

G_END_DECLS

#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One of the programs: its state, its memory, how long it has run and with whom; the rest behind it, in a popover. */

#define GUI_TYPE_PROCESS_BOX (gui_process_box_get_type ())
G_DECLARE_FINAL_TYPE (GuiProcessBox, gui_process_box, GUI, PROCESS_BOX, GtkWidget)

GtkWidget *gui_process_box_new (GuiProcess process);

/* STATE of the worker; of the application GUI_WORKER_RUNNING. LOCAL: this application has started it. STATUS, NULL if
 * unknown, is not kept. */
void gui_process_box_show (GuiProcessBox *self, GuiWorkerState state, gboolean local, const GuiProcessStatus *status);

G_END_DECLS

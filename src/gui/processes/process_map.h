#pragma once

#include "gui/processes/process_box.h"

G_BEGIN_DECLS

/* The three programs as boxes, and their connections as lines: in a row, or one below the other where there is no room. A
 * connection that is lost is a faint, dashed line. */

#define GUI_TYPE_PROCESS_MAP (gui_process_map_get_type ())
G_DECLARE_FINAL_TYPE (GuiProcessMap, gui_process_map, GUI, PROCESS_MAP, GtkWidget)

/* As gui_process_box_show(). */
void gui_process_map_show (GuiProcessMap *self,
                           GuiProcess process,
                           GuiWorkerState state,
                           gboolean local,
                           const GuiProcessStatus *status);

G_END_DECLS

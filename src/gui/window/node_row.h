#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The row at the foot of the sidebar: how the node is, in a dot, a line and, while it syncs, a thin bar. A click tells
 * more. */

#define GUI_TYPE_NODE_ROW (gui_node_row_get_type ())
G_DECLARE_FINAL_TYPE (GuiNodeRow, gui_node_row, GUI, NODE_ROW, GtkWidget)

void gui_node_row_set_session (GuiNodeRow *self, GuiSession *session);

G_END_DECLS

#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The row at the bottom of the sidebar: the state of the node as a dot, a line of text and, while it is syncing, a thin
 * progress bar. A click shows details. */

#define GUI_TYPE_NODE_ROW (gui_node_row_get_type ())
G_DECLARE_FINAL_TYPE (GuiNodeRow, gui_node_row, GUI, NODE_ROW, GtkWidget)

void gui_node_row_set_session (GuiNodeRow *self, GuiSession *session);

G_END_DECLS

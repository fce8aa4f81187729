#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Children side by side; those that have no room, at their natural widths, start another line. On each line, spare width
 * goes to the children that expand horizontally; a line without such a child is aligned as the property "xalign" says.
 *
 * Properties: "spacing" between children and between lines, in pixels; "xalign": 0 for the start (initially), 0.5 for the
 * centre, 1 for the end; "homogeneous": all children are as wide as the widest. */

#define GUI_TYPE_WRAP_BOX (gui_wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (GuiWrapBox, gui_wrap_box, GUI, WRAP_BOX, GtkWidget)

GtkWidget *gui_wrap_box_new (int spacing, double xalign);

/* CHILD becomes the last one. */
void gui_wrap_box_append (GuiWrapBox *self, GtkWidget *child);

G_END_DECLS

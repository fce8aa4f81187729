#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Focuses what had the focus in PAGE before, which GtkStack remembers, or else the first thing that can be used. */
void gui_focus_into (GtkWidget *page);

/* From now on, when what has the focus in WINDOW disappears or becomes insensitive, the focus moves to the nearest thing that
 * can be used. Called once for a window. */
void gui_focus_keep (GtkWindow *window);

G_END_DECLS

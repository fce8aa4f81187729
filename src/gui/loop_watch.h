#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Starts the watchdog of -debug=loop for the main loop with the first frame of WINDOW; before that nothing is shown.
 * Layout and drawing of a frame by the toolkit do not count: they cannot be split up, and take longer than the limit
 * with a software renderer. */
void gui_loop_watch (GtkWidget *window);

G_END_DECLS

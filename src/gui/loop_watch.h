#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Starts the watchdog of -debug=loop on the main loop with the first frame of WINDOW; before that nothing is shown. The
 * toolkit's own layout and drawing of a frame does not count: it cannot be divided, and with a software renderer takes
 * longer than the limit. */
void gui_loop_watch (GtkWidget *window);

G_END_DECLS

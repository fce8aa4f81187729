#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Has the watchdog of -debug=loop look at the application's main loop from the first frame of WINDOW on. Before it nothing
 * is on show that could stand still. What does not count is the toolkit's own frames, layout and drawing of the whole
 * window, which cannot be divided and with a software renderer take longer than any turn may. */
void gui_loop_watch (GtkWidget *window);

G_END_DECLS

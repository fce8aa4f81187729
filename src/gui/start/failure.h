#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For a program that ends before it has options: shows MESSAGE, which says why, in a window until that is closed. Without
 * a display nothing is shown. Main thread, once. */
void gui_start_failure_show (const char *message);

G_END_DECLS

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For a program that ends before it has options: shows MESSAGE, which says why, in a window until that is closed. Without
 * a display nothing is shown. The result is the folder to start with instead, owned by the caller; NULL: none was chosen.
 * Main thread, once. */
char *gui_start_failure_show (const char *message);

G_END_DECLS

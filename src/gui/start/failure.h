#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For a start that fails before the options are parsed: shows MESSAGE in a window until the user closes it, or nothing if
 * there is no display. Returns the data folder that the user chose to start with instead, owned by the caller; NULL if
 * none. Main thread, once. */
char *gui_start_failure_show (const char *message);

G_END_DECLS

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Replaces this program, which has stopped its workers, by a new run with the same arguments on the data folder FOLDER.
 * Returns only if that fails. Main thread. */
void gui_start_restart (char **argv, const char *folder);

G_END_DECLS

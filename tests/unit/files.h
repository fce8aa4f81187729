#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Deletes the file or folder at PATH with everything in it. */
void remove_tree (const char *path);

/* How many file descriptors this process has open. */
guint count_descriptors (void);

G_END_DECLS

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where RELATIVE ("core/siphash.json") is among the vector files: below MONEYROCKET_VECTORS, or else below
 * shared/vectors beside the project. The caller owns the path, and looks whether something is there. */
char *vectors_dup_path (const char *relative);

G_END_DECLS

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The path of the vector file RELATIVE ("core/siphash.json"): below MONEYROCKET_VECTORS, or by default below
 * shared/vectors beside the project. The caller owns the path, which may not exist. */
char *vectors_dup_path (const char *relative);

G_END_DECLS

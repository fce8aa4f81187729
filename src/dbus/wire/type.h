#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* D-Bus signatures (specification, "Type System"), with our own limits, far below those of the specification. Pure. */

/* The maximum nesting of arrays, structures and dictionary entries in one signature. */
#define BUS_TYPE_MAX_DEPTH 6
#define BUS_TYPE_MAX_SIGNATURE 255

/* The position after the complete type that TYPE, terminated by a NUL, begins with; NULL if there is none, or it is
 * nested too deeply. */
const char *bus_type_skip (const char *type);

/* SIGNATURE is any number of complete types, in at most BUS_TYPE_MAX_SIGNATURE characters. */
gboolean bus_type_signature_is_valid (const char *signature);

/* SIGNATURE is exactly one complete type, as in a variant. */
gboolean bus_type_is_single (const char *signature);

/* For a type that begins with CODE: the alignment of a value in bytes (1, 2, 4 or 8), and its size if the type is of
 * fixed size (0: it is not). */
gsize bus_type_alignment (char code);
gsize bus_type_fixed_size (char code);

G_END_DECLS

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Signatures of D-Bus (specification, "Type System"), with limits of our own that are far below its own. Pure. */

/* How deep arrays, structures and dictionary entries of one signature may be nested. */
#define BUS_TYPE_MAX_DEPTH 6
#define BUS_TYPE_MAX_SIGNATURE 255

/* The position behind the complete type that TYPE, which ends with a NUL, begins with; NULL when it begins with none, or
 * when it is nested too deeply. */
const char *bus_type_skip (const char *type);

/* SIGNATURE is any number of complete types, in at most BUS_TYPE_MAX_SIGNATURE characters. */
gboolean bus_type_signature_is_valid (const char *signature);

/* SIGNATURE is exactly one complete type, as in a variant. */
gboolean bus_type_is_single (const char *signature);

/* Of a value of the type that begins with CODE: on what multiple of bytes it starts (1, 2, 4 or 8), and how long it is
 * when the type alone says so (0: it does not). */
gsize bus_type_alignment (char code);
gsize bus_type_fixed_size (char code);

G_END_DECLS

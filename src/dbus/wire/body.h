#pragma once

#include "dbus/wire/reader.h"

G_BEGIN_DECLS

/* Limits of one message. GDBus creates an object of some 100 bytes for each value, but reads arrays of numbers as a
 * whole. */
#define BUS_BODY_MAX_DEPTH 12      /* containers and variants within each other */
#define BUS_BODY_MAX_VALUES 100000 /* an array of numbers counts as one */

/* The argument that may exceed the normal size of a message. */
typedef struct {
  int index; /* -1: none */
  gsize max_len;
} BusLongArgument;

/* Reads and checks the values of SIGNATURE, which is valid, from READER up to its end. Handles must be less than N_FDS.
 * *LONG_LEN becomes the length of the argument LONG_INDEX, an s or ay; 0 if there is none. */
gboolean bus_body_check (BusReader *reader, const char *signature, guint32 n_fds, int long_index, gsize *long_len);

/* Skips one value of the complete type that TYPE begins with, in a body that has passed bus_body_check(). */
gboolean bus_body_skip (BusReader *reader, const char *type);

G_END_DECLS

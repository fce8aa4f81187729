#pragma once

#include "dbus/wire/reader.h"

G_BEGIN_DECLS

/* Bounds of one message. GDBus makes an object of some 100 bytes of each value, and reads arrays of numbers at once. */
#define BUS_BODY_MAX_DEPTH 12      /* containers and variants within each other */
#define BUS_BODY_MAX_VALUES 100000 /* an array of numbers is one */

/* Which argument may be longer than messages are otherwise. */
typedef struct {
  int index; /* -1: none */
  gsize max_len;
} BusLongArgument;

/* Reads the values of SIGNATURE, which is valid, from READER to its very end, and checks each. Handles must be less than
 * N_FDS. *LONG_LEN becomes the length of the argument LONG_INDEX, an s or ay: 0 when there is none. */
gboolean bus_body_check (BusReader *reader, const char *signature, guint32 n_fds, int long_index, gsize *long_len);

/* Skips one value of the complete type that TYPE begins with, after bus_body_check() has let it pass. */
gboolean bus_body_skip (BusReader *reader, const char *type);

G_END_DECLS

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads values in the D-Bus wire format. The first problem is kept in PROBLEM, after which every function fails.
 * Pure. */

typedef struct {
  const guint8 *data; /* borrowed; its first byte is 8-byte aligned in the message */
  gsize len;
  gsize at;
  gboolean swapped;    /* not in this machine's byte order */
  const char *problem; /* static text without contents of the message; NULL: none */
} BusReader;

/* Sets PROBLEM unless there is one. Always FALSE. */
gboolean bus_reader_fail (BusReader *reader, const char *problem);

/* Skips padding, which must be zeros, up to a multiple of ALIGNMENT. */
gboolean bus_reader_align (BusReader *reader, gsize alignment);

/* Skips N bytes. */
gboolean bus_reader_skip (BusReader *reader, gsize n);

gboolean bus_reader_get_u8 (BusReader *reader, guint8 *value);
gboolean bus_reader_get_u32 (BusReader *reader, guint32 *value); /* aligned */

/* A string of type s (aligned): UTF-8 with a NUL only at its end. *TEXT is borrowed from the data. */
gboolean bus_reader_get_string (BusReader *reader, const char **text);

/* A string of type g, with a valid signature. */
gboolean bus_reader_get_signature (BusReader *reader, const char **signature);

G_END_DECLS

#pragma once

#include "dbus/wire/body.h"

G_BEGIN_DECLS

/* The wire format of a D-Bus message (specification, "Message Protocol"), checked so strictly that GDBus can parse
 * whatever passes:
 *
 *   0   1  'l' little or 'B' big endian
 *   1   1  1 call, 2 reply, 3 error, 4 signal
 *   2   1  flags: 1 no reply expected, 2 no auto-start, 4 allow interactive authorization
 *   3   1  1, the version of the protocol
 *   4   4  length of the body
 *   8   4  serial number, not 0
 *   12     header fields: a(yv), each at most once and with its own type
 *          zeros up to a multiple of 8, then the body
 *
 * Problems are static texts without contents of the message. Pure. */

#define BUS_FRAME_HEAD 16u /* enough to know the length of the message */
#define BUS_FRAME_MAX_FIELDS (16u << 10)
#define BUS_FRAME_MAX_FDS 4u

typedef enum {
  BUS_FRAME_CALL = 1,
  BUS_FRAME_REPLY = 2,
  BUS_FRAME_ERROR = 3,
  BUS_FRAME_SIGNAL = 4,
} BusFrameType;

typedef struct {
  BusFrameType type;
  gboolean swapped; /* not in this machine's byte order */
  guint8 flags;
  guint32 serial;
  gsize header_len; /* with the padding before the body */
  gsize body_len;
  /* Borrowed from the bytes; NULL: absent. */
  const char *path, *interface, *member, *error_name, *destination, *sender;
  const char *signature; /* "" when there is none */
  guint32 reply_serial;  /* 0: none */
  guint32 n_fds;
} BusFrame;

/* Reads the first BUS_FRAME_HEAD bytes: type, swapped, flags, serial and the two lengths of *FRAME, the rest of which
 * becomes empty. NULL, or what is wrong. */
const char *bus_frame_read_head (const guint8 *data, BusFrame *frame);

/* Parses the header fields, after bus_frame_read_head(): DATA holds header_len bytes, and FRAME borrows from it. */
const char *bus_frame_read_fields (const guint8 *data, BusFrame *frame);

/* A reader at the beginning of the body of the whole message DATA, which it borrows. */
BusReader bus_frame_get_body (const guint8 *data, const BusFrame *frame);

/* Checks the body of the whole message DATA: each value, and that it has at most MAX_LEN bytes in addition to
 * LONG_ARGUMENT. */
const char *
bus_frame_check_body (const guint8 *data, const BusFrame *frame, BusLongArgument long_argument, gsize max_len);

/* Adds the field for the number of descriptors, N_FDS, to HEADER, which is in our byte order and does not have it: 8
 * bytes at its end. */
void bus_frame_add_fds (GByteArray *header, guint32 n_fds);

G_END_DECLS

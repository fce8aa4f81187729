#include "dbus/wire/frame.h"

#include <string.h>

#include <gio/gio.h>

#include "dbus/wire/type.h"

enum { PATH = 1, INTERFACE, MEMBER, ERROR_NAME, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE, UNIX_FDS, N_FIELDS };

#define FIELDS_AT 12 /* the length of the array of fields, which begins at BUS_FRAME_HEAD */
#define ALL_FLAGS 7
#define MAX_NAME 255
#define OWN_ENDIAN (G_BYTE_ORDER == G_LITTLE_ENDIAN ? 'l' : 'B')
#define OTHER_ENDIAN (G_BYTE_ORDER == G_LITTLE_ENDIAN ? 'B' : 'l')

static guint32
frame_get_u32 (const guint8 *data, gsize at, gboolean swapped)
{
  guint32 value;

  memcpy (&value, data + at, 4);
  return swapped ? GUINT32_SWAP_LE_BE (value) : value;
}

const char *
bus_frame_read_head (const guint8 *data, BusFrame *frame)
{
  guint32 fields_len;

  if (data[0] != OWN_ENDIAN && data[0] != OTHER_ENDIAN)
    return "an unknown byte order";
  if (data[1] < BUS_FRAME_CALL || data[1] > BUS_FRAME_SIGNAL)
    return "an unknown kind of message";
  if ((data[2] & ~ALL_FLAGS) != 0)
    return "unknown flags";
  if (data[3] != 1)
    return "another version of D-Bus";
  *frame = (BusFrame){ .type = data[1], .flags = data[2], .swapped = data[0] != OWN_ENDIAN, .signature = "" };
  frame->body_len = frame_get_u32 (data, 4, frame->swapped);
  frame->serial = frame_get_u32 (data, 8, frame->swapped);
  fields_len = frame_get_u32 (data, FIELDS_AT, frame->swapped);
  if (frame->serial == 0)
    return "a message without a serial number";
  if (fields_len > BUS_FRAME_MAX_FIELDS)
    return "header fields that are too long";
  frame->header_len = BUS_FRAME_HEAD + ((fields_len + 7) & ~7u);
  return NULL;
}

/* A name that must be valid according to IS_VALID. */
static gboolean
fields_get_name (BusReader *reader, gboolean (*is_valid) (const char *text), const char **name)
{
  if (!bus_reader_get_string (reader, name))
    return FALSE;
  return (strlen (*name) <= MAX_NAME && is_valid (*name))
         || bus_reader_fail (reader, "a header field with an invalid name");
}

/* The specification reserves one path, which GDBus refuses, too. */
static gboolean
fields_get_path (BusReader *reader, const char **path)
{
  if (!bus_reader_get_string (reader, path))
    return FALSE;
  return (g_variant_is_object_path (*path) && !g_str_equal (*path, "/org/freedesktop/DBus/Local"))
         || bus_reader_fail (reader, "an invalid object path");
}

static gboolean
fields_is_interface (const char *name)
{
  return g_dbus_is_interface_name (name) && !g_str_equal (name, "org.freedesktop.DBus.Local");
}

static gboolean
fields_get_value (BusReader *reader, guint8 code, BusFrame *frame)
{
  switch (code) {
  case PATH:
    return fields_get_path (reader, &frame->path);
  case INTERFACE:
    return fields_get_name (reader, fields_is_interface, &frame->interface);
  case MEMBER:
    return fields_get_name (reader, g_dbus_is_member_name, &frame->member);
  case ERROR_NAME:
    return fields_get_name (reader, g_dbus_is_interface_name, &frame->error_name);
  case DESTINATION:
    return fields_get_name (reader, g_dbus_is_name, &frame->destination);
  case SENDER:
    return fields_get_name (reader, g_dbus_is_name, &frame->sender);
  case SIGNATURE:
    return bus_reader_get_signature (reader, &frame->signature);
  case REPLY_SERIAL:
    return bus_reader_get_u32 (reader, &frame->reply_serial)
           && (frame->reply_serial != 0 || bus_reader_fail (reader, "a reply to serial number 0"));
  }
  return bus_reader_get_u32 (reader, &frame->n_fds)
         && (frame->n_fds <= BUS_FRAME_MAX_FDS || bus_reader_fail (reader, "too many descriptors"));
}

static gboolean
fields_get (BusReader *reader, guint *seen, BusFrame *frame)
{
  static const char types[N_FIELDS]
      = { [PATH] = 'o',        [INTERFACE] = 's',    [MEMBER] = 's',    [ERROR_NAME] = 's', [SENDER] = 's',
          [DESTINATION] = 's', [REPLY_SERIAL] = 'u', [SIGNATURE] = 'g', [UNIX_FDS] = 'u' };
  const char *type;
  guint8 code;

  if (!bus_reader_align (reader, 8) || !bus_reader_get_u8 (reader, &code))
    return FALSE;
  if (code == 0 || code >= N_FIELDS)
    return bus_reader_fail (reader, "an unknown header field");
  if ((*seen & 1u << code) != 0)
    return bus_reader_fail (reader, "a duplicate header field");
  *seen |= 1u << code;
  if (!bus_reader_get_signature (reader, &type))
    return FALSE;
  if (type[0] != types[code] || type[1] != '\0')
    return bus_reader_fail (reader, "a header field of the wrong type");
  return fields_get_value (reader, code, frame);
}

const char *
bus_frame_read_fields (const guint8 *data, BusFrame *frame)
{
  static const guint required[] = {
    [BUS_FRAME_CALL] = 1u << PATH | 1u << MEMBER,
    [BUS_FRAME_REPLY] = 1u << REPLY_SERIAL,
    [BUS_FRAME_ERROR] = 1u << REPLY_SERIAL | 1u << ERROR_NAME,
    [BUS_FRAME_SIGNAL] = 1u << PATH | 1u << INTERFACE | 1u << MEMBER,
  };
  BusReader reader = { .data = data, .at = BUS_FRAME_HEAD, .swapped = frame->swapped };
  guint seen = 0;

  reader.len = BUS_FRAME_HEAD + frame_get_u32 (data, FIELDS_AT, frame->swapped);
  while (reader.at < reader.len)
    if (!fields_get (&reader, &seen, frame))
      return reader.problem;
  reader.len = frame->header_len;
  if (!bus_reader_align (&reader, 8))
    return reader.problem;
  if ((seen & required[frame->type]) != required[frame->type])
    return "a message without a required header field";
  return frame->body_len == 0 || frame->signature[0] != '\0' ? NULL : "a body without a signature";
}

BusReader
bus_frame_get_body (const guint8 *data, const BusFrame *frame)
{
  return (BusReader){ .data = data + frame->header_len, .len = frame->body_len, .swapped = frame->swapped };
}

const char *
bus_frame_check_body (const guint8 *data, const BusFrame *frame, BusLongArgument long_argument, gsize max_len)
{
  BusReader reader = bus_frame_get_body (data, frame);
  gsize long_len;

  if (!bus_body_check (&reader, frame->signature, frame->n_fds, long_argument.index, &long_len))
    return reader.problem;
  if (long_len > long_argument.max_len || frame->body_len - long_len > max_len)
    return "a message that is too large";
  return NULL;
}

void
bus_frame_add_fds (GByteArray *header, guint32 n_fds)
{
  const guint8 field[4] = { UNIX_FDS, 1, 'u', 0 };
  guint32 fields_len = header->len + 8 - BUS_FRAME_HEAD;

  g_byte_array_append (header, field, sizeof field);
  g_byte_array_append (header, (const guint8 *) &n_fds, sizeof n_fds);
  memcpy (header->data + FIELDS_AT, &fields_len, sizeof fields_len);
}

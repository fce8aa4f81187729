#include "dbus/wire/reader.h"

#include <string.h>

#include "dbus/wire/type.h"

gboolean
bus_reader_fail (BusReader *reader, const char *problem)
{
  if (reader->problem == NULL)
    reader->problem = problem;
  return FALSE;
}

gboolean
bus_reader_skip (BusReader *reader, gsize n)
{
  if (reader->problem != NULL)
    return FALSE;
  if (n > reader->len - reader->at)
    return bus_reader_fail (reader, "a value that extends beyond its message");
  reader->at += n;
  return TRUE;
}

gboolean
bus_reader_align (BusReader *reader, gsize alignment)
{
  gsize begin = reader->at, n = -reader->at & (alignment - 1);

  if (!bus_reader_skip (reader, n))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (reader->data[begin + i] != 0)
      return bus_reader_fail (reader, "padding that is not zero");
  return TRUE;
}

gboolean
bus_reader_get_u8 (BusReader *reader, guint8 *value)
{
  gsize begin = reader->at;

  if (!bus_reader_skip (reader, 1))
    return FALSE;
  *value = reader->data[begin];
  return TRUE;
}

gboolean
bus_reader_get_u32 (BusReader *reader, guint32 *value)
{
  if (!bus_reader_align (reader, 4) || !bus_reader_skip (reader, 4))
    return FALSE;
  memcpy (value, reader->data + reader->at - 4, 4);
  if (reader->swapped)
    *value = GUINT32_SWAP_LE_BE (*value);
  return TRUE;
}

/* LEN bytes and a NUL byte. */
static gboolean
reader_get_text (BusReader *reader, gsize len, const char **text)
{
  const char *begin = (const char *) reader->data + reader->at;

  if (!bus_reader_skip (reader, len) || !bus_reader_skip (reader, 1))
    return FALSE;
  if (begin[len] != '\0')
    return bus_reader_fail (reader, "a string that is not terminated");
  *text = begin;
  return TRUE;
}

gboolean
bus_reader_get_string (BusReader *reader, const char **text)
{
  guint32 len;

  if (!bus_reader_get_u32 (reader, &len) || !reader_get_text (reader, len, text))
    return FALSE;
  return g_utf8_validate_len (*text, len, NULL) || bus_reader_fail (reader, "a string that is not UTF-8");
}

gboolean
bus_reader_get_signature (BusReader *reader, const char **signature)
{
  guint8 len;

  if (!bus_reader_get_u8 (reader, &len) || !reader_get_text (reader, len, signature))
    return FALSE;
  return (strlen (*signature) == len && bus_type_signature_is_valid (*signature))
         || bus_reader_fail (reader, "a signature that is invalid or nested too deeply");
}

#include "dbus/wire/body.h"

#include <string.h>

#include "dbus/wire/type.h"

typedef struct {
  BusReader *reader;
  guint32 n_fds;
  guint n_values;
} Walk;

static gboolean body_walk (Walk *walk, const char *type, guint depth);

static gboolean
walk_number (Walk *walk, char code)
{
  guint32 value;

  if (code == 'b')
    return bus_reader_get_u32 (walk->reader, &value)
           && (value <= 1 || bus_reader_fail (walk->reader, "a boolean that is neither 0 nor 1"));
  if (code == 'h')
    return bus_reader_get_u32 (walk->reader, &value)
           && (value < walk->n_fds || bus_reader_fail (walk->reader, "a handle without its descriptor"));
  return bus_reader_align (walk->reader, bus_type_alignment (code))
         && bus_reader_skip (walk->reader, bus_type_fixed_size (code));
}

static gboolean
walk_path (Walk *walk)
{
  const char *path;

  return bus_reader_get_string (walk->reader, &path)
         && (g_variant_is_object_path (path) || bus_reader_fail (walk->reader, "an invalid object path"));
}

static gboolean
walk_variant (Walk *walk, guint depth)
{
  const char *signature;

  if (!bus_reader_get_signature (walk->reader, &signature))
    return FALSE;
  if (!bus_type_is_single (signature))
    return bus_reader_fail (walk->reader, "a variant without exactly one value");
  return body_walk (walk, signature, depth + 1);
}

/* A structure or a dictionary entry: the types between the brackets. */
static gboolean
walk_struct (Walk *walk, const char *type, guint depth)
{
  if (!bus_reader_align (walk->reader, 8))
    return FALSE;
  for (const char *at = type + 1; *at != ')' && *at != '}';) {
    if (!body_walk (walk, at, depth + 1))
      return FALSE;
    /* A dict entry is not a complete type on its own; its key and value are. */
    at = bus_type_skip (at);
  }
  return TRUE;
}

static gboolean
walk_array (Walk *walk, const char *element, guint depth)
{
  BusReader *reader = walk->reader;
  gsize size = bus_type_fixed_size (*element), whole = reader->len;
  guint32 len;
  gboolean good = TRUE;

  if (!bus_reader_get_u32 (reader, &len) || !bus_reader_align (reader, bus_type_alignment (*element)))
    return FALSE;
  if (len > reader->len - reader->at)
    return bus_reader_fail (reader, "an array that extends beyond its message");
  /* Numbers of any value. */
  if (size > 0 && *element != 'b' && *element != 'h')
    return len % size == 0 ? bus_reader_skip (reader, len) : bus_reader_fail (reader, "an array with part of a number");
  reader->len = reader->at + len;
  while (good && reader->at < reader->len)
    good = body_walk (walk, element, depth + 1);
  reader->len = whole;
  return good;
}

static gboolean
body_walk (Walk *walk, const char *type, guint depth)
{
  const char *text;

  if (depth > BUS_BODY_MAX_DEPTH)
    return bus_reader_fail (walk->reader, "values that are nested too deeply");
  if (++walk->n_values > BUS_BODY_MAX_VALUES)
    return bus_reader_fail (walk->reader, "too many values");
  switch (*type) {
  case 's':
    return bus_reader_get_string (walk->reader, &text);
  case 'o':
    return walk_path (walk);
  case 'g':
    return bus_reader_get_signature (walk->reader, &text);
  case 'v':
    return walk_variant (walk, depth);
  case '(':
  case '{':
    return walk_struct (walk, type, depth);
  case 'a':
    return walk_array (walk, type + 1, depth);
  }
  return walk_number (walk, *type);
}

gboolean
bus_body_check (BusReader *reader, const char *signature, guint32 n_fds, int long_index, gsize *long_len)
{
  Walk walk = { .reader = reader, .n_fds = n_fds };
  int index = 0;

  *long_len = 0;
  for (const char *at = signature; *at != '\0'; at = bus_type_skip (at), index++) {
    gsize begin = reader->at;

    if (!body_walk (&walk, at, 0))
      return FALSE;
    if (index == long_index)
      *long_len = reader->at - begin;
  }
  return reader->at == reader->len || bus_reader_fail (reader, "bytes after the last value");
}

gboolean
bus_body_skip (BusReader *reader, const char *type)
{
  Walk walk = { .reader = reader, .n_fds = G_MAXUINT32 };

  return body_walk (&walk, type, 0);
}

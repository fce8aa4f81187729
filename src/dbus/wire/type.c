#include "dbus/wire/type.h"

#include <string.h>

static gboolean
type_is_basic (char code)
{
  return code != '\0' && strchr ("ybnqiuxtdhsog", code) != NULL;
}

static const char *type_skip (const char *type, guint depth);

/* After the opening bracket, up to and including the closing one. */
static const char *
type_skip_struct (const char *type, guint depth)
{
  const char *at = type_skip (type, depth);

  while (at != NULL && *at != ')')
    at = type_skip (at, depth);
  return at != NULL ? at + 1 : NULL;
}

static const char *
type_skip_entry (const char *type, guint depth)
{
  const char *at = type_is_basic (*type) ? type_skip (type + 1, depth) : NULL;

  return at != NULL && *at == '}' ? at + 1 : NULL;
}

static const char *
type_skip (const char *type, guint depth)
{
  if (type_is_basic (*type) || *type == 'v')
    return type + 1;
  if (depth >= BUS_TYPE_MAX_DEPTH)
    return NULL;
  if (*type == '(')
    return type_skip_struct (type + 1, depth + 1);
  if (*type != 'a')
    return NULL;
  return type[1] == '{' ? type_skip_entry (type + 2, depth + 1) : type_skip (type + 1, depth + 1);
}

const char *
bus_type_skip (const char *type)
{
  return type_skip (type, 0);
}

gboolean
bus_type_signature_is_valid (const char *signature)
{
  const char *at = signature;

  if (strnlen (signature, BUS_TYPE_MAX_SIGNATURE + 1) > BUS_TYPE_MAX_SIGNATURE)
    return FALSE;
  while (at != NULL && *at != '\0')
    at = bus_type_skip (at);
  return at != NULL;
}

gboolean
bus_type_is_single (const char *signature)
{
  const char *end = bus_type_skip (signature);

  return end != NULL && *end == '\0';
}

gsize
bus_type_alignment (char code)
{
  switch (code) {
  case 'n':
  case 'q':
    return 2;
  case 'b':
  case 'i':
  case 'u':
  case 'h':
  case 's':
  case 'o':
  case 'a':
    return 4;
  case 'x':
  case 't':
  case 'd':
  case '(':
  case '{':
    return 8;
  }
  return 1; /* y, g, v */
}

gsize
bus_type_fixed_size (char code)
{
  return code != '\0' && strchr ("ybnqiuxtdh", code) != NULL ? bus_type_alignment (code) : 0;
}

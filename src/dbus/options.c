#include "dbus/options.h"

#include <stdarg.h>

#include "dbus/errors.h"

static gboolean
option_has_type (GVariant *options, const char *key, const char *type)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (options, key, NULL);

  return value == NULL || g_variant_is_of_type (value, G_VARIANT_TYPE (type));
}

gboolean
bus_options_check (GDBusMethodInvocation *invocation, GVariant *options, ...)
{
  const char *key, *wrong = NULL, *wrong_type = NULL;
  g_autoptr (GError) error = NULL;
  va_list known;

  va_start (known, options);
  while (wrong == NULL && (key = va_arg (known, const char *)) != NULL) {
    const char *type = va_arg (known, const char *);
    if (option_has_type (options, key, type))
      continue;
    wrong = key;
    wrong_type = type;
  }
  va_end (known);
  if (wrong == NULL)
    return TRUE;
  error
      = g_error_new (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the option \"%s\" must be of type %s", wrong, wrong_type);
  bus_error_reply (invocation, error);
  return FALSE;
}

#include "common/options_private.h"

#include <stdlib.h>

/* Values that the table does not allow, and options whose value is not used. */

static gboolean
check_number (const CommonOptionSpec *spec, const CommonValue *value, GError **error)
{
  gint64 number = strtoll (value->text, NULL, 10);

  if (spec->type != COMMON_OPTION_NUMBER || (spec->flags & COMMON_OPTION_STRICT) == 0
      || (number >= spec->min && number <= spec->max))
    return TRUE;
  if (spec->max == G_MAXINT64)
    return common_options_fail (error, "-%s must be at least %" G_GINT64_FORMAT, spec->name, spec->min);
  return common_options_fail (error, "-%s must be between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, spec->name,
                              spec->min, spec->max);
}

static gboolean
is_whole_number (const char *text)
{
  gint64 number;

  return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &number, NULL);
}

/* Every option in settings.json accepts a string, true or false. Options that are neither switches nor lists accept a
 * JSON number, too. */
static gboolean
is_expected_kind (const CommonOptionSpec *spec, const CommonValue *value)
{
  switch (value->kind) {
  case COMMON_SETTING_TEXT:
  case COMMON_SETTING_TRUE:
  case COMMON_SETTING_FALSE:
  case COMMON_SETTING_OFF:
    return TRUE;
  case COMMON_SETTING_NUMBER:
    return spec->type == COMMON_OPTION_TEXT || spec->type == COMMON_OPTION_AMOUNT
           || (spec->type == COMMON_OPTION_NUMBER && is_whole_number (value->text));
  case COMMON_SETTING_NULL:
  case COMMON_SETTING_EMPTY:
  case COMMON_SETTING_OTHER:
    break;
  }
  return FALSE;
}

static gboolean
check_value_kind (const CommonOptionSpec *spec, const CommonValue *value, GError **error)
{
  return is_expected_kind (spec, value)
         || common_options_fail (error, "The value %s of \"%s\" in the settings file is not of the expected type.",
                                 value->text, spec->name);
}

/* All values of a list count. */
static gboolean
check_setting_list (const CommonOptions *options, const CommonOptionSpec *spec, GError **error)
{
  const GPtrArray *values = g_hash_table_lookup (options->settings, spec->name);

  for (guint i = 0; values != NULL && i < values->len; i++)
    if (!check_value_kind (spec, g_ptr_array_index (values, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
check_option (const CommonOptions *options, const CommonOptionSpec *spec, GError **error)
{
  const CommonValue *value = common_options_value (options, spec->name, FALSE);

  if (spec->type == COMMON_OPTION_LIST && !check_setting_list (options, spec, error))
    return FALSE;
  if (value == NULL)
    return TRUE;
  if ((spec->flags & COMMON_OPTION_REFUSED) != 0 && !g_str_equal (value->text, "0"))
    return common_options_fail (error, "-%s is not available: %s", spec->name, spec->note);
  if (!check_value_kind (spec, value, error))
    return FALSE;
  return check_number (spec, value, error);
}

gboolean
common_options_check (const CommonOptions *options, GError **error)
{
  g_return_val_if_fail (options != NULL, FALSE);

  for (guint i = 0; i < options->specs->len; i++) {
    const CommonOptionSpec *spec = g_ptr_array_index (options->specs, i);

    if (!common_options_entry (options, spec->name)->foreign && !check_option (options, spec, error))
      return FALSE;
  }
  return TRUE;
}

/* Whether the option has a value that differs from its default. */
static gboolean
is_changed (const CommonOptions *options, const CommonOptionSpec *spec)
{
  const CommonValue *value = common_options_value (options, spec->name, FALSE);
  const char *usual = spec->fallback != NULL ? spec->fallback : "";

  if (value == NULL)
    return FALSE;
  if (spec->type == COMMON_OPTION_SWITCH)
    return spec->fallback == NULL
           || common_option_text_to_bool (value->text) != common_option_text_to_bool (spec->fallback);
  return value->kind == COMMON_SETTING_FALSE ? *usual != '\0' && !g_str_equal (usual, "0")
                                             : !g_str_equal (value->text, usual);
}

char **
common_options_dup_unread (const CommonOptions *options)
{
  g_return_val_if_fail (options != NULL, NULL);

  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < options->specs->len; i++) {
    const CommonOptionSpec *spec = g_ptr_array_index (options->specs, i);
    CommonOptionEntry *entry = common_options_entry (options, spec->name);

    if (!entry->foreign && (spec->flags & (COMMON_OPTION_LATER | COMMON_OPTION_ON_EVENT)) == 0
        && !g_atomic_int_get (&entry->was_read) && is_changed (options, spec))
      g_strv_builder_add (names, spec->name);
  }
  return g_strv_builder_end (names);
}

const CommonOptionSpec **
common_options_dup_given_later (const CommonOptions *options)
{
  g_return_val_if_fail (options != NULL, NULL);

  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < options->specs->len; i++) {
    const CommonOptionSpec *spec = g_ptr_array_index (options->specs, i);

    if (!common_options_entry (options, spec->name)->foreign && (spec->flags & COMMON_OPTION_LATER) != 0
        && is_changed (options, spec))
      g_ptr_array_add (list, (gpointer) spec);
  }
  g_ptr_array_add (list, NULL);
  return (const CommonOptionSpec **) g_ptr_array_free (list, FALSE);
}

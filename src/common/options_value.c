#include "common/options_private.h"

#include <stdlib.h>

/* Which of the values of an option count. The rules are the reference's, including the odd ones that scripts rely on:
 * in a file the first value counts, and a negation outside of sections counts even for an option that must be in a
 * section. */

typedef enum { SOURCE_FORCED, SOURCE_COMMAND_LINE, SOURCE_SETTINGS, SOURCE_SECTION, SOURCE_DEFAULT, N_SOURCES } Source;

static const GPtrArray *
config_values (const CommonOptions *options, const char *section, const char *name)
{
  GHashTable *source = g_hash_table_lookup (options->config, section);

  return source != NULL ? g_hash_table_lookup (source, name) : NULL;
}

static gboolean
counts_in_files (const CommonOptions *options, const char *name)
{
  const CommonOptionEntry *entry = common_options_entry (options, name);

  return entry == NULL || (entry->spec->flags & COMMON_OPTION_COMMAND_LINE) == 0;
}

/* NULL: SOURCE does not mention the option. */
static const GPtrArray *
source_values (const CommonOptions *options, Source source, const char *name)
{
  if (source > SOURCE_COMMAND_LINE && !counts_in_files (options, name))
    return NULL;
  switch (source) {
  case SOURCE_FORCED:
    return g_hash_table_lookup (options->forced, name);
  case SOURCE_COMMAND_LINE:
    return g_hash_table_lookup (options->command_line, name);
  case SOURCE_SETTINGS:
    return g_hash_table_lookup (options->settings, name);
  case SOURCE_SECTION:
    return options->network != NULL ? config_values (options, options->network, name) : NULL;
  case SOURCE_DEFAULT:
    return config_values (options, "", name);
  case N_SOURCES:
    break;
  }
  return NULL;
}

/* The number of values up to the last negation, which they do not survive. */
static guint
count_negated (const GPtrArray *values)
{
  guint n = values->len;

  while (n > 0 && ((const CommonValue *) g_ptr_array_index (values, n - 1))->kind != COMMON_SETTING_FALSE)
    n--;
  return n;
}

static gboolean
ends_negated (const GPtrArray *values)
{
  return values->len > 0 && count_negated (values) == values->len;
}

/* Outside of sections it does not count on a test network. */
static gboolean
is_in_section_only (const CommonOptions *options, const char *name)
{
  const CommonOptionEntry *entry = common_options_entry (options, name);

  return entry != NULL && (entry->spec->flags & COMMON_OPTION_NETWORK_ONLY) != 0 && !options->main_network;
}

const CommonValue *
common_options_value (const CommonOptions *options, const char *name, gboolean network_switch)
{
  gboolean section_only = is_in_section_only (options, name);

  for (Source source = 0; source < N_SOURCES; source++) {
    const GPtrArray *values = source_values (options, source, name);
    gboolean in_file = source == SOURCE_SECTION || source == SOURCE_DEFAULT;
    const CommonValue *value;

    if (values == NULL || values->len == 0 || (network_switch && (source == SOURCE_SECTION || ends_negated (values))))
      continue;
    if (section_only && source == SOURCE_DEFAULT && !ends_negated (values))
      continue;
    if (ends_negated (values) || !in_file || network_switch)
      value = g_ptr_array_index (values, values->len - 1);
    else
      value = g_ptr_array_index (values, count_negated (values));
    return value->kind != COMMON_SETTING_NULL ? value : NULL;
  }
  return NULL;
}

/* The value of a known option, which counts as read. */
static const CommonValue *
read_value (const CommonOptions *options, const char *name)
{
  CommonOptionEntry *entry = common_options_entry (options, name);

  g_return_val_if_fail (entry != NULL, NULL);
  g_atomic_int_set (&entry->was_read, TRUE);
  return common_options_value (options, name, FALSE);
}

gboolean
common_options_is_set (const CommonOptions *options, const char *name)
{
  g_return_val_if_fail (options != NULL && name != NULL, FALSE);
  g_return_val_if_fail (common_options_entry (options, name) != NULL, FALSE);

  const GPtrArray *setting = g_hash_table_lookup (options->settings, name);
  return common_options_value (options, name, FALSE) != NULL || (setting != NULL && setting->len == 0);
}

gboolean
common_options_is_negated (const CommonOptions *options, const char *name)
{
  g_return_val_if_fail (options != NULL && name != NULL, FALSE);

  const CommonValue *value = read_value (options, name);
  return value != NULL && value->kind == COMMON_SETTING_FALSE;
}

const char *
common_options_get (const CommonOptions *options, const char *name, const char *fallback)
{
  g_return_val_if_fail (options != NULL && name != NULL, fallback);

  const CommonValue *value = read_value (options, name);
  return value != NULL ? value->text : fallback;
}

gboolean
common_options_get_bool (const CommonOptions *options, const char *name, gboolean fallback)
{
  const char *value = common_options_get (options, name, NULL);

  return value != NULL ? common_option_text_to_bool (value) : fallback;
}

gint64
common_options_get_int (const CommonOptions *options, const char *name, gint64 fallback)
{
  const char *value = common_options_get (options, name, NULL);
  const CommonOptionSpec *spec = common_options_find (options, name);
  gint64 number;

  if (value == NULL)
    return fallback;
  number = strtoll (value, NULL, 10);
  return spec->min != 0 || spec->max != 0 ? CLAMP (number, spec->min, spec->max) : number;
}

gboolean
common_options_switch (const CommonOptions *options, const char *name)
{
  const CommonOptionSpec *spec = common_options_find (options, name);

  g_return_val_if_fail (spec != NULL && spec->fallback != NULL, FALSE);
  return common_options_get_bool (options, name, common_option_text_to_bool (spec->fallback));
}

gint64
common_options_number (const CommonOptions *options, const char *name)
{
  const CommonOptionSpec *spec = common_options_find (options, name);

  g_return_val_if_fail (spec != NULL && spec->fallback != NULL, 0);
  return common_options_get_int (options, name, strtoll (spec->fallback, NULL, 10));
}

gboolean
common_options_get_network_switch (const CommonOptions *options, const char *name)
{
  g_return_val_if_fail (options != NULL && name != NULL, FALSE);

  const CommonValue *value;

  read_value (options, name);
  value = common_options_value (options, name, TRUE);
  return value != NULL && common_option_text_to_bool (value->text);
}

/* Whether a list leaves out the values outside of sections. */
static gboolean
is_listed_in_section_only (const CommonOptions *options, const char *name)
{
  return is_in_section_only (options, name)
         && (common_options_find (options, name)->flags & COMMON_OPTION_ADD_OUTSIDE) == 0;
}

/* A negation ends the list, except that values in files count again after `-noname -name=value` on the command line. */
const char **
common_options_dup_list (const CommonOptions *options, const char *name)
{
  g_return_val_if_fail (options != NULL && name != NULL, NULL);

  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  gboolean section_only = is_listed_in_section_only (options, name), done = FALSE, empty_negation = FALSE;

  read_value (options, name);
  for (Source source = 0; source < N_SOURCES; source++) {
    const GPtrArray *values = source_values (options, source, name);
    gboolean in_file = source == SOURCE_SECTION || source == SOURCE_DEFAULT;

    if (values == NULL || (section_only && source == SOURCE_DEFAULT))
      continue;
    if (!done || (in_file && !empty_negation))
      for (guint i = count_negated (values); i < values->len; i++)
        g_ptr_array_add (list, ((const CommonValue *) g_ptr_array_index (values, i))->text);
    done |= count_negated (values) > 0 || source == SOURCE_FORCED;
    empty_negation |= ends_negated (values) && list->len == 0;
  }
  g_ptr_array_add (list, NULL);
  return (const char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

gboolean
common_options_force (CommonOptions *options, const char *name, const char *value, gboolean soft)
{
  g_return_val_if_fail (options != NULL && name != NULL && value != NULL, FALSE);

  if (soft && common_options_value (options, name, FALSE) != NULL)
    return FALSE;
  g_hash_table_remove (options->forced, name);
  common_options_add_value (common_options_source_values (options->forced, name), COMMON_SETTING_TEXT, value);
  return TRUE;
}

gboolean
common_options_list_is_text (const CommonOptions *options, const char *name)
{
  g_return_val_if_fail (options != NULL && name != NULL, FALSE);

  g_autofree const char **list = common_options_dup_list (options, name);

  for (Source source = 0; list[0] != NULL && source < N_SOURCES; source++) {
    const GPtrArray *values = source_values (options, source, name);

    for (guint i = values != NULL ? count_negated (values) : 0; values != NULL && i < values->len; i++)
      if (((const CommonValue *) g_ptr_array_index (values, i))->kind != COMMON_SETTING_TEXT)
        return FALSE;
  }
  return TRUE;
}

/* The option has a value outside of sections and nowhere else. */
static gboolean
is_only_outside (const CommonOptions *options, const char *name)
{
  for (Source source = 0; source < SOURCE_DEFAULT; source++) {
    const GPtrArray *values = source_values (options, source, name);

    if (values != NULL && values->len > 0 && !ends_negated (values))
      return FALSE;
  }

  const GPtrArray *values = source_values (options, SOURCE_DEFAULT, name);
  return values != NULL && values->len > 0 && !ends_negated (values);
}

gboolean
common_options_check_network_only (const CommonOptions *options, GError **error)
{
  g_return_val_if_fail (options != NULL, FALSE);

  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < options->specs->len; i++) {
    const CommonOptionSpec *spec = g_ptr_array_index (options->specs, i);

    if (is_in_section_only (options, spec->name) && is_only_outside (options, spec->name))
      g_string_append_printf (text, "%sConfig setting for -%s only applied on %s network when in [%s] section.",
                              text->len > 0 ? "\n" : "", spec->name, options->network, options->network);
  }
  return text->len == 0 || common_options_fail (error, "%s", text->str);
}

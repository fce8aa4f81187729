#include "common/options_private.h"

/* The object and its sources. */

G_DEFINE_QUARK (common - options - error - quark, common_options_error)

static void
option_value_free (gpointer data)
{
  CommonValue *value = data;

  g_free (value->text);
  g_free (value);
}

static void
section_free (gpointer data)
{
  CommonSection *section = data;

  g_free (section->name);
  g_free (section->path);
  g_free (section);
}

GHashTable *
common_options_new_source (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

CommonOptions *
common_options_new (void)
{
  CommonOptions *options = g_new0 (CommonOptions, 1);

  options->specs = g_ptr_array_new ();
  options->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  options->forced = common_options_new_source ();
  options->command_line = common_options_new_source ();
  options->settings = common_options_new_source ();
  options->config = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  options->sections = g_ptr_array_new_with_free_func (section_free);
  options->warnings = g_ptr_array_new_with_free_func (g_free);
  options->notes = g_ptr_array_new_with_free_func (g_free);
  return options;
}

void
common_options_free (CommonOptions *options)
{
  if (options == NULL)
    return;
  g_ptr_array_unref (options->specs);
  g_hash_table_unref (options->entries);
  g_hash_table_unref (options->forced);
  g_hash_table_unref (options->command_line);
  g_hash_table_unref (options->settings);
  g_hash_table_unref (options->config);
  g_ptr_array_unref (options->sections);
  g_ptr_array_unref (options->warnings);
  g_ptr_array_unref (options->notes);
  g_free (options->network);
  g_free (options);
}

static void
options_add_entry (CommonOptions *options, const CommonOptionSpec *spec, gboolean foreign)
{
  CommonOptionEntry *entry = g_new0 (CommonOptionEntry, 1);

  entry->spec = spec;
  entry->foreign = foreign;
  g_ptr_array_add (options->specs, (gpointer) spec);
  g_hash_table_insert (options->entries, (gpointer) spec->name, entry);
}

void
common_options_add (CommonOptions *options, const CommonOptionSpec *specs, gsize n)
{
  g_return_if_fail (options != NULL && specs != NULL);

  for (gsize i = 0; i < n; i++)
    options_add_entry (options, &specs[i], FALSE);
}

void
common_options_add_table (CommonOptions *options, guint programs, guint accepted)
{
  g_return_if_fail (options != NULL);

  for (const CommonOptionSpec *spec = common_option_table (); spec->name != NULL; spec++)
    if ((spec->flags & programs) != 0 && common_options_entry (options, spec->name) == NULL)
      options_add_entry (options, spec, FALSE);
  for (const CommonOptionSpec *spec = common_option_table (); spec->name != NULL; spec++)
    if ((spec->flags & accepted) != 0 && common_options_entry (options, spec->name) == NULL)
      options_add_entry (options, spec, TRUE);
}

gboolean
common_options_fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (COMMON_OPTIONS_ERROR, 0, format, args);
  va_end (args);
  return FALSE;
}

void
common_options_warn (CommonOptions *options, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (options->warnings, g_strdup_vprintf (format, args));
  va_end (args);
}

void
common_options_note (CommonOptions *options, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (options->notes, g_strdup_vprintf (format, args));
  va_end (args);
}

CommonOptionEntry *
common_options_entry (const CommonOptions *options, const char *name)
{
  return g_hash_table_lookup (options->entries, name);
}

const CommonOptionSpec *
common_options_find (const CommonOptions *options, const char *name)
{
  g_return_val_if_fail (options != NULL && name != NULL, NULL);

  const CommonOptionEntry *entry = common_options_entry (options, name);
  return entry != NULL ? entry->spec : NULL;
}

GPtrArray *
common_options_source_values (GHashTable *source, const char *name)
{
  GPtrArray *values = g_hash_table_lookup (source, name);

  if (values == NULL) {
    values = g_ptr_array_new_with_free_func (option_value_free);
    g_hash_table_insert (source, g_strdup (name), values);
  }
  return values;
}

void
common_options_add_value (GPtrArray *values, CommonSettingKind kind, const char *text)
{
  CommonValue *value = g_new0 (CommonValue, 1);

  value->kind = kind;
  if (kind == COMMON_SETTING_TRUE || kind == COMMON_SETTING_FALSE || kind == COMMON_SETTING_OFF)
    text = kind == COMMON_SETTING_TRUE ? "1" : "0";
  else if (kind == COMMON_SETTING_NULL)
    text = "null";
  value->text = g_strdup (text);
  g_ptr_array_add (values, value);
}

void
common_options_add_setting (CommonOptions *options, const char *name, CommonSettingKind kind, const char *text)
{
  g_return_if_fail (options != NULL && name != NULL);

  GPtrArray *values = common_options_source_values (options->settings, name);

  if (kind != COMMON_SETTING_EMPTY)
    common_options_add_value (values, kind, text);
}

void
common_options_set (CommonOptions *options, const char *name, const char *value)
{
  g_return_if_fail (options != NULL && name != NULL && value != NULL);

  common_options_add_value (common_options_source_values (options->command_line, name), COMMON_SETTING_TEXT, value);
}

void
common_options_set_network (CommonOptions *options, const char *network, gboolean main_network)
{
  g_return_if_fail (options != NULL && network != NULL);

  g_free (options->network);
  options->network = g_strdup (network);
  options->main_network = main_network;
}

const GPtrArray *
common_options_warnings (const CommonOptions *options)
{
  g_return_val_if_fail (options != NULL, NULL);
  return options->warnings;
}

const GPtrArray *
common_options_notes (const CommonOptions *options)
{
  g_return_val_if_fail (options != NULL, NULL);
  return options->notes;
}

#include "common/options_private.h"

/* The values that were given, as lines for the log. */

static int
options_log_compare (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* The keys of TABLE in order; borrowed. */
static GPtrArray *
sorted_names (GHashTable *table)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, options_log_compare);
  return names;
}

/* TEXT between quotation marks. */
static char *
quote_text (const char *text)
{
  GString *quoted = g_string_new ("\"");

  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_c (quoted, '\\');
    g_string_append_c (quoted, *at);
  }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

static char *
value_to_text (const CommonOptions *options, const char *name, const CommonValue *value)
{
  const CommonOptionSpec *spec = common_options_find (options, name);

  if (spec != NULL && (spec->flags & COMMON_OPTION_SENSITIVE) != 0)
    return g_strdup ("****");
  switch (value->kind) {
  case COMMON_SETTING_TEXT:
    return quote_text (value->text);
  case COMMON_SETTING_NUMBER:
  case COMMON_SETTING_OTHER:
    return g_strdup (value->text);
  case COMMON_SETTING_TRUE:
    return g_strdup ("true");
  case COMMON_SETTING_FALSE:
  case COMMON_SETTING_OFF:
    return g_strdup ("false");
  case COMMON_SETTING_NULL:
  case COMMON_SETTING_EMPTY:
    break;
  }
  return g_strdup ("null");
}

static void
log_source (const CommonOptions *options, GStrvBuilder *lines, const char *prefix, GHashTable *source)
{
  g_autoptr (GPtrArray) names = sorted_names (source);

  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    const GPtrArray *values = g_hash_table_lookup (source, name);

    for (guint j = 0; j < values->len; j++) {
      g_autofree char *text = value_to_text (options, name, g_ptr_array_index (values, j));
      g_autofree char *line = g_strdup_printf ("%s%s=%s", prefix, name, text);

      g_strv_builder_add (lines, line);
    }
  }
}

char **
common_options_dup_log (const CommonOptions *options)
{
  g_return_val_if_fail (options != NULL, NULL);

  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_autoptr (GPtrArray) sections = sorted_names (options->config);

  for (guint i = 0; i < sections->len; i++) {
    const char *section = g_ptr_array_index (sections, i);
    g_autofree char *prefix
        = *section != '\0' ? g_strdup_printf ("Config file arg: [%s] ", section) : g_strdup ("Config file arg: ");

    log_source (options, lines, prefix, g_hash_table_lookup (options->config, section));
  }
  log_source (options, lines, "Command-line arg: ", options->command_line);
  return g_strv_builder_end (lines);
}

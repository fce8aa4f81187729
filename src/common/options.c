#include "common/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "common/log.h"

#define MAX_FILE_BYTES (1024 * 1024)

/* Where a value came from, the highest precedence first. */
typedef enum { SOURCE_COMMAND_LINE, SOURCE_SECTION, SOURCE_DEFAULT_SECTION, N_SOURCES } Source;

/* The values of one option in one source. A negation drops the values before it. */
typedef struct {
  GPtrArray *values[N_SOURCES]; /* NULL: the source does not mention the option */
  gboolean negated[N_SOURCES];  /* the values follow after a negation, or there are none */
} Values;

struct _CommonOptions {
  GPtrArray *specs; /* const CommonOptionSpec *, in the order of -help */
  GHashTable *by_name;
  GHashTable *values; /* name → Values */
  gboolean ignore_unknown;
};

G_DEFINE_QUARK (common - options - error - quark, common_options_error)

static void
values_free (gpointer data)
{
  Values *values = data;

  for (guint i = 0; i < N_SOURCES; i++)
    g_clear_pointer (&values->values[i], g_ptr_array_unref);
  g_free (values);
}

CommonOptions *
common_options_new (void)
{
  CommonOptions *options = g_new0 (CommonOptions, 1);

  options->specs = g_ptr_array_new ();
  options->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  options->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, values_free);
  return options;
}

void
common_options_free (CommonOptions *options)
{
  if (options == NULL)
    return;
  g_ptr_array_unref (options->specs);
  g_hash_table_unref (options->by_name);
  g_hash_table_unref (options->values);
  g_free (options);
}

void
common_options_add (CommonOptions *options, const CommonOptionSpec *specs, gsize n)
{
  g_return_if_fail (options != NULL && specs != NULL);

  for (gsize i = 0; i < n; i++) {
    g_ptr_array_add (options->specs, (gpointer) &specs[i]);
    g_hash_table_insert (options->by_name, (gpointer) specs[i].name, (gpointer) &specs[i]);
  }
}

void
common_options_ignore_unknown (CommonOptions *options)
{
  g_return_if_fail (options != NULL);
  options->ignore_unknown = TRUE;
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

/* As the reference reads a switch: "" is on, a number is on unless it is zero, any other word is off. */
static gboolean
text_to_bool (const char *text)
{
  return *text == '\0' || strtoll (text, NULL, 10) != 0;
}

static void
options_add_value (CommonOptions *options, Source source, const char *name, const char *value, gboolean negated)
{
  Values *values = g_hash_table_lookup (options->values, name);

  if (values == NULL) {
    values = g_new0 (Values, 1);
    g_hash_table_insert (options->values, g_strdup (name), values);
  }
  if (values->values[source] == NULL)
    values->values[source] = g_ptr_array_new_with_free_func (g_free);
  if (negated) {
    g_ptr_array_set_size (values->values[source], 0);
    values->negated[source] = TRUE;
  } else {
    g_ptr_array_add (values->values[source], g_strdup (value));
  }
}

/* Stores NAME=VALUE (VALUE NULL: without "=") under the option that it refers to. *KNOWN FALSE: there is no such
 * option. */
static gboolean
options_set (CommonOptions *options,
             Source source,
             const char *name,
             const char *value,
             gboolean *known,
             GError **error)
{
  const CommonOptionSpec *spec = g_hash_table_lookup (options->by_name, name);
  gboolean negated = FALSE;

  if (spec == NULL && g_str_has_prefix (name, "no")) {
    spec = g_hash_table_lookup (options->by_name, name + 2);
    negated = spec != NULL;
  }
  *known = spec != NULL;
  if (spec == NULL)
    return TRUE;
  if (negated && (spec->flags & COMMON_OPTION_NO_NEGATE) != 0)
    return common_options_fail (error, "Negating of -%s is meaningless and therefore forbidden", spec->name);

  /* -nofoo=0 means -foo=1 */
  if (negated && value != NULL && !text_to_bool (value)) {
    negated = FALSE;
    value = "1";
  }
  options_add_value (options, source, spec->name, value != NULL ? value : "", negated);
  return TRUE;
}

gboolean
common_options_parse (CommonOptions *options, int argc, char **argv, char ***rest, GError **error)
{
  g_return_val_if_fail (options != NULL && argv != NULL, FALSE);

  int i;

  for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
    const char *word = argv[i] + (argv[i][1] == '-' ? 2 : 1);
    const char *equals = strchr (word, '=');
    g_autofree char *name = equals != NULL ? g_strndup (word, (gsize) (equals - word)) : g_strdup (word);
    gboolean known;

    if (!options_set (options, SOURCE_COMMAND_LINE, name, equals != NULL ? equals + 1 : NULL, &known, error))
      return FALSE;
    if (!known)
      return common_options_fail (error, "Invalid parameter %s", argv[i]);
  }
  if (rest != NULL)
    *rest = argv + i;
  return TRUE;
}

/* Removes a comment and surrounding whitespace. Passwords may contain a '#' (the reference rejects them instead). */
static char *
clean_line (char *line)
{
  char *comment = strchr (line, '#');

  if (comment != NULL)
    *comment = '\0';
  return g_strstrip (line);
}

static gboolean
parse_conf_line (CommonOptions *options,
                 const char *path,
                 guint number,
                 const char *line,
                 const char *current,
                 const char *section,
                 GError **error)
{
  const char *equals = strchr (line, '=');
  gboolean known;

  if (equals == NULL)
    return common_options_fail (
        error, "Error reading configuration file: parse error on line %u of %s: %s", number, path,
        *line == '-' ? "options in a configuration file must be written without the leading -" : "no '=' found");

  g_autofree char *name = g_strndup (line, (gsize) (equals - line));
  g_autofree char *value = g_strstrip (g_strdup (equals + 1));
  Source source = *current != '\0' ? SOURCE_SECTION : SOURCE_DEFAULT_SECTION;

  g_strstrip (name);
  if (*name == '-')
    return common_options_fail (
        error,
        "Error reading configuration file: parse error on line %u of %s: options in a configuration file must be "
        "written without the leading -",
        number, path);
  if (*current != '\0' && g_strcmp0 (current, section) != 0)
    return TRUE; /* another network's */
  if (!options_set (options, source, name, value, &known, error))
    return FALSE;
  if (!known && section != NULL && !options->ignore_unknown)
    common_warn ("Ignoring unknown configuration value %s (line %u of %s)", name, number, path);
  return TRUE;
}

gboolean
common_options_read_file (CommonOptions *options,
                          const char *path,
                          const char *section,
                          gboolean required,
                          GError **error)
{
  g_return_val_if_fail (options != NULL && path != NULL, FALSE);

  g_autoptr (GError) problem = NULL;
  g_autoptr (GBytes) bytes = common_file_read (path, MAX_FILE_BYTES, &problem);

  if (bytes == NULL) {
    if (!required && g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      return TRUE;
    return common_options_fail (error, "Error reading configuration file: %s", problem->message);
  }

  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *current = g_strdup ("");

  for (guint i = 0; lines[i] != NULL; i++) {
    char *line = clean_line (lines[i]);
    gsize len = strlen (line);

    if (len == 0)
      continue;
    if (line[0] == '[' && line[len - 1] == ']') {
      g_free (current);
      current = g_strndup (line + 1, len - 2);
    } else if (!parse_conf_line (options, path, i + 1, line, current, section, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* The source of the highest precedence that mentions NAME; N_SOURCES when none does. */
static Source
find_source (const CommonOptions *options, const char *name, const Values **values)
{
  *values = g_hash_table_lookup (options->values, name);
  if (*values == NULL)
    return N_SOURCES;

  guint source = 0;
  while (source < N_SOURCES && (*values)->values[source] == NULL)
    source++;
  return source;
}

gboolean
common_options_is_set (const CommonOptions *options, const char *name)
{
  const Values *values;

  g_return_val_if_fail (options != NULL && name != NULL, FALSE);
  g_return_val_if_fail (g_hash_table_contains (options->by_name, name), FALSE);

  return find_source (options, name, &values) != N_SOURCES;
}

const char *
common_options_get (const CommonOptions *options, const char *name, const char *fallback)
{
  const Values *values;

  g_return_val_if_fail (options != NULL && name != NULL, fallback);
  g_return_val_if_fail (g_hash_table_contains (options->by_name, name), fallback);

  Source source = find_source (options, name, &values);
  if (source == N_SOURCES)
    return fallback;

  const GPtrArray *list = values->values[source];
  if (list->len == 0)
    return "0";
  return g_ptr_array_index (list, source == SOURCE_COMMAND_LINE ? list->len - 1 : 0);
}

gboolean
common_options_get_bool (const CommonOptions *options, const char *name, gboolean fallback)
{
  const char *value = common_options_get (options, name, NULL);

  return value != NULL ? text_to_bool (value) : fallback;
}

gint64
common_options_get_int (const CommonOptions *options, const char *name, gint64 fallback)
{
  const char *value = common_options_get (options, name, NULL);

  return value != NULL ? strtoll (value, NULL, 10) : fallback;
}

const char **
common_options_dup_list (const CommonOptions *options, const char *name)
{
  g_return_val_if_fail (options != NULL && name != NULL, NULL);

  const Values *values = g_hash_table_lookup (options->values, name);
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  for (guint source = 0; values != NULL && source < N_SOURCES; source++) {
    for (guint i = 0; values->values[source] != NULL && i < values->values[source]->len; i++)
      g_ptr_array_add (list, g_ptr_array_index (values->values[source], i));
    if (values->negated[source])
      break; /* the negation overrides sources of lower precedence */
  }
  g_ptr_array_add (list, NULL);
  return (const char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

void
common_options_set (CommonOptions *options, const char *name, const char *value)
{
  g_return_if_fail (options != NULL && name != NULL && value != NULL);

  options_add_value (options, SOURCE_COMMAND_LINE, name, value, FALSE);
}

char **
common_options_dup_shared_args (const CommonOptions *options)
{
  g_return_val_if_fail (options != NULL, NULL);

  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; i < options->specs->len; i++) {
    const CommonOptionSpec *spec = g_ptr_array_index (options->specs, i);
    const Values *values = g_hash_table_lookup (options->values, spec->name);

    if ((spec->flags & COMMON_OPTION_SHARED) == 0 || values == NULL || values->values[SOURCE_COMMAND_LINE] == NULL)
      continue;

    const GPtrArray *list = values->values[SOURCE_COMMAND_LINE];
    if (values->negated[SOURCE_COMMAND_LINE]) {
      g_autofree char *word = g_strdup_printf ("-no%s", spec->name);
      g_strv_builder_add (words, word);
    }
    for (guint j = 0; j < list->len; j++) {
      g_autofree char *word = g_strdup_printf ("-%s=%s", spec->name, (const char *) g_ptr_array_index (list, j));
      g_strv_builder_add (words, word);
    }
  }
  return g_strv_builder_end (words);
}

char *
common_options_dup_help (const CommonOptions *options, const char *usage, gboolean with_debug)
{
  g_return_val_if_fail (options != NULL && usage != NULL, NULL);

  GString *text = g_string_new (usage);
  const char *group = NULL;

  for (guint i = 0; i < options->specs->len; i++) {
    const CommonOptionSpec *spec = g_ptr_array_index (options->specs, i);

    if ((spec->flags & COMMON_OPTION_DEBUG) != 0 && !with_debug)
      continue;
    if (g_strcmp0 (group, spec->group) != 0)
      g_string_append_printf (text, "\n%s:\n", spec->group);
    group = spec->group;
    g_string_append_printf (text, "\n  -%s%s%s\n       %s\n", spec->name, spec->value_hint != NULL ? "=" : "",
                            spec->value_hint != NULL ? spec->value_hint : "", spec->help);
  }
  return g_string_free (text, FALSE);
}

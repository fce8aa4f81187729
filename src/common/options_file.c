#include "common/options_private.h"

#include <stdarg.h>
#include <string.h>

#include "common/file.h"

/* Configuration files: `[section]` lines, `name=value` lines, comments from `#` to the end of the line. */

#define MAX_FILE_BYTES (1024 * 1024)
#define BLANKS " \t\r\n"

typedef struct {
  const char *path; /* as messages name it */
  guint number;     /* of the line, from 1 */
  char *prefix;     /* "": outside of sections; else "section." */
  GPtrArray *names; /* with section */
  GPtrArray *values;
} FileReader;

static gboolean conf_fail (const FileReader *reader, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
conf_fail (const FileReader *reader, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  return common_options_fail (error, "parse error on line %u%s", reader->number, text);
}

static char *
trim_copy (const char *text, gsize len)
{
  while (len > 0 && *text != '\0' && strchr (BLANKS, *text) != NULL)
    text++, len--;
  while (len > 0 && text[len - 1] != '\0' && strchr (BLANKS, text[len - 1]) != NULL)
    len--;
  return g_strndup (text, len);
}

static void
note_section (CommonOptions *options, const FileReader *reader, const char *name, gsize len)
{
  CommonSection *section = g_new0 (CommonSection, 1);

  section->name = g_strndup (name, len);
  section->path = g_strdup (reader->path);
  section->line = reader->number;
  g_ptr_array_add (options->sections, section);
}

static gboolean
read_setting (CommonOptions *options,
              FileReader *reader,
              const char *line,
              const char *equals,
              gboolean had_comment,
              GError **error)
{
  g_autofree char *word = trim_copy (line, (gsize) (equals - line));
  char *name = g_strconcat (reader->prefix, word, NULL);
  const char *dot = strrchr (name, '.');

  g_ptr_array_add (reader->names, name);
  g_ptr_array_add (reader->values, trim_copy (equals + 1, strlen (equals + 1)));
  if (had_comment && strstr (name, "rpcpassword") != NULL)
    return conf_fail (reader, error, ", using # in rpcpassword can be ambiguous and should be avoided");
  if (dot != NULL && strlen (reader->prefix) <= (gsize) (dot - name))
    note_section (options, reader, name, (gsize) (dot - name));
  return TRUE;
}

/* One line, without its line break. A zero byte ends the value that it is in, and is an error elsewhere. */
static gboolean
read_conf_line (CommonOptions *options, FileReader *reader, const char *start, gsize len, GError **error)
{
  const char *comment = memchr (start, '#', len);
  gsize used = comment != NULL ? (gsize) (comment - start) : len;
  g_autofree char *line = trim_copy (start, used);
  gsize line_len = strlen (line);
  const char *equals = strchr (line, '=');

  if (line_len == 0 && memchr (start, '\0', used) == NULL)
    return TRUE;
  if (*line == '[' && line[line_len - 1] == ']') {
    note_section (options, reader, line + 1, line_len - 2);
    g_free (reader->prefix);
    reader->prefix = g_strdup_printf ("%.*s.", (int) line_len - 2, line + 1);
    return TRUE;
  }
  if (*line == '-')
    return conf_fail (reader, error, ": %s, options in configuration file must be specified without leading -", line);
  if (equals != NULL)
    return read_setting (options, reader, line, equals, comment != NULL, error);
  if (line_len >= 2 && g_str_has_prefix (line, "no"))
    return conf_fail (reader, error, ": %s, if you intended to specify a negated option, use %s=1 instead", line, line);
  return conf_fail (reader, error, ": %s", line);
}

static gboolean
read_conf_lines (CommonOptions *options, FileReader *reader, const char *text, gsize len, GError **error)
{
  const char *end = text + len;

  for (const char *at = text; at < end; reader->number++) {
    const char *line_end = memchr (at, '\n', (gsize) (end - at));

    if (line_end == NULL)
      line_end = end;
    if (!read_conf_line (options, reader, at, (gsize) (line_end - at), error))
      return FALSE;
    at = line_end + 1;
  }
  return TRUE;
}

static gboolean
take_setting (CommonOptions *options, const char *name, const char *value, GError **error)
{
  g_auto (CommonOptionKey) key = { 0 };
  const CommonOptionSpec *spec;
  GHashTable *source;

  common_option_key_init (&key, name);
  spec = common_options_find (options, key.name);
  if (g_str_equal (key.name, "conf"))
    return common_options_fail (error, "conf cannot be set in the configuration file; use includeconf= if you want to "
                                       "include additional config files");
  if (g_str_equal (key.name, "reindex"))
    common_options_warn (
        options,
        "reindex=1 is set in the configuration file, which will significantly slow down startup. Consider removing or "
        "commenting out this option for better performance, unless there is currently a condition which makes "
        "rebuilding the indexes necessary");
  if (spec == NULL) {
    common_options_warn (options, "Ignoring unknown configuration value %s", name);
    return TRUE;
  }
  source = g_hash_table_lookup (options->config, key.section);
  if (source == NULL) {
    source = common_options_new_source ();
    g_hash_table_insert (options->config, g_strdup (key.section), source);
  }
  return common_options_interpret (options, common_options_source_values (source, spec->name), spec, &key, value,
                                   error);
}

/* The settings are taken once the whole text is known to be well formed. */
gboolean
common_options_read_text (CommonOptions *options, const char *text, gsize len, const char *path, GError **error)
{
  g_return_val_if_fail (options != NULL && path != NULL, FALSE);

  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  FileReader reader = { path, 1, g_strdup (""), names, values };
  gboolean ok = read_conf_lines (options, &reader, text, len, error);

  g_free (reader.prefix);
  for (guint i = 0; ok && i < names->len; i++)
    ok = take_setting (options, g_ptr_array_index (names, i), g_ptr_array_index (values, i), error);
  return ok;
}

gboolean
common_options_read_file (CommonOptions *options, const char *path, GError **error)
{
  g_return_val_if_fail (options != NULL && path != NULL, FALSE);

  g_autoptr (GBytes) bytes = common_file_read (path, MAX_FILE_BYTES, error);
  gsize len;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

  return bytes != NULL && common_options_read_text (options, text, len, path, error);
}

/* ---- includeconf ---- */

/* The values of `includeconf` in SECTION from number SKIP on. */
static guint
add_includes (const CommonOptions *options, const char *section, guint skip, GPtrArray *names)
{
  GHashTable *source = g_hash_table_lookup (options->config, section);
  const GPtrArray *values = source != NULL ? g_hash_table_lookup (source, "includeconf") : NULL;
  guint first = skip;

  if (values == NULL)
    return 0;
  for (guint i = skip; i < values->len; i++)
    if (((const CommonValue *) g_ptr_array_index (values, i))->kind == COMMON_SETTING_FALSE)
      first = i + 1;
  for (guint i = first; i < values->len; i++)
    g_ptr_array_add (names, g_strdup (((const CommonValue *) g_ptr_array_index (values, i))->text));
  return values->len;
}

static gboolean
read_include (CommonOptions *options, const char *folder, const char *name, GError **error)
{
  g_autofree char *path
      = g_path_is_absolute (name) || *name == '\0' ? g_strdup (name) : g_build_filename (folder, name, NULL);
  g_autoptr (GBytes) bytes = NULL;
  gsize len;
  const char *text;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return common_options_fail (error, "Included config file \"%s\" is a directory.", path);
  bytes = common_file_read (path, MAX_FILE_BYTES, NULL);
  if (bytes == NULL)
    return common_options_fail (error, "Failed to include configuration file %s", name);
  text = g_bytes_get_data (bytes, &len);
  if (!common_options_read_text (options, text, len, name, error))
    return FALSE;
  common_options_note (options, "Included configuration file %s", name);
  return TRUE;
}

gboolean
common_options_read_includes (CommonOptions *options,
                              const char *folder,
                              const char *network,
                              gboolean quiet,
                              GError **error)
{
  g_return_val_if_fail (options != NULL && folder != NULL && network != NULL, FALSE);

  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) ignored = g_ptr_array_new_with_free_func (g_free);
  guint in_section, outside;

  if (g_hash_table_contains (options->command_line, "includeconf")) /* -noincludeconf */
    return TRUE;
  in_section = add_includes (options, network, 0, names);
  outside = add_includes (options, "", 0, names);
  for (guint i = 0; i < names->len; i++)
    if (!read_include (options, folder, g_ptr_array_index (names, i), error))
      return FALSE;
  add_includes (options, network, in_section, ignored);
  add_includes (options, "", outside, ignored);
  for (guint i = 0; !quiet && i < ignored->len; i++)
    g_printerr ("warning: -includeconf cannot be used from included files; ignoring -includeconf=%s\n",
                (const char *) g_ptr_array_index (ignored, i));
  return TRUE;
}

char *
common_options_dup_unknown_sections (const CommonOptions *options, const char *const *names)
{
  g_return_val_if_fail (options != NULL && names != NULL, NULL);

  GString *text = g_string_new (NULL);

  for (guint i = 0; i < options->sections->len; i++) {
    const CommonSection *section = g_ptr_array_index (options->sections, i);

    if (!g_strv_contains (names, section->name))
      g_string_append_printf (text, "%s%s:%u Section [%s] is not recognized.", text->len > 0 ? "\n" : "", section->path,
                              section->line, section->name);
  }
  return g_string_free (text, text->len == 0);
}

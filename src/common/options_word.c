#include "common/options_private.h"

#include <stdlib.h>
#include <string.h>

/* What one `name=value` means, and the words of the command line. */

void
common_option_key_init (CommonOptionKey *key, const char *text)
{
  const char *dot = strchr (text, '.');

  key->section = dot != NULL ? g_strndup (text, (gsize) (dot - text)) : g_strdup ("");
  text = dot != NULL ? dot + 1 : text;
  key->negated = g_str_has_prefix (text, "no");
  key->name = g_strdup (key->negated ? text + 2 : text);
}

void
common_option_key_clear (CommonOptionKey *key)
{
  g_clear_pointer (&key->section, g_free);
  g_clear_pointer (&key->name, g_free);
}

gboolean
common_option_text_to_bool (const char *text)
{
  return *text == '\0' || strtoll (text, NULL, 10) != 0;
}

gboolean
common_options_interpret (CommonOptions *options,
                          GPtrArray *values,
                          const CommonOptionSpec *spec,
                          const CommonOptionKey *key,
                          const char *text,
                          GError **error)
{
  if (key->negated) {
    if ((spec->flags & COMMON_OPTION_NO_NEGATE) != 0)
      return common_options_fail (error, "Negating of -%s is meaningless and therefore forbidden", spec->name);
    if (text == NULL || common_option_text_to_bool (text)) {
      common_options_add_value (values, COMMON_SETTING_FALSE, NULL);
    } else {
      common_options_warn (options, "Parsed potentially confusing double-negative -%s=%s", spec->name, text);
      common_options_add_value (values, COMMON_SETTING_TRUE, NULL);
    }
    return TRUE;
  }
  if (text == NULL && (spec->flags & COMMON_OPTION_NEEDS_VALUE) != 0)
    return common_options_fail (error, "Can not set -%s with no value. Please specify value with -%s=value.",
                                spec->name, spec->name);
  common_options_add_value (values, COMMON_SETTING_TEXT, text != NULL ? text : "");
  return TRUE;
}

static gboolean
parse_option_word (CommonOptions *options, const char *word, GError **error)
{
  const char *name = word + (word[1] == '-' ? 2 : 1);
  const char *equals = strchr (name, '=');
  g_autofree char *text = equals != NULL ? g_strndup (name, (gsize) (equals - name)) : g_strdup (name);
  g_auto (CommonOptionKey) key = { 0 };
  const CommonOptionSpec *spec;

  common_option_key_init (&key, text);
  spec = common_options_find (options, key.name);
  if (spec == NULL || *key.section != '\0')
    return common_options_fail (error, "Invalid parameter %s", word);
  return common_options_interpret (options, common_options_source_values (options->command_line, spec->name), spec,
                                   &key, equals != NULL ? equals + 1 : NULL, error);
}

/* Only -noincludeconf is allowed there. */
static gboolean
check_includes (const CommonOptions *options, GError **error)
{
  const GPtrArray *values = g_hash_table_lookup (options->command_line, "includeconf");
  const CommonValue *first = NULL;

  for (guint i = values != NULL ? values->len : 0; i > 0; i--) {
    const CommonValue *value = g_ptr_array_index (values, i - 1);

    if (value->kind == COMMON_SETTING_FALSE)
      break;
    first = value;
  }
  if (first == NULL)
    return TRUE;
  return common_options_fail (error, "-includeconf cannot be used from commandline; -includeconf=%s%s%s",
                              first->kind == COMMON_SETTING_TEXT ? "\"" : "",
                              first->kind == COMMON_SETTING_TEXT ? first->text : "true",
                              first->kind == COMMON_SETTING_TEXT ? "\"" : "");
}

gboolean
common_options_parse (CommonOptions *options, int argc, char **argv, char ***rest, GError **error)
{
  g_return_val_if_fail (options != NULL && argv != NULL, FALSE);

  int i = 1;

  for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++)
    if (!parse_option_word (options, argv[i], error))
      return FALSE;
  /* A lone dash ends the options. */
  for (; i < argc && argv[i][0] == '-'; i++)
    ;
  if (rest != NULL)
    *rest = argv + i;
  return check_includes (options, error);
}

char **
common_options_dup_args (const CommonOptions *options, guint programs)
{
  g_return_val_if_fail (options != NULL, NULL);

  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; i < options->specs->len; i++) {
    const CommonOptionSpec *spec = g_ptr_array_index (options->specs, i);
    const GPtrArray *forced = g_hash_table_lookup (options->forced, spec->name);
    const GPtrArray *list = forced != NULL ? forced : g_hash_table_lookup (options->command_line, spec->name);

    if ((spec->flags & programs) == 0)
      continue;
    g_atomic_int_set (&common_options_entry (options, spec->name)->was_read, TRUE);
    for (guint j = 0; list != NULL && j < list->len; j++) {
      const CommonValue *value = g_ptr_array_index (list, j);
      g_autofree char *word = value->kind == COMMON_SETTING_FALSE ? g_strdup_printf ("-no%s", spec->name)
                                                                  : g_strdup_printf ("-%s=%s", spec->name, value->text);

      g_strv_builder_add (words, word);
    }
  }
  return g_strv_builder_end (words);
}

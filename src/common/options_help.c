#include "common/options_private.h"

#include <string.h>

/* The text of -help, 79 columns wide. */

#define WIDTH 79
#define INDENT 7

static void
append_paragraph (GString *text, const char *paragraph)
{
  g_auto (GStrv) words = g_strsplit (paragraph, " ", -1);
  gsize column = INDENT;

  g_string_append_printf (text, "%*s", INDENT, "");
  for (guint i = 0; words[i] != NULL; i++) {
    gsize len = (gsize) g_utf8_strlen (words[i], -1);

    if (i > 0 && column + 1 + len > WIDTH) {
      g_string_append_printf (text, "\n%*s", INDENT, "");
      column = INDENT;
    } else if (i > 0) {
      g_string_append_c (text, ' ');
      column++;
    }
    g_string_append (text, words[i]);
    column += len;
  }
  g_string_append (text, "\n");
}

static void
append_option (GString *text, const CommonOptionSpec *spec)
{
  g_autoptr (GString) help = g_string_new (spec->help);

  if (spec->fallback != NULL)
    g_string_append_printf (help, " (default: %s)", spec->fallback);
  if ((spec->flags & COMMON_OPTION_LATER) != 0)
    g_string_append (help, ". Has no effect in this version");
  if ((spec->flags & COMMON_OPTION_REFUSED) != 0)
    g_string_append_printf (help, ". Not available: %s", spec->note);
  g_string_append_printf (text, "\n  -%s%s%s\n", spec->name, spec->value_hint != NULL ? "=" : "",
                          spec->value_hint != NULL ? spec->value_hint : "");
  append_paragraph (text, help->str);
}

char *
common_options_dup_help (const CommonOptions *options, const char *usage, gboolean with_debug)
{
  g_return_val_if_fail (options != NULL && usage != NULL, NULL);

  GString *text = g_string_new (usage);
  const char *group = NULL;

  for (guint i = 0; i < options->specs->len; i++) {
    const CommonOptionSpec *spec = g_ptr_array_index (options->specs, i);

    if ((spec->flags & COMMON_OPTION_HIDDEN) != 0 || common_options_entry (options, spec->name)->foreign
        || ((spec->flags & COMMON_OPTION_DEBUG) != 0 && !with_debug))
      continue;
    if (g_strcmp0 (group, spec->group) != 0)
      g_string_append_printf (text, "\n%s:\n", spec->group);
    group = spec->group;
    append_option (text, spec);
  }
  return g_string_free (text, FALSE);
}

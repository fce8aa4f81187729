/* Options: a configuration file is read without error or has a message, and the words that a program passes on to its
 * workers mean to them what the command line meant to it. */
#include <stdlib.h>

#include "common/options.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static CommonOptions *
new_options (void)
{
  CommonOptions *options = common_options_new ();

  common_options_add_table (options, COMMON_OPTION_ANY_PROGRAM, 0);
  return options;
}

/* Looks at every value. */
static void
read_all (const CommonOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = common_options_dup_log (options);
  gboolean good = common_options_check (options, &error);

  if (good != (error == NULL))
    abort ();
  for (const CommonOptionSpec *spec = common_option_table (); spec->name != NULL; spec++) {
    g_autofree const char **list = common_options_dup_list (options, spec->name);

    (void) common_options_get (options, spec->name, NULL);
    (void) common_options_get_int (options, spec->name, 0);
  }
}

static void
check_file (const guint8 *data, gsize len)
{
  g_autoptr (CommonOptions) options = new_options ();
  g_autoptr (GError) error = NULL;

  if (common_options_read_text (options, len > 0 ? (const char *) data : "", len, "file", &error) != (error == NULL))
    abort ();
  common_options_set_network (options, "regtest", FALSE);
  read_all (options);
}

/* The options of WORDS, with a program's name before them; NULL if one is not valid. */
static CommonOptions *
parse_words (char **words)
{
  g_autoptr (CommonOptions) options = new_options ();
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  g_ptr_array_add (argv, (gpointer) "program");
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (argv, words[i]);
  g_ptr_array_add (argv, NULL);
  return common_options_parse (options, (int) argv->len - 1, (char **) argv->pdata, NULL, NULL)
             ? g_steal_pointer (&options)
             : NULL;
}

static void
check_words (const guint8 *data, gsize len)
{
  g_autofree char *text = g_strndup ((const char *) data, len);
  g_auto (GStrv) words = g_strsplit (text, "\n", -1);
  g_autoptr (CommonOptions) options = parse_words (words), again = NULL;
  g_auto (GStrv) passed = NULL, passed_again = NULL;

  if (options == NULL)
    return;
  read_all (options);
  passed = common_options_dup_args (options, COMMON_OPTION_ANY_PROGRAM);
  again = parse_words (passed);
  if (again == NULL)
    abort ();
  passed_again = common_options_dup_args (again, COMMON_OPTION_ANY_PROGRAM);
  if (!g_strv_equal ((const char *const *) passed, (const char *const *) passed_again))
    abort ();
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  check_file (data, len);
  check_words (data, len);
  return 0;
}

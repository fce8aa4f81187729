#include "common/options.h"

#include <glib/gstdio.h>

static const CommonOptionSpec specs[] = {
  { "server", NULL, "Accept commands", "Options", COMMON_OPTION_NONE },
  { "port", "<n>", "Listen on this port", "Options", COMMON_OPTION_NONE },
  { "loadblock", "<file>", "Import blocks", "Options", COMMON_OPTION_NONE },
  { "datadir", "<dir>", "Data directory", "Options", COMMON_OPTION_SHARED | COMMON_OPTION_NO_NEGATE },
  { "debug", "<category>", "Log more", "Debugging", COMMON_OPTION_SHARED },
  { "hidden", NULL, "For tests", "Debugging", COMMON_OPTION_DEBUG },
};

static CommonOptions *
parse (const char *words, GError **error)
{
  g_autoptr (CommonOptions) options = common_options_new ();
  g_auto (GStrv) argv = g_strsplit (words, " ", -1);

  common_options_add (options, specs, G_N_ELEMENTS (specs));
  if (!common_options_parse (options, (int) g_strv_length (argv), argv, NULL, error))
    return NULL;
  return g_steal_pointer (&options);
}

static void
test_forms (void)
{
  g_autoptr (CommonOptions) options = parse ("prog -server --port=1 -port=2 -nodebug word -loadblock=x", NULL);

  g_assert_true (common_options_get_bool (options, "server", FALSE));
  g_assert_cmpint (common_options_get_int (options, "port", 0), ==, 2); /* the last one counts */
  g_assert_true (common_options_is_set (options, "debug"));
  g_assert_cmpstr (common_options_get (options, "debug", "fallback"), ==, "0");
  g_assert_false (common_options_is_set (options, "loadblock")); /* it follows the first positional argument */
  g_assert_cmpstr (common_options_get (options, "datadir", "fallback"), ==, "fallback");
}

static void
test_bool_values (void)
{
  g_autoptr (CommonOptions) off = parse ("prog -server=0", NULL);
  g_autoptr (CommonOptions) on = parse ("prog -noserver=0", NULL);
  g_autoptr (CommonOptions) word = parse ("prog -server=yes", NULL);

  g_assert_false (common_options_get_bool (off, "server", TRUE));
  g_assert_true (common_options_get_bool (on, "server", FALSE));
  g_assert_false (common_options_get_bool (word, "server", TRUE));
}

static void
test_errors (void)
{
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) negated = NULL;

  g_assert_null (parse ("prog -nonsense=1", &unknown));
  g_assert_error (unknown, COMMON_OPTIONS_ERROR, 0);
  g_assert_cmpstr (unknown->message, ==, "Invalid parameter -nonsense=1");
  g_assert_null (parse ("prog -nodatadir", &negated));
  g_assert_nonnull (negated);
}

static void
test_lists (void)
{
  g_autoptr (CommonOptions) options = parse ("prog -loadblock=a -noloadblock -loadblock=b -loadblock=c", NULL);
  g_autofree const char **list = common_options_dup_list (options, "loadblock");

  g_assert_cmpstr (list[0], ==, "b");
  g_assert_cmpstr (list[1], ==, "c");
  g_assert_null (list[2]);
}

static void
test_file (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "test-options.conf", NULL);
  g_autoptr (CommonOptions) options = parse ("prog -server=0", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path,
                                      "server=1\nport=10\nport=11 # the first wins\nloadblock=d\n"
                                      "[main]\nport=99\n[regtest]\nport=12\nloadblock=s\n",
                                      -1, NULL));
  g_assert_true (common_options_read_file (options, path, "regtest", TRUE, &error));
  g_assert_no_error (error);
  g_assert_false (common_options_get_bool (options, "server", TRUE));
  g_assert_cmpint (common_options_get_int (options, "port", 0), ==, 12);

  g_autofree const char **list = common_options_dup_list (options, "loadblock");
  g_assert_cmpstr (list[0], ==, "s");
  g_assert_cmpstr (list[1], ==, "d");
  g_assert_null (list[2]);
  g_unlink (path);
}

static void
test_file_errors (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "test-options-bad.conf", NULL);
  g_autoptr (CommonOptions) options = parse ("prog", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (common_options_read_file (options, "/nonexistent.conf", "main", FALSE, NULL));
  g_assert_false (common_options_read_file (options, "/nonexistent.conf", "main", TRUE, NULL));
  g_assert_true (g_file_set_contents (path, "server\n", -1, NULL));
  g_assert_false (common_options_read_file (options, path, "main", TRUE, &error));
  g_assert_nonnull (strstr (error->message, "line 1"));
  g_unlink (path);
}

static void
test_shared (void)
{
  g_autoptr (CommonOptions) options = parse ("prog -server -datadir=/x -debug=ipc -debug=rpc", NULL);
  g_auto (GStrv) words = common_options_dup_shared_args (options);
  const char *const expected[] = { "-datadir=/x", "-debug=ipc", "-debug=rpc", NULL };

  g_assert_cmpstrv (words, expected);
}

static void
test_help (void)
{
  g_autoptr (CommonOptions) options = parse ("prog", NULL);
  g_autofree char *help = common_options_dup_help (options, "Usage: prog\n", FALSE);
  g_autofree char *with_debug = common_options_dup_help (options, "Usage: prog\n", TRUE);

  g_assert_nonnull (strstr (help, "-port=<n>"));
  g_assert_null (strstr (help, "-hidden"));
  g_assert_nonnull (strstr (with_debug, "-hidden"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/forms", test_forms);
  g_test_add_func ("/options/bool-values", test_bool_values);
  g_test_add_func ("/options/errors", test_errors);
  g_test_add_func ("/options/lists", test_lists);
  g_test_add_func ("/options/file", test_file);
  g_test_add_func ("/options/file-errors", test_file_errors);
  g_test_add_func ("/options/shared", test_shared);
  g_test_add_func ("/options/help", test_help);
  return g_test_run ();
}

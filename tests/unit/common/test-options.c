#include "common/options.h"

#include <string.h>

#define PROGRAM COMMON_OPTION_NODE
#define SWITCH COMMON_OPTION_SWITCH
#define NUMBER COMMON_OPTION_NUMBER
#define TEXT COMMON_OPTION_TEXT
#define LIST COMMON_OPTION_LIST

static const CommonOptionSpec specs[] = {
  { "server", NULL, "Accept commands", "Options", PROGRAM, SWITCH, "0" },
  { "port", "<n>", "Listen on this port", "Options", PROGRAM | COMMON_OPTION_NETWORK_ONLY, NUMBER, "1", 0, 65535 },
  { "loadblock", "<file>", "Import blocks", "Options", PROGRAM, LIST },
  { "datadir", "<dir>", "Data directory", "Options", PROGRAM | COMMON_OPTION_WALLET | COMMON_OPTION_NO_NEGATE, TEXT },
  { "debug", "<category>", "Log more", "Debugging", PROGRAM | COMMON_OPTION_WALLET, LIST },
  { "hidden", NULL, "For tests", "Debugging", PROGRAM | COMMON_OPTION_DEBUG, SWITCH, "0" },
  { "level", "<level>", "Level", "Debugging", PROGRAM | COMMON_OPTION_NEEDS_VALUE, TEXT },
  { "cookie", "<file>", "Cookie", "Options", PROGRAM | COMMON_OPTION_SENSITIVE, TEXT },
  { "strict", "<n>", "Strict", "Options", PROGRAM | COMMON_OPTION_STRICT, NUMBER, "5", 2, 9 },
  { "soon", NULL, "Later", "Options", PROGRAM | COMMON_OPTION_LATER, SWITCH, "0", 0, 0, "peers" },
  { "never", NULL, "Refused", "Options", PROGRAM | COMMON_OPTION_REFUSED, SWITCH, "0", 0, 0, "it cannot be." },
  { "regtest", NULL, "Network", "Options", PROGRAM, SWITCH, "0" },
  { "includeconf", "<file>", "Include", "Options", PROGRAM, LIST },
  { "rpcpassword", "<pw>", "Password", "Options", PROGRAM, TEXT },
  { "wallet", "<name>", "Wallet", "Options", PROGRAM | COMMON_OPTION_NETWORK_ONLY | COMMON_OPTION_ADD_OUTSIDE, LIST },
  { "reindex", NULL, "Rebuild", "Options", PROGRAM, SWITCH, "0" },
  { "own", "<addr>", "Own", "Options", PROGRAM | COMMON_OPTION_COMMAND_LINE, LIST },
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

static CommonOptions *
read_text (const char *words, const char *text, const char *network, GError **error)
{
  g_autoptr (CommonOptions) options = parse (words, NULL);

  g_assert_nonnull (options);
  if (!common_options_read_text (options, text, strlen (text), "test.conf", error))
    return NULL;
  common_options_set_network (options, network, g_str_equal (network, "main"));
  return g_steal_pointer (&options);
}

/* In a file it is another program's. */
static void
test_command_line_only (void)
{
  g_autoptr (CommonOptions) options = read_text ("prog", "own=a\n[test]\nown=b\n", "test", NULL);
  g_autoptr (CommonOptions) given = read_text ("prog -own=c", "own=a\n[test]\nown=b\n", "test", NULL);
  g_autofree const char **none = NULL, **one = NULL;

  common_options_add_setting (options, "own", COMMON_SETTING_TEXT, "d");
  none = common_options_dup_list (options, "own");
  one = common_options_dup_list (given, "own");
  g_assert_null (none[0]);
  g_assert_null (common_options_get (options, "own", NULL));
  g_assert_false (common_options_is_set (options, "own"));
  g_assert_cmpstr (one[0], ==, "c");
  g_assert_null (one[1]);
  g_assert_cmpstr (common_options_get (given, "own", NULL), ==, "c");
}

static void
test_forms (void)
{
  g_autoptr (CommonOptions) options = parse ("prog -server --port=1 -port=2 -nodebug word -loadblock=x", NULL);

  g_assert_true (common_options_switch (options, "server"));
  g_assert_cmpint (common_options_number (options, "port"), ==, 2); /* the last one counts */
  g_assert_true (common_options_is_set (options, "debug"));
  g_assert_true (common_options_is_negated (options, "debug"));
  g_assert_cmpstr (common_options_get (options, "debug", "fallback"), ==, "0");
  g_assert_false (common_options_is_set (options, "loadblock")); /* it follows the first positional argument */
  g_assert_cmpstr (common_options_get (options, "datadir", "fallback"), ==, "fallback");
}

static void
test_bool_values (void)
{
  static const struct {
    const char *word;
    gboolean on;
  } cases[] = { { "-server=0", FALSE }, { "-noserver=0", TRUE }, { "-server=yes", FALSE },
                { "-server=", TRUE },   { "-server=01", TRUE },  { "-server=-1", TRUE },
                { "-server=1x", TRUE }, { "-noserver", FALSE },  { "-noserver=1", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *words = g_strconcat ("prog ", cases[i].word, NULL);
    g_autoptr (CommonOptions) options = parse (words, NULL);

    g_assert_cmpint (common_options_switch (options, "server"), ==, cases[i].on);
  }
}

static void
test_errors (void)
{
  static const struct {
    const char *word, *message;
  } cases[] = {
    { "-nonsense=1", "Invalid parameter -nonsense=1" },
    { "-regtest.port=1", "Invalid parameter -regtest.port=1" },
    { "-nonoserver", "Invalid parameter -nonoserver" },
    { "--", "Invalid parameter --" },
    { "-nodatadir", "Negating of -datadir is meaningless and therefore forbidden" },
    { "-level", "Can not set -level with no value. Please specify value with -level=value." },
    { "-includeconf=a", "-includeconf cannot be used from commandline; -includeconf=\"a\"" },
    { "-noincludeconf=0", "-includeconf cannot be used from commandline; -includeconf=true" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *words = g_strconcat ("prog ", cases[i].word, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (words, &error));
    g_assert_error (error, COMMON_OPTIONS_ERROR, 0);
    g_assert_cmpstr (error->message, ==, cases[i].message);
  }
}

static void
assert_list (const CommonOptions *options, const char *name, const char *expected)
{
  g_autofree const char **list = common_options_dup_list (options, name);
  g_autofree char *joined = g_strjoinv (" ", (char **) list);

  g_assert_cmpstr (joined, ==, expected);
}

static void
test_lists (void)
{
  g_autoptr (CommonOptions) negated = parse ("prog -loadblock=a -noloadblock -loadblock=b -loadblock=c", NULL);
  g_autoptr (CommonOptions) all = read_text ("prog -loadblock=a", "loadblock=d\n[main]\nloadblock=s\n", "main", NULL);
  g_autoptr (CommonOptions) none = read_text ("prog -noloadblock", "loadblock=d\n", "main", NULL);
  g_autoptr (CommonOptions) revived = read_text ("prog -noloadblock -loadblock=a", "loadblock=d\n", "main", NULL);

  assert_list (negated, "loadblock", "b c");
  assert_list (all, "loadblock", "a s d");
  assert_list (none, "loadblock", "");
  assert_list (revived, "loadblock", "a d");
}

static void
test_file (void)
{
  g_autoptr (CommonOptions) options
      = read_text ("prog -server=0",
                   "server=1\nport=10\n port = 11 # the first wins\r\nloadblock=d\n[main]\nport=99\n"
                   "[regtest]\nport=12\nloadblock=s\n[]\nlevel=x\nmain.level=z",
                   "regtest", NULL);

  g_assert_false (common_options_switch (options, "server"));
  g_assert_cmpint (common_options_number (options, "port"), ==, 12);
  g_assert_cmpstr (common_options_get (options, "level", NULL), ==, "x");
  assert_list (options, "loadblock", "s d");
}

static void
test_file_errors (void)
{
  static const struct {
    const char *text, *message;
  } cases[] = {
    { "server\n", "parse error on line 1: server" },
    { "\n\nnoserver\n",
      "parse error on line 3: noserver, if you intended to specify a negated option, use noserver=1 instead" },
    { "-server=1\n",
      "parse error on line 1: -server=1, options in configuration file must be specified without leading -" },
    { "rpcpassword=a#b\n", "parse error on line 1, using # in rpcpassword can be ambiguous and should be avoided" },
    { "[main]\nrpcpassword=a #b\n",
      "parse error on line 2, using # in rpcpassword can be ambiguous and should be avoided" },
    { "[regtest]\nconf=x\n", "conf cannot be set in the configuration file; use includeconf= if you want to include "
                             "additional config files" },
    { "nodatadir=1\n", "Negating of -datadir is meaningless and therefore forbidden" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (read_text ("prog", cases[i].text, "main", &error));
    g_assert_cmpstr (error->message, ==, cases[i].message);
  }
}

/* A zero byte ends a value, and is an error where a line consists of it. */
static void
test_zero_byte (void)
{
  g_autoptr (CommonOptions) options = parse ("prog", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (common_options_read_text (options, "server=1\0x\n", 11, "x", NULL));
  g_assert_true (common_options_switch (options, "server"));
  g_assert_false (common_options_read_text (options, "\0\n", 2, "x", &error));
  g_assert_cmpstr (error->message, ==, "parse error on line 1: ");
}

static void
test_sections (void)
{
  static const char *const known[] = { "main", "regtest", NULL };
  g_autoptr (CommonOptions) options
      = read_text ("prog", "test.server=1\n[regtest]\n[other]\nserver=1\n", "regtest", NULL);
  g_autofree char *text = common_options_dup_unknown_sections (options, known);

  g_assert_cmpstr (text, ==,
                   "test.conf:1 Section [test] is not recognized.\ntest.conf:3 Section [other] is not recognized.");
  g_assert_false (common_options_switch (options, "server"));
}

/* Outside of sections it does not count on a test network, but its negation does. */
static void
test_network_only (void)
{
  g_autoptr (CommonOptions) outside = read_text ("prog", "port=5\n", "regtest", NULL);
  g_autoptr (CommonOptions) on_main = read_text ("prog", "port=5\n", "main", NULL);
  g_autoptr (CommonOptions) overridden = read_text ("prog -port=6", "port=5\n", "regtest", NULL);
  g_autoptr (CommonOptions) negated = read_text ("prog", "noport=1\n", "regtest", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (common_options_number (outside, "port"), ==, 1);
  g_assert_false (common_options_check_network_only (outside, &error));
  g_assert_cmpstr (error->message, ==,
                   "Config setting for -port only applied on regtest network when in [regtest] section.");
  g_assert_cmpint (common_options_number (on_main, "port"), ==, 5);
  g_assert_true (common_options_check_network_only (on_main, NULL));
  g_assert_true (common_options_check_network_only (overridden, NULL));
  g_assert_true (common_options_check_network_only (negated, NULL));
  g_assert_cmpint (common_options_number (negated, "port"), ==, 0);
}

/* Of several values in a file the last counts, the section does not, and -noregtest changes nothing. */
/* Such values count together with those of a section or the command line, but not alone. */
static void
test_added_outside (void)
{
  g_autoptr (CommonOptions) all = read_text ("prog -wallet=a", "wallet=c\n[regtest]\nwallet=b\n", "regtest", NULL);
  g_autoptr (CommonOptions) alone = read_text ("prog", "wallet=c\n", "regtest", NULL);

  assert_list (all, "wallet", "a b c");
  g_assert_true (common_options_check_network_only (all, NULL));
  g_assert_false (common_options_check_network_only (alone, NULL));
}

static void
test_network_switch (void)
{
  g_autoptr (CommonOptions) last = read_text ("prog", "regtest=0\nregtest=1\n", "main", NULL);
  g_autoptr (CommonOptions) section = read_text ("prog", "[regtest]\nregtest=1\n", "regtest", NULL);
  g_autoptr (CommonOptions) negated = read_text ("prog -noregtest", "regtest=1\n", "main", NULL);

  g_assert_true (common_options_get_network_switch (last, "regtest"));
  g_assert_false (common_options_get_network_switch (section, "regtest"));
  g_assert_true (common_options_get_network_switch (negated, "regtest"));
}

static void
test_settings (void)
{
  g_autoptr (CommonOptions) options = read_text ("prog -debug=a", "port=5\nserver=1\ndebug=c\nlevel=x\n", "main", NULL);
  g_autoptr (GError) error = NULL;

  common_options_add_setting (options, "port", COMMON_SETTING_NUMBER, "7");
  common_options_add_setting (options, "server", COMMON_SETTING_FALSE, NULL);
  common_options_add_setting (options, "debug", COMMON_SETTING_TEXT, "b");
  common_options_add_setting (options, "level", COMMON_SETTING_NULL, NULL);
  g_assert_cmpint (common_options_number (options, "port"), ==, 7);
  g_assert_false (common_options_switch (options, "server"));
  g_assert_false (common_options_is_set (options, "level"));
  assert_list (options, "debug", "a b c");
  g_assert_true (common_options_list_is_text (options, "debug"));
  g_assert_true (common_options_check (options, NULL));

  common_options_add_setting (options, "level", COMMON_SETTING_NUMBER, "0.5");
  common_options_add_setting (options, "loadblock", COMMON_SETTING_OFF, NULL);
  common_options_add_setting (options, "loadblock", COMMON_SETTING_TEXT, "x");
  assert_list (options, "loadblock", "0 x");
  g_assert_true (common_options_check (options, NULL));

  common_options_add_setting (options, "hidden", COMMON_SETTING_NUMBER, "1");
  g_assert_false (common_options_check (options, &error));
  g_assert_nonnull (strstr (error->message, "hidden"));
}

static void
test_checks (void)
{
  g_autoptr (CommonOptions) low = parse ("prog -strict=1", NULL);
  g_autoptr (CommonOptions) clamped = parse ("prog -port=99999", NULL);
  g_autoptr (CommonOptions) refused = parse ("prog -never", NULL);
  g_autoptr (CommonOptions) off = parse ("prog -never=0 -strict=9", NULL);
  g_autoptr (GError) error = NULL, refusal = NULL;

  g_assert_false (common_options_check (low, &error));
  g_assert_cmpstr (error->message, ==, "-strict must be between 2 and 9");
  g_assert_true (common_options_check (clamped, NULL));
  g_assert_cmpint (common_options_number (clamped, "port"), ==, 65535);
  g_assert_false (common_options_check (refused, &refusal));
  g_assert_cmpstr (refusal->message, ==, "-never is not available: it cannot be.");
  g_assert_true (common_options_check (off, NULL));
}

static void
test_force (void)
{
  g_autoptr (CommonOptions) options = parse ("prog -server=0", NULL);

  g_assert_false (common_options_force (options, "server", "1", TRUE));
  g_assert_true (common_options_force (options, "level", "x", TRUE));
  g_assert_cmpstr (common_options_get (options, "level", NULL), ==, "x");
  g_assert_true (common_options_force (options, "server", "1", FALSE));
  g_assert_true (common_options_switch (options, "server"));
}

/* What was given and never read, except for what repeats a default and what has no effect yet. */
static void
test_unread (void)
{
  g_autoptr (CommonOptions) options = parse ("prog -server -port=1 -level=x -soon", NULL);
  g_auto (GStrv) before = common_options_dup_unread (options);
  g_autofree const CommonOptionSpec **later = common_options_dup_given_later (options);

  g_assert_true (g_strv_equal ((const char *const *) before, (const char *const[]){ "server", "level", NULL }));
  g_assert_cmpstr (later[0]->name, ==, "soon");
  g_assert_null (later[1]);
  common_options_switch (options, "server");

  g_auto (GStrv) after = common_options_dup_unread (options);
  g_assert_true (g_strv_equal ((const char *const *) after, (const char *const[]){ "level", NULL }));
}

static void
test_args (void)
{
  g_autoptr (CommonOptions) options = parse ("prog -server -datadir=/x -debug=ipc -nodebug -debug=rpc", NULL);
  g_auto (GStrv) words = common_options_dup_args (options, COMMON_OPTION_WALLET);
  const char *const expected[] = { "-datadir=/x", "-debug=ipc", "-nodebug", "-debug=rpc", NULL };

  g_assert_cmpstrv (words, expected);
}

static void
test_log (void)
{
  g_autoptr (CommonOptions) options
      = read_text ("prog -cookie=secret -noserver", "port=1\nlevel=a\"\\\n[regtest]\nserver=1\n", "regtest", NULL);
  g_auto (GStrv) lines = common_options_dup_log (options);
  const char *const expected[] = { "Config file arg: level=\"a\\\"\\\\\"",    "Config file arg: port=\"1\"",
                                   "Config file arg: [regtest] server=\"1\"", "Command-line arg: cookie=****",
                                   "Command-line arg: server=false",          NULL };

  g_assert_cmpstrv (lines, expected);
}

static void
test_warnings (void)
{
  g_autoptr (CommonOptions) options = read_text ("prog -noserver=0", "foo=1\nreindex=1\n[main]\nbar=1\n", "main", NULL);
  const GPtrArray *warnings = common_options_warnings (options);

  g_assert_cmpuint (warnings->len, ==, 4);
  g_assert_cmpstr (g_ptr_array_index (warnings, 0), ==, "Parsed potentially confusing double-negative -server=0");
  g_assert_cmpstr (g_ptr_array_index (warnings, 1), ==, "Ignoring unknown configuration value foo");
  g_assert_true (g_str_has_prefix (g_ptr_array_index (warnings, 2), "reindex=1 is set in the configuration file"));
  g_assert_cmpstr (g_ptr_array_index (warnings, 3), ==, "Ignoring unknown configuration value main.bar");
}

static void
test_help (void)
{
  g_autoptr (CommonOptions) options = parse ("prog", NULL);
  g_autofree char *help = common_options_dup_help (options, "Usage: prog\n", FALSE);
  g_autofree char *with_debug = common_options_dup_help (options, "Usage: prog\n", TRUE);

  g_assert_nonnull (strstr (help, "-port=<n>"));
  g_assert_nonnull (strstr (help, "Listen on this port (default: 1)"));
  g_assert_null (strstr (help, "-hidden"));
  g_assert_nonnull (strstr (with_debug, "-hidden"));
}

/* No name twice for one program, and every entry is whole. */
static void
test_table (void)
{
  static const guint programs[] = { COMMON_OPTION_NODE, COMMON_OPTION_WALLET, COMMON_OPTION_GUI, COMMON_OPTION_CLI };

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++) {
    g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

    for (const CommonOptionSpec *spec = common_option_table (); spec->name != NULL; spec++) {
      if ((spec->flags & programs[i]) == 0)
        continue;
      if (!g_hash_table_add (names, (gpointer) spec->name))
        g_error ("-%s is there twice", spec->name);
      g_assert_true (spec->group != NULL && spec->help != NULL);
      g_assert_cmpint (spec->type == SWITCH, ==, spec->value_hint == NULL);
      g_assert_cmpint ((spec->flags & (COMMON_OPTION_LATER | COMMON_OPTION_REFUSED)) != 0, ==, spec->note != NULL);
      g_assert_false (g_str_has_prefix (spec->name, "no") && !g_str_equal (spec->name, "no"));
    }
  }
}

/* A value that the table allows; the checks of single programs are stricter. */
static char *
any_word (const CommonOptionSpec *spec)
{
  if (spec->type == SWITCH)
    return g_strdup_printf ("-%s", spec->name);
  if (spec->type == NUMBER)
    return g_strdup_printf ("-%s=%" G_GINT64_FORMAT, spec->name, spec->max);
  return g_strdup_printf ("-%s=1", spec->name);
}

static gboolean
accepts (guint programs, guint others, const char *word)
{
  g_autoptr (CommonOptions) options = common_options_new ();
  char *argv[] = { (char *) "prog", (char *) word, NULL };

  common_options_add_table (options, programs, others);
  return common_options_parse (options, 2, argv, NULL, NULL);
}

/* What the application is given, and passes on to its workers, is known to both of them. */
static void
test_passed_on (void)
{
  const guint workers = COMMON_OPTION_NODE | COMMON_OPTION_WALLET, gui = COMMON_OPTION_GUI;
  guint n = 0;

  for (const CommonOptionSpec *spec = common_option_table (); spec->name != NULL; spec++) {
    g_autoptr (CommonOptions) options = common_options_new ();
    g_autofree char *word = any_word (spec);
    char *argv[] = { (char *) "prog", word, NULL };
    g_auto (GStrv) words = NULL;

    if ((spec->flags & workers) == 0 || g_str_equal (spec->name, "includeconf"))
      continue;
    common_options_add_table (options, gui | workers, 0);
    if (!common_options_parse (options, 2, argv, NULL, NULL))
      g_error ("the application does not accept %s", word);
    words = common_options_dup_args (options, workers);
    g_assert_cmpuint (g_strv_length (words), ==, 1);
    if (!accepts (workers, gui, words[0]))
      g_error ("the node does not accept %s", words[0]);
    if (!accepts (COMMON_OPTION_WALLET, COMMON_OPTION_NODE | gui, words[0]))
      g_error ("the wallet does not accept %s", words[0]);
    n++;
  }
  g_assert_cmpuint (n, >, 150);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/forms", test_forms);
  g_test_add_func ("/options/command-line-only", test_command_line_only);
  g_test_add_func ("/options/bool-values", test_bool_values);
  g_test_add_func ("/options/errors", test_errors);
  g_test_add_func ("/options/lists", test_lists);
  g_test_add_func ("/options/file", test_file);
  g_test_add_func ("/options/file-errors", test_file_errors);
  g_test_add_func ("/options/zero-byte", test_zero_byte);
  g_test_add_func ("/options/sections", test_sections);
  g_test_add_func ("/options/network-only", test_network_only);
  g_test_add_func ("/options/added-outside", test_added_outside);
  g_test_add_func ("/options/network-switch", test_network_switch);
  g_test_add_func ("/options/settings", test_settings);
  g_test_add_func ("/options/checks", test_checks);
  g_test_add_func ("/options/force", test_force);
  g_test_add_func ("/options/unread", test_unread);
  g_test_add_func ("/options/args", test_args);
  g_test_add_func ("/options/log", test_log);
  g_test_add_func ("/options/warnings", test_warnings);
  g_test_add_func ("/options/help", test_help);
  g_test_add_func ("/options/table", test_table);
  g_test_add_func ("/options/passed-on", test_passed_on);
  return g_test_run ();
}

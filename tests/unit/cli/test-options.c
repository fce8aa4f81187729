#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"

/* Every option of the client is used by one of its commands. The node is on a port where nobody listens. */

/* These are the node's: the client accepts them, so that both can be given the same ones. */
static const char *const of_node[] = { "signetchallenge", "signetseednode", "testactivationheight", "vbparams", NULL };
/* They end the program, choose the network, or are refused with any value that has an effect. */
static const char *const others[] = { "?",      "h",       "help",     "help-debug",  "version", "chain", "regtest",
                                      "signet", "testnet", "testnet4", "includeconf", "conf",    NULL };
/* Used for a reply: see test_cli.py. */
static const char *const of_reply[] = { "color", NULL };
/* One at a time. */
static const char *const commands[] = { "addrinfo", "generate", "getinfo", "netinfo", NULL };

static const struct {
  const char *name, *value;
} values[]
    = { { "color", "never" },        { "ipcconnect", "auto" },  { "rpcclienttimeout", "5" }, { "rpcconnect", "::1" },
        { "rpccookiefile", "none" }, { "rpcid", "7" },          { "rpcpassword", "p" },      { "rpcport", "1" },
        { "rpcuser", "u" },          { "rpcwaittimeout", "1" }, { "rpcwallet", "w" } };

static const char *
find_value (const CommonOptionSpec *spec)
{
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (g_str_equal (values[i].name, spec->name))
      return values[i].value;
  g_assert_cmpint (spec->type, ==, COMMON_OPTION_SWITCH);
  return "1";
}

/* All options but those of LESS, with COMMAND or a method. */
static GPtrArray *
dup_words (const char *datadir, const char *command, const char *const *less)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (words, g_strdup ("moneyrocket-cli"));
  g_ptr_array_add (words, g_strdup ("-regtest"));
  g_ptr_array_add (words, g_strdup_printf ("-datadir=%s", datadir));
  for (const CommonOptionSpec *spec = common_option_table (); spec->name != NULL; spec++)
    if ((spec->flags & COMMON_OPTION_CLI) && !g_str_equal (spec->name, "datadir")
        && !g_strv_contains (of_node, spec->name) && !g_strv_contains (others, spec->name)
        && !g_strv_contains (less, spec->name)
        && (!g_strv_contains (commands, spec->name) || g_strcmp0 (command, spec->name) == 0))
      g_ptr_array_add (words, g_strdup_printf ("-%s=%s", spec->name, find_value (spec)));
  if (command == NULL)
    g_ptr_array_add (words, g_strdup ("walletpassphrase"));
  return words;
}

/* Runs the client, and adds to USED the options that were given and used, to GIVEN all that were. */
static void
run_client (GPtrArray *words, GHashTable *given, GHashTable *used)
{
  g_autoptr (CommonProgram) program = NULL;
  g_auto (GStrv) unread = NULL;
  int exit_code;

  g_ptr_array_add (words, NULL);
  program = cli_program_new ((int) words->len - 1, (char **) words->pdata, &exit_code);
  g_assert_nonnull (program);
  g_assert_cmpint (cli_run (program), ==, EXIT_FAILURE);
  unread = common_options_dup_unread (program->options);
  for (guint i = 1; i < words->len - 1; i++) {
    const char *word = g_ptr_array_index (words, i);
    g_autofree char *name = NULL;
    if (*word != '-')
      continue;
    name = g_strndup (word + 1, strcspn (word + 1, "="));
    g_hash_table_add (given, g_strdup (name));
    if (!g_strv_contains ((const char *const *) unread, name))
      g_hash_table_add (used, g_strdup (name));
  }
}

/* Standard input: a password, a passphrase, and a parameter. */
static void
set_input (const char *datadir)
{
  g_autofree char *path = g_build_filename (datadir, "input", NULL);
  int fd;

  g_assert_true (g_file_set_contents (path, "secret\npassphrase\n{}\n", -1, NULL));
  fd = open (path, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (dup2 (fd, STDIN_FILENO), ==, STDIN_FILENO);
  close (fd);
  g_assert_cmpint (unlink (path), ==, 0);
}

static void
test_used (void)
{
  static const char *const of_methods[]
      = { "stdin", "stdinwalletpassphrase", "named", "rpcwait", "stdinrpcpass", NULL };
  static const char *const of_password[]
      = { "stdinrpcpass", "stdin", "stdinwalletpassphrase", "named", "rpcpassword", "rpcuser", "rpcwait", NULL };
  static const char *const none[] = { NULL };
  g_autoptr (GHashTable) given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *datadir = g_dir_make_tmp ("moneyrocket-cli-XXXXXX", NULL), *regtest = NULL;
  g_autoptr (GPtrArray) all = dup_words (datadir, NULL, none), cookie = dup_words (datadir, NULL, of_password);
  GHashTableIter iter;
  gpointer name;

  set_input (datadir);
  run_client (all, given, used);
  run_client (cookie, given, used);
  for (guint i = 0; commands[i] != NULL; i++) {
    g_autoptr (GPtrArray) words = dup_words (datadir, commands[i], of_methods);
    run_client (words, given, used);
  }
  g_hash_table_iter_init (&iter, given);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (used, name) && !g_strv_contains (of_reply, name))
      g_error ("-%s is not used", (const char *) name);
  g_assert_cmpuint (g_hash_table_size (given), >, 20);
  regtest = g_build_filename (datadir, "regtest", NULL);
  rmdir (regtest);
  g_assert_cmpint (rmdir (datadir), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/options/used", test_used);
  return g_test_run ();
}

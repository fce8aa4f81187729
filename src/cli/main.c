#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "bitcoin/address/network_names.h"
#include "cli/client.h"
#include "cli/convert.h"
#include "cli/getinfo.h"
#include "common/confinement.h"
#include "rpc/handler.h"

/* moneyrocket-cli: calls one method of a node and prints the result. */

#define USAGE                                                                                                          \
  "Usage: moneyrocket-cli [options] <method> [parameters]\n"                                                           \
  "   or: moneyrocket-cli [options] -named <method> [name=value]...\n"                                                 \
  "   or: moneyrocket-cli [options] help [method]\n\n"                                                                 \
  "Calls a method of a running node.\n"

#define GROUP "Options of the client"

static const CommonOptionSpec specs[] = {
  { "getinfo", NULL, "Show the state of the node in a few lines", GROUP, 0 },
  { "named", NULL, "Pass parameters by name: name=value", GROUP, 0 },
  { "rpcclienttimeout", "<n>", "How many seconds to wait for the reply (default: 900; 0: no limit)", GROUP, 0 },
  { "rpcconnect", "<host>", "The node's address (default: 127.0.0.1)", GROUP, 0 },
  { "rpccookiefile", "<file>", "The node's cookie file", GROUP, 0 },
  { "rpcpassword", "<pw>", "The password", GROUP, COMMON_OPTION_SENSITIVE },
  { "rpcport", "<port>", "The node's port", GROUP, COMMON_OPTION_NETWORK_ONLY },
  { "rpcuser", "<user>", "The user name", GROUP, COMMON_OPTION_SENSITIVE },
  { "rpcwait", NULL, "Wait for the node to start", GROUP, 0 },
  { "rpcwaittimeout", "<n>", "How many seconds to wait for the node to start (default: 0, no limit)", GROUP, 0 },
  { "rpcwallet", "<name>", "Call a method of this wallet", GROUP, 0 },
  { "stdin", NULL, "Read more parameters from standard input, one per line", GROUP, 0 },
  { "stdinrpcpass", NULL, "Read the password from standard input", GROUP, 0 },
  { "stdinwalletpassphrase", NULL, "Read the wallet's passphrase from standard input", GROUP, 0 },
};

/* A line of standard input without its line break, and its length; NULL at the end. The caller owns it. */
static char *
read_line (gsize *len)
{
  char *line = NULL;
  size_t size = 0;
  ssize_t n = getline (&line, &size, stdin);

  if (n < 0) {
    free (line);
    return NULL;
  }
  *len = n > 0 && line[n - 1] == '\n' ? (gsize) n - 1 : (gsize) n;
  line[*len] = '\0';
  return line;
}

/* The same with a prompt and without echo, if standard input is a terminal. */
static char *
read_secret (const char *prompt)
{
  struct termios before, quiet;
  gboolean terminal = isatty (STDIN_FILENO) && tcgetattr (STDIN_FILENO, &before) == 0;
  gsize len;
  char *line;

  if (terminal) {
    fputs (prompt, stderr);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t) ECHO;
    tcsetattr (STDIN_FILENO, TCSANOW, &quiet);
  }
  line = read_line (&len);
  if (terminal) {
    tcsetattr (STDIN_FILENO, TCSANOW, &before);
    fputc ('\n', stderr);
  }
  return line;
}

static gboolean
main_refuse (const char *message)
{
  g_printerr ("error: %s\n", message);
  return FALSE;
}

/* A word that is not text would reach the node as another one. Takes over WORD. */
static gboolean
add_word (GPtrArray *words, char *word)
{
  g_ptr_array_add (words, word);
  return g_utf8_validate (word, -1, NULL)
         || main_refuse ("a parameter is not valid UTF-8. Bytes that are not text can be given in hex.");
}

/* The lines of standard input. None may contain a zero byte, at which a word ends. */
static gboolean
add_lines (GPtrArray *words)
{
  char *line;
  gsize len;

  while ((line = read_line (&len)) != NULL) {
    if (!add_word (words, line))
      return FALSE;
    if (strlen (line) != len)
      return main_refuse ("a parameter contains a zero byte.");
  }
  return TRUE;
}

/* Method and parameters: from the command line, then from standard input. */
static gboolean
collect_words (CommonProgram *program, GPtrArray *words)
{
  char *line;

  if (common_options_get_bool (program->options, "stdinrpcpass", FALSE)) {
    g_autofree char *password = read_secret ("RPC password> ");
    if (password == NULL)
      return main_refuse ("-stdinrpcpass specified but failed to read from standard input");
    common_options_set (program->options, "rpcpassword", password);
  }
  for (guint i = 0; program->rest != NULL && program->rest[i] != NULL; i++)
    if (!add_word (words, g_strdup (program->rest[i])))
      return FALSE;
  if (common_options_get_bool (program->options, "stdinwalletpassphrase", FALSE)) {
    if (words->len < 1 || !g_str_has_prefix (g_ptr_array_index (words, 0), "walletpassphrase"))
      return main_refuse ("-stdinwalletpassphrase is only applicable for walletpassphrase(change)");
    line = read_secret ("Wallet passphrase> ");
    if (line == NULL)
      return main_refuse ("-stdinwalletpassphrase specified but failed to read from standard input");
    g_ptr_array_insert (words, 1, line);
  }
  if (common_options_get_bool (program->options, "stdin", FALSE) && !add_lines (words))
    return FALSE;
  g_ptr_array_add (words, NULL);
  return TRUE;
}

/* An error of the node: its code is the exit code. */
static int
show_error (const RpcJson *error)
{
  const RpcJson *code = rpc_json_get (error, "code");
  const char *message = rpc_json_string (rpc_json_get (error, "message"));
  gint64 number = 1;

  if (rpc_json_int (code, &number))
    g_printerr ("error code: %" G_GINT64_FORMAT "\n", number);
  g_printerr ("error message:\n%s", message != NULL ? message : "");
  if (number == RPC_WALLET_NOT_SPECIFIED)
    g_printerr (" Or for the CLI, specify the \"-rpcwallet=<walletname>\" option before the command (run "
                "\"moneyrocket-cli -h\" for help or \"moneyrocket-cli listwallets\" to see which wallets are currently "
                "loaded).");
  g_printerr ("\n");
  return (int) (ABS (number) & 0xff);
}

static void
show_result (const RpcJson *result)
{
  g_autofree char *text = NULL;

  if (rpc_json_type (result) == RPC_JSON_NULL)
    return;
  text = rpc_json_string (result) != NULL ? g_strdup (rpc_json_string (result)) : rpc_json_write (result, 2);
  fputs (text, stdout);
  fputc ('\n', stdout);
}

static RpcJson *
main_call (const CommonProgram *program, GPtrArray *words, char **text, GError **error)
{
  const char *wallet = common_options_get (program->options, "rpcwallet", NULL);
  gboolean named = common_options_get_bool (program->options, "named", FALSE);
  const char *method = g_ptr_array_index (words, 0);
  g_autoptr (RpcJson) params = NULL;

  if (common_options_get_bool (program->options, "getinfo", FALSE))
    return cli_getinfo (program, wallet, text, error);
  if (method == NULL) {
    g_set_error_literal (error, CLI_ERROR, CLI_ERROR_OTHER, "too few parameters (need at least command)");
    return NULL;
  }
  params = cli_convert (method, (char **) words->pdata + 1, named, error);
  return params != NULL ? cli_client_call_waiting (program, method, params, wallet, error) : NULL;
}

static int
main_run (CommonProgram *program)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) reply = NULL;
  g_autofree char *text = NULL;

  if (!collect_words (program, words))
    return EXIT_FAILURE;
  reply = main_call (program, words, &text, &error);
  if (reply == NULL) {
    main_refuse (error->message);
    return EXIT_FAILURE;
  }
  if (rpc_json_type (rpc_json_get (reply, "error")) != RPC_JSON_NULL)
    return show_error (rpc_json_get (reply, "error"));
  if (text != NULL)
    printf ("%s\n", text);
  else
    show_result (rpc_json_get (reply, "result"));
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  CommonProgramInfo info
      = { .name = "moneyrocket-cli", .usage = USAGE, .specs = specs, .n_specs = G_N_ELEMENTS (specs) };
  g_autoptr (CommonProgram) program = NULL;
  int exit_code;

  common_confinement_apply ();
  info.networks = btc_network_names ();
  info.quiet = TRUE;
  if (argc < 2) {
    g_printerr ("%s", USAGE);
    return EXIT_FAILURE;
  }
  program = common_program_new (&info, argc, argv, &exit_code);
  return program != NULL ? main_run (program) : exit_code;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcoin/address/network_names.h"
#include "cli/commands.h"
#include "cli/convert.h"
#include "cli/input.h"
#include "cli/print.h"
#include "common/confinement.h"

/* moneyrocket-cli: calls one method of a node and prints the result. */

#define USAGE                                                                                                          \
  "Usage: moneyrocket-cli [options] <method> [parameters]\n"                                                           \
  "   or: moneyrocket-cli [options] -named <method> [name=value]...\n"                                                 \
  "   or: moneyrocket-cli [options] help [method]\n\n"                                                                 \
  "Calls a method of a running node.\n"

#define GROUP "Options of the client"
#define COMMANDS "Commands of the client"

static const CommonOptionSpec specs[] = {
  { "addrinfo", NULL, "Show how many addresses of peers the node knows, by network", COMMANDS, 0 },
  { "generate", NULL, "Generate blocks to a new address of the wallet: [number (default: 1) [attempts]]", COMMANDS, 0 },
  { "getinfo", NULL, "Show the state of the node in a few lines", COMMANDS, 0 },
  { "netinfo", NULL, "Show the peers of the node: [level (0 to 4) [outonly]], or help", COMMANDS, 0 },
  { "color", "<when>", "Colours in the output of -getinfo: always, auto (default: if it is a terminal) or never", GROUP,
    COMMON_OPTION_NO_NEGATE },
  { "ipcconnect", "<address>", "Has no effect in this version", GROUP, COMMON_OPTION_DEBUG },
  { "named", NULL, "Pass parameters by name: name=value", GROUP, 0 },
  { "rpcclienttimeout", "<n>", "How many seconds to wait for the reply (default: 900; 0: no limit)", GROUP, 0 },
  { "rpcconnect", "<host>", "The node's address (default: 127.0.0.1)", GROUP, 0 },
  { "rpccookiefile", "<file>", "The node's cookie file", GROUP, 0 },
  { "rpcid", "<id>", "The id of the request, which the node logs (default: 1)", GROUP, COMMON_OPTION_NO_NEGATE },
  { "rpcpassword", "<pw>", "The password", GROUP, COMMON_OPTION_SENSITIVE },
  { "rpcport", "<port>", "The node's port", GROUP, COMMON_OPTION_NETWORK_ONLY },
  { "rpcuser", "<user>", "The user name", GROUP, COMMON_OPTION_SENSITIVE },
  { "rpcwait", NULL, "Wait for the node to start", GROUP, 0 },
  { "rpcwaittimeout", "<n>", "How many seconds to wait for the node to start (default: 0, no limit)", GROUP,
    COMMON_OPTION_NO_NEGATE },
  { "rpcwallet", "<name>", "Call a method of this wallet", GROUP, 0 },
  { "stdin", NULL, "Read more parameters from standard input, one per line", GROUP, 0 },
  { "stdinrpcpass", NULL, "Read the password from standard input", GROUP, 0 },
  { "stdinwalletpassphrase", NULL, "Read the wallet's passphrase from standard input", GROUP, 0 },
};

typedef RpcJson *(*MainCommand) (const CliCommand *command, GError **error);

static const struct {
  const char *option;
  MainCommand run;
} commands[] = {
  { "getinfo", cli_getinfo },
  { "netinfo", cli_netinfo },
  { "generate", cli_generate },
  { "addrinfo", cli_addrinfo },
};

/* The command that was chosen, NULL for a method of the node. FALSE with ERROR. */
static gboolean
choose_command (const CommonOptions *options, MainCommand *run, GError **error)
{
  static const char *const names[] = { "addrinfo", "generate", "getinfo", "netinfo" };
  g_autoptr (GString) given = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (common_options_is_set (options, names[i]))
      g_string_append_printf (given, "%s-%s", n++ > 0 ? ", " : "", names[i]);
  if (n > 1) {
    cli_fail (error, "Only one of %s may be specified.", given->str);
    return FALSE;
  }
  *run = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (commands) && *run == NULL; i++)
    if (common_options_get_bool (options, commands[i].option, FALSE))
      *run = commands[i].run;
  return TRUE;
}

static RpcJson *
call_method (const CliCommand *command, GError **error)
{
  gboolean named = common_options_get_bool (command->program->options, "named", FALSE);
  const char *method = command->words[0];
  RpcJson *params = cli_convert (method, command->words + 1, named, error);

  return params != NULL ? cli_client_call (command->client, method, params, command->wallet, error) : NULL;
}

/* The wallet that -rpcwallet names; NULL for none. */
static const char *
get_wallet (const CommonOptions *options)
{
  g_autofree const char **names = common_options_dup_list (options, "rpcwallet");
  return names[0] != NULL ? common_options_get (options, "rpcwallet", NULL) : NULL;
}

/* The reply that is to be printed. *HELP, owned by the caller, is printed instead if it is not NULL. */
static RpcJson *
run_program (CommonProgram *program, char **help, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CliClient) client = NULL;
  CliCommand command = { .program = program, .wallet = get_wallet (program->options) };
  MainCommand run;
  const char *first;

  if (!cli_input_collect (program, words, error) || !choose_command (program->options, &run, error))
    return NULL;
  first = g_ptr_array_index (words, 0);
  if (run == cli_netinfo && first != NULL && (g_str_equal (first, "h") || g_str_equal (first, "help"))) {
    *help = cli_netinfo_dup_help ();
    return NULL;
  }
  if (run == NULL && first == NULL)
    return cli_fail (error, "too few parameters (need at least command)");
  client = cli_client_new (program, error);
  if (client == NULL)
    return NULL;
  command.client = client;
  command.words = (char **) words->pdata;
  return run != NULL ? run (&command, error) : call_method (&command, error);
}

static int
main_run (CommonProgram *program)
{
  g_autoptr (RpcJson) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *help = NULL;

  cli_print_set_classic (program->classic);
  reply = run_program (program, &help, &error);
  if (help != NULL)
    printf ("%s\n", help);
  else if (reply == NULL)
    cli_print_error ("error: %s\n", error->message);
  return reply != NULL ? cli_print_reply (reply) : help != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main (int argc, char **argv)
{
  CommonProgramInfo info
      = { .name = "Moneyrocket RPC client", .usage = USAGE, .specs = specs, .n_specs = G_N_ELEMENTS (specs) };
  g_autoptr (CommonProgram) program = NULL;
  int exit_code;

  common_confinement_apply ();
  info.networks = btc_network_names ();
  info.quiet = TRUE;
  if (argc < 2) {
    printf ("%s", USAGE);
    cli_print_error ("Error: too few parameters\n");
    return EXIT_FAILURE;
  }
  program = common_program_new (&info, argc, argv, &exit_code);
  return program != NULL ? main_run (program) : exit_code;
}

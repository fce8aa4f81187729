#include "cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitcoin/address/network_names.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/print.h"
#include "common/file.h"
#include "dbus/names.h"
#include "dbus/pair_enter.h"
#include "rpc/convert.h"

/* A run of the client: one command or method, and what is printed. */

typedef RpcJson *(*RunCommand) (const CliCommand *command, GError **error);

static const struct {
  const char *option;
  RunCommand run;
} commands[] = {
  { "getinfo", cli_getinfo },
  { "netinfo", cli_netinfo },
  { "generate", cli_generate },
  { "addrinfo", cli_addrinfo },
};

/* The command that was chosen, NULL for a method of the node. FALSE with ERROR. */
static gboolean
choose_command (const CommonOptions *options, RunCommand *run, GError **error)
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
  RpcJson *params = rpc_convert_words (method, command->words + 1, named, NULL, error);

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
run_command (CommonProgram *program, char **help, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CliClient) client = NULL;
  CliCommand command = { .program = program, .wallet = get_wallet (program->options) };
  RunCommand run;
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

/* The only word that is no method: nothing can be called before the two programs are paired. */
static int
run_pair (CommonProgram *program)
{
  const char *text = common_options_get (program->options, BUS_OPTION_CONNECT, "unix");
  g_autoptr (GError) error = NULL;
  g_autoptr (BusAddress) address
      = bus_address_parse (text, program->network_dir, BUS_ADDRESS_NODE_SOCKET, BUS_ROLES_NODE, &error);

  if (address != NULL && common_file_make_folder (program->network_dir, &error)
      && bus_pair_enter (program, "cli", "node", address, &error))
    return EXIT_SUCCESS;
  cli_print_error ("error: %s\n", error->message);
  return EXIT_FAILURE;
}

CommonProgram *
cli_program_new (int argc, char **argv, int *exit_code)
{
  const CommonProgramInfo info = { .name = "Moneyrocket RPC client",
                                   .usage = CLI_USAGE,
                                   .networks = btc_network_names (),
                                   .programs = COMMON_OPTION_CLI,
                                   .client = TRUE,
                                   .quiet = TRUE };

  return common_program_new (&info, argc, argv, exit_code, NULL);
}

int
cli_run (CommonProgram *program)
{
  g_autoptr (RpcJson) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *help = NULL;

  g_return_val_if_fail (program != NULL, EXIT_FAILURE);
  if (!common_options_check (program->options, &error))
    return common_program_fail (error);
  cli_print_set_classic (program->classic);
  if (program->rest[0] != NULL && g_str_equal (program->rest[0], "pair") && program->rest[1] == NULL)
    return run_pair (program);
  reply = run_command (program, &help, &error);
  if (help != NULL)
    printf ("%s\n", help);
  else if (reply == NULL)
    cli_print_error ("error: %s\n", error->message);
  return reply != NULL ? cli_print_reply (reply) : help != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}

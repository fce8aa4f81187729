#include "common/confinement.h"
#include "dbus/names.h"
#include "node/program.h"
#include "node/service/service.h"

/* moneyrocket-node: the node alone, for servers, or as a worker of the application. */

#define USAGE "Usage: moneyrocket-node [options]\n\nRuns a full node of the Bitcoin network.\n"

static int
run_node (CommonProgram *program)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeApp) app = node_app_new (program, &error);
  g_autoptr (NodeService) service = NULL; /* freed before the app */

  if (app == NULL)
    return common_program_fail (error);
  service = node_service_new (node_app_context (app),
                              (int) common_options_get_int (program->options, BUS_OPTION_FD, -1), &error);
  if (service == NULL)
    return common_program_fail (error);
  return node_program_run (app);
}

int
main (int argc, char **argv)
{
  g_autoptr (CommonProgram) program = NULL;
  int exit_code;

  common_confinement_apply ();
  program = node_program_new ("moneyrocket-node", USAGE, argc, argv, &exit_code);
  return program != NULL ? run_node (program) : exit_code;
}

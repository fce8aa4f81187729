#include <stdio.h>
#include <stdlib.h>

#include "cli/print.h"
#include "cli/run.h"
#include "common/confinement.h"

/* moneyrocket-cli: calls one method of a node and prints the result. */

int
main (int argc, char **argv)
{
  g_autoptr (CommonProgram) program = NULL;
  int exit_code;

  common_confinement_apply ();
  if (argc < 2) {
    printf ("%s", CLI_USAGE);
    cli_print_error ("Error: too few parameters\n");
    return EXIT_FAILURE;
  }
  program = cli_program_new (argc, argv, &exit_code);
  return program != NULL ? cli_run (program) : exit_code;
}

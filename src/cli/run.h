#pragma once

#include "common/program.h"

G_BEGIN_DECLS

#define CLI_USAGE                                                                                                      \
  "Usage: moneyrocket-cli [options] <method> [parameters]\n"                                                           \
  "   or: moneyrocket-cli [options] -named <method> [name=value]...\n"                                                 \
  "   or: moneyrocket-cli [options] help [method]\n"                                                                   \
  "   or: moneyrocket-cli -ipcconnect=tls:<host>:<port> pair\n\n"                                                      \
  "Calls a method of a running node.\n"

/* The client with its options. NULL: it ends with *EXIT_CODE, and what there was to say was printed. */
CommonProgram *cli_program_new (int argc, char **argv, int *exit_code);

/* Calls the node and prints the result, or why there is none. Returns the exit code. */
int cli_run (CommonProgram *program);

G_END_DECLS

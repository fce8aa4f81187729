#pragma once

#include "node/app.h"

G_BEGIN_DECLS

/* Start-up and main loop of the programs with a node: moneyrocket-node and moneyrocketd. The main thread, at
 * start-up. */

/* Reads options and configuration, daemonises with -daemon, and opens the log. NULL when the program must exit at once,
 * with *EXIT_CODE. */
CommonProgram *node_program_new (const char *name, const char *usage, int argc, char **argv, int *exit_code);

/* The same for a node inside of another program, which has the terminal, the signals and the main loop. ARGV, the name of
 * that program and the options of the node, outlives the result. JSON-RPC is answered with -server only. */
CommonProgram *node_program_new_inside (char **argv, GError **error);

/* Starts APP and runs the main loop until it has stopped: by itself, by a method or by a signal. Returns the exit code;
 * on failure, the reasons were printed to standard error. */
int node_program_run (NodeApp *app);

G_END_DECLS

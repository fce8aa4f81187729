#pragma once

#include "common/program.h"

G_BEGIN_DECLS

/* Moving to the background (-daemon, -daemonwait). Single-threaded programs only. */

/* Returns in the process that continues; a worker stays where it is, as its parent watches it. With -daemonwait the other one waits for node_daemon_report(), and then exits
 * with code 0 or, when it was not successful, 1. */
gboolean node_daemonise (const CommonProgram *program, GError **error);

/* The start has succeeded, or the program ends. Only the first call counts. */
void node_daemon_report (gboolean success);

G_END_DECLS

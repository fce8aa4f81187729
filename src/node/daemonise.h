#pragma once

#include "common/program.h"

G_BEGIN_DECLS

/* Moving to the background (-daemon, -daemonwait). Single-threaded programs only. */

/* Forks, and returns in the child process. With -daemonwait the parent process waits for node_daemon_report(), and exits
 * with code 0 on success and 1 on failure. A worker does not fork, since the program that started it watches it. */
gboolean node_daemonise (const CommonProgram *program, GError **error);

/* The start has succeeded, or the program ends. Only the first call counts. */
void node_daemon_report (gboolean success);

G_END_DECLS

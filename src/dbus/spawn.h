#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Starts PROGRAM as a worker: "moneyrocket-node" is looked for beside the running program, then in MONEYROCKET_BINDIR. ARGS
 * are its words; EXTRA, unless NULL, comes behind them, and -ipcfd=3 last. FD, its end of the connection, is taken over in
 * any case. *ERRORS_FD becomes the file that is its standard error, or -1. */
GSubprocess *bus_spawn (const char *program, char **args, const char *extra, int fd, int *errors_fd, GError **error);

/* Of a worker that has ended: passes on what it wrote to its standard error and closes *ERRORS_FD, which becomes -1. The
 * result, owned by the caller, is the last "Error: …" in it without that word; NULL when there is none. */
char *bus_spawn_take_error (int *errors_fd);

G_END_DECLS

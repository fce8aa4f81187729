#pragma once

#include <gio/gio.h>

#include "dbus/tail.h"

G_BEGIN_DECLS

/* Starts PROGRAM as a worker: "moneyrocket-node" is looked for beside the running program, then in MONEYROCKET_BINDIR. ARGS
 * are its words; EXTRA, unless NULL, comes behind them, and -ipcfd=3 last. FD, its end of the connection, is taken over in
 * any case. *ERRORS becomes the end of its standard error. */
GSubprocess *bus_spawn (const char *program, char **args, const char *extra, int fd, BusTail **errors, GError **error);

/* Of a worker that has ended: forwards the end of its standard error and frees *ERRORS, which becomes NULL. The result,
 * owned by the caller, is the last "Error: …" in it without that word; NULL when there is none. */
char *bus_spawn_take_error (BusTail **errors);

G_END_DECLS

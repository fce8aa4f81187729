#pragma once

#include <gio/gio.h>

#include "dbus/tail.h"

G_BEGIN_DECLS

/* Starts PROGRAM as a worker: "moneyrocket-node" is searched next to the running program, then in MONEYROCKET_BINDIR.
 * ARGS are its arguments, followed by EXTRA (unless NULL) and -ipcfd=3. FD is its end of the connection; takes
 * ownership of it, even on failure. *ERRORS becomes the tail of its standard error. */
GSubprocess *bus_spawn (const char *program, char **args, const char *extra, int fd, BusTail **errors, GError **error);

/* For a worker that has exited: forwards the tail of its standard error and frees *ERRORS, which becomes NULL. Returns
 * the last "Error: …" in it without that prefix, owned by the caller; NULL if there is none. */
char *bus_spawn_take_error (BusTail **errors);

G_END_DECLS

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Starts a worker program, calls Hello, and starts it again when it ends. Main context of the thread that made it.
 *
 * Signals:
 *   "ready" (GDBusConnection *connection): Hello has succeeded. After a restart this comes again, with another
 *       connection.
 *   "lost" (gboolean again): a worker that was ready is gone (one that breaks a rule of wire/check.h is killed); AGAIN says whether it is being started again.
 *   "ended" (const char *message, guint n_failures): its process has ended, which nobody asked for, and will be started
 *       again. MESSAGE is the last "Error: …" that it wrote to its standard error, without that word, or NULL;
 *       N_FAILURES is how many runs in a row never became ready.
 *   "failed" (const GError *error): it could not be started, or is of another version, or ended in order with an error
 *       (see bus_supervisor_set_final_errors()); it is not tried again.
 *   "answering" (gboolean answers): FALSE when a ready worker has not answered for about 10 s: it hangs. It is left
 *       alone, and what was asked of it may still be done. TRUE when it answers after all; a worker that is lost
 *       instead says so as always.
 *   "peer-closed": a ready worker tells that its connection with the other worker has ended (see
 *       bus_init_attach_peer()). */

#define BUS_TYPE_SUPERVISOR (bus_supervisor_get_type ())
G_DECLARE_FINAL_TYPE (BusSupervisor, bus_supervisor, BUS, SUPERVISOR, GObject)

/* ROLE "node" or "wallet"; PROGRAM and ARGS (copied) as for bus_spawn(); NETWORK is the name for Hello. */
BusSupervisor *bus_supervisor_new (const char *role, const char *program, const char *const *args, const char *network);

void bus_supervisor_start (BusSupervisor *self);

/* With FINAL a worker that ends with code 1 and an "Error: …", as on a full disk, has failed, and is not started again:
 * it would only end the same way. It has to be fixed before bus_supervisor_start() is called. Without, the default, it
 * is restarted with growing delays, for programs without a user. Files that are in use are tried for some 13 s in any
 * case. */
void bus_supervisor_set_final_errors (BusSupervisor *self, gboolean final);

/* As bus_supervisor_start(), with one WORD more for this run. */
void bus_supervisor_start_with (BusSupervisor *self, const char *word);

/* For tests: a worker hangs when it has not answered for five times INTERVAL_MS. From its next start on. */
void bus_supervisor_set_watch_interval (BusSupervisor *self, guint interval_ms);

/* For tests: a worker that does not answer Hello is killed and started again after TIMEOUT_MS in place of 30 s. */
void bus_supervisor_set_hello_timeout (BusSupervisor *self, int timeout_ms);

/* Asks the worker to shut down and waits until it has ended (after 60 s it is killed; after 10 s if it hangs
 * already). */
void bus_supervisor_stop_async (BusSupervisor *self, GAsyncReadyCallback callback, gpointer data);
gboolean bus_supervisor_stop_finish (BusSupervisor *self, GAsyncResult *result, GError **error);

/* Borrowed; NULL while the worker is not ready. */
GDBusConnection *bus_supervisor_get_connection (BusSupervisor *self);
GPid bus_supervisor_get_pid (BusSupervisor *self); /* 0: not running */

/* The exit code of the last run, -1 when it was killed by a signal. */
int bus_supervisor_get_exit_code (BusSupervisor *self);

G_END_DECLS

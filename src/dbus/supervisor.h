#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Starts a worker program, calls Hello, and restarts it when it exits. Main context of the thread that created it.
 *
 * Signals:
 *   "ready" (GDBusConnection *connection): Hello has succeeded. Emitted again after a restart, with the new connection.
 *   "lost" (gboolean again): a worker that was ready is lost (one that breaks a rule of wire/check.h is killed); AGAIN:
 *       it is being restarted.
 *   "ended" (const char *message, guint n_failures): its process has exited unexpectedly, and will be restarted.
 *       MESSAGE is the last "Error: …" of its standard error, without that prefix, or NULL; N_FAILURES is the number of
 *       consecutive runs that never became ready.
 *   "failed" (const GError *error): it could not be started, has another version, or has exited with a final error (see
 *       bus_supervisor_set_final_errors()); it is not restarted.
 *   "answering" (gboolean answers): FALSE when a ready worker has not replied for about 10 s: it hangs. It is not
 *       killed, and pending calls may still succeed. TRUE when it replies after all; if it is lost instead, "lost" is
 *       emitted as usual.
 *   "peer-closed": a ready worker reports that its connection with the other worker was closed (see
 *       bus_init_attach_peer()). */

#define BUS_TYPE_SUPERVISOR (bus_supervisor_get_type ())
G_DECLARE_FINAL_TYPE (BusSupervisor, bus_supervisor, BUS, SUPERVISOR, GObject)

/* ROLE is "node" or "wallet"; PROGRAM and ARGS (copied) as for bus_spawn(); NETWORK as for Hello. */
BusSupervisor *bus_supervisor_new (const char *role, const char *program, const char *const *args, const char *network);

void bus_supervisor_start (BusSupervisor *self);

/* With FINAL, a worker that exits with code 1 and an "Error: …", for example on a full disk, has failed and is not
 * restarted: it would only fail again, until the user has fixed the problem and bus_supervisor_start() is called.
 * Without it (the default) the worker is restarted with growing delays, for programs that run unattended. If its files
 * are in use, it is retried for about 13 s in either case. */
void bus_supervisor_set_final_errors (BusSupervisor *self, gboolean final);

/* As bus_supervisor_start(), with the additional argument WORD for this run only. */
void bus_supervisor_start_with (BusSupervisor *self, const char *word);

/* For tests: a worker hangs when it has not replied for five times INTERVAL_MS. Takes effect at the next start. */
void bus_supervisor_set_watch_interval (BusSupervisor *self, guint interval_ms);

/* For tests: a worker that does not reply to Hello is killed and restarted after TIMEOUT_MS instead of 30 s. */
void bus_supervisor_set_hello_timeout (BusSupervisor *self, int timeout_ms);

/* Asks the worker to shut down and waits until it has exited (it is killed after 60 s, or after 10 s if it hangs
 * already). */
void bus_supervisor_stop_async (BusSupervisor *self, GAsyncReadyCallback callback, gpointer data);
gboolean bus_supervisor_stop_finish (BusSupervisor *self, GAsyncResult *result, GError **error);

/* Borrowed; NULL while the worker is not ready. */
GDBusConnection *bus_supervisor_get_connection (BusSupervisor *self);
GPid bus_supervisor_get_pid (BusSupervisor *self); /* 0: not running */

/* The exit code of the last run, -1 when it was killed by a signal. */
int bus_supervisor_get_exit_code (BusSupervisor *self);

G_END_DECLS

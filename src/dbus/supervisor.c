#include "dbus/supervisor.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ending.h"
#include "common/log.h"
#include "dbus/backoff.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/spawn.h"
#include "dbus/watch.h"

/* A main loop is never blocked for long, so a worker that does not reply for this long hangs. */
#define WATCH_INTERVAL_MS 2000
#define WATCH_MISSED 5
/* A worker replies to Hello before it loads anything. */
#define HELLO_TIMEOUT_MS 30000
/* The number of consecutive starts that may find the files in use; about 13 s with the delays between them. */
#define LOCKED_TRIES 8
/* How long a worker may take to close its databases. One that hangs already gets less time. */
#define STOP_TIMEOUT_MS 60000

struct _BusSupervisor {
  GObject parent;
  char *role;
  char *program;
  char **args;
  char *network;

  GSubprocess *process;        /* NULL: not running */
  GDBusConnection *opening;    /* connected, Hello is pending */
  GDBusConnection *connection; /* ready */
  guint peer_closed_id;        /* subscription on it */
  GCancellable *start_cancellable;
  guint restart_source;
  guint kill_source;
  BusBackoff backoff;
  gint64 ready_us;
  gint64 lived_us; /* how long the last run was ready */
  BusWatch *watch; /* while it is ready */
  guint watch_interval_ms;
  int hello_timeout_ms;
  gboolean silent; /* it hangs */
  int exit_code;
  BusTail *errors;    /* standard error of the run; NULL: none */
  gboolean was_ready; /* the last run, at some time */
  guint n_failures;   /* consecutive runs that did not become ready */
  char *extra;        /* argument for the next run only; NULL: none */
  gboolean final_errors;
  gboolean stopping;
  gboolean failed; /* not to be restarted */
  GTask *stop_task;
};

G_DEFINE_FINAL_TYPE (BusSupervisor, bus_supervisor, G_TYPE_OBJECT)

enum { READY, LOST, ENDED, FAILED, ANSWERING, PEER_CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void supervisor_launch (BusSupervisor *self);

static gboolean
on_kill_timeout (gpointer data)
{
  BusSupervisor *self = data;

  self->kill_source = 0;
  if (self->process != NULL) {
    common_warn ("The %s process did not end in time and is killed.", self->role);
    g_subprocess_force_exit (self->process);
  }
  return G_SOURCE_REMOVE;
}

/* The process must have exited before another one is started, since it holds the locks. */
static void
await_end (BusSupervisor *self)
{
  if (self->process != NULL && self->kill_source == 0)
    self->kill_source = g_timeout_add (self->silent ? WATCH_MISSED * self->watch_interval_ms : STOP_TIMEOUT_MS,
                                       on_kill_timeout, self);
}

/* CONNECTION was closed. The worker then shuts down cleanly; one that broke a rule is killed at once. */
static void
end_worker (BusSupervisor *self, GDBusConnection *connection)
{
  if (self->process != NULL && bus_connection_broke_rule (connection))
    g_subprocess_force_exit (self->process);
  await_end (self);
}

static void
supervisor_fail (BusSupervisor *self, const GError *error)
{
  self->failed = TRUE;
  common_error ("The %s process cannot be started: %s", self->role, error->message);
  g_signal_emit (self, signals[FAILED], 0, error);
}

static void
supervisor_on_connection_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data);

static void
drop_connection (BusSupervisor *self, GDBusConnection **connection)
{
  if (*connection == NULL)
    return;
  g_signal_handlers_disconnect_by_func (*connection, supervisor_on_connection_closed, self);
  g_dbus_connection_close (*connection, NULL, NULL, NULL);
  g_clear_object (connection);
}

static void
drop_connections (BusSupervisor *self)
{
  if (self->peer_closed_id != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->peer_closed_id);
  self->peer_closed_id = 0;
  drop_connection (self, &self->opening);
  drop_connection (self, &self->connection);
}

/* The worker is lost, whether or not its process has exited yet. */
static void
supervisor_on_lost (BusSupervisor *self)
{
  gboolean was_ready = self->connection != NULL;

  if (self->start_cancellable != NULL)
    g_cancellable_cancel (self->start_cancellable);
  g_clear_object (&self->start_cancellable);
  g_clear_pointer (&self->watch, bus_watch_free);
  self->silent = FALSE;
  if (was_ready)
    self->lived_us = common_clock_monotonic_us () - self->ready_us;
  drop_connections (self);
  if (was_ready)
    g_signal_emit (self, signals[LOST], 0, !self->stopping && !self->failed);
}

static void
supervisor_on_connection_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  g_autoptr (BusSupervisor) self = g_object_ref (data);

  end_worker (self, connection);
  supervisor_on_lost (self);
}

static gboolean
on_restart_time (gpointer data)
{
  BusSupervisor *self = data;

  self->restart_source = 0;
  supervisor_launch (self);
  return G_SOURCE_REMOVE;
}

static void
finish_stop (BusSupervisor *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
record_exit (BusSupervisor *self)
{
  if (g_subprocess_get_if_exited (self->process)) {
    self->exit_code = g_subprocess_get_exit_status (self->process);
    if (!self->stopping)
      common_warn ("The %s process ended with code %d.", self->role, self->exit_code);
  } else {
    self->exit_code = -1;
    common_warn ("The %s process was ended by signal %d.", self->role, g_subprocess_get_term_sig (self->process));
  }
}

/* Whether the error MESSAGE would occur again. A lock may be held by an earlier process whose parent was killed, and
 * which is still closing its files: that is temporary. */
static gboolean
is_final (BusSupervisor *self, const char *message)
{
  if (!self->final_errors || self->exit_code != EXIT_FAILURE || message == NULL)
    return FALSE;
  return !g_str_has_prefix (message, COMMON_ENDING_LOCKED) || self->n_failures >= LOCKED_TRIES;
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BusSupervisor) self = data;
  g_autofree char *message = bus_spawn_take_error (&self->errors);

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  record_exit (self);
  self->n_failures = self->was_ready ? 0 : self->n_failures + 1;
  g_clear_object (&self->process);
  g_clear_handle_id (&self->kill_source, g_source_remove);
  supervisor_on_lost (self);
  if (self->stopping) {
    finish_stop (self);
  } else if (is_final (self, message)) {
    g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, BUS_ERROR_FAILED, message);
    supervisor_fail (self, error);
  } else if (!self->failed) {
    guint wait_ms = bus_backoff_next (&self->backoff, self->was_ready, self->lived_us);
    common_info ("The %s process is restarted in %u ms.", self->role, wait_ms);
    self->restart_source = g_timeout_add (wait_ms, on_restart_time, self);
    g_signal_emit (self, signals[ENDED], 0, message, self->n_failures);
  }
}

static void
on_answering (gpointer data, gboolean answers)
{
  BusSupervisor *self = data;

  self->silent = !answers;
  if (answers)
    common_info ("The %s process is responding again.", self->role);
  else
    common_warn ("The %s process is not responding.", self->role);
  g_signal_emit (self, signals[ANSWERING], 0, answers);
}

static void
supervisor_on_peer_closed (GDBusConnection *connection,
                           const char *sender,
                           const char *path,
                           const char *interface,
                           const char *name,
                           GVariant *parameters,
                           gpointer data)
{
  BusSupervisor *self = data;

  if (!self->stopping)
    g_signal_emit (self, signals[PEER_CLOSED], 0);
}

static void
supervisor_on_hello (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BusSupervisor) self = data;
  g_autoptr (GError) error = NULL;

  if (bus_init_hello_finish (G_DBUS_CONNECTION (source), result, &error)) {
    self->connection = g_steal_pointer (&self->opening);
    self->peer_closed_id = g_dbus_connection_signal_subscribe (
        self->connection, NULL, "org.moneyrocket.Init1", "PeerClosed", BUS_PATH_INIT, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
        supervisor_on_peer_closed, self, NULL);
    self->ready_us = common_clock_monotonic_us ();
    self->was_ready = TRUE;
    self->watch = bus_watch_new (self->connection, self->watch_interval_ms, WATCH_MISSED, on_answering, self);
    g_clear_object (&self->start_cancellable);
    common_info ("The %s process is ready (pid %d).", self->role, (int) bus_supervisor_get_pid (self));
    if (self->stopping)
      bus_supervisor_stop_async (self, NULL, NULL);
    else
      g_signal_emit (self, signals[READY], 0, self->connection);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* A version mismatch is a permanent error; a worker that has died or hangs is restarted. */
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_VERSION_MISMATCH)
      || g_error_matches (error, BUS_ERROR, BUS_ERROR_NETWORK_MISMATCH))
    supervisor_fail (self, error);
  else
    common_warn ("The %s process did not reply to Hello: %s", self->role, error->message);
  /* The error may arrive before the "closed" signal of the connection. */
  if (g_dbus_connection_is_closed (G_DBUS_CONNECTION (source))
      || g_error_matches (error, BUS_ERROR, BUS_ERROR_DISCONNECTED))
    end_worker (self, G_DBUS_CONNECTION (source));
  else if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  supervisor_on_lost (self);
}

/* FD is our end of the connection. Takes ownership of it, even on failure. */
static gboolean
begin_hello (BusSupervisor *self, int fd, GError **error)
{
  const BusConnectionOptions limits = { .peer = self->role };

  self->opening = bus_connection_new (fd, &limits, error);
  if (self->opening == NULL)
    return FALSE;
  g_signal_connect (self->opening, "closed", G_CALLBACK (supervisor_on_connection_closed), self);
  self->start_cancellable = g_cancellable_new ();
  bus_init_hello_async (self->opening, NULL, self->role, self->network, self->hello_timeout_ms, self->start_cancellable,
                        supervisor_on_hello, g_object_ref (self));
  g_dbus_connection_start_message_processing (self->opening);
  return TRUE;
}

static void
supervisor_launch (BusSupervisor *self)
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  self->was_ready = FALSE;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_FAILED, g_strerror (errno));
    supervisor_fail (self, error);
    return;
  }
  self->process = bus_spawn (self->program, self->args, self->extra, fds[1], &self->errors, &error);
  g_clear_pointer (&self->extra, g_free);
  if (self->process == NULL) {
    close (fds[0]);
    supervisor_fail (self, error);
    return;
  }
  g_subprocess_wait_async (self->process, NULL, on_exited, g_object_ref (self));
  if (!begin_hello (self, fds[0], &error)) {
    supervisor_fail (self, error);
    g_subprocess_force_exit (self->process);
  }
}

void
bus_supervisor_set_final_errors (BusSupervisor *self, gboolean final)
{
  g_return_if_fail (BUS_IS_SUPERVISOR (self));
  self->final_errors = final;
}

void
bus_supervisor_start_with (BusSupervisor *self, const char *word)
{
  g_return_if_fail (BUS_IS_SUPERVISOR (self));
  g_free (self->extra);
  self->extra = g_strdup (word);
  bus_supervisor_start (self);
}

void
bus_supervisor_start (BusSupervisor *self)
{
  g_return_if_fail (BUS_IS_SUPERVISOR (self));
  if (self->process != NULL || self->restart_source != 0)
    return;
  self->stopping = FALSE;
  self->failed = FALSE;
  bus_backoff_init (&self->backoff);
  supervisor_launch (self);
}

void
bus_supervisor_stop_async (BusSupervisor *self, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (BUS_IS_SUPERVISOR (self));

  if (callback != NULL) {
    g_return_if_fail (self->stop_task == NULL);
    self->stop_task = g_task_new (self, NULL, callback, data);
  }
  self->stopping = TRUE;
  g_clear_handle_id (&self->restart_source, g_source_remove);
  if (self->process == NULL) {
    finish_stop (self);
    return;
  }
  /* While Hello is pending nothing is sent: its reply calls this function again. */
  if (self->connection != NULL)
    bus_init_shutdown (self->connection);
  await_end (self);
}

gboolean
bus_supervisor_stop_finish (BusSupervisor *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

GDBusConnection *
bus_supervisor_get_connection (BusSupervisor *self)
{
  g_return_val_if_fail (BUS_IS_SUPERVISOR (self), NULL);
  return self->connection;
}

GPid
bus_supervisor_get_pid (BusSupervisor *self)
{
  const char *text;

  g_return_val_if_fail (BUS_IS_SUPERVISOR (self), 0);
  text = self->process != NULL ? g_subprocess_get_identifier (self->process) : NULL;
  return text != NULL ? (GPid) g_ascii_strtoll (text, NULL, 10) : 0;
}

int
bus_supervisor_get_exit_code (BusSupervisor *self)
{
  g_return_val_if_fail (BUS_IS_SUPERVISOR (self), -1);
  return self->exit_code;
}

static void
bus_supervisor_dispose (GObject *object)
{
  BusSupervisor *self = BUS_SUPERVISOR (object);

  g_clear_handle_id (&self->restart_source, g_source_remove);
  g_clear_handle_id (&self->kill_source, g_source_remove);
  if (self->start_cancellable != NULL)
    g_cancellable_cancel (self->start_cancellable);
  g_clear_object (&self->start_cancellable);
  g_clear_pointer (&self->watch, bus_watch_free);
  /* A worker that is still running exits when its connection closes. */
  drop_connections (self);
  g_clear_object (&self->process);
  G_OBJECT_CLASS (bus_supervisor_parent_class)->dispose (object);
}

static void
bus_supervisor_finalize (GObject *object)
{
  BusSupervisor *self = BUS_SUPERVISOR (object);

  bus_tail_free (self->errors);
  g_free (self->extra);
  g_free (self->role);
  g_free (self->program);
  g_strfreev (self->args);
  g_free (self->network);
  G_OBJECT_CLASS (bus_supervisor_parent_class)->finalize (object);
}

static void
bus_supervisor_class_init (BusSupervisorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bus_supervisor_dispose;
  object_class->finalize = bus_supervisor_finalize;
  signals[READY] = g_signal_new ("ready", BUS_TYPE_SUPERVISOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 G_TYPE_DBUS_CONNECTION);
  signals[LOST] = g_signal_new ("lost", BUS_TYPE_SUPERVISOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_BOOLEAN);
  signals[ENDED] = g_signal_new ("ended", BUS_TYPE_SUPERVISOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_STRING, G_TYPE_UINT);
  signals[FAILED] = g_signal_new ("failed", BUS_TYPE_SUPERVISOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_ERROR);
  signals[ANSWERING] = g_signal_new ("answering", BUS_TYPE_SUPERVISOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[PEER_CLOSED]
      = g_signal_new ("peer-closed", BUS_TYPE_SUPERVISOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

void
bus_supervisor_set_watch_interval (BusSupervisor *self, guint interval_ms)
{
  g_return_if_fail (BUS_IS_SUPERVISOR (self) && interval_ms > 0);

  self->watch_interval_ms = interval_ms;
}

void
bus_supervisor_set_hello_timeout (BusSupervisor *self, int timeout_ms)
{
  g_return_if_fail (BUS_IS_SUPERVISOR (self) && timeout_ms > 0);

  self->hello_timeout_ms = timeout_ms;
}

static void
bus_supervisor_init (BusSupervisor *self)
{
  bus_backoff_init (&self->backoff);
  self->watch_interval_ms = WATCH_INTERVAL_MS;
  self->exit_code = -1;
  self->hello_timeout_ms = HELLO_TIMEOUT_MS;
}

BusSupervisor *
bus_supervisor_new (const char *role, const char *program, const char *const *args, const char *network)
{
  BusSupervisor *self = g_object_new (BUS_TYPE_SUPERVISOR, NULL);

  self->role = g_strdup (role);
  self->program = g_strdup (program);
  self->args = args != NULL ? g_strdupv ((char **) args) : g_new0 (char *, 1);
  self->network = g_strdup (network);
  return self;
}

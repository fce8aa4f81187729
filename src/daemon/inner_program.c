#include "daemon/inner_program.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/ending.h"
#include "common/log.h"
#include "daemon/part.h"
#include "dbus/connection.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/watch.h"

/* Before a part that has stopped without an error is started again. */
#define RESTART_MS 1000
/* As of a worker process. */
#define WATCH_INTERVAL_MS 2000
#define WATCH_MISSED 5

struct _DaemonInnerProgram {
  GuiProgram parent_instance;

  const DaemonPart *kind;
  char **args;
  char *network;
  gboolean rebuild; /* at the next start */
  gpointer part;    /* holds a reference to this; NULL: it does not run */
  GDBusConnection *connection;
  gulong closed_handler;
  guint peer_closed_id;
  GCancellable *cancellable; /* of Hello */
  BusWatch *watch;           /* while it is connected */
  guint start_source;
};

G_DEFINE_FINAL_TYPE (DaemonInnerProgram, daemon_inner_program, GUI_TYPE_PROGRAM)

static void
inner_program_drop (DaemonInnerProgram *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->watch, bus_watch_free);
  g_clear_object (&self->cancellable);
  if (self->connection != NULL) {
    g_signal_handler_disconnect (self->connection, self->closed_handler);
    if (self->peer_closed_id != 0)
      g_dbus_connection_signal_unsubscribe (self->connection, self->peer_closed_id);
    self->peer_closed_id = 0;
    g_dbus_connection_close (self->connection, NULL, NULL, NULL);
  }
  g_clear_object (&self->connection);
  gui_program_disconnected (GUI_PROGRAM (self));
}

/* It could not be started, or has stopped because of MESSAGE. */
static void
inner_program_fail (DaemonInnerProgram *self, const char *message)
{
  GuiProgram *program = GUI_PROGRAM (self);

  if (gui_program_get_worker (program) == GUI_WORKER_NODE && !gui_program_was_ready (program)
      && g_str_has_prefix (message, COMMON_ENDING_LOCKED)) {
    g_signal_emit_by_name (self, "locked");
    return;
  }
  common_error ("The %s cannot be started: %s", gui_program_get_role (program), message);
  gui_program_set_state (program, GUI_WORKER_FAILED, g_strdup (message));
}

static void inner_program_launch_later (DaemonInnerProgram *self, guint delay_ms);

static void
inner_program_on_stopped (gpointer data, const char *message)
{
  g_autoptr (DaemonInnerProgram) self = data; /* that of the part */
  GuiProgram *program = GUI_PROGRAM (self);

  inner_program_drop (self);
  self->kind->free (g_steal_pointer (&self->part));
  if (gui_program_is_stopping (program)) {
    gui_program_stopped (program);
  } else if (message != NULL) {
    inner_program_fail (self, message);
  } else {
    gui_program_set_state (program, GUI_WORKER_LOST, g_strdup (""));
    inner_program_launch_later (self, RESTART_MS);
  }
}

/* The part notices that, too, and stops. */
static void
inner_program_on_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, DaemonInnerProgram *self)
{
  inner_program_drop (self);
  if (!gui_program_is_stopping (GUI_PROGRAM (self)))
    gui_program_set_state (GUI_PROGRAM (self), GUI_WORKER_LOST, g_strdup (""));
}

static void
inner_program_on_peer_closed (GDBusConnection *connection,
                              const char *sender,
                              const char *path,
                              const char *interface,
                              const char *name,
                              GVariant *parameters,
                              gpointer self)
{
  g_signal_emit_by_name (self, "peer-closed");
}

static void
inner_program_on_answering (gpointer data, gboolean answers)
{
  if (!gui_program_is_stopping (data))
    gui_program_set_state (data, answers ? GUI_WORKER_RUNNING : GUI_WORKER_SILENT, g_strdup (""));
}

static void
inner_program_on_hello (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (DaemonInnerProgram) self = data;
  g_autoptr (GError) error = NULL;

  if (bus_init_hello_finish (G_DBUS_CONNECTION (source), result, &error)) {
    if (gui_program_is_stopping (GUI_PROGRAM (self)))
      return;
    self->peer_closed_id = g_dbus_connection_signal_subscribe (
        self->connection, NULL, "org.moneyrocket.Init1", "PeerClosed", BUS_PATH_INIT, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
        inner_program_on_peer_closed, self, NULL);
    self->watch = bus_watch_new (self->connection, WATCH_INTERVAL_MS, WATCH_MISSED, inner_program_on_answering, self);
    gui_program_connected (GUI_PROGRAM (self), self->connection, BUS_ROLES_ALL);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    common_warn ("The %s did not reply to Hello: %s", gui_program_get_role (GUI_PROGRAM (self)), error->message);
  }
}

/* FD is our end of the connection; takes ownership of it. */
static gboolean
inner_program_greet (DaemonInnerProgram *self, int fd, GError **error)
{
  const char *role = gui_program_get_role (GUI_PROGRAM (self));
  const BusConnectionOptions limits = { .peer = role, .owner = "gui" };

  self->connection = bus_connection_new (fd, &limits, error);
  if (self->connection == NULL)
    return FALSE;
  self->closed_handler
      = g_signal_connect_object (self->connection, "closed", G_CALLBACK (inner_program_on_closed), self, 0);
  self->cancellable = g_cancellable_new ();
  bus_init_hello_async (self->connection, NULL, role, self->network, BUS_CALL_TIMEOUT_MS, self->cancellable,
                        inner_program_on_hello, g_object_ref (self));
  g_dbus_connection_start_message_processing (self->connection);
  return TRUE;
}

static char **
inner_program_dup_args (DaemonInnerProgram *self)
{
  g_autoptr (GStrvBuilder) args = g_strv_builder_new ();

  g_strv_builder_addv (args, (const char **) self->args);
  if (self->rebuild)
    g_strv_builder_add (args, "-reindex");
  self->rebuild = FALSE;
  return g_strv_builder_end (args);
}

static gboolean
inner_program_launch_cb (gpointer data)
{
  DaemonInnerProgram *self = data;
  const DaemonPartOwner owner = { inner_program_on_stopped, self };
  g_auto (GStrv) args = inner_program_dup_args (self);
  g_autoptr (GError) error = NULL;
  int fds[2];

  self->start_source = 0;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
    inner_program_fail (self, g_strerror (errno));
    return G_SOURCE_REMOVE;
  }
  if (!inner_program_greet (self, fds[0], &error)) {
    close (fds[1]);
    inner_program_fail (self, error->message);
    return G_SOURCE_REMOVE;
  }
  self->part = self->kind->start ((const char *const *) args, fds[1], &owner, &error);
  if (self->part != NULL) {
    g_object_ref (self);
  } else {
    inner_program_drop (self);
    inner_program_fail (self, error->message);
  }
  return G_SOURCE_REMOVE;
}

static void
inner_program_launch_later (DaemonInnerProgram *self, guint delay_ms)
{
  self->start_source = g_timeout_add (delay_ms, inner_program_launch_cb, self);
}

/* Later, since signals are emitted that may end the session. */
static void
daemon_inner_program_start (GuiProgram *program, gboolean rebuild)
{
  DaemonInnerProgram *self = DAEMON_INNER_PROGRAM (program);

  self->rebuild = rebuild;
  if (self->part != NULL)
    return;
  g_clear_handle_id (&self->start_source, g_source_remove);
  inner_program_launch_later (self, 0);
}

static void
daemon_inner_program_stop (GuiProgram *program)
{
  DaemonInnerProgram *self = DAEMON_INNER_PROGRAM (program);

  g_clear_handle_id (&self->start_source, g_source_remove);
  if (self->part != NULL)
    self->kind->stop (self->part);
  else
    gui_program_stopped (program);
}

static void
daemon_inner_program_dispose (GObject *object)
{
  DaemonInnerProgram *self = DAEMON_INNER_PROGRAM (object);

  g_clear_handle_id (&self->start_source, g_source_remove);
  inner_program_drop (self);
  G_OBJECT_CLASS (daemon_inner_program_parent_class)->dispose (object);
}

static void
daemon_inner_program_finalize (GObject *object)
{
  DaemonInnerProgram *self = DAEMON_INNER_PROGRAM (object);

  g_strfreev (self->args);
  g_free (self->network);
  G_OBJECT_CLASS (daemon_inner_program_parent_class)->finalize (object);
}

static void
daemon_inner_program_class_init (DaemonInnerProgramClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = daemon_inner_program_dispose;
  G_OBJECT_CLASS (klass)->finalize = daemon_inner_program_finalize;
  GUI_PROGRAM_CLASS (klass)->start = daemon_inner_program_start;
  GUI_PROGRAM_CLASS (klass)->stop = daemon_inner_program_stop;
}

static void
daemon_inner_program_init (DaemonInnerProgram *self)
{
}

GuiProgram *
daemon_inner_program_new (GuiWorker worker, const char *const *args, const char *network)
{
  DaemonInnerProgram *self = g_object_new (DAEMON_TYPE_INNER_PROGRAM, NULL);

  gui_program_set_up (GUI_PROGRAM (self), worker, NULL);
  self->kind = worker == GUI_WORKER_NODE ? &daemon_part_node : &daemon_part_wallet;
  self->args = g_strdupv ((char **) args);
  self->network = g_strdup (network);
  return GUI_PROGRAM (self);
}

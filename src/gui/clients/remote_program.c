#include "gui/clients/remote_program.h"

#include "common/log.h"
#include "dbus/backoff.h"
#include "dbus/connect.h"
#include "dbus/connector.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/relay.h"
#include "dbus/tls_target.h"
#include "dbus/watch.h"

/* An attempt on this computer costs little. */
#define LONGEST_DELAY_MS 2000u
#define WATCH_INTERVAL_MS 2000
#define WATCH_MISSED 5

struct _GuiRemoteProgram {
  GuiProgram parent_instance;

  GuiAttachment *attachment;
  BusTlsTarget *target; /* of another computer */
  GError *problem;      /* why there is none */
  char *network;
  GCancellable *cancellable;   /* of the attempt or the connection */
  GDBusConnection *connection; /* Hello may be pending */
  gulong closed_handler;
  BusRoles roles; /* 0: not known yet */
  gboolean greeted;
  gint64 since_us; /* monotonic, of the connection */
  BusWatch *watch; /* while it is ready */
  BusBackoff backoff;
  guint retry_source;
};

G_DEFINE_FINAL_TYPE (GuiRemoteProgram, gui_remote_program, GUI_TYPE_PROGRAM)

static void remote_program_open (GuiRemoteProgram *self);

/* Also ends an attempt. */
static void
remote_program_drop (GuiRemoteProgram *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  g_clear_pointer (&self->watch, bus_watch_free);
  self->greeted = FALSE;
  self->roles = 0;
  if (self->connection != NULL) {
    g_signal_handler_disconnect (self->connection, self->closed_handler);
    g_dbus_connection_close (self->connection, NULL, NULL, NULL);
  }
  g_clear_object (&self->connection);
  gui_program_disconnected (GUI_PROGRAM (self));
}

static gboolean
remote_program_retry_cb (gpointer data)
{
  GuiRemoteProgram *self = data;

  self->retry_source = 0;
  remote_program_open (self);
  return G_SOURCE_REMOVE;
}

/* There is no connection, or no longer one. It is reported once, not for each attempt. */
static void
remote_program_lost (GuiRemoteProgram *self, const char *reason)
{
  GuiProgram *program = GUI_PROGRAM (self);
  gboolean was_ready = gui_program_get_connection (program) != NULL;
  guint delay_ms = bus_backoff_next (&self->backoff, was_ready, g_get_monotonic_time () - self->since_us);

  remote_program_drop (self);
  if (was_ready || gui_program_get_state (program) != GUI_WORKER_LOST) {
    g_autofree char *address = bus_address_dup_text (self->attachment->address);

    common_warn ("The %s at %s cannot be reached, and is tried again: %s", gui_program_get_role (program), address,
                 reason);
    gui_program_set_state (program, GUI_WORKER_LOST, g_strdup (reason));
  }
  self->retry_source = g_timeout_add (MIN (delay_ms, LONGEST_DELAY_MS), remote_program_retry_cb, self);
}

static void
remote_program_closed_cb (GDBusConnection *connection, gboolean remote_vanished, GError *error, GuiRemoteProgram *self)
{
  remote_program_lost (self, "The connection was closed.");
}

static void
remote_program_answering_cb (gpointer data, gboolean answers)
{
  gui_program_set_state (data, answers ? GUI_WORKER_RUNNING : GUI_WORKER_SILENT, g_strdup (""));
}

/* TRUE: ERROR is none of an attempt that was given up. */
static gboolean
remote_program_counts (const GError *error)
{
  return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
remote_program_check_ready (GuiRemoteProgram *self)
{
  g_autofree char *address = NULL;

  if (!self->greeted || self->roles == 0)
    return;
  address = bus_address_dup_text (self->attachment->address);
  self->watch = bus_watch_new (self->connection, WATCH_INTERVAL_MS, WATCH_MISSED, remote_program_answering_cb, self);
  common_info ("Attached to the %s at %s, with the role %s", gui_program_get_role (GUI_PROGRAM (self)), address,
               bus_roles_get_name (self->roles));
  gui_program_connected (GUI_PROGRAM (self), self->connection, self->roles);
}

static GuiRefusal
refusal_of (const GError *error)
{
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_VERSION_MISMATCH))
    return GUI_REFUSAL_VERSION;
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_NETWORK_MISMATCH))
    return GUI_REFUSAL_NETWORK;
  return g_error_matches (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED) ? GUI_REFUSAL_PROGRAM : GUI_REFUSAL_NONE;
}

/* ERROR is that of a call of the handshake. */
static void
remote_program_end_handshake (GuiRemoteProgram *self, const GError *error)
{
  GuiRefusal refusal = refusal_of (error);

  if (refusal == GUI_REFUSAL_NONE) {
    remote_program_lost (self, error->message);
    return;
  }
  remote_program_drop (self);
  gui_program_refused (GUI_PROGRAM (self), refusal, error->message);
}

static void
remote_program_hello_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiRemoteProgram) self = data;
  g_autoptr (GError) error = NULL;

  if (bus_init_hello_finish (G_DBUS_CONNECTION (source), result, &error)) {
    self->greeted = TRUE;
    remote_program_check_ready (self);
  } else if (remote_program_counts (error)) {
    remote_program_end_handshake (self, error);
  }
}

static void
remote_program_roles_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiRemoteProgram) self = data;
  g_autoptr (GError) error = NULL;
  BusRoles roles = bus_init_get_roles_finish (G_DBUS_CONNECTION (source), result, &error);

  if (roles != 0) {
    self->roles = roles;
    remote_program_check_ready (self);
  } else if (remote_program_counts (error)) {
    remote_program_end_handshake (self, error);
  }
}

static void
remote_program_connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiRemoteProgram) self = data;
  const char *role = gui_program_get_role (GUI_PROGRAM (self));
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = bus_connect_finish (result, &error);

  if (!remote_program_counts (error))
    return;
  if (connection == NULL) {
    remote_program_lost (self, error->message);
    return;
  }
  self->since_us = g_get_monotonic_time ();
  self->connection = g_steal_pointer (&connection);
  self->closed_handler = g_signal_connect (self->connection, "closed", G_CALLBACK (remote_program_closed_cb), self);
  bus_init_hello_async (self->connection, "gui", role, self->network, BUS_CALL_TIMEOUT_MS, self->cancellable,
                        remote_program_hello_cb, g_object_ref (self));
  bus_init_get_roles_async (self->connection, BUS_CALL_TIMEOUT_MS, self->cancellable, remote_program_roles_cb,
                            g_object_ref (self));
  g_dbus_connection_start_message_processing (self->connection);
}

static void
remote_program_open (GuiRemoteProgram *self)
{
  const BusConnectionOptions options = { .peer = gui_program_get_role (GUI_PROGRAM (self)) };

  self->cancellable = g_cancellable_new ();
  bus_connect_async (self->attachment->address, self->target, &options, BUS_CALL_TIMEOUT_MS, self->cancellable,
                     remote_program_connected_cb, g_object_ref (self));
}

/* ---- a connection for another program, which passes bytes alone if it goes to another computer ---- */

static void
remote_program_opened_tls_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GTlsConnection) tls = bus_tls_connector_open_finish (result, &error);
  int fd = tls != NULL ? bus_relay_open (tls, &error) : -1;

  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

static void
remote_program_opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  int fd = bus_connector_open_finish (result, &error);

  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

void
gui_remote_program_open_async (GuiRemoteProgram *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  const BusAddress *address = self->attachment->address;
  GTask *task = g_task_new (self, cancellable, callback, data);

  g_return_if_fail (GUI_IS_REMOTE_PROGRAM (self));

  g_task_set_check_cancellable (task, FALSE); /* a descriptor that is returned is taken */
  if (address->kind == BUS_ADDRESS_UNIX)
    bus_connector_open_async (address->path, BUS_CALL_TIMEOUT_MS, cancellable, remote_program_opened_cb, task);
  else
    bus_tls_connector_open_async (address->host, address->port, self->target, BUS_CALL_TIMEOUT_MS, cancellable,
                                  remote_program_opened_tls_cb, task);
}

int
gui_remote_program_open_finish (GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

static void
gui_remote_program_start (GuiProgram *program, gboolean rebuild)
{
  GuiRemoteProgram *self = GUI_REMOTE_PROGRAM (program);

  remote_program_drop (self);
  bus_backoff_init (&self->backoff);
  if (self->problem != NULL)
    gui_program_refused (program, GUI_REFUSAL_PAIRING, self->problem->message);
  else
    remote_program_open (self);
}

static void
gui_remote_program_stop (GuiProgram *program)
{
  remote_program_drop (GUI_REMOTE_PROGRAM (program));
  gui_program_stopped (program);
}

static void
gui_remote_program_dispose (GObject *object)
{
  remote_program_drop (GUI_REMOTE_PROGRAM (object));
  G_OBJECT_CLASS (gui_remote_program_parent_class)->dispose (object);
}

static void
gui_remote_program_finalize (GObject *object)
{
  GuiRemoteProgram *self = GUI_REMOTE_PROGRAM (object);

  gui_attachment_free (self->attachment);
  bus_tls_target_free (self->target);
  g_clear_error (&self->problem);
  g_free (self->network);
  G_OBJECT_CLASS (gui_remote_program_parent_class)->finalize (object);
}

static void
gui_remote_program_class_init (GuiRemoteProgramClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_remote_program_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_remote_program_finalize;
  GUI_PROGRAM_CLASS (klass)->start = gui_remote_program_start;
  GUI_PROGRAM_CLASS (klass)->stop = gui_remote_program_stop;
}

static void
gui_remote_program_init (GuiRemoteProgram *self)
{
  bus_backoff_init (&self->backoff);
}

GuiProgram *
gui_remote_program_new (GuiAttachment *attachment, const char *network, const char *folder)
{
  GuiRemoteProgram *self = g_object_new (GUI_TYPE_REMOTE_PROGRAM, NULL);

  gui_program_set_up (GUI_PROGRAM (self), attachment->worker, attachment->place);
  self->attachment = attachment;
  if (attachment->address->kind == BUS_ADDRESS_TLS)
    self->target = bus_tls_target_load (folder, "gui", attachment->address, &self->problem);
  self->network = g_strdup (network);
  return GUI_PROGRAM (self);
}

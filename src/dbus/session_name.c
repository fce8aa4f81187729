#include "dbus/session_name.h"

#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "dbus/connection.h"
#include "dbus/connector.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/forwarder.h"

#define RETRY_MS 1000

struct _BusSessionName {
  char *name, *role;
  GCancellable *cancellable; /* of connecting to the bus */
  GDBusConnection *bus;      /* NULL: not connected */
  guint owner;               /* of the name */
  BusForwarder *forwarder;   /* while there is a bus */
  GDBusConnection *worker;   /* NULL: the program does not run */
  GCancellable *opening;     /* of connecting to the program; NULL: that has not begun */
  GDBusConnection *program;  /* NULL: not connected */
  guint retry;               /* source */
};

/* ---- the program ---- */

static void session_name_open_program (BusSessionName *self);

static gboolean
session_name_on_retry (gpointer data)
{
  BusSessionName *self = data;

  self->retry = 0;
  session_name_open_program (self);
  return G_SOURCE_REMOVE;
}

static void
session_name_leave_program (BusSessionName *self)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  if (self->program == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->program, self);
  bus_forwarder_set_program (self->forwarder, NULL);
  g_dbus_connection_close (self->program, NULL, NULL, NULL);
  g_clear_object (&self->program);
}

static void
session_name_on_program_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  BusSessionName *self = data;

  session_name_leave_program (self);
  self->retry = g_timeout_add (RETRY_MS, session_name_on_retry, self);
}

/* The first reply makes the program send its signals. */
static void
session_name_use_program (BusSessionName *self, GDBusConnection *program)
{
  self->program = program;
  g_signal_connect (program, "closed", G_CALLBACK (session_name_on_program_closed), self);
  bus_forwarder_set_program (self->forwarder, program);
  g_dbus_connection_start_message_processing (program);
  g_dbus_connection_call (program, NULL, "/", "org.freedesktop.DBus.Peer", "Ping", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
                          BUS_CALL_TIMEOUT_MS, NULL, NULL, NULL);
}

static void
session_name_on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  BusSessionName *self;
  g_autoptr (GError) error = NULL;
  int fd = bus_connector_open_finish (result, &error);
  GDBusConnection *program;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result)))) {
    if (fd >= 0)
      close (fd);
    return;
  }
  self = data;
  program = fd >= 0 ? bus_connection_new (fd, &(BusConnectionOptions){ .peer = self->role }, &error) : NULL;
  if (program != NULL)
    session_name_use_program (self, program);
  else
    common_warn ("%s is not on the session bus: %s", self->name, error->message);
}

static void
session_name_open_program (BusSessionName *self)
{
  int fds[2];

  if (self->forwarder == NULL || self->worker == NULL)
    return;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0) {
    common_warn ("%s is not on the session bus: there are no free descriptors", self->name);
    return;
  }
  self->opening = g_cancellable_new ();
  bus_init_attach_peer (self->worker, BUS_INIT_OBSERVER, fds[1]);
  bus_connector_greet_async (fds[0], BUS_CALL_TIMEOUT_MS, self->opening, session_name_on_opened, self);
}

void
bus_session_name_set_worker (BusSessionName *self, GDBusConnection *worker)
{
  g_return_if_fail (self != NULL);
  if (self->worker == worker)
    return;
  session_name_leave_program (self);
  g_set_object (&self->worker, worker);
  session_name_open_program (self);
}

/* ---- the bus ---- */

static void
session_name_on_acquired (GDBusConnection *connection, const char *name, gpointer data)
{
  common_info ("The %s can be inspected on the session bus as %s", ((const BusSessionName *) data)->role, name);
}

static void
session_name_on_lost (GDBusConnection *connection, const char *name, gpointer data)
{
  common_info ("The name %s on the session bus is not ours", name);
}

/* An attempt to connect, which may fail or succeed after the name was given up. */
typedef struct {
  BusSessionName *self; /* valid while it is not cancelled */
  GCancellable *cancellable;
} BusAttempt;

static void
session_name_on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree BusAttempt *attempt = data;
  g_autoptr (GCancellable) cancellable = attempt->cancellable;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GError) error = NULL;
  BusSessionName *self = attempt->self;

  bus = g_dbus_connection_new_for_address_finish (result, &error);
  if (g_cancellable_is_cancelled (cancellable))
    return;
  if (bus == NULL) {
    common_warn ("%s is not on the session bus: %s", self->name, error->message);
    return;
  }
  self->bus = g_object_ref (bus);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  self->forwarder = bus_forwarder_new (bus);
  self->owner = g_bus_own_name_on_connection (bus, self->name, G_BUS_NAME_OWNER_FLAGS_NONE, session_name_on_acquired,
                                              session_name_on_lost, self, NULL);
  session_name_open_program (self);
}

BusSessionName *
bus_session_name_new (const char *address, const char *name, const char *role)
{
  BusSessionName *self = g_new0 (BusSessionName, 1);
  BusAttempt *attempt = g_new0 (BusAttempt, 1);

  self->name = g_strdup (name);
  self->role = g_strdup (role);
  self->cancellable = g_cancellable_new ();
  *attempt = (BusAttempt){ self, g_object_ref (self->cancellable) };
  g_dbus_connection_new_for_address (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      self->cancellable, session_name_on_connected, attempt);
  return self;
}

void
bus_session_name_free (BusSessionName *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  session_name_leave_program (self);
  g_clear_handle_id (&self->owner, g_bus_unown_name);
  g_clear_pointer (&self->forwarder, bus_forwarder_free);
  if (self->bus != NULL)
    g_dbus_connection_close (self->bus, NULL, NULL, NULL);
  g_clear_object (&self->bus);
  g_clear_object (&self->worker);
  g_object_unref (self->cancellable);
  g_free (self->name);
  g_free (self->role);
  g_free (self);
}

/* ---- this program itself ---- */

static gboolean
session_own_on_authorize (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
  const GDBusMethodInfo *method = g_dbus_method_invocation_get_method_info (invocation);

  if (method == NULL
      || (bus_role_of_method (g_dbus_interface_skeleton_get_info (skeleton), method) & BUS_ROLE_OBSERVE) != 0)
    return TRUE;
  g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.AccessDenied",
                                              "Moneyrocket is here for inspection: nothing can be changed.");
  return FALSE;
}

GDBusInterfaceSkeleton *
bus_session_export_own (GDBusConnection *connection, const char *role, const char *network, GError **error)
{
  const BusInit init = { .role = role, .network = network };
  BusInit1Skeleton *skeleton = bus_init_export (connection, &init, error);

  if (skeleton == NULL)
    return NULL;
  g_signal_connect (skeleton, "g-authorize-method", G_CALLBACK (session_own_on_authorize), NULL);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}

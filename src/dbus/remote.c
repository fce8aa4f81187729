#include "dbus/remote.h"

#include "common/log.h"
#include "dbus/backoff.h"
#include "dbus/connector.h"
#include "dbus/names.h"
#include "dbus/peer.h"

/* A local connection costs little to try. */
#define LONGEST_DELAY_MS 2000u

struct _BusRemote {
  char *path;
  char *text; /* the address, for the log */
  char *own_role, *role, *network;
  void (*connected) (gpointer data, GDBusConnection *connection);
  void (*closed) (gpointer data);
  gpointer data;
  GCancellable *cancellable; /* of the attempt to connect */
  BusPeer *peer;             /* while it is connected */
  gint64 since_us;           /* monotonic, of the connection */
  BusBackoff backoff;
  guint retry_source;
  gboolean reported; /* that the program cannot be reached */
};

static void remote_open (BusRemote *remote);

static gboolean
remote_on_retry_time (gpointer data)
{
  BusRemote *remote = data;

  remote->retry_source = 0;
  remote_open (remote);
  return G_SOURCE_REMOVE;
}

static void
remote_schedule (BusRemote *remote, gboolean was_connected)
{
  guint delay_ms = bus_backoff_next (&remote->backoff, was_connected, g_get_monotonic_time () - remote->since_us);

  if (remote->retry_source == 0)
    remote->retry_source = g_timeout_add (MIN (delay_ms, LONGEST_DELAY_MS), remote_on_retry_time, remote);
}

/* Once, not for each attempt. */
static void
remote_report (BusRemote *remote, const char *reason)
{
  if (!remote->reported)
    common_warn ("The %s at %s cannot be reached, and is tried again: %s", remote->role, remote->text, reason);
  remote->reported = TRUE;
}

static void
remote_on_connected (gpointer data, GDBusConnection *connection)
{
  BusRemote *remote = data;

  common_info ("Connected with the %s at %s", remote->role, remote->text);
  remote->reported = FALSE;
  remote->connected (remote->data, connection);
}

static void
remote_on_closed (gpointer data)
{
  BusRemote *remote = data;

  remote->closed (remote->data);
  g_clear_pointer (&remote->peer, bus_peer_free);
  remote_schedule (remote, TRUE);
}

static void
remote_take (BusRemote *remote, int fd)
{
  const BusPeerOptions options = { .own_role = remote->own_role,
                                   .peer_role = remote->role,
                                   .network = remote->network,
                                   .connected = remote_on_connected,
                                   .closed = remote_on_closed };
  g_autoptr (GError) error = NULL;

  remote->since_us = g_get_monotonic_time ();
  remote->peer = bus_peer_new (fd, &options, remote, &error);
  if (remote->peer != NULL)
    return;
  remote_report (remote, error->message);
  remote_schedule (remote, FALSE);
}

static void
remote_on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  int fd = bus_connector_open_finish (result, &error);
  BusRemote *remote = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (fd >= 0) {
    remote_take (remote, fd);
    return;
  }
  remote_report (remote, error->message);
  remote_schedule (remote, FALSE);
}

static void
remote_open (BusRemote *remote)
{
  bus_connector_open_async (remote->path, BUS_CALL_TIMEOUT_MS, remote->cancellable, remote_on_opened, remote);
}

BusRemote *
bus_remote_new (const BusAddress *address, const BusRemoteOptions *options, gpointer data)
{
  BusRemote *remote = g_new0 (BusRemote, 1);

  remote->path = g_strdup (address->path);
  remote->text = bus_address_dup_text (address);
  remote->own_role = g_strdup (options->own_role);
  remote->role = g_strdup (options->role);
  remote->network = g_strdup (options->network);
  remote->connected = options->connected;
  remote->closed = options->closed;
  remote->data = data;
  remote->cancellable = g_cancellable_new ();
  bus_backoff_init (&remote->backoff);
  remote_open (remote);
  return remote;
}

void
bus_remote_retry (BusRemote *remote)
{
  if (remote->peer == NULL)
    return;
  g_clear_pointer (&remote->peer, bus_peer_free);
  remote->closed (remote->data);
  remote_schedule (remote, FALSE);
}

void
bus_remote_free (BusRemote *remote)
{
  if (remote == NULL)
    return;
  g_cancellable_cancel (remote->cancellable);
  g_object_unref (remote->cancellable);
  g_clear_handle_id (&remote->retry_source, g_source_remove);
  g_clear_pointer (&remote->peer, bus_peer_free);
  g_free (remote->path);
  g_free (remote->text);
  g_free (remote->own_role);
  g_free (remote->role);
  g_free (remote->network);
  g_free (remote);
}

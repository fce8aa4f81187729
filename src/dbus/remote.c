#include "dbus/remote.h"

#include "common/log.h"
#include "dbus/backoff.h"
#include "dbus/connect.h"
#include "dbus/names.h"
#include "dbus/peer.h"

/* A local connection costs little to try. */
#define LONGEST_DELAY_MS 2000u
#define LONGEST_TLS_DELAY_MS 15000u

struct _BusRemote {
  BusAddress *address;
  char *text; /* the same for the log */
  BusTlsTarget *tls;
  char *own_role, *role, *network;
  void (*connected) (gpointer data, GDBusConnection *connection);
  void (*closed) (gpointer data);
  gpointer data;
  GCancellable *cancellable; /* of the attempt to connect */
  BusPeer *peer;             /* while it is connected */
  gboolean greeted;          /* the other program has accepted this one */
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
  guint longest_ms = remote->tls != NULL ? LONGEST_TLS_DELAY_MS : LONGEST_DELAY_MS;

  if (remote->retry_source == 0)
    remote->retry_source = g_timeout_add (MIN (delay_ms, longest_ms), remote_on_retry_time, remote);
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

  remote->greeted = FALSE;
  remote->connected (remote->data, connection);
}

static void
remote_on_greeted (gpointer data)
{
  BusRemote *remote = data;

  common_info ("Connected with the %s at %s", remote->role, remote->text);
  remote->greeted = TRUE;
  remote->reported = FALSE;
}

static void
remote_on_closed (gpointer data)
{
  BusRemote *remote = data;

  remote->closed (remote->data);
  g_clear_pointer (&remote->peer, bus_peer_free);
  if (remote->greeted)
    common_info ("The connection with the %s at %s was lost", remote->role, remote->text);
  else
    remote_report (remote, "it has closed the connection without accepting this program");
  remote_schedule (remote, remote->greeted);
}

static BusPeerOptions
remote_get_peer_options (const BusRemote *remote)
{
  return (BusPeerOptions){ .own_role = remote->own_role,
                           .peer_role = remote->role,
                           .network = remote->network,
                           .connected = remote_on_connected,
                           .greeted = remote_on_greeted,
                           .closed = remote_on_closed };
}

static void
remote_on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = bus_connect_finish (result, &error);
  BusRemote *remote = data;
  BusPeerOptions options;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection == NULL) {
    remote_report (remote, error->message);
    remote_schedule (remote, FALSE);
    return;
  }
  options = remote_get_peer_options (remote);
  remote->since_us = g_get_monotonic_time ();
  remote->peer = bus_peer_new_over (connection, &options, remote);
}

static void
remote_open (BusRemote *remote)
{
  const BusPeerOptions options = remote_get_peer_options (remote);
  const BusConnectionOptions limits = bus_peer_get_limits (&options);

  bus_connect_async (remote->address, remote->tls, &limits, BUS_CALL_TIMEOUT_MS, remote->cancellable, remote_on_opened,
                     remote);
}

BusRemote *
bus_remote_new (const BusAddress *address, const BusRemoteOptions *options, gpointer data)
{
  BusRemote *remote = g_new0 (BusRemote, 1);

  remote->address = bus_address_copy (address);
  remote->text = bus_address_dup_text (address);
  remote->tls = bus_tls_target_copy (options->tls);
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
  bus_address_free (remote->address);
  bus_tls_target_free (remote->tls);
  g_free (remote->text);
  g_free (remote->own_role);
  g_free (remote->role);
  g_free (remote->network);
  g_free (remote);
}

#include "dbus/tls_listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "common/log.h"
#include "dbus/errors.h"
#include "dbus/tls_pending.h"

#define BACKLOG 64
/* After a failure, such as too many open descriptors. */
#define PAUSE_MS 500
/* Until a name that could not be looked up is tried again: the network may not be there yet. */
#define RETRY_MS 10000

struct _BusTlsListener {
  char *host;
  guint16 port;
  BusTlsPending *pending;
  GPtrArray *sockets;        /* TlsSocket */
  GCancellable *cancellable; /* of the lookup */
  guint retry;               /* source */
  gboolean reported;         /* that the name cannot be looked up */
};

/* One of the addresses. */
typedef struct {
  BusTlsListener *listener;
  GSocket *socket;
  GSource *source; /* while it accepts */
  guint pause;     /* source: while it does not */
} TlsSocket;

static void tls_listener_look_up (BusTlsListener *listener);
static void tls_socket_watch (TlsSocket *self);

static void
tls_socket_unwatch (TlsSocket *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
tls_socket_free (gpointer data)
{
  TlsSocket *self = data;

  tls_socket_unwatch (self);
  g_clear_handle_id (&self->pause, g_source_remove);
  g_object_unref (self->socket);
  g_free (self);
}

static gboolean
tls_socket_on_pause_end (gpointer data)
{
  TlsSocket *self = data;

  self->pause = 0;
  tls_socket_watch (self);
  return G_SOURCE_REMOVE;
}

static gboolean
tls_socket_on_incoming (GSocket *socket, GIOCondition condition, gpointer data)
{
  TlsSocket *self = data;
  struct sockaddr_storage remote;
  socklen_t len = sizeof remote;
  int fd = accept4 (g_socket_get_fd (socket), (struct sockaddr *) &remote, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd >= 0) {
    g_autoptr (GSocketAddress) address = g_socket_address_new_from_native (&remote, len);

    bus_tls_pending_add (self->listener->pending, fd, address);
  } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
    common_warn ("A connection at port %u cannot be accepted: %s", (guint) self->listener->port, g_strerror (errno));
    tls_socket_unwatch (self);
    self->pause = g_timeout_add (PAUSE_MS, tls_socket_on_pause_end, self);
  }
  return G_SOURCE_CONTINUE;
}

static void
tls_socket_watch (TlsSocket *self)
{
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (tls_socket_on_incoming), self, NULL);
  g_source_attach (self->source, NULL);
}

static GSocket *
tls_listener_open_socket (GInetAddress *address, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) at = g_inet_socket_address_new (address, port);
  GSocketFamily family = g_inet_address_get_family (address);
  g_autoptr (GSocket) socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  /* "::" is all addresses, those of IPv4, too. */
  if (family == G_SOCKET_FAMILY_IPV6
      && !g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, !g_inet_address_get_is_any (address), error))
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  return g_socket_bind (socket, at, TRUE, error) && g_socket_listen (socket, error) ? g_steal_pointer (&socket) : NULL;
}

static gboolean
tls_listener_add (BusTlsListener *listener, GInetAddress *address, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *text = g_inet_address_to_string (address);
  GSocket *socket = tls_listener_open_socket (address, listener->port, &problem);
  TlsSocket *self;

  if (socket == NULL) {
    if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
      g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED,
                   "Cannot listen at port %u of %s: another program is listening there.", (guint) listener->port, text);
    else
      g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED, "Cannot listen at port %u of %s: %s", (guint) listener->port,
                   text, problem->message);
    return FALSE;
  }
  self = g_new0 (TlsSocket, 1);
  self->listener = listener;
  self->socket = socket;
  g_ptr_array_add (listener->sockets, self);
  tls_socket_watch (self);
  return TRUE;
}

static gboolean
tls_listener_on_retry_time (gpointer data)
{
  BusTlsListener *listener = data;

  listener->retry = 0;
  tls_listener_look_up (listener);
  return G_SOURCE_REMOVE;
}

/* Once, not for each attempt. */
static void
tls_listener_report (BusTlsListener *listener, const char *reason)
{
  if (!listener->reported)
    common_error ("No program can connect to %s yet: %s", listener->host, reason);
  listener->reported = TRUE;
}

static void
tls_listener_on_looked_up (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);
  BusTlsListener *listener = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (const GList *link = addresses; link != NULL; link = link->next) {
    g_autoptr (GError) problem = NULL;

    if (!tls_listener_add (listener, link->data, &problem))
      tls_listener_report (listener, problem->message);
  }
  g_resolver_free_addresses (addresses);
  if (error != NULL)
    tls_listener_report (listener, error->message);
  if (listener->sockets->len == 0)
    listener->retry = g_timeout_add (RETRY_MS, tls_listener_on_retry_time, listener);
}

static void
tls_listener_look_up (BusTlsListener *listener)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  g_resolver_lookup_by_name_async (resolver, listener->host, listener->cancellable, tls_listener_on_looked_up,
                                   listener);
}

BusTlsListener *
bus_tls_listener_new (const char *host, guint16 port, const BusTlsListenerOptions *options, GError **error)
{
  g_autoptr (BusTlsListener) listener = g_new0 (BusTlsListener, 1);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  listener->host = g_strdup (host);
  listener->port = port;
  listener->pending = bus_tls_pending_new (options);
  listener->sockets = g_ptr_array_new_with_free_func (tls_socket_free);
  listener->cancellable = g_cancellable_new ();
  if (address == NULL)
    tls_listener_look_up (listener);
  else if (!tls_listener_add (listener, address, error))
    return NULL;
  return g_steal_pointer (&listener);
}

guint16
bus_tls_listener_get_port (const BusTlsListener *listener)
{
  const TlsSocket *first = listener->sockets->len > 0 ? listener->sockets->pdata[0] : NULL;
  g_autoptr (GSocketAddress) address = first != NULL ? g_socket_get_local_address (first->socket, NULL) : NULL;

  return address != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) : 0;
}

void
bus_tls_listener_free (BusTlsListener *listener)
{
  if (listener == NULL)
    return;
  g_cancellable_cancel (listener->cancellable);
  g_object_unref (listener->cancellable);
  g_clear_handle_id (&listener->retry, g_source_remove);
  g_ptr_array_unref (listener->sockets);
  bus_tls_pending_free (listener->pending);
  g_free (listener->host);
  g_free (listener);
}

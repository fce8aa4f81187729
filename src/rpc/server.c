#include "rpc/server_request.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>
#include <string.h>

#include <gio/gio.h>

#include "common/log.h"
#include "rpc/cookie.h"

#define WRITE_WAIT_US (2 * G_USEC_PER_SEC)
#define CONNECTION_MEMORY (32 * 1024) /* zeroed after each request */
#define MAX_CONNECTIONS 200
/* Beyond the limit: new connections are accepted while the oldest ones are being closed. */
#define SPARE_CONNECTIONS 56
#define LISTEN_BACKLOG 512
#define REST_THREADS 4

static gboolean server_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
server_fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (G_IO_ERROR, G_IO_ERROR_FAILED, format, args);
  va_end (args);
  return FALSE;
}

/* "a.b.c.d/255.255.0.0" as "/16"; other texts as they are. The caller owns it. */
static char *
dup_cidr (const char *text)
{
  const char *slash = strchr (text, '/');
  g_autoptr (GInetAddress) mask = slash != NULL ? g_inet_address_new_from_string (slash + 1) : NULL;
  const guint8 *bytes;
  guint bits = 0;

  if (mask == NULL || g_inet_address_get_family (mask) != G_SOCKET_FAMILY_IPV4 || strchr (slash, '.') == NULL)
    return g_strdup (text);
  bytes = g_inet_address_to_bytes (mask);
  while (bits < 32 && (bytes[bits / 8] & (0x80 >> bits % 8)) != 0)
    bits++;
  for (guint i = bits; i < 32; i++)
    if ((bytes[i / 8] & (0x80 >> i % 8)) != 0)
      return g_strdup (text); /* not a prefix: rejected by the parser */
  return g_strdup_printf ("%.*s/%u", (int) (slash - text), text, bits);
}

static gboolean
read_allowed (RpcServer *server, const char *const *allow_ip, GError **error)
{
  static const char *const loopback[] = { "127.0.0.0/8", "::1", NULL };

  for (guint i = 0; loopback[i] != NULL; i++)
    g_ptr_array_add (server->allowed, g_inet_address_mask_new_from_string (loopback[i], NULL));
  for (guint i = 0; allow_ip != NULL && allow_ip[i] != NULL; i++) {
    g_autofree char *cidr = dup_cidr (allow_ip[i]);
    GInetAddressMask *mask = g_inet_address_mask_new_from_string (cidr, NULL);
    if (mask == NULL)
      return server_fail (
          error,
          "Invalid -rpcallowip subnet specification: %s. Valid values are a single IP (e.g. 1.2.3.4), a "
          "network/netmask (e.g. 1.2.3.4/255.255.255.0), a network/CIDR (e.g. 1.2.3.4/24), all ipv4 "
          "(0.0.0.0/0), or all ipv6 (::/0).",
          allow_ip[i]);
    g_ptr_array_add (server->allowed, mask);
  }
  return TRUE;
}

/* Whether -rpcallowip permits ADDRESS; connections from others are dropped. Thread of libmicrohttpd. */
static enum MHD_Result
accept_address (void *cls, const struct sockaddr *address, socklen_t len)
{
  RpcServer *server = cls;
  g_autoptr (GSocketAddress) native = g_socket_address_new_from_native ((gpointer) address, len);
  GInetAddress *ip;

  if (!G_IS_INET_SOCKET_ADDRESS (native))
    return MHD_NO;
  ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (native));
  for (guint i = 0; i < server->allowed->len; i++) {
    GInetAddressMask *mask = g_ptr_array_index (server->allowed, i);
    if (g_inet_address_mask_get_family (mask) == g_inet_address_get_family (ip)
        && g_inet_address_mask_matches (mask, ip))
      return MHD_YES;
  }
  common_debug (COMMON_LOG_HTTP, "A connection from an address that -rpcallowip does not permit was dropped");
  return MHD_NO;
}

/* URLs are left escaped: rpc_jsonrpc_parse_path() unescapes them. */
static size_t
keep_escapes (void *cls, struct MHD_Connection *connection, char *text)
{
  return strlen (text);
}

/* Messages of libmicrohttpd about a request are logged with -debug=http. */
static void
log_http (void *cls, const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  common_debug (COMMON_LOG_HTTP, "%s", g_strchomp (text));
}

static GSocketAddress *
parse_bind (const char *text, guint16 port)
{
  g_autoptr (GSocketConnectable) name = g_network_address_parse (text, port, NULL);
  g_autoptr (GInetAddress) ip = NULL;

  if (name == NULL)
    return NULL;
  ip = g_inet_address_new_from_string (g_network_address_get_hostname (G_NETWORK_ADDRESS (name)));
  if (ip == NULL && g_ascii_strcasecmp (g_network_address_get_hostname (G_NETWORK_ADDRESS (name)), "localhost") == 0)
    ip = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  return ip != NULL ? g_inet_socket_address_new (ip, g_network_address_get_port (G_NETWORK_ADDRESS (name))) : NULL;
}

/* A listening socket, created here so that a port in use by another program is an error. -1 with ERROR. */
static int
make_socket (GSocketAddress *address, GError **error)
{
  GSocketFamily family = g_socket_address_get_family (address);
  g_autoptr (GSocket) listener = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (listener == NULL)
    return -1;
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (listener, IPPROTO_IPV6, IPV6_V6ONLY, 1, NULL);
  g_socket_set_listen_backlog (listener, LISTEN_BACKLOG);
  if (!g_socket_bind (listener, address, TRUE, error) || !g_socket_listen (listener, error))
    return -1;
  return fcntl (g_socket_get_fd (listener), F_DUPFD_CLOEXEC, 3);
}

/* Opens a socket on every address that can be bound, and appends it to FDS. */
static gboolean
open_sockets (const RpcServerOptions *options, GArray *fds, GError **error)
{
  static const char *const loopback[] = { "127.0.0.1", "::1", NULL };
  const char *const *bind = options->bind != NULL && options->bind[0] != NULL ? options->bind : loopback;

  for (guint i = 0; bind[i] != NULL; i++) {
    g_autoptr (GSocketAddress) address = parse_bind (bind[i], options->port);
    g_autoptr (GError) problem = NULL;
    int fd = address != NULL ? make_socket (address, &problem) : -1;
    if (fd >= 0)
      g_array_append_val (fds, fd);
    else
      common_warn ("Binding RPC on address %s port %u failed: %s", bind[i], options->port,
                   problem != NULL ? problem->message : "it is not an address");
  }
  if (fds->len == 0)
    return server_fail (error,
                        "Unable to start HTTP server. See debug log for details. Unable to bind any endpoint for RPC "
                        "server on port %u: another program may be using it.",
                        options->port);
  return TRUE;
}

/* From now on requests are processed, so everything else must be ready. Takes over FD. */
static gboolean
server_serve (RpcServer *server, int fd, const RpcServerOptions *options)
{
  guint flags
      = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
  struct MHD_Daemon *http = MHD_start_daemon (
      flags, 0, accept_address, server, rpc_server_handle, server, MHD_OPTION_EXTERNAL_LOGGER, log_http, NULL,
      MHD_OPTION_LISTEN_SOCKET, (MHD_socket) fd, MHD_OPTION_NOTIFY_COMPLETED, rpc_server_completed, server,
      MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) CONNECTION_MEMORY,
      MHD_OPTION_CONNECTION_TIMEOUT, options->timeout_s > 0 ? options->timeout_s : 30u, MHD_OPTION_CONNECTION_LIMIT,
      (unsigned int) MAX_CONNECTIONS + SPARE_CONNECTIONS, MHD_OPTION_NOTIFY_CONNECTION, rpc_server_connected, server,
      MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);

  if (http == NULL) {
    close (fd);
    return FALSE;
  }
  g_ptr_array_add (server->daemons, http);
  return TRUE;
}

static gboolean
read_credentials (RpcServer *server, const RpcServerOptions *options, GError **error)
{
  if (options->password != NULL && *options->password != '\0') {
    rpc_auth_add_password (server->auth, options->user != NULL ? options->user : "", options->password);
    common_warn ("The use of -rpcuser and -rpcpassword is less secure: the password is stored in plain text. Use "
                 "the cookie or -rpcauth instead.");
  } else if (options->cookie_file != NULL) {
    server->cookie_password = rpc_cookie_write (options->cookie_file, error);
    if (server->cookie_password == NULL)
      return FALSE;
    server->cookie_file = g_strdup (options->cookie_file);
    rpc_auth_add_password (server->auth, RPC_COOKIE_USER, server->cookie_password);
    common_info ("Generated RPC authentication cookie %s", server->cookie_file);
  } else {
    common_info ("RPC authentication cookie file generation is disabled.");
  }
  for (guint i = 0; options->auth != NULL && options->auth[i] != NULL; i++)
    if (!rpc_auth_add_hashed (server->auth, options->auth[i]))
      return server_fail (error, "Invalid -rpcauth argument.");
  return TRUE;
}

RpcServer *
rpc_server_new (const RpcServerOptions *options, RpcHandler *handler, GError **error)
{
  g_autoptr (RpcServer) server = NULL;
  g_autoptr (GArray) fds = NULL;
  gboolean ok;

  g_return_val_if_fail (options != NULL && RPC_IS_HANDLER (handler), NULL);
  server = g_new0 (RpcServer, 1);
  g_mutex_init (&server->lock);
  g_cond_init (&server->idle);
  server->handler = g_object_ref (handler);
  server->rest = options->rest != NULL ? g_object_ref (options->rest) : NULL;
  server->context = g_main_context_ref (g_main_context_default ());
  server->auth = rpc_auth_new ();
  server->daemons = g_ptr_array_new ();
  server->workers = g_thread_pool_new (rpc_server_work, server, (gint) MAX (options->threads, 1), FALSE, NULL);
  server->rest_workers = g_thread_pool_new (rpc_server_work, server, REST_THREADS, FALSE, NULL);
  server->allowed = g_ptr_array_new_with_free_func (g_object_unref);
  server->max_in_flight[RPC_SERVER_CALLS] = MAX (options->work_queue, 1) + MAX (options->threads, 1);
  server->max_in_flight[RPC_SERVER_REST] = server->max_in_flight[RPC_SERVER_CALLS];
  server->max_in_flight[RPC_SERVER_REFUSALS] = G_MAXUINT; /* as many as there are connections */
  server->connections = rpc_server_connections_new (MAX_CONNECTIONS);
  fds = g_array_new (FALSE, FALSE, sizeof (int));
  /* The sockets are opened before the cookie is written: if another node uses the port, its cookie must not be
   * replaced. */
  ok = (server->connections != NULL || server_fail (error, "Unable to start HTTP server. See debug log for details."))
       && read_allowed (server, options->allow_ip, error) && open_sockets (options, fds, error)
       && read_credentials (server, options, error);
  for (guint i = 0; i < fds->len; i++) {
    int fd = g_array_index (fds, int, i);
    if (!ok)
      close (fd);
    else if (!server_serve (server, fd, options))
      common_warn ("One of the sockets for RPC cannot be served");
  }
  if (ok && server->daemons->len == 0)
    ok = server_fail (error, "Unable to start HTTP server. See debug log for details.");
  return ok ? g_steal_pointer (&server) : NULL;
}

static void
add_running (gpointer data, gpointer running)
{
  RpcServerRequest *request = data;

  if (request->cancellable != NULL)
    g_ptr_array_add (running, g_object_ref (request->cancellable));
}

void
rpc_server_stop (RpcServer *server)
{
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (server != NULL);
  g_mutex_lock (&server->lock);
  server->stopping = TRUE;
  g_list_foreach (server->requests, add_running, running);
  g_mutex_unlock (&server->lock);
  for (guint i = 0; i < running->len; i++)
    g_cancellable_cancel (g_ptr_array_index (running, i));
}

static gboolean
is_busy (RpcServer *server)
{
  for (guint i = 0; i < RPC_SERVER_N_KINDS; i++)
    if (server->in_flight[i] > 0)
      return TRUE;
  return FALSE;
}

/* Waits until every request has a reply, and for a limited time until the reply is sent, since a client may not read
 * it. */
static void
wait_for_requests (RpcServer *server)
{
  gint64 until;

  g_mutex_lock (&server->lock);
  while (is_busy (server))
    g_cond_wait (&server->idle, &server->lock);
  until = g_get_monotonic_time () + WRITE_WAIT_US;
  while (server->requests != NULL && g_cond_wait_until (&server->idle, &server->lock, until))
    ;
  g_mutex_unlock (&server->lock);
}

static void
stop_daemons (RpcServer *server)
{
  for (guint i = 0; i < server->daemons->len; i++) {
    MHD_socket fd = MHD_quiesce_daemon (g_ptr_array_index (server->daemons, i));
    if (fd != MHD_INVALID_SOCKET)
      close (fd);
  }
  wait_for_requests (server);
  for (guint i = 0; i < server->daemons->len; i++)
    MHD_stop_daemon (g_ptr_array_index (server->daemons, i));
}

void
rpc_server_free (RpcServer *server)
{
  if (server == NULL)
    return;
  rpc_server_stop (server);
  stop_daemons (server);
  g_thread_pool_free (server->workers, FALSE, TRUE);
  g_thread_pool_free (server->rest_workers, FALSE, TRUE);
  rpc_server_connections_free (server->connections);
  if (server->cookie_file != NULL)
    rpc_cookie_remove (server->cookie_file, server->cookie_password);
  g_ptr_array_unref (server->daemons);
  g_ptr_array_unref (server->allowed);
  rpc_auth_free (server->auth);
  g_object_unref (server->handler);
  g_clear_object (&server->rest);
  g_main_context_unref (server->context);
  g_free (server->cookie_file);
  g_free (server->cookie_password);
  g_mutex_clear (&server->lock);
  g_cond_clear (&server->idle);
  g_free (server);
}

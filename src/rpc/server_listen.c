#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>

#include "common/log.h"
#include "rpc/server_request.h"

/* The addresses that the server listens on, and those it accepts connections from. */

#define LISTEN_BACKLOG 512

static gboolean listen_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
listen_fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (G_IO_ERROR, G_IO_ERROR_FAILED, format, args);
  va_end (args);
  return FALSE;
}

/* The number of bits that MASK, an address such as 255.255.0.0, has at its start; -1: it has others. */
static int
count_bits (GInetAddress *mask)
{
  const guint8 *bytes = g_inet_address_to_bytes (mask);
  int n = (int) g_inet_address_get_native_size (mask) * 8, bits = 0;

  while (bits < n && (bytes[bits / 8] & (0x80 >> bits % 8)) != 0)
    bits++;
  for (int i = bits; i < n; i++)
    if ((bytes[i / 8] & (0x80 >> i % 8)) != 0)
      return -1;
  return bits;
}

/* An address, or one with "/24" or "/255.255.255.0". Bits behind these do not matter. */
static GInetAddressMask *
parse_subnet (const char *text)
{
  const char *slash = strchr (text, '/');
  g_autofree char *host = slash != NULL ? g_strndup (text, (gsize) (slash - text)) : g_strdup (text);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host), mask = NULL, network = NULL;
  gsize size = address != NULL ? g_inet_address_get_native_size (address) : 0;
  g_autofree guint8 *bytes = address != NULL ? g_memdup2 (g_inet_address_to_bytes (address), size) : NULL;
  guint64 bits = size * 8;

  if (address == NULL)
    return NULL;
  mask = slash != NULL ? g_inet_address_new_from_string (slash + 1) : NULL;
  if (mask != NULL && (g_inet_address_get_native_size (mask) != size || count_bits (mask) < 0))
    return NULL;
  if (mask != NULL)
    bits = (guint64) count_bits (mask);
  else if (slash != NULL && !g_ascii_string_to_unsigned (slash + 1, 10, 0, size * 8, &bits, NULL))
    return NULL;
  for (gsize i = bits; i < size * 8; i++)
    bytes[i / 8] &= (guint8) ~(0x80 >> i % 8);
  network = g_inet_address_new_from_bytes (bytes, g_inet_address_get_family (address));
  return g_inet_address_mask_new (network, (guint) bits, NULL);
}

gboolean
rpc_server_read_allowed (RpcServer *server, const char *const *allow_ip, GError **error)
{
  static const char *const loopback[] = { "127.0.0.0/8", "::1", NULL };

  for (guint i = 0; loopback[i] != NULL; i++)
    g_ptr_array_add (server->allowed, g_inet_address_mask_new_from_string (loopback[i], NULL));
  for (guint i = 0; allow_ip != NULL && allow_ip[i] != NULL; i++) {
    GInetAddressMask *mask = parse_subnet (allow_ip[i]);
    if (mask == NULL)
      return listen_fail (
          error,
          "Invalid -rpcallowip subnet specification: %s. Valid values are a single IP (e.g. 1.2.3.4), a "
          "network/netmask (e.g. 1.2.3.4/255.255.255.0), a network/CIDR (e.g. 1.2.3.4/24), all ipv4 "
          "(0.0.0.0/0), or all ipv6 (::/0). RFC4193 is allowed only if -cjdnsreachable=0.\n"
          "Error: Unable to start HTTP server. See debug log for details.",
          allow_ip[i]);
    g_ptr_array_add (server->allowed, mask);
  }
  return TRUE;
}

gboolean
rpc_server_is_allowed (const RpcServer *server, GSocketAddress *address)
{
  GInetAddress *ip;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;
  ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  for (guint i = 0; i < server->allowed->len; i++) {
    GInetAddressMask *mask = g_ptr_array_index (server->allowed, i);
    if (g_inet_address_mask_get_family (mask) == g_inet_address_get_family (ip)
        && g_inet_address_mask_matches (mask, ip))
      return TRUE;
  }
  return FALSE;
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

gboolean
rpc_server_open_sockets (RpcServer *server, const RpcServerOptions *options, GError **error)
{
  static const char *const loopback[] = { "127.0.0.1", "::1", NULL };
  const char *const *bind = options->bind != NULL && options->bind[0] != NULL ? options->bind : loopback;

  for (guint i = 0; bind[i] != NULL; i++) {
    g_autoptr (GSocketAddress) address = parse_bind (bind[i], options->port);
    g_autoptr (GError) problem = NULL;
    int fd = address != NULL ? make_socket (address, &problem) : -1;
    if (fd >= 0)
      g_array_append_val (server->sockets, fd);
    else
      common_warn ("Binding RPC on address %s port %u failed: %s", bind[i], options->port,
                   problem != NULL ? problem->message : "it is not an address");
  }
  if (server->sockets->len > 0)
    return TRUE;
  common_error ("Unable to bind any endpoint for RPC server on port %u: another program may be using it.",
                options->port);
  return listen_fail (error, "Unable to start HTTP server. See debug log for details.");
}

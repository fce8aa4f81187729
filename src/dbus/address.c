#include "dbus/address.h"

#include <string.h>
#include <sys/un.h>

#include "dbus/errors.h"

#define ROLE ",role="

static gboolean
address_fail (GError **error, const char *text, const char *reason)
{
  g_set_error (error, BUS_ERROR, BUS_ERROR_INVALID_ADDRESS, "\"%s\" is not an address: %s", text, reason);
  return FALSE;
}

/* Removes the role from the end of WORDS. */
static gboolean
address_take_role (BusAddress *address, char *words, BusRoles roles, const char *text, GError **error)
{
  char *option = g_strrstr (words, ROLE);
  BusRoles role;

  address->roles = roles;
  if (option == NULL)
    return TRUE;
  role = bus_role_from_name (option + strlen (ROLE));
  if (role == 0 || (role & ~roles) != 0)
    return address_fail (error, text,
                         (roles & BUS_ROLE_SPEND) != 0 ? "the role is observe or spend"
                                                       : "the role is observe, operate or wallet");
  address->roles = role;
  *option = '\0';
  return TRUE;
}

static gboolean
address_take_path (BusAddress *address, const char *path, const char *folder, const char *text, GError **error)
{
  struct sockaddr_un longest;

  address->kind = BUS_ADDRESS_UNIX;
  address->path = g_canonicalize_filename (path, folder);
  if (strlen (address->path) >= sizeof longest.sun_path)
    return address_fail (error, text, "the path of a socket may have at most 107 bytes");
  return TRUE;
}

static gboolean
address_take_host (BusAddress *address, const char *rest, const char *text, GError **error)
{
  const char *colon = strrchr (rest, ':');
  gsize len = colon != NULL ? (gsize) (colon - rest) : 0;
  guint64 port;

  address->kind = BUS_ADDRESS_TLS;
  if (len > 0 && *rest == '[' && rest[len - 1] == ']')
    address->host = g_strndup (rest + 1, len - 2);
  else if (len > 0 && memchr (rest, ':', len) == NULL)
    address->host = g_strndup (rest, len);
  if (address->host == NULL || *address->host == '\0')
    return address_fail (error, text, "expected tls:HOST:PORT, with an IPv6 address in brackets");
  if (!g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL))
    return address_fail (error, text, "the port is a number from 1 to 65535");
  address->port = (guint16) port;
  return TRUE;
}

static gboolean
address_take (BusAddress *address,
              const char *words,
              const char *folder,
              const char *socket,
              const char *text,
              GError **error)
{
  if (g_str_equal (words, "unix") || g_str_equal (words, "unix:"))
    return address_take_path (address, socket, folder, text, error);
  if (g_str_has_prefix (words, "unix:"))
    return address_take_path (address, words + strlen ("unix:"), folder, text, error);
  if (g_str_has_prefix (words, "tls:"))
    return address_take_host (address, words + strlen ("tls:"), text, error);
  if (g_str_has_prefix (words, "tcp:"))
    return address_fail (error, text, "connections between machines are always encrypted. Use tls:HOST:PORT.");
  return address_fail (error, text, "use unix, unix:PATH or tls:HOST:PORT");
}

BusAddress *
bus_address_parse (const char *text, const char *folder, const char *socket, BusRoles roles, GError **error)
{
  g_autoptr (BusAddress) address = g_new0 (BusAddress, 1);
  g_autofree char *words = g_strdup (text);

  if (!address_take_role (address, words, roles, text, error)
      || !address_take (address, words, folder, socket, text, error))
    return NULL;
  return g_steal_pointer (&address);
}

BusAddress *
bus_address_copy (const BusAddress *address)
{
  BusAddress *copy = g_memdup2 (address, sizeof *address);

  copy->path = g_strdup (address->path);
  copy->host = g_strdup (address->host);
  return copy;
}

void
bus_address_free (BusAddress *address)
{
  if (address == NULL)
    return;
  g_free (address->path);
  g_free (address->host);
  g_free (address);
}

char *
bus_address_dup_text (const BusAddress *address)
{
  if (address->kind == BUS_ADDRESS_UNIX)
    return g_strconcat ("unix:", address->path, NULL);
  return g_strdup_printf (strchr (address->host, ':') != NULL ? "tls:[%s]:%u" : "tls:%s:%u", address->host,
                          (guint) address->port);
}

#include "dbus/address.h"

#include "dbus/errors.h"

#define FOLDER "/data/regtest"

static void
check (const char *text, const char *expected, BusRoles roles)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BusAddress) address = bus_address_parse (text, FOLDER, BUS_ADDRESS_NODE_SOCKET, BUS_ROLES_NODE, &error);
  g_autofree char *written = NULL;

  g_assert_no_error (error);
  written = bus_address_dup_text (address);
  g_assert_cmpstr (written, ==, expected);
  g_assert_cmpuint (address->roles, ==, roles);
}

static void
test_good (void)
{
  check ("unix", "unix:" FOLDER "/node-bus.sock", BUS_ROLES_NODE);
  check ("unix:", "unix:" FOLDER "/node-bus.sock", BUS_ROLES_NODE);
  check ("unix,role=observe", "unix:" FOLDER "/node-bus.sock", BUS_ROLE_OBSERVE);
  check ("unix:/run/n", "unix:/run/n", BUS_ROLES_NODE);
  check ("unix:a/../n,role=wallet", "unix:" FOLDER "/n", BUS_ROLE_WALLET | BUS_ROLE_OBSERVE);
  check ("unix:/a,b", "unix:/a,b", BUS_ROLES_NODE);
  check ("tls:example.org:8500,role=operate", "tls:example.org:8500", BUS_ROLE_OPERATE | BUS_ROLE_OBSERVE);
  check ("tls:[::1]:65535", "tls:[::1]:65535", BUS_ROLES_NODE);
}

static void
fail (const char *text, const char *reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bus_address_parse (text, FOLDER, BUS_ADDRESS_NODE_SOCKET, BUS_ROLES_NODE, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_ADDRESS);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_nonnull (strstr (error->message, reason));
}

static void
test_bad (void)
{
  g_autofree char *path = g_strnfill (108, 'p'), *longest = g_strconcat ("unix:/", path, NULL);

  fail ("", "use unix");
  fail ("unixx", "use unix");
  fail ("tcp:127.0.0.1:8500", "tls:HOST:PORT");
  fail ("tls:", "HOST:PORT");
  fail ("tls:host", "HOST:PORT");
  fail ("tls::8500", "HOST:PORT");
  fail ("tls:[]:8500", "HOST:PORT");
  fail ("tls:::1:8500", "brackets");
  fail ("tls:host:0", "from 1 to 65535");
  fail ("tls:host:65536", "from 1 to 65535");
  fail ("tls:host:+1", "from 1 to 65535");
  fail ("unix,role=", "observe, operate or wallet");
  fail ("unix,role=parent", "observe, operate or wallet");
  fail ("unix,role=spend", "observe, operate or wallet");
  fail (longest, "107 bytes");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/address/good", test_good);
  g_test_add_func ("/dbus/address/bad", test_bad);
  return g_test_run ();
}

#include "dbus/wire/auth.h"

#include <string.h>

#define GUID "0123456789abcdef0123456789abcdef"
#define OK "OK " GUID "\r\n"
#define REJECTED "REJECTED EXTERNAL\r\n"
#define UID_HEX "31303030" /* 1000 */

/* Parses the zero byte and then TEXT, of which everything is consumed unless STATE is reached before. */
static void
check (const char *text, const char *replies, BusAuthState state)
{
  BusAuth *auth = bus_auth_new (1000, GUID);
  g_autoptr (GString) reply = g_string_new (NULL);
  BusAuthState reached = bus_auth_take (auth, 0, reply);

  for (gsize i = 0; text[i] != '\0' && reached == BUS_AUTH_MORE; i++)
    reached = bus_auth_take (auth, (guint8) text[i], reply);
  g_assert_cmpint (reached, ==, state);
  g_assert_cmpstr (reply->str, ==, replies);
  bus_auth_free (auth);
}

static void
test_clients (void)
{
  /* GDBus, libdbus, sd-bus */
  check ("AUTH\r\nAUTH EXTERNAL " UID_HEX "\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n", REJECTED OK "AGREE_UNIX_FD\r\n",
         BUS_AUTH_DONE);
  check ("AUTH EXTERNAL " UID_HEX "\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n", OK "AGREE_UNIX_FD\r\n", BUS_AUTH_DONE);
  check ("AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n", "DATA\r\n" OK "AGREE_UNIX_FD\r\n", BUS_AUTH_DONE);
  check ("AUTH EXTERNAL " UID_HEX "\r\nBEGIN\r\n", OK, BUS_AUTH_DONE);
}

static void
test_claims (void)
{
  check ("AUTH EXTERNAL 30\r\n", REJECTED, BUS_AUTH_MORE);
  check ("AUTH EXTERNAL 3130303\r\n", REJECTED, BUS_AUTH_MORE);
  check ("AUTH EXTERNAL 3130303030\r\n", REJECTED, BUS_AUTH_MORE);
  check ("AUTH EXTERNAL\r\nDATA 30\r\n", "DATA\r\n" REJECTED, BUS_AUTH_MORE);
  check ("AUTH EXTERNAL\r\nDATA " UID_HEX "\r\n", "DATA\r\n" OK, BUS_AUTH_MORE);
  check ("AUTH EXTERNAL 30\r\nBEGIN\r\n", REJECTED, BUS_AUTH_BAD);
  check ("AUTH EXTERNAL " UID_HEX "\r\nCANCEL\r\nBEGIN\r\n", OK REJECTED, BUS_AUTH_BAD);
}

static void
test_others (void)
{
  check ("AUTH ANONYMOUS\r\n", REJECTED, BUS_AUTH_MORE);
  check ("AUTH EXTERNALLY\r\n", REJECTED, BUS_AUTH_MORE);
  check ("AUTHENTICATE\r\n", "ERROR\r\n", BUS_AUTH_MORE);
  check ("DATA\r\n", "ERROR\r\n", BUS_AUTH_MORE);
  check ("NEGOTIATE_UNIX_FD\r\n", "ERROR\r\n", BUS_AUTH_MORE);
  check ("AUTH EXTERNAL " UID_HEX "\r\nAUTH EXTERNAL " UID_HEX "\r\n", OK "ERROR\r\n", BUS_AUTH_MORE);
  check ("ERROR what is this\r\n", REJECTED, BUS_AUTH_MORE);
  check ("BEGIN\r\n", "", BUS_AUTH_BAD);
  check ("\r\n", "ERROR\r\n", BUS_AUTH_MORE);
  check ("AUTH\n", "", BUS_AUTH_BAD);
  check ("AUTH\xff", "", BUS_AUTH_BAD);
}

static void
test_bounds (void)
{
  g_autofree char *longest = g_strnfill (BUS_AUTH_MAX_LINE - 1, 'A'), *longer = g_strnfill (BUS_AUTH_MAX_LINE + 1, 'A');
  g_autofree char *line = g_strconcat (longest, "\r\n", NULL);
  BusAuth *auth = bus_auth_new (1000, GUID);
  g_autoptr (GString) reply = g_string_new (NULL);
  BusAuthState state = bus_auth_take (auth, 0, reply);
  guint n = 0;

  check (line, "ERROR\r\n", BUS_AUTH_MORE);
  check (longer, "", BUS_AUTH_BAD);
  /* The length and the number of the lines are limited. */
  for (; state == BUS_AUTH_MORE; n++)
    state = bus_auth_take (auth, (guint8) "\r\n"[n % 2], reply);
  g_assert_cmpint (state, ==, BUS_AUTH_BAD);
  g_assert_cmpuint (n, ==, 2 * (BUS_AUTH_MAX_LINES + 1));
  bus_auth_free (auth);
}

static void
test_first_byte (void)
{
  BusAuth *auth = bus_auth_new (1000, GUID);
  g_autoptr (GString) reply = g_string_new (NULL);

  g_assert_cmpint (bus_auth_take (auth, 'A', reply), ==, BUS_AUTH_BAD);
  bus_auth_free (auth);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/auth/clients", test_clients);
  g_test_add_func ("/dbus/auth/claims", test_claims);
  g_test_add_func ("/dbus/auth/others", test_others);
  g_test_add_func ("/dbus/auth/bounds", test_bounds);
  g_test_add_func ("/dbus/auth/first-byte", test_first_byte);
  return g_test_run ();
}

/* Pairing over a connection, and what may be done without it: access.c, access1.c, pair_call.c, clients.c. */
#include "dbus/access1.h"

#include <string.h>
#include <sys/socket.h>

#include "../files.h"
#include "dbus/bytes.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/init.h"
#include "dbus/memfd.h"
#include "dbus/names.h"
#include "dbus/pair_call.h"

typedef struct {
  char *folder;
  BusAccess *access;
  guint8 reader32[32];
  /* The connection of a program with the fingerprint READER32. */
  GDBusConnection *server, *client;
  BusInit1Skeleton *init;
  BusAccessExport *export;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("access-XXXXXX", NULL);
  fixture->access = bus_access_new (fixture->folder, "node", BUS_ROLES_NODE, &error);
  g_assert_no_error (error);
  g_assert_nonnull (bus_access_load_identity (fixture->access, &error));
  g_assert_no_error (error);
  memset (fixture->reader32, 9, 32);
}

static void
fixture_close (Fixture *fixture)
{
  if (fixture->server == NULL)
    return;
  g_clear_pointer (&fixture->export, bus_access1_free);
  bus_unexport (G_DBUS_INTERFACE_SKELETON (fixture->init));
  g_clear_object (&fixture->init);
  g_dbus_connection_close (fixture->server, NULL, NULL, NULL);
  g_clear_object (&fixture->server);
  g_clear_object (&fixture->client);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  fixture_close (fixture);
  g_assert_finalize_object (fixture->access);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* Connects as a program with ROLES; LOCAL: without a certificate. */
static void
fixture_connect (Fixture *fixture, BusRoles roles, gboolean local)
{
  const BusConnectionOptions server = { .peer = "client", .network = "regtest", .max_calls = 8, .roles = roles };
  const BusConnectionOptions client = { .peer = "node" };
  const BusInit init = { .role = "node", .network = "regtest" };
  g_autoptr (GError) error = NULL;
  int fds[2];

  fixture_close (fixture);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  fixture->server = bus_connection_new (fds[0], &server, NULL);
  fixture->client = bus_connection_new (fds[1], &client, NULL);
  fixture->init = bus_init_export (fixture->server, &init, &error);
  g_assert_no_error (error);
  fixture->export = bus_access1_export (fixture->access, fixture->server, local ? NULL : fixture->reader32, &error);
  g_assert_no_error (error);
  g_dbus_connection_start_message_processing (fixture->server);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
fixture_hello (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_start_message_processing (fixture->client);
  bus_init_hello_async (fixture->client, "gui", "node", "regtest", 10000, NULL, on_result, &result);
  wait_for (&result);
  g_assert_true (bus_init_hello_finish (fixture->client, result, NULL));
}

/* The reply, or NULL with the name of the error in *NAME. */
static GVariant *
fixture_call (Fixture *fixture, const char *method, GVariant *args, GUnixFDList **fds, char **name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *answer;

  g_dbus_connection_call_with_unix_fd_list (fixture->client, NULL, BUS_PATH_ACCESS, "org.moneyrocket.Access1", method,
                                            args, NULL, G_DBUS_CALL_FLAGS_NONE, 10000, NULL, NULL, on_result, &result);
  wait_for (&result);
  answer = g_dbus_connection_call_with_unix_fd_list_finish (fixture->client, fds, result, &error);
  if (answer == NULL)
    *name = g_dbus_error_get_remote_error (error);
  return answer;
}

static void
assert_call (Fixture *fixture, const char *method, GVariant *args, const char *expected)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) answer = fixture_call (fixture, method, args, NULL, &name);

  g_assert_cmpstr (name, ==, expected);
}

static BusPairCode *
fixture_invite (Fixture *fixture, const char *role)
{
  g_autoptr (GError) error = NULL;
  guint seconds;
  g_autoptr (CommonSecret) text = bus_access_invite (fixture->access, role, &seconds, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (seconds, ==, BUS_INVITATION_S);
  return bus_pair_code_parse ((char *) text->data, text->len, NULL);
}

/* Connects as an unknown program and pairs. The error, or NULL. */
static GError *
fixture_pair (Fixture *fixture, const BusPairCode *code, const char *name, BusRoles *roles)
{
  const BusPairRequest request = { .own_role = "gui", .role = "node", .network = "regtest", .name = name };
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  fixture_connect (fixture, BUS_ROLE_PAIR, FALSE);
  bus_pair_over_async (fixture->client, code, fixture->reader32, &request, NULL, on_result, &result);
  wait_for (&result);
  bus_pair_finish (result, roles, &error);
  return error;
}

static void
assert_rejected (Fixture *fixture, const BusPairCode *code)
{
  BusRoles roles;
  g_autoptr (GError) error = fixture_pair (fixture, code, "x", &roles);

  g_assert_error (error, BUS_ERROR, BUS_ERROR_REJECTED);
  g_assert_nonnull (strstr (error->message, "Ask for a new one"));
  g_assert_cmpint (roles, ==, 0);
}

/* ---- tests ---- */

/* Paired at once and after a restart; the code is for one use. */
static void
test_pair (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BusPairCode) code = fixture_invite (fixture, "wallet");
  g_autoptr (BusAccess) again = NULL;
  g_autoptr (GError) error = NULL;
  BusRoles roles;

  g_assert_cmpint (bus_access_admit (fixture->access, fixture->reader32), ==, BUS_ROLE_PAIR);
  g_assert_no_error (fixture_pair (fixture, code, "laptop", &roles));
  g_assert_cmpint (roles, ==, BUS_ROLE_WALLET | BUS_ROLE_OBSERVE);
  g_assert_cmpint (bus_access_admit (fixture->access, fixture->reader32), ==, roles);
  again = bus_access_new (fixture->folder, "node", BUS_ROLES_NODE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (bus_access_admit (again, fixture->reader32), ==, roles);
  assert_rejected (fixture, code);
  g_assert_cmpint (bus_access_admit (fixture->access, fixture->reader32), ==, roles);
}

static void
test_wrong_codes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BusPairCode) code = fixture_invite (fixture, "observe");

  code->secret16[3] ^= 1;
  for (guint i = 0; i < BUS_INVITATION_MAX_WRONG; i++) {
    g_assert_nonnull (bus_access_get_invitation (fixture->access));
    assert_rejected (fixture, code);
  }
  g_assert_null (bus_access_get_invitation (fixture->access));
  code->secret16[3] ^= 1;
  assert_rejected (fixture, code); /* the right one is void, too */
  g_assert_cmpint (bus_access_admit (fixture->access, fixture->reader32), ==, 0);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BusPairCode) first = fixture_invite (fixture, "observe");
  g_autoptr (BusPairCode) second = fixture_invite (fixture, "observe"); /* replaces it */

  assert_rejected (fixture, first);
  g_assert_true (bus_access_cancel_invitation (fixture->access));
  g_assert_false (bus_access_cancel_invitation (fixture->access));
  assert_rejected (fixture, second);
}

/* A bad name does not use up the code. */
static void
test_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BusPairCode) code = fixture_invite (fixture, "observe");
  g_autoptr (GError) error = NULL;
  BusRoles roles;

  error = fixture_pair (fixture, code, "a\nb", &roles);
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_NAME);
  g_assert_no_error (fixture_pair (fixture, code, "ab", &roles));
}

/* A pairing that could not be kept is none. */
static void
test_not_saved (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BusPairCode) code = fixture_invite (fixture, "observe");
  g_autofree char *path = g_build_filename (fixture->folder, "node-pairings.conf", "in-the-way", NULL);
  g_autoptr (GError) error = NULL;
  BusRoles roles;

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  error = fixture_pair (fixture, code, "ab", &roles);
  g_assert_error (error, BUS_ERROR, BUS_ERROR_STORAGE);
  g_assert_cmpint (bus_access_admit (fixture->access, fixture->reader32), ==, 0);
}

#define UNKNOWN_METHOD "org.freedesktop.DBus.Error.UnknownMethod"
#define OWN_ERROR "org.moneyrocket.Error."

static GVariant *
bytes_of (gsize len)
{
  guint8 bytes[64] = { 0 };

  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, len, 1);
}

/* What a program that is not paired may call, and what those with less than all rights may. */
static void
test_rights (Fixture *fixture, gconstpointer data)
{
  static const BusRoles lesser[] = { BUS_ROLE_PAIR, BUS_ROLE_OBSERVE, BUS_ROLE_OBSERVE | BUS_ROLE_WALLET };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) all = NULL, values = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (lesser); i++) {
    fixture_connect (fixture, lesser[i], FALSE);
    fixture_hello (fixture);
    assert_call (fixture, "Invite", g_variant_new ("(sa{sv})", "operate", NULL), UNKNOWN_METHOD);
    assert_call (fixture, "GetPairings", g_variant_new ("(a{sv})", NULL), UNKNOWN_METHOD);
    assert_call (fixture, "Revoke", g_variant_new ("(@aya{sv})", bytes_of (32), NULL), UNKNOWN_METHOD);
  }
  fixture_connect (fixture, BUS_ROLE_PAIR, FALSE);
  fixture_hello (fixture);
  assert_call (fixture, "Pair", g_variant_new ("(s@aya{sv})", "x", bytes_of (31), NULL), OWN_ERROR "InvalidArgument");
  assert_call (fixture, "Pair", g_variant_new ("(s@aya{sv})", "x", bytes_of (32), NULL), OWN_ERROR "Rejected");
  g_dbus_connection_call (fixture->client, NULL, BUS_PATH_ACCESS, "org.freedesktop.DBus.Properties", "GetAll",
                          g_variant_new ("(s)", "org.moneyrocket.Access1"), NULL, G_DBUS_CALL_FLAGS_NONE, 10000, NULL,
                          on_result, &result);
  wait_for (&result);
  all = g_dbus_connection_call_finish (fixture->client, result, NULL);
  values = g_variant_get_child_value (all, 0);
  g_assert_cmpuint (g_variant_n_children (values), ==, 0);
  fixture_connect (fixture, BUS_ROLE_PAIR, TRUE);
  fixture_hello (fixture);
  assert_call (fixture, "Pair", g_variant_new ("(s@aya{sv})", "x", bytes_of (32), NULL), OWN_ERROR "NotSupported");
}

static char *
read_code (GVariant *answer, GUnixFDList *fds)
{
  g_autoptr (GBytes) bytes = bus_memfd_map_handle (fds, 0, 1000, NULL);
  guint seconds;

  g_variant_get (answer, "(hu)", NULL, &seconds);
  g_assert_cmpuint (seconds, ==, BUS_INVITATION_S);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* All of it, as an operator on this machine. */
static void
test_administration (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL, *name = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) answer = NULL, pairings = NULL, record = NULL;
  g_autoptr (BusPairCode) code = NULL;
  const char *value;
  BusRoles roles;

  fixture_connect (fixture, BUS_ROLE_OBSERVE | BUS_ROLE_OPERATE, TRUE);
  fixture_hello (fixture);
  assert_call (fixture, "Invite", g_variant_new ("(sa{sv})", "spend", NULL), OWN_ERROR "InvalidArgument");
  answer = fixture_call (fixture, "Invite", g_variant_new ("(sa{sv})", "observe", NULL), &fds, &name);
  text = read_code (answer, fds);
  code = bus_pair_code_parse (text, strlen (text), NULL);
  g_assert_no_error (fixture_pair (fixture, code, "laptop", &roles));

  fixture_connect (fixture, BUS_ROLE_OBSERVE | BUS_ROLE_OPERATE, TRUE);
  fixture_hello (fixture);
  assert_call (fixture, "Rename", g_variant_new ("(@aysa{sv})", bus_bytes_new (fixture->reader32, 32), "desk", NULL),
               NULL);
  assert_call (fixture, "Rename", g_variant_new ("(@aysa{sv})", bytes_of (32), "desk", NULL), OWN_ERROR "NotFound");
  g_clear_pointer (&answer, g_variant_unref);
  answer = fixture_call (fixture, "GetPairings", g_variant_new ("(a{sv})", NULL), NULL, &name);
  pairings = g_variant_get_child_value (answer, 0);
  g_assert_cmpuint (g_variant_n_children (pairings), ==, 1);
  record = g_variant_get_child_value (pairings, 0);
  g_assert_true (g_variant_lookup (record, "name", "&s", &value));
  g_assert_cmpstr (value, ==, "desk");
  g_assert_true (g_variant_lookup (record, "role", "&s", &value));
  g_assert_cmpstr (value, ==, "observe");
  assert_call (fixture, "Revoke", g_variant_new ("(@aya{sv})", bus_bytes_new (fixture->reader32, 32), NULL), NULL);
  assert_call (fixture, "Revoke", g_variant_new ("(@aya{sv})", bus_bytes_new (fixture->reader32, 32), NULL),
               OWN_ERROR "NotFound");
  g_assert_cmpint (bus_access_admit (fixture->access, fixture->reader32), ==, 0);
  assert_call (fixture, "Disconnect", g_variant_new ("(ta{sv})", G_GUINT64_CONSTANT (1), NULL), OWN_ERROR "NotFound");
  assert_call (fixture, "CancelInvitation", g_variant_new ("(a{sv})", NULL), NULL);
}

/* A program of this machine alone makes no codes. */
static void
test_without_tls (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BusAccess) local = bus_access_new (fixture->folder, "wallet", BUS_ROLES_OWNER, NULL);
  g_autoptr (GError) error = NULL;
  guint seconds;

  g_assert_null (bus_access_invite (local, "observe", &seconds, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "-ipcbind=tls:"));
}

static void
on_changed (BusAccess *access, guint *n)
{
  ++*n;
}

/* Many changes are one notification, after the last of them. */
static void
test_changes (Fixture *fixture, gconstpointer data)
{
  guint64 before = bus_access_get_sequence (fixture->access);
  guint n = 0;

  g_signal_connect (fixture->access, "changed", G_CALLBACK (on_changed), &n);
  for (guint i = 0; i < 20; i++)
    bus_pair_code_free (fixture_invite (fixture, "observe"));
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (bus_access_get_sequence (fixture->access), >=, before + 20);
}

/* ---- over TLS ---- */

typedef struct {
  BusClients *clients;
  BusAccess *access;
  BusAccessExport *export;
  guint n_closed;
} Server;

static void
server_on_connected (gpointer data, BusClient *client)
{
  Server *server = data;

  bus_client_set_data (client,
                       bus_access1_export (server->access, bus_client_get_connection (client),
                                           bus_client_get_fingerprint (client), NULL),
                       (GDestroyNotify) bus_access1_free);
}

static void
server_on_closed (gpointer data, BusClient *client)
{
  ((Server *) data)->n_closed++;
}

/* At a port that is free; another program may take it before it is listened at. */
static void
server_start (Server *server, Fixture *fixture, BusAddress **address)
{
  const BusClientsOptions options
      = { .role = "node", .network = "regtest", .connected = server_on_connected, .closed = server_on_closed };
  gboolean listening = FALSE;

  server->access = fixture->access;
  server->clients = bus_clients_new (&options, server);
  bus_clients_set_tls (server->clients, bus_access_load_identity (fixture->access, NULL), bus_access_admit,
                       fixture->access);
  bus_access_set_clients (fixture->access, server->clients);
  while (!listening) {
    g_autoptr (GSocketListener) listener = g_socket_listener_new ();
    g_autofree char *text
        = g_strdup_printf ("tls:127.0.0.1:%u", g_socket_listener_add_any_inet_port (listener, NULL, NULL));

    g_socket_listener_close (listener);
    g_clear_pointer (address, bus_address_free);
    *address = bus_address_parse (text, "/", "x", BUS_ROLES_NODE, NULL);
    listening = bus_clients_listen (server->clients, *address, NULL);
  }
}

static gboolean
pair_at (const BusAddress *address, const BusPairCode *code, GTlsCertificate *own, GError **error)
{
  const BusPairRequest request = { .own_role = "gui", .role = "node", .network = "regtest", .name = "laptop" };
  g_autoptr (GAsyncResult) result = NULL;
  BusRoles roles;

  bus_pair_async (address, code, own, &request, NULL, on_result, &result);
  wait_for (&result);
  return bus_pair_finish (result, &roles, error);
}

static void
test_over_tls (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CommonSecret) pem = bus_identity_generate (NULL);
  g_autoptr (GTlsCertificate) own = bus_identity_parse (pem, NULL);
  g_autoptr (BusAddress) address = NULL;
  g_autoptr (BusPairCode) code = fixture_invite (fixture, "observe");
  g_autoptr (GError) error = NULL;
  guint8 own32[32];
  Server server = { NULL };

  bus_identity_get_fingerprint (own, own32);
  server_start (&server, fixture, &address);
  code->fingerprint32[0] ^= 1; /* of another program */
  g_assert_false (pair_at (address, code, own, &error));
  g_clear_error (&error);
  g_assert_nonnull (bus_access_get_invitation (fixture->access));
  code->fingerprint32[0] ^= 1;
  g_assert_true (pair_at (address, code, own, &error));
  g_assert_no_error (error);
  g_assert_cmpint (bus_access_admit (fixture->access, own32), ==, BUS_ROLE_OBSERVE);
  g_assert_true (bus_access_revoke (fixture->access, own32, NULL));
  g_assert_false (pair_at (address, code, own, &error)); /* not even admitted */
  g_assert_error (error, BUS_ERROR, BUS_ERROR_REJECTED);
  bus_access_set_clients (fixture->access, NULL);
  bus_clients_free (server.clients);
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/access/pair", test_pair);
  add ("/access/wrong-codes", test_wrong_codes);
  add ("/access/cancelled", test_cancelled);
  add ("/access/name", test_name);
  add ("/access/not-saved", test_not_saved);
  add ("/access/rights", test_rights);
  add ("/access/administration", test_administration);
  add ("/access/without-tls", test_without_tls);
  add ("/access/changes", test_changes);
  add ("/access/over-tls", test_over_tls);
  return g_test_run ();
}

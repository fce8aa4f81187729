/* Programs of other machines that this one connects to: remote.c, connect.c, tls_target.c, with peer.c. */
#include "dbus/remote.h"

#include <string.h>

#include "../files.h"
#include "../tls_pair.h"
#include "bus-generated.h"
#include "dbus/connect.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/pairings.h"
#include "dbus/tls_listener.h"

/* A node that accepts others, and what has connected to it. */
typedef struct {
  char *folder;
  GTlsCertificate *server;
  BusTlsListener *listener;
  BusAddress address;
  gboolean knows_client;
  GDBusConnection *connection; /* the last one; NULL: none yet */
  BusInit1Skeleton *init;
  guint n_accepted;
  BusRemote *remote;
  guint n_connected, n_closed;
  GDBusConnection *ours; /* the last one, while it is connected */
} Fixture;

static BusRoles
on_admit (gpointer data, const guint8 fingerprint32[BUS_FINGERPRINT_LEN])
{
  return ((Fixture *) data)->knows_client ? BUS_ROLES_NODE : 0;
}

static void
drop_connection (Fixture *fixture)
{
  if (fixture->init != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (fixture->init));
  g_clear_object (&fixture->init);
  if (fixture->connection != NULL)
    g_dbus_connection_close (fixture->connection, NULL, NULL, NULL);
  g_clear_object (&fixture->connection);
}

static void
on_accepted (gpointer data, GTlsConnection *tls, BusRoles roles, const guint8 fingerprint32[BUS_FINGERPRINT_LEN])
{
  Fixture *fixture = data;
  const BusConnectionOptions options = { .peer = "client", .max_calls = 64, .network = "regtest", .roles = roles };
  const BusInit init = { .role = "node", .network = "regtest" };

  drop_connection (fixture);
  fixture->n_accepted++;
  fixture->connection = bus_connection_new_tls (tls, &options, NULL);
  g_object_unref (tls);
  fixture->init = bus_init_export (fixture->connection, &init, NULL);
  g_dbus_connection_start_message_processing (fixture->connection);
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  BusTlsListenerOptions options = { .admit = on_admit, .accepted = on_accepted, .data = fixture };
  g_autoptr (GError) error = NULL;

  (void) BUS_ERROR;
  fixture->folder = g_dir_make_tmp ("remote-XXXXXX", NULL);
  fixture->server = options.certificate = tls_pair_make_certificate ();
  fixture->listener = bus_tls_listener_new ("127.0.0.1", 0, &options, &error);
  g_assert_no_error (error);
  fixture->address = (BusAddress){ .kind = BUS_ADDRESS_TLS,
                                   .host = (char *) "127.0.0.1",
                                   .port = bus_tls_listener_get_port (fixture->listener),
                                   .roles = BUS_ROLES_NODE };
  fixture->knows_client = TRUE;
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  bus_remote_free (fixture->remote);
  drop_connection (fixture);
  bus_tls_listener_free (fixture->listener);
  g_object_unref (fixture->server);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static void
on_connected (gpointer data, GDBusConnection *connection)
{
  Fixture *fixture = data;

  fixture->n_connected++;
  fixture->ours = connection;
}

static void
on_closed (gpointer data)
{
  Fixture *fixture = data;

  fixture->n_closed++;
  fixture->ours = NULL;
}

/* As if both programs had been paired. */
static BusTlsTarget *
fixture_pair (Fixture *fixture)
{
  g_autoptr (BusPairings) pairings = bus_pairings_load (fixture->folder, "wallet", NULL);
  g_autofree char *text = bus_address_dup_text (&fixture->address);
  guint8 fingerprint32[BUS_FINGERPRINT_LEN];
  g_autoptr (GError) error = NULL;
  BusTlsTarget *target;

  bus_identity_get_fingerprint (fixture->server, fingerprint32);
  g_assert_true (bus_pairings_add_program (pairings, text, fingerprint32, "node", BUS_ROLES_NODE, 1, &error));
  g_clear_pointer (&pairings, bus_pairings_free);
  target = bus_tls_target_load (fixture->folder, "wallet", &fixture->address, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (target->server32, BUS_FINGERPRINT_LEN, fingerprint32, BUS_FINGERPRINT_LEN);
  return target;
}

static void
fixture_start (Fixture *fixture)
{
  g_autoptr (BusTlsTarget) target = fixture_pair (fixture);
  const BusRemoteOptions options = { .own_role = "wallet",
                                     .role = "node",
                                     .network = "regtest",
                                     .tls = target,
                                     .connected = on_connected,
                                     .closed = on_closed };

  fixture->remote = bus_remote_new (&fixture->address, &options, fixture);
}

static void
wait_for (const guint *number, guint at_least)
{
  while (*number < at_least)
    g_main_context_iteration (NULL, TRUE);
}

/* The connection is made, and again after it was lost. */
static void
test_connected (Fixture *fixture, gconstpointer data)
{
  fixture_start (fixture);
  for (guint i = 1; i <= 2; i++) {
    wait_for (&fixture->n_connected, i);
    wait_for (&fixture->n_accepted, i);
    g_assert_false (bus_connection_passes_fds (fixture->ours));
    g_assert_cmpuint (bus_connection_get_roles (fixture->ours), ==, BUS_ROLES_REMOTE);
    g_assert_cmpuint (bus_connection_get_roles (fixture->connection) & BUS_ROLE_PARENT, ==, 0);
    g_assert_false (g_dbus_connection_is_closed (fixture->ours));
    drop_connection (fixture);
    wait_for (&fixture->n_closed, i);
  }
}

/* The other program does not know this one: it is tried again, until it does. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  fixture->knows_client = FALSE;
  fixture_start (fixture);
  wait_for (&fixture->n_closed, 2);
  g_assert_cmpuint (fixture->n_accepted, ==, 0);
  fixture->knows_client = TRUE;
  wait_for (&fixture->n_accepted, 1);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* Nothing is known of the program at the address. */
static void
test_not_paired (Fixture *fixture, gconstpointer data)
{
  const BusConnectionOptions options = { .peer = "node" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL, not_paired = NULL;

  bus_connect_async (&fixture->address, NULL, &options, 10000, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (bus_connect_finish (result, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED);
  g_assert_null (bus_tls_target_load (fixture->folder, "wallet", &fixture->address, &not_paired));
  g_assert_error (not_paired, BUS_ERROR, BUS_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (not_paired->message, "pair"));
}

#define ADD(name, func) g_test_add ("/dbus/remote/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("connected", test_connected);
  ADD ("refused", test_refused);
  ADD ("not-paired", test_not_paired);
  return g_test_run ();
}

/* What a connection was given goes with it: objects, drafts and their coins; but not a payment. */
#include <string.h>
#include <sys/socket.h>

#include "bus-generated.h"
#include "../files.h"
#include "../object_count.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/names.h"
#include "dbus/wire/stream.h"
#include "wallet/service/export.h"
#include "wallet/service/object.h"
#include "wallet_world.h"

#define RECIPIENT "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
#define TIMEOUT_MS 60000

/* The wallets as one client sees them. */
typedef struct {
  GDBusConnection *ours, *theirs;
  WalletExport *export;
} Client;

static GDBusConnection *
open_end (int fd, guint max_calls)
{
  const BusConnectionOptions options = { .peer = "other", .max_calls = max_calls };
  GDBusConnection *connection = bus_connection_new (fd, &options, NULL);

  g_assert_nonnull (connection);
  return connection;
}

static void
client_begin (Client *client, World *world)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  client->ours = open_end (fds[0], BUS_MAX_CALLS);
  client->theirs = open_end (fds[1], 0);
  client->export = wallet_export_new (world->manager, client->ours, NULL);
  g_assert_nonnull (client->export);
  g_dbus_connection_start_message_processing (client->ours);
  g_dbus_connection_start_message_processing (client->theirs);
}

/* The other end hangs up, as a program does that is killed. */
static void
client_drop (Client *client)
{
  GDBusConnection *ours = client->ours;

  g_dbus_connection_close (client->theirs, NULL, NULL, NULL);
  while (!g_dbus_connection_is_closed (ours))
    g_main_context_iteration (NULL, TRUE);
  wallet_export_free (client->export);
  g_object_unref (client->theirs);
  g_object_unref (ours);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GVariant *
call (Client *client, const char *method, GVariant *args, GError **error)
{
  g_autofree char *path = wallet_object_dup_path ("w");
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call (client->theirs, NULL, path, "org.moneyrocket.Spend1", method, args, NULL,
                          G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, on_called, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_dbus_connection_call_finish (client->theirs, result, error);
}

/* Creates a draft that reserves the only coin of the wallet. */
static guint64
create_draft (Client *client, GError **error)
{
  g_autoptr (GVariant) args = g_variant_ref_sink (
      g_variant_new_parsed ("([{'address': <'" RECIPIENT "'>, 'amount': <int64 1000>}], uint64 2000, @a{sv} {})"));
  g_autoptr (GVariant) answer = call (client, "CreateDraft", args, error);
  guint64 id = 0;

  if (answer != NULL)
    g_variant_get_child (answer, 0, "t", &id);
  return id;
}

static void
fund (World *world)
{
  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);

  fake_chain_pay (world->chain, script, COIN);
  fake_chain_mine (world->chain, NULL);
  expect (world, COIN, 0, 0);
}

/* Each draft can be made only if the one before has given its coin back. */
static void
test_dropped (World *world, gconstpointer data)
{
  Client first, second;
  g_autoptr (GError) error = NULL;

  fund (world);
  client_begin (&first, world);
  client_begin (&second, world);
  g_assert_cmpuint (create_draft (&first, &error), !=, 0);
  g_assert_no_error (error);
  g_assert_cmpuint (create_draft (&second, &error), ==, 0);
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INSUFFICIENT_FUNDS);
  g_clear_error (&error);
  client_drop (&first);
  g_assert_cmpuint (create_draft (&second, &error), !=, 0);
  g_assert_no_error (error);
  client_drop (&second);
}

/* Makes a call whose answer nobody awaits. */
static void
send_call (Client *client, const char *interface, const char *method, GVariant *args)
{
  g_autofree char *path = wallet_object_dup_path ("w");

  g_dbus_connection_call (client->theirs, NULL, path, interface, method, args, NULL, G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS,
                          NULL, NULL, NULL);
}

/* The call that is made last: those before it have begun. */
static void
round_trip (Client *client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = call (client, "GetPayment", g_variant_new ("(ta{sv})", (guint64) 1, NULL), &error);

  g_assert_error (error, BUS_ERROR, BUS_ERROR_NOT_FOUND);
}

/* One connection, and everything that a client can have in use on it when it is dropped: objects, a draft, a call that waits for
 * the node, calls on the wallet thread, a signal that is due. */
static void
use_and_drop (World *world)
{
  g_autoptr (GError) error = NULL;
  Client client;

  client_begin (&client, world);
  g_assert_cmpuint (create_draft (&client, &error), !=, 0);
  g_assert_no_error (error);
  send_call (&client, "org.moneyrocket.Spend1", "FeeChoices", g_variant_new ("(a{sv})", NULL));
  round_trip (&client);
  for (guint i = 0; i < 3; i++)
    send_call (&client, "org.moneyrocket.Wallet1", "ListHistory", g_variant_new ("(ua{sv})", 500, NULL));
  g_assert_true (g_dbus_connection_flush_sync (client.theirs, NULL, NULL));
  client_drop (&client);
}

static void
watch_types (void)
{
  const GType types[] = { G_TYPE_DBUS_CONNECTION,
                          G_TYPE_DBUS_METHOD_INVOCATION,
                          G_TYPE_DBUS_OBJECT_MANAGER_SERVER,
                          G_TYPE_DBUS_OBJECT_SKELETON,
                          G_TYPE_DBUS_MESSAGE,
                          G_TYPE_SOCKET,
                          G_TYPE_CANCELLABLE,
                          G_TYPE_TASK,
                          BUS_TYPE_STREAM,
                          BUS_TYPE_WALLET_MANAGER1_SKELETON,
                          BUS_TYPE_WALLET1_SKELETON,
                          BUS_TYPE_SPEND1_SKELETON };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    object_count_watch (types[i]);
}

/* A thousand connections leave nothing behind: neither themselves, nor what was exported on them, nor their drafts and calls. */
static void
test_thousand (World *world, gconstpointer data)
{
  g_autoptr (GArray) before = NULL;
  guint descriptors;

  fund (world);
  fake_chain_hold_estimates (world->chain);
  use_and_drop (world); /* what is made once is there afterwards */
  before = object_count_settle ();
  descriptors = count_descriptors ();
  for (guint i = 0; i < 1000; i++)
    use_and_drop (world);
  object_count_wait (before);
  g_assert_cmpuint (count_descriptors (), ==, descriptors);
}

/* What was sent stays a payment, and answers to its number over another connection. */
static void
test_sent (World *world, gconstpointer data)
{
  g_autoptr (GVariant) sent = NULL, found = NULL;
  g_autoptr (GError) error = NULL;
  Client first, second;
  guint64 id;

  fund (world);
  client_begin (&first, world);
  id = create_draft (&first, &error);
  g_assert_no_error (error);
  sent = call (&first, "Send", g_variant_new ("(ta{sv})", id, NULL), &error);
  g_assert_no_error (error);
  client_drop (&first);
  client_begin (&second, world);
  found = call (&second, "GetPayment", g_variant_new ("(ta{sv})", id, NULL), &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_equal (sent, found));
  client_drop (&second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  (void) BUS_ERROR;
  watch_types ();
  g_test_add ("/wallet/drafts/dropped", World, NULL, setup, test_dropped, teardown);
  g_test_add ("/wallet/drafts/thousand", World, NULL, setup, test_thousand, teardown);
  g_test_add ("/wallet/drafts/sent", World, NULL, setup, test_sent, teardown);
  return g_test_run ();
}

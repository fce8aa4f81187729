/* What the node gives a connection goes with it: objects, operations, calls that wait, and what listens for them. */
#include <sys/socket.h>

#include "../files.h"
#include "../object_count.h"
#include "bus-generated.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/operation.h"
#include "dbus/wire/stream.h"
#include "node/program.h"
#include "node/service/chain1.h"
#include "node/service/mining1.h"
#include "node/service/node1.h"
#include "rpc/bus/server.h"

#define TIMEOUT_MS 60000
#define ADDRESS "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

typedef struct {
  char *folder;
  CommonProgram *program;
  NodeApp *app;
  NodeChainCalls *calls;
  NodeMiners *miners;
} World;

static void
spin_until (gboolean (*done) (gconstpointer data), gconstpointer data)
{
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!done (data)) {
    g_assert_cmpint (g_get_monotonic_time (), <, limit);
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (200);
  }
}

static gboolean
is_loaded (gconstpointer data)
{
  const NodeContext *context = node_app_context (((const World *) data)->app);
  g_autoptr (NodeTip) tip = node_chain_ref_tip (context->chain);

  return tip != NULL && node_mempool_load_state (context->mempool) == NODE_MEMPOOL_LOADED;
}

static gboolean
is_stopped (gconstpointer data)
{
  const World *world = data;

  return node_monitor_get_status (node_app_context (world->app)->monitor).state == NODE_STATE_STOPPED;
}

static void
setup (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int exit_code = 0;

  (void) BUS_ERROR;
  world->folder = g_dir_make_tmp ("service-XXXXXX", NULL);
  g_autofree char *datadir = g_strconcat ("-datadir=", world->folder, NULL);
  char *argv[] = { (char *) "test",      (char *) "-regtest",       datadir, (char *) "-server=0",
                   (char *) "-listen=0", (char *) "-disablewallet", NULL };
  world->program = node_program_new ("test", "", G_N_ELEMENTS (argv) - 1, argv, &exit_code);
  g_assert_nonnull (world->program);
  world->app = node_app_new (world->program, &error);
  g_assert_no_error (error);
  world->calls = node_chain_calls_new (node_app_context (world->app));
  world->miners = node_miners_new (node_app_context (world->app));
  g_assert_true (node_app_start (world->app, &error));
  g_assert_no_error (error);
  spin_until (is_loaded, world);
}

static void
teardown (World *world, gconstpointer data)
{
  node_app_stop (world->app, 0);
  spin_until (is_stopped, world);
  node_chain_calls_free (world->calls);
  node_miners_free (world->miners);
  node_app_free (world->app);
  common_program_free (world->program);
  remove_tree (world->folder);
  g_free (world->folder);
}

/* The node as the application, a wallet and a miner see it, on one connection. */
typedef struct {
  GDBusConnection *ours, *theirs;
  BusInit1Skeleton *init;
  NodeNode1 *node1;
  NodeChain1 *chain1;
  NodeMining1 *mining1;
  guint n_signals;
} Client;

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *name,
           GVariant *parameters,
           gpointer data)
{
  ((Client *) data)->n_signals++;
}

static void
client_begin (Client *client, World *world)
{
  const BusConnectionOptions ours = { .peer = "other", .max_calls = BUS_MAX_CALLS }, theirs = { .peer = "node" };
  const BusInit init = { .role = "node", .network = "regtest" };
  const NodeContext *context = node_app_context (world->app);
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  client->ours = bus_connection_new (fds[0], &ours, &error);
  client->theirs = bus_connection_new (fds[1], &theirs, &error);
  client->init = bus_init_export (client->ours, &init, &error);
  client->node1 = node_node1_new (context, client->ours, &error);
  client->chain1 = node_chain1_new (world->calls, client->ours, &error);
  client->mining1 = node_mining1_new (world->miners, client->ours, &error);
  g_assert_nonnull (rpc_bus_export (client->ours, RPC_HANDLER (context->router), NULL, &error));
  g_assert_no_error (error);
  client->n_signals = 0;
  g_dbus_connection_signal_subscribe (client->theirs, NULL, NULL, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                                      client, NULL);
  g_dbus_connection_start_message_processing (client->ours);
  g_dbus_connection_start_message_processing (client->theirs);
}

/* The other end hangs up, as a program does that is killed. */
static void
client_drop (Client *client)
{
  g_dbus_connection_close (client->theirs, NULL, NULL, NULL);
  while (!g_dbus_connection_is_closed (client->ours))
    g_main_context_iteration (NULL, TRUE);
  node_mining1_free (client->mining1);
  node_chain1_free (client->chain1);
  node_node1_free (client->node1);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (client->init));
  g_object_unref (client->init);
  g_object_unref (client->theirs);
  g_object_unref (client->ours);
}

/* Makes a call whose answer nobody awaits; "Interface1.Method". */
static void
send_call (Client *client, const char *path, const char *member, const char *args)
{
  const char *method = strchr (member, '.') + 1;
  g_autofree char *interface = g_strdup_printf ("org.moneyrocket.%.*s", (int) (method - member) - 1, member);

  g_dbus_connection_call (client->theirs, NULL, path, interface, method, g_variant_new_parsed (args), NULL,
                          G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, NULL, NULL);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GVariant *
call_at (Client *client, const char *path, const char *interface, const char *method, GVariant *args)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *answer;

  g_dbus_connection_call_with_unix_fd_list (client->theirs, NULL, path, interface, method, args, NULL,
                                            G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, NULL, on_called, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = g_dbus_connection_call_with_unix_fd_list_finish (client->theirs, NULL, result, &error);
  g_assert_no_error (error);
  return answer;
}

/* Waits for the answer of a method of Chain1. */
static GVariant *
call (Client *client, const char *method, GVariant *args)
{
  return call_at (client, BUS_PATH_CHAIN, "org.moneyrocket.Chain1", method, args);
}

/* A call whose answer is of no interest, except that it comes, with its descriptor. */
static void
call_unread (Client *client, const char *method, GVariant *args)
{
  g_variant_unref (call (client, method, args));
}

/* One connection, and everything that a client can have in use on it when it is dropped. WITH_OPERATION: it mines, too. */
static void
use_and_drop (World *world, gboolean with_operation)
{
  Client client;

  client_begin (&client, world);
  if (with_operation)
    send_call (&client, BUS_PATH_NODE, "Node1.Generate", "(uint32 1000, '" ADDRESS "', @a{sv} {})");
  /* These wait for a block and for their turn. */
  send_call (&client, BUS_PATH_RPC, "Rpc1.Execute", "('waitforblockheight', '[1000000]', @a{sv} {})");
  call_unread (&client, "GetBlocks", g_variant_new ("(ua{sv})", 500, NULL));
  for (guint i = 0; i < 8; i++) {
    send_call (&client, BUS_PATH_CHAIN, "Chain1.GetBlocks", "(uint32 500, @a{sv} {})");
    send_call (&client, BUS_PATH_CHAIN, "Chain1.GetMempool", "(@a{sv} {},)");
    send_call (&client, BUS_PATH_CHAIN, "Chain1.EstimateFee", "(uint32 6, @a{sv} {})");
    send_call (&client, BUS_PATH_NODE, "Node1.ListBlocks", "(uint32 100, @a{sv} {})");
    send_call (&client, BUS_PATH_RPC, "Rpc1.Help", "(@a{sv} {},)");
  }
  g_assert_true (g_dbus_connection_flush_sync (client.theirs, NULL, NULL));
  client_drop (&client);
}

/* A reader of events that waits when the connection is dropped. */
static void
wait_and_drop (World *world)
{
  g_autoptr (GVariant) answer = NULL, cursor = NULL;
  g_autofree char *place = NULL, *args = NULL;
  Client client;

  client_begin (&client, world);
  answer = call (&client, "GetEvents", g_variant_new ("(ua{sv})", 1000, NULL));
  cursor = g_variant_get_child_value (answer, 0);
  place = g_variant_print (cursor, TRUE);
  args = g_strdup_printf ("(uint32 1000, {'cursor': <%s>})", place);
  send_call (&client, BUS_PATH_CHAIN, "Chain1.GetEvents", args);
  call_unread (&client, "GetTip", g_variant_new ("(a{sv})", NULL));
  client_drop (&client);
}

/* A miner with templates, of which some are being made, that waits for another tip and for the next template. */
static void
hold_and_drop (World *world)
{
  g_autoptr (GVariant) answer = NULL, tip = NULL, own_hash = NULL;
  g_autofree char *hash = NULL, *args = NULL;
  Client client;
  const char *path;

  client_begin (&client, world);
  answer = call_at (&client, BUS_PATH_MINING, "org.moneyrocket.Mining1", "CreateTemplate",
                    g_variant_new_parsed ("({'cooldown': <false>},)"));
  g_variant_get (answer, "(&o)", &path);
  send_call (&client, path, "BlockTemplate1.WaitNext", "({'fee_threshold': <int64 1>},)");
  send_call (&client, path, "BlockTemplate1.GetBlock", "(@a{sv} {},)");
  for (guint i = 0; i < 4; i++)
    send_call (&client, BUS_PATH_MINING, "Mining1.CreateTemplate", "({'cooldown': <false>},)");
  tip = call_at (&client, BUS_PATH_MINING, "org.moneyrocket.Mining1", "GetTip", g_variant_new ("(a{sv})", NULL));
  own_hash = g_variant_get_child_value (tip, 1);
  hash = g_variant_print (own_hash, TRUE);
  args = g_strdup_printf ("(%s, @a{sv} {})", hash);
  send_call (&client, BUS_PATH_MINING, "Mining1.WaitTip", args);
  g_assert_true (g_dbus_connection_flush_sync (client.theirs, NULL, NULL));
  client_drop (&client);
}

/* With a block the chain's files are open. */
static void
mine_and_drop (World *world)
{
  GVariant *args = g_variant_new_parsed ("('generatetoaddress', '[1, \"" ADDRESS "\"]', @a{sv} {})");
  g_autoptr (GVariant) answer = NULL;
  Client client;

  client_begin (&client, world);
  answer = call_at (&client, BUS_PATH_RPC, "org.moneyrocket.Rpc1", "Execute", args);
  client_drop (&client);
}

static void
watch_types (void)
{
  const GType types[] = { G_TYPE_DBUS_CONNECTION,
                          G_TYPE_DBUS_METHOD_INVOCATION,
                          G_TYPE_DBUS_MESSAGE,
                          G_TYPE_UNIX_FD_LIST,
                          G_TYPE_SOCKET,
                          G_TYPE_CANCELLABLE,
                          G_TYPE_TASK,
                          BUS_TYPE_STREAM,
                          BUS_TYPE_OPERATION,
                          BUS_TYPE_OPERATION1_SKELETON,
                          BUS_TYPE_INIT1_SKELETON,
                          BUS_TYPE_NODE1_SKELETON,
                          BUS_TYPE_CHAIN1_SKELETON,
                          BUS_TYPE_MINING1_SKELETON,
                          BUS_TYPE_BLOCK_TEMPLATE1_SKELETON,
                          BUS_TYPE_RPC1_SKELETON };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    object_count_watch (types[i]);
}

/* Hundreds of connections leave nothing behind: the counts of all objects are those of the start, and so are the descriptors. */
static void
test_dropped (World *world, gconstpointer data)
{
  g_autoptr (GArray) before = NULL;
  guint descriptors;

  mine_and_drop (world);
  before = object_count_settle ();
  use_and_drop (world, TRUE);
  wait_and_drop (world);
  hold_and_drop (world);
  object_count_wait (before);
  descriptors = count_descriptors ();
  for (guint i = 0; i < 300; i++) {
    use_and_drop (world, i % 10 == 0);
    wait_and_drop (world);
    hold_and_drop (world);
  }
  object_count_wait (before);
  g_assert_cmpuint (count_descriptors (), ==, descriptors);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  watch_types ();
  g_test_add ("/node/service/dropped", World, NULL, setup, test_dropped, teardown);
  return g_test_run ();
}

#include "dbus/forwarder.h"

#include <sys/socket.h>

#include <gio/gunixconnection.h>

#include "bus-generated.h"
#include "dbus/connection.h"
#include "dbus/names.h"

#define TIMEOUT_MS 60000
#define ADDRESS "org.freedesktop.DBus.Error."

/* A caller ─(in place of a bus)─ the forwarder ─ a program that serves Init1. */
typedef struct {
  GDBusConnection *caller, *bus, *to_program, *program;
  BusInit1 *init;
  BusForwarder *forwarder;
  guint n_hello;
} World;

static gboolean
world_on_hello (BusInit1 *object,
                GDBusMethodInvocation *invocation,
                guint protocol,
                const char *version,
                const char *network,
                GVariant *options,
                gpointer data)
{
  World *world = data;

  /* The second one stays without a reply. */
  if (world->n_hello++ == 0)
    bus_init1_complete_hello (object, invocation, protocol, version, "node", network, g_variant_new ("a{sv}", NULL));
  else
    g_object_unref (invocation);
  return TRUE;
}

static GDBusConnection *
world_open_plain (int fd)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  GDBusConnection *connection
      = g_dbus_connection_new_sync (G_IO_STREAM (stream), NULL, G_DBUS_CONNECTION_FLAGS_NONE, NULL, NULL, NULL);

  g_assert_nonnull (connection);
  return connection;
}

static GDBusConnection *
world_open_ours (int fd, guint max_calls)
{
  GDBusConnection *connection
      = bus_connection_new (fd, &(BusConnectionOptions){ .peer = "other", .max_calls = max_calls }, NULL);

  g_assert_nonnull (connection);
  return connection;
}

static void
world_begin (World *world)
{
  int bus[2], program[2];

  *world = (World){ 0 };
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, bus), ==, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, program), ==, 0);
  world->caller = world_open_plain (bus[0]);
  world->bus = world_open_plain (bus[1]);
  world->to_program = world_open_ours (program[0], 0);
  world->program = world_open_ours (program[1], BUS_MAX_CALLS);
  world->init = bus_init1_skeleton_new ();
  g_signal_connect (world->init, "handle-hello", G_CALLBACK (world_on_hello), world);
  bus_init1_set_version (world->init, "7");
  g_assert_true (
      g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (world->init), world->program, BUS_PATH_INIT, NULL));
  world->forwarder = bus_forwarder_new (world->bus);
  bus_forwarder_set_program (world->forwarder, world->to_program);
  g_dbus_connection_start_message_processing (world->to_program);
  g_dbus_connection_start_message_processing (world->program);
}

static void
world_end (World *world)
{
  bus_forwarder_free (world->forwarder);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (world->init));
  g_object_unref (world->init);
  for (guint i = 0; i < 4; i++) {
    GDBusConnection *connection
        = (GDBusConnection *[]){ world->caller, world->bus, world->to_program, world->program }[i];

    g_dbus_connection_close_sync (connection, NULL, NULL);
    g_object_unref (connection);
  }
}

typedef struct {
  GVariant *reply;
  GError *error;
  gboolean done;
} Result;

static void
world_on_called (GObject *source, GAsyncResult *result, gpointer data)
{
  Result *end = data;

  end->reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &end->error);
  end->done = TRUE;
}

static void
world_call_async (World *world,
                  const char *path,
                  const char *interface,
                  const char *method,
                  GVariant *arguments,
                  Result *end)
{
  *end = (Result){ 0 };
  g_dbus_connection_call (world->caller, NULL, path, interface, method, arguments, NULL, G_DBUS_CALL_FLAGS_NONE,
                          TIMEOUT_MS, NULL, world_on_called, end);
}

static void
world_finish (Result *end)
{
  while (!end->done)
    g_main_context_iteration (NULL, TRUE);
}

static GVariant *
hello_arguments (void)
{
  return g_variant_new ("(uss@a{sv})", 1u, "1", "regtest", g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
}

/* The call fails with ERROR. */
static void
assert_refused (World *world,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *arguments,
                const char *error)
{
  g_autofree char *name = NULL;
  Result end;

  world_call_async (world, path, interface, method, arguments, &end);
  world_finish (&end);
  g_assert_nonnull (end.error);
  name = g_dbus_error_get_remote_error (end.error);
  g_assert_cmpstr (name, ==, error);
  g_clear_error (&end.error);
}

static void
assert_version (World *world, const char *version)
{
  g_autoptr (GVariant) value = NULL;
  Result end;

  world_call_async (world, BUS_PATH_INIT, "org.freedesktop.DBus.Properties", "Get",
                    g_variant_new ("(ss)", "org.moneyrocket.Init1", "Version"), &end);
  world_finish (&end);
  g_assert_no_error (end.error);
  g_variant_get (end.reply, "(v)", &value);
  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, version);
  g_variant_unref (end.reply);
}

static void
test_reads (void)
{
  World world;
  Result end;

  world_begin (&world);
  assert_version (&world, "7");
  world_call_async (&world, BUS_PATH_INIT, "org.moneyrocket.Init1", "Hello", hello_arguments (), &end);
  world_finish (&end);
  g_assert_no_error (end.error);
  g_variant_unref (end.reply);
  g_assert_cmpuint (world.n_hello, ==, 1);
  world_end (&world);
}

/* What changes anything, what is unknown, and what would break a rule of the connection, which goes on. */
static void
test_refuses (void)
{
  g_autofree char *huge = g_strnfill (100000, 'x');
  World world;

  world_begin (&world);
  assert_refused (&world, BUS_PATH_INIT, "org.moneyrocket.Init1", "Shutdown",
                  g_variant_new ("(@a{sv})", g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
                  ADDRESS "AccessDenied");
  assert_refused (&world, BUS_PATH_INIT, "org.moneyrocket.Init1", "Nothing", NULL, ADDRESS "AccessDenied");
  assert_refused (&world, "/org/freedesktop/DBus", "org.freedesktop.DBus.Monitoring", "BecomeMonitor",
                  g_variant_new ("(^asu)", (const char *[]){ NULL }, 0), ADDRESS "AccessDenied");
  assert_refused (&world, BUS_PATH_INIT, "org.moneyrocket.Init1", "Hello", g_variant_new ("(s)", "x"),
                  ADDRESS "InvalidArgs");
  assert_refused (&world, BUS_PATH_INIT, "org.moneyrocket.Init1", "Hello",
                  g_variant_new ("(uss@a{sv})", 1u, huge, "x", g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
                  ADDRESS "LimitsExceeded");
  g_assert_cmpuint (world.n_hello, ==, 0);
  assert_version (&world, "7");
  world_end (&world);
}

/* A program that goes away fails the calls that are pending, and later ones. */
static void
test_leaves (void)
{
  g_autofree char *name = NULL;
  World world;
  Result end;

  world_begin (&world);
  world.n_hello = 1;
  world_call_async (&world, BUS_PATH_INIT, "org.moneyrocket.Init1", "Hello", hello_arguments (), &end);
  while (world.n_hello == 1)
    g_main_context_iteration (NULL, TRUE);
  bus_forwarder_set_program (world.forwarder, NULL);
  world_finish (&end);
  g_assert_nonnull (end.error);
  name = g_dbus_error_get_remote_error (end.error);
  g_assert_cmpstr (name, ==, ADDRESS "NoReply");
  g_clear_error (&end.error);
  assert_refused (&world, BUS_PATH_INIT, "org.moneyrocket.Init1", "Hello", hello_arguments (), ADDRESS "NoReply");
  world_end (&world);
}

static void
world_on_signal (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *signal,
                 GVariant *arguments,
                 gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
test_signals (void)
{
  GVariantDict peer = G_VARIANT_DICT_INIT (NULL);
  gboolean received = FALSE;
  World world;
  guint id;

  world_begin (&world);
  id = g_dbus_connection_signal_subscribe (world.caller, NULL, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                           BUS_PATH_INIT, NULL, G_DBUS_SIGNAL_FLAGS_NONE, world_on_signal, &received,
                                           NULL);
  g_variant_dict_insert (&peer, "sequence", "t", (guint64) 1);
  bus_init1_set_peer (world.init, g_variant_dict_end (&peer));
  while (!received)
    g_main_context_iteration (NULL, TRUE);
  g_dbus_connection_signal_unsubscribe (world.caller, id);
  world_end (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/forwarder/reads", test_reads);
  g_test_add_func ("/dbus/forwarder/refuses", test_refuses);
  g_test_add_func ("/dbus/forwarder/leaves", test_leaves);
  g_test_add_func ("/dbus/forwarder/signals", test_signals);
  return g_test_run ();
}

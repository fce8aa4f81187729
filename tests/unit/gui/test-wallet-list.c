#include "gui/clients/wallet_list.h"

#include <sys/socket.h>

#include "bus-generated.h"
#include "dbus/connection.h"
#include "dbus/names.h"
#include "gui/clients/bounds.h"

/* Our end has the list, the other end the wallets. */
typedef struct {
  GDBusConnection *ours, *theirs;
  GDBusObjectManagerServer *server;
  GuiWalletList *list;
  gboolean closed, wrong;
} World;

static void
on_changed (gpointer data, gboolean right)
{
  World *world = data;

  world->wrong = world->wrong || !right;
}

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static GDBusConnection *
open_end (int fd, guint max_calls)
{
  const BusConnectionOptions options = { .peer = "other", .max_calls = max_calls };
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = bus_connection_new (fd, &options, &error);

  g_assert_no_error (error);
  g_dbus_connection_start_message_processing (connection);
  return connection;
}

static void
world_begin (World *world)
{
  int fds[2];

  *world = (World){ 0 };
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  world->ours = open_end (fds[0], 0);
  world->theirs = open_end (fds[1], BUS_MAX_CALLS);
  g_signal_connect (world->theirs, "closed", G_CALLBACK (on_closed), &world->closed);
  world->server = g_dbus_object_manager_server_new (BUS_PATH_WALLETS);
  world->list = gui_wallet_list_new (on_changed, world);
}

static void
world_end (World *world)
{
  gui_wallet_list_free (world->list);
  g_dbus_object_manager_server_set_connection (world->server, NULL);
  g_dbus_connection_close (world->ours, NULL, NULL, NULL);
  while (!world->closed)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (world->server);
  g_object_unref (world->theirs);
  g_object_unref (world->ours);
}

static void
add (World *world, const char *id, const char *name)
{
  g_autofree char *path = g_strconcat (BUS_PATH_WALLETS "/", id, NULL);
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);
  g_autoptr (BusWallet1) wallet1 = bus_wallet1_skeleton_new ();
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  bus_wallet1_set_name (wallet1, name);
  bus_wallet1_set_balance (wallet1, none);
  bus_wallet1_set_scanned (wallet1, none);
  bus_wallet1_set_problem (wallet1, none);
  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (wallet1));
  g_dbus_object_manager_server_export (world->server, object);
}

/* NAMES: separated by commas. */
static void
wait_for (World *world, const char *names)
{
  for (;;) {
    g_autofree char *now = g_strjoinv (",", (char **) gui_wallet_list_get_names (world->list));

    if (gui_wallet_list_is_current (world->list) && g_str_equal (now, names))
      return;
    g_main_context_iteration (NULL, TRUE);
  }
}

static void
test_follow (void)
{
  World world;

  world_begin (&world);
  add (&world, "a", "savings");
  add (&world, "b", "a first one");
  g_dbus_object_manager_server_set_connection (world.server, world.theirs);
  g_assert_false (gui_wallet_list_is_current (world.list));
  gui_wallet_list_attach (world.list, world.ours);
  g_assert_false (gui_wallet_list_is_current (world.list));
  wait_for (&world, "a first one,savings");
  g_assert_cmpstr (gui_wallet_list_get_path (world.list, "savings"), ==, BUS_PATH_WALLETS "/a");
  g_assert_null (gui_wallet_list_get_path (world.list, "other"));
  /* Many at once, and one that disappears while they are added. */
  for (guint i = 0; i < 20; i++) {
    g_autofree char *id = g_strdup_printf ("x%02u", i);

    add (&world, id, id);
  }
  g_dbus_object_manager_server_unexport (world.server, BUS_PATH_WALLETS "/a");
  for (guint i = 1; i < 20; i++) {
    g_autofree char *path = g_strdup_printf (BUS_PATH_WALLETS "/x%02u", i);

    g_dbus_object_manager_server_unexport (world.server, path);
  }
  wait_for (&world, "a first one,x00");
  /* The known wallets are kept. */
  gui_wallet_list_detach (world.list);
  g_assert_false (gui_wallet_list_is_current (world.list));
  g_assert_cmpstr (gui_wallet_list_get_path (world.list, "x00"), ==, BUS_PATH_WALLETS "/x00");
  world_end (&world);
}

static void
test_lies (void)
{
  World world;

  world_begin (&world);
  add (&world, "a", "savings");
  g_dbus_object_manager_server_set_connection (world.server, world.theirs);
  gui_wallet_list_attach (world.list, world.ours);
  wait_for (&world, "savings");
  g_assert_false (world.wrong);
  for (guint i = 0; i < GUI_BOUNDS_MAX_WALLETS; i++) {
    g_autofree char *id = g_strdup_printf ("x%u", i);

    add (&world, id, id);
  }
  while (!world.wrong)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (gui_wallet_list_is_current (world.list));
  g_assert_nonnull (gui_wallet_list_get_path (world.list, "savings"));
  g_dbus_object_manager_server_unexport (world.server, BUS_PATH_WALLETS "/x0");
  while (!gui_wallet_list_is_current (world.list))
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (gui_wallet_list_get_path (world.list, "x1"));
  world_end (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/wallet-list/follow", test_follow);
  g_test_add_func ("/gui/wallet-list/lies", test_lies);
  return g_test_run ();
}

/* Programs that connect to a socket: listener.c, connector.c, clients.c. */
#include "dbus/listener.h"

#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "dbus/clients.h"
#include "dbus/connection.h"
#include "dbus/connector.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/names.h"

typedef struct {
  char *folder;
  char *path;
  BusClients *clients;
  guint n_connected, n_greeted, n_closed;
} Fixture;

static void
on_connected (gpointer data, BusClient *client)
{
  ((Fixture *) data)->n_connected++;
}

static void
on_greeted (gpointer data, BusClient *client)
{
  ((Fixture *) data)->n_greeted++;
}

static void
on_closed (gpointer data, BusClient *client)
{
  ((Fixture *) data)->n_closed++;
}

static gboolean
fixture_listen (Fixture *fixture, GError **error)
{
  g_autofree char *text = g_strconcat ("unix:", fixture->path, ",role=observe", NULL);
  g_autoptr (BusAddress) address = bus_address_parse (text, "/", "x", BUS_ROLES_NODE, NULL);

  return bus_clients_listen (fixture->clients, address, error);
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  const BusClientsOptions options
      = { .role = "node", .network = "regtest", .connected = on_connected, .greeted = on_greeted, .closed = on_closed };

  fixture->folder = g_dir_make_tmp ("listener-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "new", "socket", NULL);
  fixture->clients = bus_clients_new (&options, fixture);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *below = g_path_get_dirname (fixture->path);

  bus_clients_free (fixture->clients);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_rmdir (below);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static int
open_socket (const char *path, guint timeout_ms, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bus_connector_open_async (path, timeout_ms, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return bus_connector_open_finish (result, error);
}

/* A connection with its Hello as the program OWN_ROLE. */
static GDBusConnection *
open_client (const char *path, const char *own_role)
{
  const BusConnectionOptions options = { .peer = "node" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int fd = open_socket (path, 10000, &error);
  GDBusConnection *connection;

  g_assert_no_error (error);
  connection = bus_connection_new (fd, &options, NULL);
  g_dbus_connection_start_message_processing (connection);
  bus_init_hello_async (connection, own_role, "node", "regtest", 10000, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  bus_init_hello_finish (connection, result, &error);
  g_assert_no_error (error);
  return connection;
}

static void
test_clients (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDBusConnection) gui = NULL, wallet = NULL;
  const GPtrArray *list;
  GStatBuf info;

  g_assert_true (fixture_listen (fixture, NULL));
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  gui = open_client (fixture->path, "gui");
  wallet = open_client (fixture->path, "wallet");
  list = bus_clients_get_list (fixture->clients);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpuint (fixture->n_connected, ==, 2);
  g_assert_cmpuint (fixture->n_greeted, ==, 2);
  g_assert_cmpstr (bus_client_get_program (list->pdata[0]), ==, "gui");
  g_assert_cmpstr (bus_client_get_program (list->pdata[1]), ==, "wallet");
  g_assert_cmpstr (bus_client_get_name (list->pdata[1]), ==, g_get_host_name ());
  g_assert_cmpuint (bus_client_get_number (list->pdata[1]), ==, 2);
  g_assert_cmpuint (bus_client_get_roles (list->pdata[0]), ==, BUS_ROLE_OBSERVE);
  g_assert_false (bus_client_is_inspector (list->pdata[0]));
  bus_client_close (list->pdata[0]);
  while (fixture->n_closed == 0 || !g_dbus_connection_is_closed (gui))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_false (g_dbus_connection_is_closed (wallet));
}

/* Without Hello, a call is refused and the connection closed. */
static void
test_no_hello (Fixture *fixture, gconstpointer data)
{
  const BusConnectionOptions options = { .peer = "node" };
  g_autoptr (GDBusConnection) connection = NULL;

  g_assert_true (fixture_listen (fixture, NULL));
  connection = bus_connection_new (open_socket (fixture->path, 10000, NULL), &options, NULL);
  g_dbus_connection_start_message_processing (connection);
  g_dbus_connection_call (connection, NULL, BUS_PATH_INIT, "org.freedesktop.DBus.Peer", "Ping", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 10000, NULL, NULL, NULL);
  while (fixture->n_closed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->n_greeted, ==, 0);
}

static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) connections = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  g_assert_true (fixture_listen (fixture, NULL));
  for (guint i = 0; i < BUS_CLIENTS_MAX; i++)
    g_ptr_array_add (connections, open_client (fixture->path, "gui"));
  g_assert_cmpint (open_socket (fixture->path, 10000, &error), ==, -1);
  g_assert_error (error, BUS_ERROR, BUS_ERROR_FAILED);
}

/* A socket that was left behind is replaced, one with a program behind it is not, nor is another kind of file. */
static void
test_stale (Fixture *fixture, gconstpointer data)
{
  g_autofree char *below = g_path_get_dirname (fixture->path);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (GError) in_use = NULL, file = NULL, error = NULL;

  g_assert_cmpint (g_mkdir (below, 0700), ==, 0);
  g_strlcpy (address.sun_path, fixture->path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  g_assert_false (fixture_listen (fixture, &in_use));
  g_assert_nonnull (strstr (in_use->message, "another program is listening there"));
  close (fd);
  g_assert_true (fixture_listen (fixture, &error));
  g_assert_no_error (error);
  g_unlink (fixture->path);
  g_assert_true (g_file_set_contents (fixture->path, "x", 1, NULL));
  g_assert_false (fixture_listen (fixture, &file));
  g_assert_nonnull (strstr (file->message, "there is a file of this name"));
  /* The first listener has lost its socket, and leaves the file alone. */
  bus_clients_free (g_steal_pointer (&fixture->clients));
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_unlink (fixture->path);
}

/* A program that accepts and says nothing, or something else. */
static void
test_strange_server (Fixture *fixture, gconstpointer data)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofree char *path = g_build_filename (fixture->folder, "strange", NULL);
  g_autoptr (GError) missing = NULL, silent = NULL;
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (open_socket (path, 100, &missing), ==, -1);
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 4), ==, 0);
  g_assert_cmpint (open_socket (path, 100, &silent), ==, -1);
  g_assert_nonnull (strstr (silent->message, "does not answer"));
  close (fd);
  g_unlink (path);
}

#define ADD(name, func) g_test_add ("/dbus/listener/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("clients", test_clients);
  ADD ("no-hello", test_no_hello);
  ADD ("too-many", test_too_many);
  ADD ("stale", test_stale);
  ADD ("strange-server", test_strange_server);
  return g_test_run ();
}

/* Programs that run by themselves, to which the application is attached: remote_program.c, attachment.c. */
#include "gui/clients/remote_program.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "dbus/clients.h"

typedef struct {
  char *folder;
  char *path;
  BusClients *others; /* those of the program at the other end */
  GuiProgram *program;
  guint n_connected, n_disconnected;
  gboolean stopped;
} Fixture;

static void
on_connected (GuiProgram *program, GDBusConnection *connection, Fixture *f)
{
  f->n_connected++;
  g_assert_true (connection == gui_program_get_connection (program));
}

static void
on_disconnected (GuiProgram *program, Fixture *f)
{
  f->n_disconnected++;
  g_assert_null (gui_program_get_connection (program));
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (gui_program_stop_finish (GUI_PROGRAM (source), result, NULL));
  ((Fixture *) data)->stopped = TRUE;
}

/* Starts the other program. */
static void
listen_as (Fixture *f, const char *role, const char *network, const char *suffix)
{
  const BusClientsOptions options = { .role = role, .network = network };
  g_autofree char *text = g_strconcat ("unix:", f->path, suffix, NULL);
  g_autoptr (BusAddress) address = bus_address_parse (text, "/", "x", BUS_ROLES_NODE, NULL);

  f->others = bus_clients_new (&options, f);
  g_assert_true (bus_clients_listen (f->others, address, NULL));
}

static void
attach (Fixture *f)
{
  g_autofree char *text = g_strconcat ("unix:", f->path, NULL);
  g_autoptr (GError) error = NULL;
  GuiAttachment *attachment = gui_attachment_parse (text, "/", &error);

  g_assert_no_error (error);
  f->program = gui_remote_program_new (attachment, "regtest", f->folder);
  g_assert_cmpstr (gui_program_get_place (f->program), ==, "this computer");
  g_signal_connect (f->program, "connected", G_CALLBACK (on_connected), f);
  g_signal_connect (f->program, "disconnected", G_CALLBACK (on_disconnected), f);
  gui_program_start (f->program, FALSE);
  g_assert_cmpint (gui_program_get_state (f->program), ==, GUI_WORKER_STARTING);
}

static void
wait_for_state (Fixture *f, GuiWorkerState state)
{
  while (gui_program_get_state (f->program) != state)
    g_main_context_iteration (NULL, TRUE);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("remote-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "socket", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gui_program_stop_async (f->program, on_stopped, f);
  while (!f->stopped)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (gui_program_get_state (f->program), ==, GUI_WORKER_STOPPED);
  g_assert_cmpuint (f->n_connected, ==, f->n_disconnected);
  g_assert_finalize_object (f->program);
  bus_clients_free (f->others);
  g_rmdir (f->folder);
  g_free (f->path);
  g_free (f->folder);
}

/* It comes, goes and comes again; what the application may do there is known when it is connected. */
static void
test_comes_and_goes (Fixture *f, gconstpointer data)
{
  attach (f);
  wait_for_state (f, GUI_WORKER_LOST);
  g_assert_false (gui_program_was_ready (f->program));
  g_assert_cmpstr (gui_program_get_detail (f->program), !=, "");
  listen_as (f, "node", "regtest", "");
  wait_for_state (f, GUI_WORKER_RUNNING);
  g_assert_cmpuint (gui_program_get_roles (f->program), ==, BUS_ROLES_NODE);
  g_clear_pointer (&f->others, bus_clients_free);
  wait_for_state (f, GUI_WORKER_LOST);
  g_assert_true (gui_program_was_ready (f->program));
  g_assert_null (gui_program_get_connection (f->program));
  listen_as (f, "node", "regtest", ",role=observe");
  wait_for_state (f, GUI_WORKER_RUNNING);
  g_assert_cmpuint (gui_program_get_roles (f->program), ==, BUS_ROLE_OBSERVE);
  g_assert_cmpuint (f->n_connected, ==, 2);
}

/* What cannot be used is not tried again by itself. */
static void
test_refused (Fixture *f, gconstpointer data)
{
  listen_as (f, "node", "signet", "");
  attach (f);
  wait_for_state (f, GUI_WORKER_FAILED);
  g_assert_cmpint (gui_program_get_refusal (f->program), ==, GUI_REFUSAL_NETWORK);
  bus_clients_free (f->others);
  listen_as (f, "wallet", "regtest", "");
  gui_program_start (f->program, FALSE);
  wait_for_state (f, GUI_WORKER_FAILED);
  g_assert_cmpint (gui_program_get_refusal (f->program), ==, GUI_REFUSAL_PROGRAM);
  bus_clients_free (f->others);
  listen_as (f, "node", "regtest", "");
  gui_program_start (f->program, FALSE);
  wait_for_state (f, GUI_WORKER_RUNNING);
  g_assert_cmpint (gui_program_get_refusal (f->program), ==, GUI_REFUSAL_NONE);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  int *fd = data;

  *fd = gui_remote_program_open_finish (result, NULL);
}

/* A second connection, for another program. */
static void
test_open (Fixture *f, gconstpointer data)
{
  int fd = -2;

  listen_as (f, "node", "regtest", "");
  attach (f);
  wait_for_state (f, GUI_WORKER_RUNNING);
  gui_remote_program_open_async (GUI_REMOTE_PROGRAM (f->program), NULL, opened_cb, &fd);
  while (fd == -2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (bus_clients_get_list (f->others)->len, ==, 2);
  close (fd);
}

static void
test_parse (void)
{
  g_autoptr (GuiAttachment) node = gui_attachment_parse ("unix", "/folder", NULL);
  g_autoptr (GuiAttachment) wallet = gui_attachment_parse ("unix,program=wallet", "/folder", NULL);
  g_autoptr (GError) error = NULL;
  const char *const both[] = { "unix", "unix:other,program=wallet", NULL };
  const char *const twice[] = { "unix", "unix:other,program=node", NULL };

  g_assert_cmpint (node->worker, ==, GUI_WORKER_NODE);
  g_assert_cmpstr (node->address->path, ==, "/folder/node-bus.sock");
  g_assert_cmpint (wallet->worker, ==, GUI_WORKER_WALLET);
  g_assert_cmpstr (wallet->address->path, ==, "/folder/wallet-bus.sock");
  g_assert_null (gui_attachment_parse ("unix,program=cli", "/folder", &error));
  g_assert_nonnull (strstr (error->message, "node or wallet"));
  g_assert_cmpint (gui_attachment_get_worker ("unix,program=wallet"), ==, GUI_WORKER_WALLET);
  g_clear_error (&error);
  g_assert_true (gui_attachment_check (both, "/folder", &error));
  g_assert_no_error (error);
  g_assert_false (gui_attachment_check (twice, "/folder", &error));
  g_assert_nonnull (strstr (error->message, "unix:other"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/remote-program/comes-and-goes", Fixture, NULL, set_up, test_comes_and_goes, tear_down);
  g_test_add ("/remote-program/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/remote-program/open", Fixture, NULL, set_up, test_open, tear_down);
  g_test_add_func ("/remote-program/parse", test_parse);

  return g_test_run ();
}

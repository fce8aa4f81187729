/* A worker for test-supervisor: does what its first word says.
 *   serve    answers; exits with 0 on Shutdown, and when the parent has exited (then creates the file in word 2)
 *   fail     exits with 1 at once
 *   locked   exits with 1 while the file in word 2 exists, and removes it; otherwise like serve
 *   network  answers for another network
 *   call     calls its parent, which is a violation
 *   mute     sends nothing, and does not exit by itself
 *   garbage  sends bytes that are not D-Bus, and does not exit by itself
 *   flood    fills its standard error, ends it with a message that contains an escape sequence, and exits with 1 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "common/confinement.h"
#include "common/ending.h"
#include "dbus/names.h"
#include "dbus/worker_end.h"

static GMainLoop *loop;
static const char *mode;
static const char *file;

static void
stay_mute (void)
{
  for (;;)
    pause ();
}

static void
send_garbage (void)
{
  if (write (BUS_WORKER_FD, "no D-Bus at all!", 16) == 16)
    for (;;)
      pause ();
}

static void
flood_errors (void)
{
  g_autofree char *line = g_strnfill (1023, 'x');

  for (guint i = 0; i < 1024; i++)
    g_printerr ("%s\n", line);
  /* Does not depend on the locale. */
  fputs ("Error: \033[31mred\342\200\256\n", stderr);
}

static void
on_parent_connected (gpointer data, GDBusConnection *connection)
{
  if (g_str_equal (mode, "call"))
    g_dbus_connection_call (connection, NULL, "/", "org.freedesktop.DBus.Peer", "Ping", NULL, NULL, 0, 1000, NULL, NULL,
                            NULL);
}

static void
on_peer_connected (gpointer data, const char *role, GDBusConnection *connection)
{
  g_file_set_contents (file, role, -1, NULL);
}

static void
on_shutdown (gpointer data, gboolean parent_gone)
{
  if (parent_gone && file != NULL)
    g_file_set_contents (file, "parent gone", -1, NULL);
  g_main_loop_quit (loop);
}

int
main (int argc, char **argv)
{
  const BusWorkerEndCallbacks callbacks = { .role = "wallet",
                                            .network = "regtest",
                                            .parent_connected = on_parent_connected,
                                            .peer_connected = on_peer_connected,
                                            .shutdown = on_shutdown };
  BusWorkerEndCallbacks other = callbacks;
  BusWorkerEnd *end;

  mode = argv[1];
  file = argc > 3 ? argv[2] : NULL;
  if (g_str_equal (mode, "fail")) {
    g_printerr ("Something else\nError: injected failure\n");
    return 1;
  }
  if (g_str_equal (mode, "locked") && g_unlink (file) == 0) {
    g_printerr ("Error: " COMMON_ENDING_LOCKED " /there. It is in use.\n");
    return 1;
  }
  if (g_str_equal (mode, "mute"))
    stay_mute ();
  if (g_str_equal (mode, "garbage"))
    send_garbage ();
  if (g_str_equal (mode, "flood"))
    flood_errors ();
  if (g_str_equal (mode, "flood"))
    return 1;
  if (g_str_equal (mode, "network"))
    other.network = "main";
  common_confinement_apply ();
  loop = g_main_loop_new (NULL, FALSE);
  end = bus_worker_end_new (BUS_WORKER_FD, &other, NULL, NULL);
  g_assert_nonnull (end);
  g_main_loop_run (loop);
  bus_worker_end_free (end);
  g_main_loop_unref (loop);
  return 0;
}

/* Offers the objects of a worker on a listening socket, for inspection with standard tools:
 *
 *   inspect SOCKET ROLE PROGRAM ARG…
 *
 * starts PROGRAM with the options of a worker, sends Hello as its parent, writes "ready", and forwards calls, replies and
 * signals between it and any client. It exits at the end of its standard input. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gunixsocketaddress.h>

#include "dbus/connection.h"
#include "dbus/driver.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/spawn.h"

#define NETWORK "regtest"

static GDBusConnection *worker;
static GMainLoop *loop;

typedef struct {
  GDBusConnection *client;
  guint32 serial; /* of the call */
} Forwarded;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Forwarded *forwarded = data;
  g_autoptr (GDBusMessage) answer
      = g_dbus_connection_send_message_with_reply_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GDBusMessage) copy = answer != NULL ? g_dbus_message_copy (answer, NULL) : NULL;

  if (copy != NULL) {
    g_dbus_message_set_reply_serial (copy, forwarded->serial);
    g_dbus_connection_send_message (forwarded->client, copy, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
  }
  g_object_unref (forwarded->client);
  g_free (forwarded);
}

/* Calls of the client are forwarded to the worker, except for those of the bus itself. */
static GDBusMessage *
forward_call (GDBusConnection *client, GDBusMessage *message, gboolean incoming, gpointer data)
{
  g_autoptr (GDBusMessage) call = NULL;
  Forwarded *forwarded;

  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL
      || g_strcmp0 (g_dbus_message_get_path (message), "/org/freedesktop/DBus") == 0)
    return message;
  call = g_dbus_message_copy (message, NULL);
  g_dbus_message_set_destination (call, NULL);
  forwarded = g_new (Forwarded, 1);
  *forwarded = (Forwarded){ g_object_ref (client), g_dbus_message_get_serial (message) };
  g_dbus_connection_send_message_with_reply (worker, call, G_DBUS_SEND_MESSAGE_FLAGS_NONE, BUS_CALL_TIMEOUT_MS, NULL,
                                             NULL, on_answer, forwarded);
  g_object_unref (message);
  return NULL;
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *incoming, GObject *source, gpointer data)
{
  const BusConnectionOptions options = { .peer = "outside", .max_calls = 32, .handshake = TRUE };
  int fd = dup (g_socket_get_fd (g_socket_connection_get_socket (incoming)));
  g_autoptr (GError) error = NULL;
  GDBusConnection *client = bus_connection_new (fd, &options, &error);

  if (client == NULL || !bus_driver_export (client, data, &error))
    g_error ("%s", error->message);
  g_dbus_connection_add_filter (client, forward_call, NULL, NULL);
  g_signal_connect (client, "closed", G_CALLBACK (g_object_unref), NULL);
  g_dbus_connection_start_message_processing (client);
  return TRUE;
}

static void
listen_at (const char *path, const char *role)
{
  GSocketService *service = g_socket_service_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;

  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error))
    g_error ("%s", error->message);
  g_signal_connect_data (service, "incoming", G_CALLBACK (on_incoming), g_strdup_printf ("org.moneyrocket.%s", role),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
}

static void
on_hello (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  char **argv = data;

  if (!bus_init_hello_finish (worker, result, &error))
    g_error ("%s", error->message);
  listen_at (argv[1], argv[2]);
  g_print ("ready\n");
}

static gboolean
on_input_end (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  const BusConnectionOptions options = { .peer = "worker" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  BusTail *errors = NULL;
  int fds[2];

  if (argc < 4 || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    return 2;
  process = bus_spawn (argv[3], argv + 4, NULL, fds[1], &errors, &error);
  worker = process != NULL ? bus_connection_new (fds[0], &options, &error) : NULL;
  if (worker == NULL)
    g_error ("%s", error->message);
  g_dbus_connection_start_message_processing (worker);
  bus_init_hello_async (worker, argv[2], NETWORK, BUS_CALL_TIMEOUT_MS, NULL, on_hello, argv);
  g_io_add_watch (g_io_channel_unix_new (STDIN_FILENO), G_IO_HUP | G_IO_IN, on_input_end, NULL);
  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  g_clear_object (&worker); /* the worker exits cleanly */
  return g_subprocess_wait (process, NULL, NULL) ? 0 : 1;
}

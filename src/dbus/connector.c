#include "dbus/connector.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dbus/errors.h"
#include "dbus/wire/credentials.h"

/* The client's side of the handshake (see wire/auth.h), sent at once, and the two lines of the reply. */
#define REQUEST_FORMAT "AUTH EXTERNAL %s\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n"
#define MAX_REPLY 256

typedef struct {
  GSocket *socket;
  GSource *source;
  GSource *timeout;
  GString *reply;
} Opening;

static void
opening_drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  opening_drop_source (&opening->source);
  opening_drop_source (&opening->timeout);
  g_clear_object (&opening->socket);
  g_string_free (opening->reply, TRUE);
  g_free (opening);
}

/* The task is kept alive by its source. */
static void
opening_end (GTask *task, GError *error)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GTask) kept = g_object_ref (task);
  int fd;

  opening_drop_source (&opening->source);
  opening_drop_source (&opening->timeout);
  if (error != NULL) {
    g_task_return_error (task, error);
    return;
  }
  fd = dup (g_socket_get_fd (opening->socket));
  if (fd < 0)
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_FAILED, "there are no free descriptors");
  else
    g_task_return_int (task, fd);
}

static void
opening_fail (GTask *task, const char *reason)
{
  opening_end (task, g_error_new_literal (BUS_ERROR, BUS_ERROR_FAILED, reason));
}

/* Whether both lines have arrived; *GOOD: the program agrees. */
static gboolean
opening_read_reply (const char *reply, gboolean *good)
{
  const char *line = strstr (reply, "\r\n"), *second;

  *good = TRUE;
  if (line == NULL)
    return FALSE;
  *good = g_str_has_prefix (reply, "OK ");
  second = line + 2;
  if (!*good)
    return TRUE;
  *good = g_str_has_prefix (second, "AGREE_UNIX_FD\r\n");
  return strstr (second, "\r\n") != NULL;
}

/* Byte by byte: messages may follow the reply. */
static gboolean
opening_on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  GTask *task = data;
  Opening *opening = g_task_get_task_data (task);
  gboolean good, done = FALSE;
  GError *error = NULL;
  char byte;
  gssize got;

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error)) {
    opening_end (task, error);
    return G_SOURCE_REMOVE;
  }
  while (!done && (got = g_socket_receive (socket, &byte, 1, NULL, NULL)) == 1 && byte != '\0'
         && opening->reply->len < MAX_REPLY) {
    g_string_append_c (opening->reply, byte);
    done = opening_read_reply (opening->reply->str, &good);
  }
  if (done && good)
    opening_end (task, NULL);
  else if (done || got >= 0)
    opening_fail (task, "the program at the socket does not accept this user");
  else
    return G_SOURCE_CONTINUE;
  return G_SOURCE_REMOVE;
}

static gboolean
opening_on_timeout (gpointer data)
{
  opening_fail (data, "the program at the socket does not answer");
  return G_SOURCE_REMOVE;
}

static gboolean
opening_send_request (Opening *opening)
{
  g_autofree char *uid = g_strdup_printf ("%u", (guint) geteuid ());
  g_autoptr (GString) hex = g_string_new (NULL), request = g_string_new (NULL);

  for (const char *digit = uid; *digit != '\0'; digit++)
    g_string_append_printf (hex, "%02x", (guint) *digit);
  g_string_append_len (request, "\0", 1);
  g_string_append_printf (request, REQUEST_FORMAT, hex->str);
  return g_socket_send (opening->socket, request->str, request->len, NULL, NULL) == (gssize) request->len;
}

static GSocket *
opening_connect (const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, error);

  if (socket == NULL)
    return NULL;
  /* A local connection is made at once, or fails: when the queue of the other program is full, too. */
  g_socket_set_blocking (socket, FALSE);
  return g_socket_connect (socket, address, NULL, error) ? g_steal_pointer (&socket) : NULL;
}

static void
opening_watch (GTask *task, guint timeout_ms)
{
  Opening *opening = g_task_get_task_data (task);

  opening->source = g_socket_create_source (opening->socket, G_IO_IN, g_task_get_cancellable (task));
  g_source_set_callback (opening->source, G_SOURCE_FUNC (opening_on_readable), g_object_ref (task), g_object_unref);
  g_source_attach (opening->source, NULL);
  opening->timeout = g_timeout_source_new (timeout_ms);
  g_source_set_callback (opening->timeout, opening_on_timeout, task, NULL);
  g_source_attach (opening->timeout, NULL);
}

/* Takes ownership of SOCKET, which may be NULL with ERROR. */
static void
opening_start (GTask *task, GSocket *socket, GError *error, guint timeout_ms)
{
  Opening *opening = g_new0 (Opening, 1);

  g_task_set_check_cancellable (task, FALSE); /* a descriptor that is returned is taken */
  g_task_set_task_data (task, opening, opening_free);
  opening->reply = g_string_new (NULL);
  opening->socket = socket;
  if (socket == NULL)
    g_task_return_error (task, error);
  else if (!bus_credentials_are_own (g_socket_get_fd (socket)) || !opening_send_request (opening))
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_FAILED, "the program at the socket belongs to another user");
  else
    opening_watch (task, timeout_ms);
}

void
bus_connector_open_async (const char *path,
                          guint timeout_ms,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  GError *error = NULL;
  GSocket *socket = opening_connect (path, &error);

  opening_start (task, socket, error, timeout_ms);
}

void
bus_connector_greet_async (int fd,
                           guint timeout_ms,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  GError *error = NULL;
  GSocket *socket = g_socket_new_from_fd (fd, &error);

  if (socket != NULL)
    g_socket_set_blocking (socket, FALSE);
  else
    close (fd);
  opening_start (task, socket, error, timeout_ms);
}

int
bus_connector_open_finish (GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

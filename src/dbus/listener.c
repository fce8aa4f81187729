#include "dbus/listener.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/log.h"
#include "dbus/errors.h"

#define BACKLOG 16
/* After a failure, such as too many open descriptors. */
#define PAUSE_MS 500

struct _BusListener {
  char *path;
  void (*accepted) (gpointer data, int fd);
  gpointer data;
  GSocket *socket;
  guint64 device, inode; /* of the socket: another program may have replaced it */
  GSource *source;       /* while it accepts */
  guint pause_source;
};

static void listener_watch (BusListener *listener);

static void
listener_unwatch (BusListener *listener)
{
  if (listener->source != NULL)
    g_source_destroy (listener->source);
  g_clear_pointer (&listener->source, g_source_unref);
}

static gboolean
listener_on_pause_end (gpointer data)
{
  BusListener *listener = data;

  listener->pause_source = 0;
  listener_watch (listener);
  return G_SOURCE_REMOVE;
}

static gboolean
listener_on_incoming (GSocket *socket, GIOCondition condition, gpointer data)
{
  BusListener *listener = data;
  int fd = accept4 (g_socket_get_fd (socket), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd >= 0) {
    listener->accepted (listener->data, fd);
  } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
    common_warn ("A connection at %s cannot be accepted: %s", listener->path, g_strerror (errno));
    listener_unwatch (listener);
    listener->pause_source = g_timeout_add (PAUSE_MS, listener_on_pause_end, listener);
  }
  return G_SOURCE_CONTINUE;
}

static void
listener_watch (BusListener *listener)
{
  listener->source = g_socket_create_source (listener->socket, G_IO_IN, NULL);
  g_source_set_callback (listener->source, G_SOURCE_FUNC (listener_on_incoming), listener, NULL);
  g_source_attach (listener->source, NULL);
}

static gboolean
listener_fail (GError **error, const char *path, const char *reason)
{
  g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED, "Cannot listen at %s: %s", path, reason);
  return FALSE;
}

/* Whether a program accepts connections at ADDRESS. */
static gboolean
listener_is_in_use (GSocketAddress *address)
{
  g_autoptr (GSocket) probe = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, NULL);
  g_autoptr (GError) error = NULL;

  if (probe == NULL)
    return TRUE;
  g_socket_set_blocking (probe, FALSE); /* a full queue is in use, too */
  return g_socket_connect (probe, address, NULL, &error)
         || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static gboolean
listener_remove_stale (const char *path, GSocketAddress *address, GError **error)
{
  GStatBuf info;

  if (g_lstat (path, &info) < 0)
    return errno == ENOENT || listener_fail (error, path, g_strerror (errno));
  if (!S_ISSOCK (info.st_mode))
    return listener_fail (error, path, "there is a file of this name.");
  if (listener_is_in_use (address))
    return listener_fail (error, path, "another program is listening there.");
  if (g_unlink (path) < 0 && errno != ENOENT)
    return listener_fail (error, path, g_strerror (errno));
  return TRUE;
}

/* Nobody can connect before listen(), when the mode is set. */
static gboolean
listener_bind (BusListener *listener, GError **error)
{
  const char *path = listener->path;
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autofree char *folder = g_path_get_dirname (path);
  GStatBuf info;

  if (!common_file_make_folder (folder, error) || !listener_remove_stale (path, address, error))
    return FALSE;
  listener->socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, error);
  if (listener->socket == NULL)
    return FALSE;
  g_socket_set_blocking (listener->socket, FALSE);
  g_socket_set_listen_backlog (listener->socket, BACKLOG);
  if (!g_socket_bind (listener->socket, address, FALSE, error))
    return FALSE;
  if (g_chmod (path, 0600) < 0 || g_lstat (path, &info) < 0)
    return listener_fail (error, path, g_strerror (errno));
  listener->device = info.st_dev;
  listener->inode = info.st_ino;
  return g_socket_listen (listener->socket, error);
}

BusListener *
bus_listener_new (const char *path, void (*accepted) (gpointer data, int fd), gpointer data, GError **error)
{
  g_autoptr (BusListener) listener = g_new0 (BusListener, 1);

  g_return_val_if_fail (path != NULL && accepted != NULL, NULL);

  listener->path = g_strdup (path);
  listener->accepted = accepted;
  listener->data = data;
  if (!listener_bind (listener, error))
    return NULL;
  listener_watch (listener);
  return g_steal_pointer (&listener);
}

void
bus_listener_free (BusListener *listener)
{
  GStatBuf info;

  if (listener == NULL)
    return;
  listener_unwatch (listener);
  g_clear_handle_id (&listener->pause_source, g_source_remove);
  if (listener->inode != 0 && g_lstat (listener->path, &info) == 0 && info.st_dev == listener->device
      && info.st_ino == listener->inode)
    g_unlink (listener->path);
  g_clear_object (&listener->socket);
  g_free (listener->path);
  g_free (listener);
}

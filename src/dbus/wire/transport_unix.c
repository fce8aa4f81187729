#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dbus/wire/transport_private.h"

typedef union {
  struct cmsghdr aligned;
  char bytes[CMSG_SPACE (sizeof (int) * BUS_FRAME_MAX_FDS)];
} UnixControl;

static gssize
unix_get_failure (void)
{
  return errno == EAGAIN || errno == EWOULDBLOCK ? BUS_TRANSPORT_WAIT : 0;
}

static void
unix_take_fds (BusTransportFds *fds, const struct cmsghdr *control)
{
  guint n = (control->cmsg_len - CMSG_LEN (0)) / sizeof (int);
  const int *received = (const int *) CMSG_DATA (control);
  gboolean fits = fds->n + n <= BUS_FRAME_MAX_FDS;

  for (guint i = 0; i < n; i++) {
    if (fits)
      fds->fds[fds->n++] = received[i];
    else
      close (received[i]);
  }
  fds->too_many = fds->too_many || !fits;
}

static void
unix_take_control (BusTransportFds *fds, struct msghdr *header)
{
  /* The kernel has closed the descriptors for which there was no room. */
  fds->too_many = fds->too_many || (header->msg_flags & MSG_CTRUNC) != 0;
  for (struct cmsghdr *control = CMSG_FIRSTHDR (header); control != NULL; control = CMSG_NXTHDR (header, control))
    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS)
      unix_take_fds (fds, control);
}

static gssize
unix_read (BusTransport *transport, guint8 *buffer, gsize n, BusTransportFds *fds)
{
  UnixControl control;
  struct iovec piece = { .iov_base = buffer, .iov_len = n };
  struct msghdr header
      = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  gssize got;

  do
    got = recvmsg (g_socket_get_fd (transport->socket), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    return unix_get_failure ();
  unix_take_control (fds, &header);
  return got;
}

static void
unix_put_fds (UnixControl *control, struct msghdr *header, GUnixFDList *list)
{
  int n;
  const int *fds = g_unix_fd_list_peek_fds (list, &n);
  gsize bytes = sizeof (int) * (gsize) MIN (n, (int) BUS_FRAME_MAX_FDS);

  control->aligned
      = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN (bytes) };
  memcpy (CMSG_DATA (&control->aligned), fds, bytes);
  header->msg_control = control;
  header->msg_controllen = CMSG_SPACE (bytes);
}

static gssize
unix_write (BusTransport *transport, const guint8 *data, gsize n, GUnixFDList *fds)
{
  UnixControl control = { 0 };
  struct iovec piece = { .iov_base = (gpointer) data, .iov_len = n };
  struct msghdr header = { .msg_iov = &piece, .msg_iovlen = 1 };
  gssize sent;

  if (fds != NULL)
    unix_put_fds (&control, &header, fds);
  do
    sent = sendmsg (g_socket_get_fd (transport->socket), &header, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? unix_get_failure () : sent;
}

static GSource *
unix_create_child (BusTransport *transport, GIOCondition condition)
{
  return g_socket_create_source (transport->socket, condition, NULL);
}

BusTransport *
bus_transport_new_unix (GSocket *socket)
{
  static const BusTransportClass klass
      = { .passes_fds = TRUE, .read = unix_read, .write = unix_write, .create_child = unix_create_child };
  BusTransport *transport = g_new0 (BusTransport, 1);

  transport->klass = &klass;
  transport->socket = g_object_ref (socket);
  return transport;
}

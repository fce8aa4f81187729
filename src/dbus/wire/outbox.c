#include "dbus/wire/outbox.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "dbus/wire/frame.h"

typedef struct {
  GByteArray *bytes;
  gsize n_sent;
  GUnixFDList *fds; /* sent with the first byte; NULL: none */
} OutboxMessage;

struct _BusOutbox {
  int fd;
  GQueue messages;
  gsize size;
};

BusOutbox *
bus_outbox_new (int fd)
{
  BusOutbox *outbox = g_new0 (BusOutbox, 1);

  outbox->fd = fd;
  g_queue_init (&outbox->messages);
  return outbox;
}

static void
outbox_message_free (gpointer data)
{
  OutboxMessage *message = data;

  g_byte_array_unref (message->bytes);
  g_clear_object (&message->fds);
  g_free (message);
}

void
bus_outbox_free (BusOutbox *outbox)
{
  g_queue_clear_full (&outbox->messages, outbox_message_free);
  g_free (outbox);
}

void
bus_outbox_add (BusOutbox *outbox, const guint8 *data, gsize len, gsize header_len, GUnixFDList *fds)
{
  OutboxMessage *message = g_new0 (OutboxMessage, 1);

  message->bytes = g_byte_array_sized_new (len + 8);
  g_byte_array_append (message->bytes, data, header_len);
  if (fds != NULL) {
    message->fds = g_object_ref (fds);
    bus_frame_add_fds (message->bytes, g_unix_fd_list_get_length (fds));
  }
  g_byte_array_append (message->bytes, data + header_len, len - header_len);
  g_queue_push_tail (&outbox->messages, message);
  outbox->size += message->bytes->len;
}

static ssize_t
outbox_send_some (BusOutbox *outbox, const OutboxMessage *message)
{
  union {
    struct cmsghdr aligned;
    char bytes[CMSG_SPACE (sizeof (int) * BUS_FRAME_MAX_FDS)];
  } control = { 0 };
  struct iovec piece
      = { .iov_base = message->bytes->data + message->n_sent, .iov_len = message->bytes->len - message->n_sent };
  struct msghdr header = { .msg_iov = &piece, .msg_iovlen = 1 };
  ssize_t sent;

  if (message->fds != NULL && message->n_sent == 0) {
    int n;
    const int *fds = g_unix_fd_list_peek_fds (message->fds, &n);

    control.aligned = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
                                        .cmsg_type = SCM_RIGHTS,
                                        .cmsg_len = CMSG_LEN (sizeof (int) * MIN (n, (int) BUS_FRAME_MAX_FDS)) };
    memcpy (CMSG_DATA (&control.aligned), fds, sizeof (int) * MIN (n, (int) BUS_FRAME_MAX_FDS));
    header.msg_control = &control;
    header.msg_controllen = CMSG_SPACE (sizeof (int) * MIN (n, (int) BUS_FRAME_MAX_FDS));
  }
  do
    sent = sendmsg (outbox->fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent;
}

gboolean
bus_outbox_send (BusOutbox *outbox)
{
  OutboxMessage *message;

  while ((message = g_queue_peek_head (&outbox->messages)) != NULL) {
    ssize_t sent = outbox_send_some (outbox, message);

    if (sent < 0)
      return errno == EAGAIN || errno == EWOULDBLOCK;
    message->n_sent += sent;
    outbox->size -= sent;
    if (message->n_sent == message->bytes->len)
      outbox_message_free (g_queue_pop_head (&outbox->messages));
  }
  return TRUE;
}

gsize
bus_outbox_get_size (const BusOutbox *outbox)
{
  return outbox->size;
}

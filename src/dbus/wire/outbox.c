#include "dbus/wire/outbox.h"

#include "dbus/wire/frame.h"

typedef struct {
  GByteArray *bytes;
  gsize n_sent;
  GUnixFDList *fds; /* sent with the first byte; NULL: none */
} OutboxMessage;

struct _BusOutbox {
  BusTransport *transport;
  GQueue messages;
  gsize size;
};

BusOutbox *
bus_outbox_new (BusTransport *transport)
{
  BusOutbox *outbox = g_new0 (BusOutbox, 1);

  outbox->transport = transport;
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

gboolean
bus_outbox_send (BusOutbox *outbox)
{
  OutboxMessage *message;

  while ((message = g_queue_peek_head (&outbox->messages)) != NULL) {
    gssize sent
        = bus_transport_write (outbox->transport, message->bytes->data + message->n_sent,
                               message->bytes->len - message->n_sent, message->n_sent == 0 ? message->fds : NULL);

    if (sent <= 0)
      return sent == BUS_TRANSPORT_WAIT;
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

#include "dbus/wire/inbox.h"

#include <string.h>
#include <unistd.h>

#include "common/clock.h"

#define STEP (256u << 10)      /* received at once */
#define KEEP_BYTES (64u << 10) /* a larger buffer is released after its message */
/* The maximum number of descriptors that were received and not taken yet. */
#define MAX_KEPT 64u

typedef enum { INBOX_HEAD, INBOX_FIELDS, INBOX_BODY, INBOX_COMPLETE } InboxStage;

struct _BusInbox {
  BusTransport *transport;
  BusCheck *check;
  GByteArray *bytes; /* the message as far as it was received */
  gsize wanted;      /* the length needed for the next stage */
  gsize n_read;      /* read from a complete message */
  InboxStage stage;
  BusFrame frame;
  BusTransportFds fds; /* of the message that is being received */
  GHashTable *kept;    /* serial → GUnixFDList */
  guint64 n_messages;
};

static void
inbox_begin (BusInbox *inbox)
{
  if (inbox->bytes == NULL || inbox->bytes->len > KEEP_BYTES) {
    g_clear_pointer (&inbox->bytes, g_byte_array_unref);
    inbox->bytes = g_byte_array_new ();
  }
  g_byte_array_set_size (inbox->bytes, 0);
  inbox->wanted = BUS_FRAME_HEAD;
  inbox->n_read = 0;
  inbox->stage = INBOX_HEAD;
}

BusInbox *
bus_inbox_new (BusTransport *transport, BusCheck *check)
{
  BusInbox *inbox = g_new0 (BusInbox, 1);

  inbox->transport = transport;
  inbox->check = check;
  inbox->kept = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  inbox_begin (inbox);
  return inbox;
}

void
bus_inbox_close_fds (BusInbox *inbox)
{
  for (guint i = 0; i < inbox->fds.n; i++)
    close (inbox->fds.fds[i]);
  inbox->fds.n = 0;
  g_hash_table_remove_all (inbox->kept);
}

void
bus_inbox_free (BusInbox *inbox)
{
  bus_inbox_close_fds (inbox);
  g_hash_table_unref (inbox->kept);
  g_byte_array_unref (inbox->bytes);
  g_free (inbox);
}

/* Receives some of the bytes that are needed. */
static BusInboxState
inbox_receive_some (BusInbox *inbox, const char **problem)
{
  gsize len = inbox->bytes->len, n = MIN (inbox->wanted - len, STEP);
  gssize got;

  g_byte_array_set_size (inbox->bytes, len + n);
  got = bus_transport_read (inbox->transport, inbox->bytes->data + len, n, &inbox->fds);
  g_byte_array_set_size (inbox->bytes, len + MAX (got, 0));
  if (got == BUS_TRANSPORT_WAIT)
    return BUS_INBOX_WAIT;
  if (inbox->fds.too_many) {
    *problem = "too many descriptors";
    return BUS_INBOX_BAD;
  }
  return got == 0 ? BUS_INBOX_CLOSED : BUS_INBOX_MESSAGE;
}

static const char *
inbox_end_head (BusInbox *inbox)
{
  const char *problem = bus_frame_read_head (inbox->bytes->data, &inbox->frame);

  inbox->wanted = problem == NULL ? inbox->frame.header_len : 0;
  inbox->stage = INBOX_FIELDS;
  return problem;
}

static const char *
inbox_end_fields (BusInbox *inbox)
{
  const char *problem = bus_frame_read_fields (inbox->bytes->data, &inbox->frame);

  if (problem == NULL)
    problem = bus_check_header (inbox->check, &inbox->frame, common_clock_monotonic_us ());
  inbox->wanted = inbox->frame.header_len + inbox->frame.body_len;
  inbox->stage = INBOX_BODY;
  return problem;
}

static const char *
inbox_keep_fds (BusInbox *inbox)
{
  if (inbox->fds.n != inbox->frame.n_fds)
    return "a wrong number of descriptors";
  if (inbox->fds.n == 0)
    return NULL;
  if (g_hash_table_size (inbox->kept) >= MAX_KEPT)
    return "too many descriptors at once";
  g_hash_table_replace (inbox->kept, GUINT_TO_POINTER (inbox->frame.serial),
                        g_unix_fd_list_new_from_array (inbox->fds.fds, inbox->fds.n));
  inbox->fds.n = 0;
  return NULL;
}

static const char *
inbox_end_body (BusInbox *inbox)
{
  /* The buffer was reallocated, so the fields that point into it are read again. */
  const char *problem = bus_frame_read_fields (inbox->bytes->data, &inbox->frame);

  if (problem == NULL)
    problem = bus_check_message (inbox->check, inbox->bytes->data, &inbox->frame);
  if (problem == NULL)
    problem = inbox_keep_fds (inbox);
  inbox->stage = INBOX_COMPLETE;
  inbox->n_messages++;
  return problem;
}

BusInboxState
bus_inbox_receive (BusInbox *inbox, const char **problem)
{
  static const char *(*const end_stage[]) (BusInbox *) = { inbox_end_head, inbox_end_fields, inbox_end_body };

  while (inbox->stage != INBOX_COMPLETE) {
    if (inbox->bytes->len < inbox->wanted) {
      BusInboxState state = inbox_receive_some (inbox, problem);

      if (state != BUS_INBOX_MESSAGE)
        return state;
    } else {
      *problem = end_stage[inbox->stage](inbox);
      if (*problem != NULL)
        return BUS_INBOX_BAD;
    }
  }
  return BUS_INBOX_MESSAGE;
}

gsize
bus_inbox_read (BusInbox *inbox, guint8 *buffer, gsize n)
{
  gsize taken = MIN (n, inbox->bytes->len - inbox->n_read);

  g_return_val_if_fail (inbox->stage == INBOX_COMPLETE, 0);
  memcpy (buffer, inbox->bytes->data + inbox->n_read, taken);
  inbox->n_read += taken;
  if (inbox->n_read == inbox->bytes->len)
    inbox_begin (inbox);
  return taken;
}

GUnixFDList *
bus_inbox_steal_fds (BusInbox *inbox, guint32 serial)
{
  gpointer fds = NULL;

  g_hash_table_steal_extended (inbox->kept, GUINT_TO_POINTER (serial), NULL, &fds);
  return fds;
}

guint64
bus_inbox_get_progress (const BusInbox *inbox)
{
  if (inbox->stage == INBOX_COMPLETE || inbox->bytes->len == 0)
    return 0;
  return (inbox->n_messages + 1) << 8 | inbox->bytes->len >> 20;
}

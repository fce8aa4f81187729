#include "dbus/wire/inbox.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"

#define STEP (256u << 10)      /* received at once */
#define KEEP_BYTES (64u << 10) /* a larger buffer is released after its message */
/* The maximum number of descriptors that were received and not taken yet. */
#define MAX_KEPT 64u

typedef enum { INBOX_HEAD, INBOX_FIELDS, INBOX_BODY, INBOX_COMPLETE } InboxStage;

struct _BusInbox {
  int fd;
  BusCheck *check;
  GByteArray *bytes; /* the message as far as it was received */
  gsize wanted;      /* the length needed for the next stage */
  gsize n_read;      /* read from a complete message */
  InboxStage stage;
  BusFrame frame;
  int fds[BUS_FRAME_MAX_FDS]; /* of the message that is being received */
  guint n_fds;
  GHashTable *kept; /* serial → GUnixFDList */
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
bus_inbox_new (int fd, BusCheck *check)
{
  BusInbox *inbox = g_new0 (BusInbox, 1);

  inbox->fd = fd;
  inbox->check = check;
  inbox->kept = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  inbox_begin (inbox);
  return inbox;
}

void
bus_inbox_close_fds (BusInbox *inbox)
{
  for (guint i = 0; i < inbox->n_fds; i++)
    close (inbox->fds[i]);
  inbox->n_fds = 0;
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

static gboolean
inbox_take_fds (BusInbox *inbox, const struct cmsghdr *control)
{
  guint n = (control->cmsg_len - CMSG_LEN (0)) / sizeof (int);
  const int *fds = (const int *) CMSG_DATA (control);
  gboolean good = inbox->n_fds + n <= BUS_FRAME_MAX_FDS;

  for (guint i = 0; i < n; i++) {
    if (good)
      inbox->fds[inbox->n_fds++] = fds[i];
    else
      close (fds[i]);
  }
  return good;
}

static gboolean
inbox_take_control (BusInbox *inbox, struct msghdr *header)
{
  /* The kernel has closed the descriptors for which there was no room. */
  gboolean good = (header->msg_flags & MSG_CTRUNC) == 0;

  for (struct cmsghdr *control = CMSG_FIRSTHDR (header); control != NULL; control = CMSG_NXTHDR (header, control))
    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS)
      good = inbox_take_fds (inbox, control) && good;
  return good;
}

/* Receives some of the bytes that are needed. */
static BusInboxState
inbox_receive_some (BusInbox *inbox, const char **problem)
{
  union {
    struct cmsghdr aligned;
    char bytes[CMSG_SPACE (sizeof (int) * BUS_FRAME_MAX_FDS)];
  } control;
  gsize len = inbox->bytes->len, n = MIN (inbox->wanted - len, STEP);
  struct iovec piece = { .iov_len = n };
  struct msghdr header
      = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  ssize_t got;

  g_byte_array_set_size (inbox->bytes, len + n);
  piece.iov_base = inbox->bytes->data + len;
  do
    got = recvmsg (inbox->fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  g_byte_array_set_size (inbox->bytes, len + MAX (got, 0));
  if (got < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK ? BUS_INBOX_WAIT : BUS_INBOX_CLOSED;
  if (!inbox_take_control (inbox, &header)) {
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
  if (inbox->n_fds != inbox->frame.n_fds)
    return "a wrong number of descriptors";
  if (inbox->n_fds == 0)
    return NULL;
  if (g_hash_table_size (inbox->kept) >= MAX_KEPT)
    return "too many descriptors at once";
  g_hash_table_replace (inbox->kept, GUINT_TO_POINTER (inbox->frame.serial),
                        g_unix_fd_list_new_from_array (inbox->fds, inbox->n_fds));
  inbox->n_fds = 0;
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

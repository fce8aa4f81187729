#include "dbus/wire/channel.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "dbus/errors.h"
#include "dbus/wire/auth.h"
#include "dbus/wire/check.h"
#include "dbus/wire/credentials.h"
#include "dbus/wire/inbox.h"
#include "dbus/wire/outbox.h"

/* Intervals are counted, not time, so that suspending this process or the machine does not count. */
#define TICKS 5
/* For the messages that are queued when the channel is closed. */
#define CLOSE_STEPS 10
#define CLOSE_STEP_MS 100

struct _BusChannel {
  gatomicrefcount refs;
  GMutex lock; /* for all fields below */
  BusTransport *transport;
  char *peer;
  gsize max_queued;
  guint tick_ms;
  BusAuth *auth;    /* until the handshake is done; NULL: there is none */
  gboolean monitor; /* the other end only receives */
  BusCheck *check;
  BusInbox *inbox;
  BusOutbox *outbox;
  GHashTable *fds;  /* to be sent: serial → GUnixFDList */
  GSource *writer;  /* while something is queued */
  GSource *ticker;  /* while a message is incomplete */
  guint64 progress; /* at the last tick that saw some */
  guint n_ticks;    /* since then */
  GError *end;      /* why the channel has ended; NULL: it is open */
};

BusChannel *
bus_channel_new (BusTransport *transport, const BusChannelOptions *options)
{
  BusChannel *channel = g_new0 (BusChannel, 1);

  g_atomic_ref_count_init (&channel->refs);
  g_mutex_init (&channel->lock);
  channel->transport = transport;
  channel->peer = g_strdup (options->peer);
  channel->max_queued = options->max_bytes;
  channel->tick_ms = MAX (options->deadline_ms / TICKS, 1);
  channel->check = bus_check_new (options->members, options->max_calls, options->max_bytes);
  channel->inbox = bus_inbox_new (transport, channel->check);
  channel->outbox = bus_outbox_new (transport);
  channel->fds = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  if (options->handshake) {
    g_autofree char *guid = g_dbus_generate_guid ();

    channel->auth = bus_auth_new (geteuid (), guid);
  }
  return channel;
}

BusChannel *
bus_channel_ref (BusChannel *channel)
{
  g_atomic_ref_count_inc (&channel->refs);
  return channel;
}

/* The sources hold references, so there are none left. */
void
bus_channel_unref (BusChannel *channel)
{
  if (!g_atomic_ref_count_dec (&channel->refs))
    return;
  bus_inbox_free (channel->inbox);
  bus_outbox_free (channel->outbox);
  bus_check_free (channel->check);
  g_hash_table_unref (channel->fds);
  g_clear_pointer (&channel->auth, bus_auth_free);
  bus_transport_free (channel->transport);
  g_clear_error (&channel->end);
  g_mutex_clear (&channel->lock);
  g_free (channel->peer);
  g_free (channel);
}

const BusTransport *
bus_channel_get_transport (BusChannel *channel)
{
  return channel->transport;
}

GSource *
bus_channel_create_child (BusChannel *channel)
{
  return bus_transport_create_child (channel->transport, G_IO_IN);
}

static void
channel_drop_source (GSource **source)
{
  GSource *dropped = g_steal_pointer (source);

  if (dropped == NULL)
    return;
  g_source_destroy (dropped);
  g_source_unref (dropped);
}

/* On the context of the GDBus worker thread. */
static void
channel_add_source (BusChannel *channel, GSource **source, GSourceFunc callback)
{
  g_source_set_callback (*source, callback, bus_channel_ref (channel), (GDestroyNotify) bus_channel_unref);
  g_source_attach (*source, g_main_context_get_thread_default ());
}

/* The descriptor stays open until nothing can poll it any more; the other end sees the shutdown at once. The caller
 * holds the lock, and its own reference, since the sources drop theirs. */
static void
channel_end (BusChannel *channel, GError *reason)
{
  if (channel->end != NULL) {
    g_error_free (reason);
    return;
  }
  channel->end = reason;
  bus_inbox_close_fds (channel->inbox);
  bus_transport_shutdown (channel->transport);
  channel_drop_source (&channel->writer);
  channel_drop_source (&channel->ticker);
  g_hash_table_remove_all (channel->fds);
}

static void
channel_violation (BusChannel *channel, const char *problem)
{
  if (channel->end != NULL)
    return;
  common_warn ("The connection with the %s process is closed: %s.", channel->peer, problem);
  channel_end (channel, g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The %s process broke a rule: %s",
                                     channel->peer, problem));
}

static void
channel_bad_message (BusChannel *channel, const char *problem)
{
  g_autofree char *text = g_strdup_printf ("it sent %s", problem);

  channel_violation (channel, text);
}

static void
channel_lost (BusChannel *channel)
{
  const char *problem = bus_transport_get_problem (channel->transport);

  if (channel->end == NULL && problem != NULL)
    common_warn ("The connection with the %s process is closed: %s", channel->peer, problem);
  channel_end (channel, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection is closed"));
}

/* A handshake counts as an incomplete message until it is done. */
static guint64
channel_get_progress (const BusChannel *channel)
{
  return channel->auth != NULL ? 1 : bus_inbox_get_progress (channel->inbox);
}

static gboolean
on_channel_tick (gpointer data)
{
  BusChannel *channel = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);
  guint64 progress = channel_get_progress (channel);

  if (channel->end != NULL)
    return G_SOURCE_REMOVE;
  if (progress == 0) {
    channel_drop_source (&channel->ticker);
    return G_SOURCE_REMOVE;
  }
  if (progress != channel->progress) {
    channel->progress = progress;
    channel->n_ticks = 0;
  } else if (++channel->n_ticks >= TICKS) {
    channel_bad_message (channel, channel->auth != NULL ? "no complete handshake in time"
                                                        : "a message that was not completed in time");
    return G_SOURCE_REMOVE;
  }
  return G_SOURCE_CONTINUE;
}

/* An incomplete message must be completed in time. */
static void
channel_watch_deadline (BusChannel *channel)
{
  if (channel->ticker != NULL || channel_get_progress (channel) == 0)
    return;
  channel->progress = channel_get_progress (channel);
  channel->n_ticks = 0;
  channel->ticker = g_timeout_source_new (channel->tick_ms);
  channel_add_source (channel, &channel->ticker, on_channel_tick);
}

void
bus_channel_set_deadline (BusChannel *channel, guint deadline_ms)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);

  channel->tick_ms = MAX (deadline_ms / TICKS, 1);
}

static gboolean
on_channel_writable (gpointer data)
{
  BusChannel *channel = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);

  if (channel->end != NULL)
    return G_SOURCE_REMOVE;
  if (!bus_outbox_send (channel->outbox))
    channel_lost (channel);
  else if (bus_outbox_get_size (channel->outbox) > 0)
    return G_SOURCE_CONTINUE;
  channel_drop_source (&channel->writer);
  return G_SOURCE_REMOVE;
}

static void
channel_flush (BusChannel *channel)
{
  if (channel->auth == NULL && !bus_outbox_send (channel->outbox))
    channel_lost (channel);
  else if (bus_outbox_get_size (channel->outbox) > channel->max_queued)
    channel_violation (channel, "it does not read its messages");
  else if (channel->auth == NULL && bus_outbox_get_size (channel->outbox) > 0 && channel->writer == NULL) {
    channel->writer = bus_transport_create_source (channel->transport, G_IO_OUT);
    channel_add_source (channel, &channel->writer, on_channel_writable);
  }
}

/* Messages are queued until here. */
static void
channel_end_handshake (BusChannel *channel)
{
  g_clear_pointer (&channel->auth, bus_auth_free);
  channel_drop_source (&channel->ticker);
  channel_flush (channel);
}

/* Byte by byte, since the messages after the handshake are read with their descriptors. The replies are so short that a
 * socket has room for them, unless the other end sends requests without reading. */
static BusInboxState
channel_shake_hands (BusChannel *channel, const char **problem)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  int fd = g_socket_get_fd (bus_transport_get_socket (channel->transport));
  BusAuthState state = BUS_AUTH_MORE;
  guint8 byte;
  ssize_t got = 0;

  *problem = "an invalid handshake, or that of another user";
  if (!bus_credentials_are_own (fd))
    return BUS_INBOX_BAD;
  while (state == BUS_AUTH_MORE && (got = recv (fd, &byte, 1, MSG_DONTWAIT)) == 1)
    state = bus_auth_take (channel->auth, byte, reply);
  if (state == BUS_AUTH_BAD
      || (reply->len > 0 && send (fd, reply->str, reply->len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t) reply->len))
    return BUS_INBOX_BAD;
  if (state == BUS_AUTH_DONE)
    return BUS_INBOX_MESSAGE;
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? BUS_INBOX_WAIT : BUS_INBOX_CLOSED;
}

static BusInboxState
channel_receive_message (BusChannel *channel, const char **problem)
{
  BusInboxState state = bus_inbox_receive (channel->inbox, problem);

  if (state != BUS_INBOX_MESSAGE || !channel->monitor)
    return state;
  *problem = "a message although it is a monitor";
  return BUS_INBOX_BAD;
}

static BusInboxState
channel_receive (BusChannel *channel, const char **problem)
{
  if (channel->auth != NULL) {
    BusInboxState state = channel_shake_hands (channel, problem);

    if (state != BUS_INBOX_MESSAGE)
      return state;
    channel_end_handshake (channel);
  }
  if (channel->end != NULL)
    return BUS_INBOX_CLOSED;
  return channel_receive_message (channel, problem);
}

gssize
bus_channel_read (BusChannel *channel, guint8 *buffer, gsize n, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);
  const char *problem;

  if (channel->end == NULL) {
    switch (channel_receive (channel, &problem)) {
    case BUS_INBOX_MESSAGE:
      return bus_inbox_read (channel->inbox, buffer, n);
    case BUS_INBOX_WAIT:
      channel_watch_deadline (channel);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Nothing to read");
      return -1;
    case BUS_INBOX_CLOSED:
      channel_lost (channel);
      return 0;
    case BUS_INBOX_BAD:
      channel_bad_message (channel, problem);
      break;
    }
  }
  g_propagate_error (error, g_error_copy (channel->end));
  return -1;
}

/* In place of a reply that the other end would reject. */
static void
channel_write_error (BusChannel *channel, const BusFrame *frame, const char *problem)
{
  g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED, problem);
  g_autoptr (GDBusMessage) message = g_dbus_message_new ();
  g_autofree guint8 *bytes = NULL;
  gsize len;

  g_dbus_message_set_message_type (message, G_DBUS_MESSAGE_TYPE_ERROR);
  g_dbus_message_set_serial (message, frame->serial);
  g_dbus_message_set_reply_serial (message, frame->reply_serial);
  g_dbus_message_set_error_name (message, bus_error_get_name (error));
  g_dbus_message_set_body (message, g_variant_new ("(s)", problem));
  bytes = g_dbus_message_to_blob (message, &len, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
  if (bytes != NULL)
    bus_outbox_add (channel->outbox, bytes, len, len, NULL);
}

static void
channel_queue (BusChannel *channel, const guint8 *message, const BusFrame *frame)
{
  gpointer fds = NULL;
  const char *problem;
  BusFrame sent = *frame;

  g_hash_table_steal_extended (channel->fds, GUINT_TO_POINTER (frame->serial), NULL, &fds);
  if (fds != NULL)
    sent.n_fds = g_unix_fd_list_get_length (fds);
  problem = channel->monitor ? NULL : bus_check_sent (channel->check, message, &sent);
  if (problem == NULL && fds != NULL && !bus_transport_passes_fds (channel->transport))
    problem = "a message with descriptors, which this connection does not pass";
  if (problem == NULL) {
    bus_outbox_add (channel->outbox, message, frame->header_len + frame->body_len, frame->header_len, fds);
  } else {
    common_warn ("A message to the %s process is not sent: it would be %s.", channel->peer, problem);
    if (frame->type == BUS_FRAME_REPLY)
      channel_write_error (channel, frame, problem);
  }
  g_clear_object (&fds);
}

gboolean
bus_channel_write (BusChannel *channel, const guint8 *message, gsize n, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);
  const char *problem = n < BUS_FRAME_HEAD ? "incomplete" : NULL;
  BusFrame frame;

  if (channel->end != NULL) {
    g_propagate_error (error, g_error_copy (channel->end));
    return FALSE;
  }
  if (problem == NULL)
    problem = bus_frame_read_head (message, &frame);
  if (problem == NULL && n != frame.header_len + frame.body_len)
    problem = "incomplete";
  if (problem == NULL)
    problem = bus_frame_read_fields (message, &frame);
  if (problem != NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "The message is %s", problem);
    return FALSE;
  }
  channel_queue (channel, message, &frame);
  channel_flush (channel);
  return TRUE;
}

void
bus_channel_put_fds (BusChannel *channel, guint32 serial, GUnixFDList *fds)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);

  if (channel->end == NULL)
    g_hash_table_replace (channel->fds, GUINT_TO_POINTER (serial), g_object_ref (fds));
}

GUnixFDList *
bus_channel_steal_fds (BusChannel *channel, guint32 serial)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);

  return bus_inbox_steal_fds (channel->inbox, serial);
}

void
bus_channel_refuse (BusChannel *channel, const char *problem, const guint8 *last, gsize n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);

  if (channel->end != NULL)
    return;
  if (last != NULL) {
    bus_outbox_add (channel->outbox, last, n, n, NULL);
    bus_outbox_send (channel->outbox);
  }
  channel_bad_message (channel, problem);
}

void
bus_channel_become_monitor (BusChannel *channel)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);

  channel->monitor = TRUE;
}

gboolean
bus_channel_is_monitor (BusChannel *channel)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);

  return channel->monitor;
}

void
bus_channel_get_counts (BusChannel *channel, BusCounts *received, BusCounts *sent)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);

  bus_check_get_counts (channel->check, received, sent);
}

gboolean
bus_channel_is_refused (BusChannel *channel)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);

  return g_error_matches (channel->end, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

void
bus_channel_close (BusChannel *channel)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&channel->lock);
  struct pollfd poll_fd = { .fd = g_socket_get_fd (bus_transport_get_socket (channel->transport)), .events = POLLOUT };

  for (guint i = 0; i < CLOSE_STEPS && channel->end == NULL && channel->auth == NULL; i++) {
    if (!bus_outbox_send (channel->outbox) || bus_outbox_get_size (channel->outbox) == 0)
      break;
    g_mutex_unlock (&channel->lock);
    poll (&poll_fd, 1, CLOSE_STEP_MS);
    g_mutex_lock (&channel->lock);
  }
  if (channel->end == NULL)
    channel_lost (channel);
}

#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "dbus/wire/check.h"
#include "dbus/wire/members.h"
#include "dbus/wire/transport.h"

G_BEGIN_DECLS

/* Shared by both halves of a BusStream: a transport with checked messages in both directions. It ends at the first
 * violation by the other end, which is logged in one line without contents of the message. Reference counted; any
 * thread. */

typedef struct {
  const char *peer;          /* for the log */
  const BusMembers *members; /* borrowed */
  guint max_calls;           /* pending calls of the other end; 0: it may not make calls */
  gsize max_bytes;           /* of the bodies of all pending calls, and of the messages queued for the other end */
  guint deadline_ms;         /* for each MiB of an incomplete message, and for the whole handshake */
  gboolean handshake;        /* of a local socket: the other end authenticates first, as this user: see auth.h */
} BusChannelOptions;

typedef struct _BusChannel BusChannel;

/* Takes ownership of TRANSPORT. OPTIONS is copied. */
BusChannel *bus_channel_new (BusTransport *transport, const BusChannelOptions *options);
BusChannel *bus_channel_ref (BusChannel *channel);
void bus_channel_unref (BusChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusChannel, bus_channel_unref)

/* Only to ask for its socket, and whether it passes descriptors. */
const BusTransport *bus_channel_get_transport (BusChannel *channel);

/* A source that is ready when more can be read, after bus_channel_read() would have blocked; see
 * bus_transport_create_child(). */
GSource *bus_channel_create_child (BusChannel *channel);

/* As g_pollable_input_stream_read_nonblocking(), but only of checked messages. On the GDBus worker thread. After a
 * violation the error is G_IO_ERROR_INVALID_DATA. */
gssize bus_channel_read (BusChannel *channel, guint8 *buffer, gsize n, GError **error);

/* Sets deadline_ms, for later messages. */
void bus_channel_set_deadline (BusChannel *channel, guint deadline_ms);

/* Sends the N bytes of one whole message, or queues them. A reply or a signal that the other end would reject is not
 * sent; in place of the reply an error is sent. On the same thread. */
gboolean bus_channel_write (BusChannel *channel, const guint8 *message, gsize n, GError **error);

/* _put_fds() sets the descriptors to send with the message SERIAL, before it is written. _steal_fds() returns those
 * received with the message SERIAL, owned by the caller; NULL: none were. */
void bus_channel_put_fds (BusChannel *channel, guint32 serial, GUnixFDList *fds);
GUnixFDList *bus_channel_steal_fds (BusChannel *channel, guint32 serial);

/* From now on whole messages are sent unchecked, since they are copies of those on other channels, and a message from
 * the other end is a violation. */
void bus_channel_become_monitor (BusChannel *channel);
gboolean bus_channel_is_monitor (BusChannel *channel);

/* Ends the channel because the other end sent PROBLEM. The whole message LAST, N bytes, is sent first if there is room
 * for it; NULL: none. */
void bus_channel_refuse (BusChannel *channel, const char *problem, const guint8 *last, gsize n);

/* As bus_check_get_counts(). */
void bus_channel_get_counts (BusChannel *channel, BusCounts *received, BusCounts *sent);

/* Whether it ended because the other end broke a rule. */
gboolean bus_channel_is_refused (BusChannel *channel);

/* Closes it cleanly. Waits a short time for the other end to read the queued messages. */
void bus_channel_close (BusChannel *channel);

G_END_DECLS

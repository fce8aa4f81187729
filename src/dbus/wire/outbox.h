#pragma once

#include "dbus/wire/transport.h"

G_BEGIN_DECLS

/* A queue of messages to a transport, each with its descriptors. One thread at a time. */

typedef struct _BusOutbox BusOutbox;

/* TRANSPORT is borrowed. */
BusOutbox *bus_outbox_new (BusTransport *transport);
void bus_outbox_free (BusOutbox *outbox);

/* Adds the LEN bytes of a whole message, as GDBus writes it. FDS, borrowed, may be NULL; their number is added to the
 * header, which has HEADER_LEN bytes. */
void bus_outbox_add (BusOutbox *outbox, const guint8 *data, gsize len, gsize header_len, GUnixFDList *fds);

/* Sends as much as the transport accepts. FALSE: the connection is closed. */
gboolean bus_outbox_send (BusOutbox *outbox);

/* The number of queued bytes. */
gsize bus_outbox_get_size (const BusOutbox *outbox);

G_END_DECLS

#pragma once

#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/* A queue of messages to a local socket, each with its descriptors. One thread at a time. */

typedef struct _BusOutbox BusOutbox;

/* FD does not block, and is borrowed. */
BusOutbox *bus_outbox_new (int fd);
void bus_outbox_free (BusOutbox *outbox);

/* Adds the LEN bytes of a whole message, as GDBus writes it. FDS, borrowed, may be NULL; their number is added to the
 * header, which has HEADER_LEN bytes. */
void bus_outbox_add (BusOutbox *outbox, const guint8 *data, gsize len, gsize header_len, GUnixFDList *fds);

/* Sends what the socket takes. FALSE: the connection is closed. */
gboolean bus_outbox_send (BusOutbox *outbox);

/* How many bytes wait. */
gsize bus_outbox_get_size (const BusOutbox *outbox);

G_END_DECLS

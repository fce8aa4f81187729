#pragma once

#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/* Messages on their way into a local socket, each with its descriptors. Not for several threads at once. */

typedef struct _BusOutbox BusOutbox;

/* FD does not block, and is borrowed. */
BusOutbox *bus_outbox_new (int fd);
void bus_outbox_free (BusOutbox *outbox);

/* Adds the LEN bytes of a whole message, as GDBus writes it. FDS, borrowed, may be NULL; that they come along is not yet
 * said in its header, which has HEADER_LEN bytes. */
void bus_outbox_add (BusOutbox *outbox, const guint8 *data, gsize len, gsize header_len, GUnixFDList *fds);

/* Sends what the socket takes. FALSE: the connection is gone. */
gboolean bus_outbox_send (BusOutbox *outbox);

/* How many bytes wait. */
gsize bus_outbox_get_size (const BusOutbox *outbox);

G_END_DECLS

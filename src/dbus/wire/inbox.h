#pragma once

#include <gio/gunixfdlist.h>

#include "dbus/wire/check.h"
#include "dbus/wire/transport.h"

G_BEGIN_DECLS

/* Receives messages from a transport, one at a time, each with its descriptors, and returns only fully checked
 * messages. It never reads beyond a message, and never allocates more memory than was received. One thread at a
 * time. */

typedef struct _BusInbox BusInbox;

typedef enum {
  BUS_INBOX_MESSAGE, /* a message can be read */
  BUS_INBOX_WAIT,    /* nothing more for now */
  BUS_INBOX_CLOSED,  /* by the other end */
  BUS_INBOX_BAD,     /* the other end has broken a rule */
} BusInboxState;

/* Both are borrowed. */
BusInbox *bus_inbox_new (BusTransport *transport, BusCheck *check);
void bus_inbox_free (BusInbox *inbox);
void bus_inbox_close_fds (BusInbox *inbox); /* received and not taken yet */

/* Receives up to the end of a message. *PROBLEM is set when it is BAD. */
BusInboxState bus_inbox_receive (BusInbox *inbox, const char **problem);

/* Reads up to N bytes of the received message. */
gsize bus_inbox_read (BusInbox *inbox, guint8 *buffer, gsize n);

/* The descriptors received with the message SERIAL, owned by the caller; NULL: none. */
GUnixFDList *bus_inbox_steal_fds (BusInbox *inbox, guint32 serial);

/* A number that changes with each message and with each MiB of it; 0 between messages. */
guint64 bus_inbox_get_progress (const BusInbox *inbox);

G_END_DECLS

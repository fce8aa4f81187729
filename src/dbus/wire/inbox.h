#pragma once

#include <gio/gunixfdlist.h>

#include "dbus/wire/check.h"

G_BEGIN_DECLS

/* Receives messages from a local socket, one at a time, each with its descriptors, and returns only messages that were
 * checked completely. It never reads beyond a message, nor allocates more memory than was received. One thread at a
 * time. */

typedef struct _BusInbox BusInbox;

typedef enum {
  BUS_INBOX_MESSAGE, /* a message can be read */
  BUS_INBOX_WAIT,    /* nothing more for now */
  BUS_INBOX_CLOSED,  /* by the other end */
  BUS_INBOX_BAD,     /* the other end has broken a rule */
} BusInboxState;

/* FD does not block. Both are borrowed. */
BusInbox *bus_inbox_new (int fd, BusCheck *check);
void bus_inbox_free (BusInbox *inbox);
void bus_inbox_close_fds (BusInbox *inbox); /* received and not taken yet */

/* Receives up to the end of a message. *PROBLEM is set when it is BAD. */
BusInboxState bus_inbox_receive (BusInbox *inbox, const char **problem);

/* Takes up to N bytes of the message that is there. */
gsize bus_inbox_read (BusInbox *inbox, guint8 *buffer, gsize n);

/* The descriptors that came with the message SERIAL, for the caller to own; NULL when none did. */
GUnixFDList *bus_inbox_steal_fds (BusInbox *inbox, guint32 serial);

/* A number that changes with each message and with each MiB of one; 0 between two messages. */
guint64 bus_inbox_get_progress (const BusInbox *inbox);

G_END_DECLS

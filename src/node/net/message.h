#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A message between nodes: what both transports carry. */

#define NODE_MESSAGE_TYPE_SIZE 12u
#define NODE_MESSAGE_MAX_PAYLOAD 4000000u

typedef struct {
  char type[NODE_MESSAGE_TYPE_SIZE + 1]; /* printable ASCII */
  GByteArray *payload;                   /* owned */
  gsize wire_len;                        /* what it took on the wire, with its header */
} NodeMessage;

/* TYPE: at most 12 characters, not checked further. Takes ownership of PAYLOAD. */
NodeMessage *node_message_new (const char *type, GByteArray *payload);
void node_message_free (NodeMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeMessage, node_message_free)

/* Reads a type as it is sent: printable ASCII, then zeros up to 12 bytes. FALSE: it is malformed. */
gboolean node_message_read_type (const guint8 bytes[NODE_MESSAGE_TYPE_SIZE], char type[NODE_MESSAGE_TYPE_SIZE + 1]);

/* The single byte that BIP 324 and its extensions give to common types: 0 and NULL when there is none. */
guint8 node_message_get_short_id (const char *type);
const char *node_message_get_type_of_id (guint8 id);

G_END_DECLS

#pragma once

#include "bitcoin/crypto/bip324.h"
#include "node/net/v1.h"

G_BEGIN_DECLS

/* The bytes of one connection as messages: V1, or V2 (BIP 324). An accepted connection begins with whichever the other
 * end has chosen. Pure: the caller has the socket. One thread at a time. */

typedef enum {
  NODE_TRANSPORT_DETECTING, /* an accepted connection of which too little has arrived */
  NODE_TRANSPORT_V1,
  NODE_TRANSPORT_V2,
} NodeTransportVersion;

typedef struct {
  guint8 magic4[4];   /* the network's message start */
  gboolean initiator; /* this end has connected */
  BtcBip324Key *key;  /* for V2, which takes ownership; NULL: V1 only */
  const guint8 *garbage;
  gsize n_garbage; /* at most NODE_V2_MAX_GARBAGE */
} NodeTransportOptions;

typedef struct _NodeTransport NodeTransport;

NodeTransport *node_transport_new (const NodeTransportOptions *options);
void node_transport_free (NodeTransport *transport);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeTransport, node_transport_free)

NodeTransportVersion node_transport_get_version (const NodeTransport *transport);

/* Whether the handshake of V2 is done; always with V1. Before, a connection that was opened with V2 and is closed by the
 * other end is to be opened again with V1: RETRY. */
gboolean node_transport_is_established (const NodeTransport *transport);
gboolean node_transport_should_retry_v1 (const NodeTransport *transport);

/* The 32 bytes that both ends of a V2 connection share; else NULL. Borrowed. */
const guint8 *node_transport_get_session_id (const NodeTransport *transport);

/* As node_v1_read(). What is to be sent because of it is added to the output. */
NodeRead node_transport_read (NodeTransport *transport,
                              const guint8 *data,
                              gsize n,
                              gsize *used,
                              NodeMessage **message,
                              const char **problem);

/* Adds a message to the output; until a V2 connection has its keys, it waits. PAYLOAD is referenced, and must not be
 * changed any more; V2 makes an encrypted copy of it. */
void node_transport_write (NodeTransport *transport, const char *type, GBytes *payload);

/* The next bytes to be sent, borrowed until the next call, and *N > 0 of them; NULL: none. After sending N of them,
 * node_transport_sent(). */
const guint8 *node_transport_get_output (NodeTransport *transport, gsize *n);
void node_transport_sent (NodeTransport *transport, gsize n);

/* The memory of all that waits to be sent. */
gsize node_transport_get_queued (const NodeTransport *transport);

G_END_DECLS

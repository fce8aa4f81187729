#pragma once

#include "bitcoin/crypto/bip324.h"
#include "node/net/v1.h"

G_BEGIN_DECLS

/* The encrypted transport (BIP 324). Each end sends:
 *
 *   64   public key (see bitcoin/crypto/ellswift.h)
 *   n    garbage, up to 4,095 bytes
 *   16   garbage terminator
 *        packets (see bitcoin/crypto/bip324.h), the first of which has the garbage as associated data, and its contents
 *        are the version, which is empty
 *
 * Later packets contain a message: the ID of its type, or 0 and 12 bytes with the type, then its payload. Pure: bytes in,
 * messages out. */

#define NODE_V2_MAX_GARBAGE 4095u

typedef struct _NodeV2 NodeV2;

/* KEY: of this end; the object takes ownership. GARBAGE: what this end sends, copied. */
NodeV2 *
node_v2_new (BtcBip324Key *key, const guint8 *garbage, gsize n_garbage, gboolean initiator, const guint8 magic4[4]);
void node_v2_free (NodeV2 *v2);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeV2, node_v2_free)

/* Public key and garbage: to be sent first. */
void node_v2_write_start (const NodeV2 *v2, GByteArray *out);

/* As node_v1_read(). When the public key of the other end is complete, what is to be sent next is appended to REPLY. */
NodeRead node_v2_read (NodeV2 *v2,
                       const guint8 *data,
                       gsize n,
                       gsize *used,
                       NodeMessage **message,
                       GByteArray *reply,
                       const char **problem);

/* Whether messages can be encrypted: the public key of the other end is known. */
gboolean node_v2_can_write (const NodeV2 *v2);

/* Appends the packet with a message to OUT. */
void node_v2_write (NodeV2 *v2, const char *type, const guint8 *payload, gsize n, GByteArray *out);

/* Whether the version packet has arrived, and the session ID, 32 bytes; NULL before the public key is known. Borrowed. */
gboolean node_v2_is_established (const NodeV2 *v2);
const guint8 *node_v2_get_session_id (const NodeV2 *v2);

G_END_DECLS

#pragma once

#include "bitcoin/script/interpreter.h"

G_BEGIN_DECLS

/* Signatures that were found good, so that a transaction checked for the mempool is not checked again in its block, and
 * public keys that were read, because many of them come again soon.
 * Fixed size; where it is full, older entries give way. Salted: an outsider cannot choose what falls into one place.
 * Any thread. */

typedef struct _NodeSigcache NodeSigcache;

NodeSigcache *node_sigcache_new (gsize bytes);
void node_sigcache_free (NodeSigcache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeSigcache, node_sigcache_free)

/* For the interpreter: looks up and remembers (for the mempool). Borrowed. */
const BtcSignatureCache *node_sigcache_get (NodeSigcache *cache);
/* Only looks signatures up (for blocks: they will not come again), and remembers keys. While the cache is empty it does
 * not even look. Borrowed. */
const BtcSignatureCache *node_sigcache_get_read_only (NodeSigcache *cache);

G_END_DECLS

#pragma once

#include "bitcoin/script/interpreter.h"

G_BEGIN_DECLS

/* A cache of valid signatures, so that a transaction checked for the mempool is not checked again in its block, and of
 * parsed public keys, many of which are used again soon. Fixed size; older entries are evicted. Salted: entries that
 * collide cannot be chosen by others. Any thread. */

typedef struct _NodeSigcache NodeSigcache;

NodeSigcache *node_sigcache_new (gsize bytes);
void node_sigcache_free (NodeSigcache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeSigcache, node_sigcache_free)

/* For the interpreter: looks up and adds entries (for the mempool). Borrowed. */
const BtcSignatureCache *node_sigcache_get (NodeSigcache *cache);
/* Looks up signatures but does not add them (for blocks, since they are not needed again), and looks up and adds keys.
 * No look-ups of signatures while there are none. Borrowed. */
const BtcSignatureCache *node_sigcache_get_read_only (NodeSigcache *cache);

G_END_DECLS

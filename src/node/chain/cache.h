#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* How -dbcache is divided. Chain thread. */

/* Divides the cache between the sets of coins: the one with more blocks to connect gets most of it. */
void node_cache_share (NodeChain *chain);

G_END_DECLS

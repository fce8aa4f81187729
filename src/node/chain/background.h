#pragma once

#include "node/chain/chain.h"
#include "node/chainstate/chainstate.h"

G_BEGIN_DECLS

/* Background validation of the blocks below a snapshot, while the chain continues above it. Chain thread. */

typedef struct _NodeBackground NodeBackground;

NodeBackground *node_background_new (void);
void node_background_free (NodeBackground *background);

/* The built-in hash of the UTXO set after the block HASH32; NULL: none. */
const BtcAssumeUtxo *node_background_known (NodeChain *chain, const guint8 hash32[32]);
/* Takes over *STATE and makes it the background, with the snapshot's block as its target. */
void node_background_begin (NodeChain *chain, const NodeChainstate *state);
/* When the chain is closed; does not flush. */
void node_background_close (NodeChain *chain);
/* The coins of a completed background are kept, since others may still be reading them. To be called when they are no
 * longer used. */
void node_background_close_retired (NodeChain *chain);
/* Connects the available blocks; with SLICE only some of them, and the others in later jobs. HINT as in
 * node_activate(). */
gboolean node_background_advance (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error);
/* When all blocks are connected: another thread reads the coins, once, and then ENDED runs as a job, which calls
 * node_background_check_read(). */
gboolean node_background_begin_reading (NodeChain *chain, NodeChainJob ended, GError **error);
/* HASH32 is the hash of the coins after the snapshot's block, computed from all blocks: completes the background if it
 * matches, otherwise rejects the snapshot and reports a fatal error (FALSE). */
gboolean node_background_check (NodeChain *chain, const guint8 hash32[32]);
/* The same with the result of the hashing thread; also notifies the listeners. FALSE also when there is no result. */
gboolean node_background_check_read (NodeChain *chain);

G_END_DECLS

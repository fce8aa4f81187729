#pragma once

#include "node/chain/chain.h"
#include "node/chainstate/chainstate.h"

G_BEGIN_DECLS

/* Invalid blocks. Chain thread. */

/* INDEX could not be connected to STATE: logs it, notifies its submitters, marks it, and acts according to STATE's
 * role. */
void node_refuse (NodeChain *chain, const NodeChainstate *state, NodeBlock *index, const BtcVerdict *verdict);
/* The snapshot is invalid: reports a fatal error, and the next start does not use it. */
void node_refuse_snapshot (NodeChain *chain);
/* BLOCK is invalid: marks it and its descendants as failed. */
void node_refuse_mark_failed (NodeChain *chain, NodeBlock *block);

G_END_DECLS

#pragma once

#include "node/chain/chain.h"
#include "node/chainstate/chainstate.h"

G_BEGIN_DECLS

/* Connects or disconnects one block, and reports and flushes, for both sets of coins according to their roles. Chain
 * thread. */

/* Connects the next block towards TARGET. *REJECTED: it is invalid. GO_AHEAD as in node_connector_step(): then the
 * coins may not be those of any block of the chain. */
gboolean node_advance_connect (NodeChain *chain,
                               NodeChainstate *state,
                               const NodeBlock *target,
                               gboolean go_ahead,
                               BtcBlock *hint,
                               gboolean *rejected,
                               GError **error);
gboolean node_advance_disconnect (NodeChain *chain, NodeChainstate *state, GError **error);

G_END_DECLS

#pragma once

#include "node/chain/chain.h"
#include "node/chainstate/chainstate.h"

G_BEGIN_DECLS

/* One block further or back, with all that has to follow: for both sets of coins, each as its role says. Chain thread. */

/* Connects the next block on the way to TARGET. *REFUSED: it broke a rule. With GO_AHEAD as in node_connector_step(): then the
 * coins may stand for no block of the chain. */
gboolean node_advance_connect (NodeChain *chain,
                               NodeChainstate *state,
                               const NodeBlock *target,
                               gboolean go_ahead,
                               BtcBlock *hint,
                               gboolean *refused,
                               GError **error);
gboolean node_advance_disconnect (NodeChain *chain, NodeChainstate *state, GError **error);

G_END_DECLS

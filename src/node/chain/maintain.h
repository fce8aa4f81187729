#pragma once

#include "node/chain/chain.h"
#include "node/chainstate/chainstate.h"

G_BEGIN_DECLS

/* Flushes and prunes after a change of the coins. Chain thread. */

/* After a change of the coins of STATE: deletes old files and flushes, where that is due. */
gboolean node_maintain (NodeChain *chain, NodeChainstate *state, GError **error);
/* Whether node_maintain() would write or delete files, regardless of the coins. */
gboolean node_maintain_is_due (NodeChain *chain);

G_END_DECLS

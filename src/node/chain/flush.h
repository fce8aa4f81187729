#pragma once

#include "node/chain/chain.h"
#include "node/chainstate/chainstate.h"

G_BEGIN_DECLS

/* When all that is in memory is written. Chain thread. */

typedef struct _NodeFlushing NodeFlushing;

NodeFlushing *node_flush_new (void);
void node_flush_free (NodeFlushing *flushing);

/* Sets what STATE borrows from the chain. Before its coins are opened. */
void node_flush_init_state (NodeChain *chain, NodeChainstate *state);
gboolean node_flush_all (NodeChain *chain, GError **error);
/* The same for one set of coins. EMPTY: nothing of them stays in memory. */
gboolean node_flush_state (NodeChain *chain, NodeChainstate *state, gboolean empty, GError **error);
gboolean node_flush_state_if_needed (NodeChain *chain, NodeChainstate *state, GError **error);
/* Before a decision about STATE: only the coins of the tip share their memory with the mempool. */
void node_flush_lend_spare (NodeChain *chain, NodeChainstate *state);
gboolean node_flush_index_is_due (NodeChain *chain); /* blocks and index are to be written */
void node_flush_notify (NodeChain *chain);           /* the listeners, the state on disk */

G_END_DECLS

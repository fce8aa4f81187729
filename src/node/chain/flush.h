#pragma once

#include "node/chain/chain.h"
#include "node/chainstate/chainstate.h"

G_BEGIN_DECLS

/* Decides when everything in memory is flushed. Chain thread. */

typedef struct _NodeFlushing NodeFlushing;

NodeFlushing *node_flush_new (void);
void node_flush_free (NodeFlushing *flushing);

/* Sets the fields that STATE borrows from the chain. Before its coins are opened. */
void node_flush_init_state (NodeChain *chain, NodeChainstate *state);
gboolean node_flush_all (NodeChain *chain, GError **error);
/* The same for one set of coins. EMPTY: none of them stay in memory. */
gboolean node_flush_state (NodeChain *chain, NodeChainstate *state, gboolean empty, GError **error);
gboolean node_flush_state_if_needed (NodeChain *chain, NodeChainstate *state, GError **error);
/* Before a decision about STATE: only the coins of the tip share their memory with the mempool. */
void node_flush_lend_spare (NodeChain *chain, NodeChainstate *state);
gboolean node_flush_index_is_due (NodeChain *chain); /* blocks and index must be written */
void node_flush_notify (NodeChain *chain);           /* the listeners, the state on disk */

G_END_DECLS

#pragma once

#include "bus-generated.h"
#include "node/service/chain_calls.h"

G_BEGIN_DECLS

/* The methods of Chain1 that reply with a memory file: GetBlocks, GetBlock, GetMempool; and ReadBlocks, ReadBlock,
 * ReadMempool, which return the same in parts. Main context. */
typedef struct _NodeChain1Bulk NodeChain1Bulk;

/* Connects them to SKELETON, before it is exported on CONNECTION. CALLS is borrowed. */
NodeChain1Bulk *node_chain1_bulk_new (BusChain1 *skeleton, NodeChainCalls *calls, GDBusConnection *connection);

/* To be called when SKELETON is no longer exported. Calls in progress still get a reply, waiting ones are dropped. */
void node_chain1_bulk_free (NodeChain1Bulk *bulk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChain1Bulk, node_chain1_bulk_free)

G_END_DECLS

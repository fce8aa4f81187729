#pragma once

#include "bus-generated.h"
#include "node/service/chain_calls.h"

G_BEGIN_DECLS

/* The methods of Chain1 that are answered with a memory file: GetBlocks, GetBlock, GetMempool. Main context. */
typedef struct _NodeChain1Bulk NodeChain1Bulk;

/* Connects them to SKELETON, before it is exported. SOCKET: of its connection; NULL: it is not known. CALLS is borrowed. */
NodeChain1Bulk *node_chain1_bulk_new (BusChain1 *skeleton, NodeChainCalls *calls, GSocket *socket);

/* Once SKELETON is not exported any more. What is in progress is answered nevertheless, what waits is dropped. */
void node_chain1_bulk_free (NodeChain1Bulk *bulk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChain1Bulk, node_chain1_bulk_free)

G_END_DECLS

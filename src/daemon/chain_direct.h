#pragma once

#include "node/service/chain_calls.h"
#include "wallet/link/chain.h"

G_BEGIN_DECLS

/* The chain of the node in the same process, as the wallet sees it: calls without a connection. Main context. */
#define DAEMON_TYPE_CHAIN_DIRECT (daemon_chain_direct_get_type ())
G_DECLARE_FINAL_TYPE (DaemonChainDirect, daemon_chain_direct, DAEMON, CHAIN_DIRECT, GObject)

/* Created before node_app_start(), freed after the node has stopped; CALLS outlives it. */
DaemonChainDirect *daemon_chain_direct_new (NodeChainCalls *calls);

G_END_DECLS

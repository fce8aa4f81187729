#pragma once

#include "node/monitor.h"
#include "rpc/method.h"

G_BEGIN_DECLS

/* The time from the start until methods are answered: until then they fail with RPC_IN_WARMUP and what is being done. It
 * ends once, when the chain is loaded and, if there are any, the wallets of the startup. Any thread. */
typedef struct _NodeWarmup NodeWarmup;

/* Both are borrowed. */
NodeWarmup *node_warmup_new (RpcTable *methods, NodeMonitor *monitor);
void node_warmup_free (NodeWarmup *warmup);

/* STATUS: what is being done with the chain. */
void node_warmup_set_status (NodeWarmup *warmup, const char *status);

/* There will be wallets; to be called before the chain is loaded. */
void node_warmup_expect_wallets (NodeWarmup *warmup);

/* May be called repeatedly. */
void node_warmup_end_chain (NodeWarmup *warmup);
void node_warmup_end_wallets (NodeWarmup *warmup);

G_END_DECLS

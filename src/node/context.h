#pragma once

#include "common/program.h"
#include "node/index/indexes.h"
#include "node/mempool/keep.h"
#include "node/mining/mining.h"
#include "node/monitor.h"
#include "rpc/router.h"

G_BEGIN_DECLS

/* The node as its methods (rpc/) and its services for other processes (service/) see it: the parts and what they were
 * made with. The app fills it before it makes them, owns everything in it, and changes nothing until it is freed; it
 * may be read on any thread. The header of each part has its thread rules. */
typedef struct {
  CommonProgram *program; /* options, data directory */
  BtcParams *params;
  NodeChain *chain;
  NodeIndexes *indexes;
  NodeMempool *mempool;
  NodeMempoolKeep *keep; /* mempool.dat: to be used on the chain thread */
  NodeMining *mining;
  NodeMonitor *monitor; /* state, warnings, listeners; takes the request to stop */
  RpcTable *methods;    /* the node's own */
  RpcRouter *router;    /* those, and the wallet's while it is connected */
  gint64 start_us;      /* monotonic */
} NodeContext;

G_END_DECLS

#pragma once

#include "common/program.h"
#include "dbus/access.h"
#include "node/index/indexes.h"
#include "node/mempool/keep.h"
#include "node/mining/mining.h"
#include "node/monitor.h"
#include "node/warmup.h"
#include "rpc/router.h"

G_BEGIN_DECLS

/* The node as its methods (rpc/) and its services for other processes (service/) see it: its parts, and the options
 * they were created with. The app fills it, owns everything in it, and does not change it afterwards; it may be read on
 * any thread. The threads on which a part may be used are in its header. */
typedef struct {
  CommonProgram *program; /* options, data directory */
  BtcParams *params;
  NodeChain *chain;
  NodeIndexes *indexes;
  NodeMempool *mempool;
  NodeMempoolKeep *keep; /* mempool.dat: to be used on the chain thread */
  NodeMining *mining;
  NodeMonitor *monitor; /* state, warnings, listeners; receives the request to stop */
  BusAccess *access;    /* who may use it: main context */
  RpcTable *methods;    /* the node's own */
  NodeWarmup *warmup;   /* until they are answered */
  RpcRouter *router;    /* these, and those of the wallet while it is connected */
  char *user_agent;     /* our name for other nodes, with -uacomment */
  gint64 start_us;      /* monotonic */
} NodeContext;

G_END_DECLS

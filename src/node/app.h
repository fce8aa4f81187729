#pragma once

#include "common/program.h"
#include "node/chain/chain.h"
#include "node/index/indexes.h"
#include "node/mempool/keep.h"
#include "node/mining/mining.h"
#include "rpc/method.h"
#include "rpc/server.h"

G_BEGIN_DECLS

/* A whole node in one object: parameters, chain, mempool, RPC methods and HTTP server. Main context only, where nothing
 * else is said. */

typedef struct _NodeApp NodeApp;

typedef enum {
  NODE_APP_STARTING,  /* before node_app_start() */
  NODE_APP_LOADING,   /* the block index */
  NODE_APP_VERIFYING, /* the last blocks */
  NODE_APP_REINDEXING,
  NODE_APP_IMPORTING,  /* -loadblock */
  NODE_APP_CONNECTING, /* blocks that are stored already */
  NODE_APP_SNAPSHOT,   /* one is being loaded */
  NODE_APP_SYNCING,    /* initial download: the tip is old */
  NODE_APP_READY,
  NODE_APP_STOPPING,
  NODE_APP_STOPPED,
} NodeAppState;

const char *node_app_state_name (NodeAppState state); /* "starting", "loading", … static */

/* How far a long work is. */
typedef struct {
  double fraction; /* 0 to 1 */
  double rate;     /* blocks a second; 0: not known */
  guint64 eta_s;   /* seconds that are left; 0: not known */
} NodeAppProgress;

typedef struct {
  NodeAppState state;
  NodeAppProgress progress;   /* of what STATE names */
  gboolean validating;        /* the blocks below a snapshot are being checked, whatever STATE is */
  NodeAppProgress validation; /* how far that is */
} NodeAppStatus;

/* All come on the main context; any may be NULL. Tips and mempool changes are coalesced to at most ten a second. */
typedef struct {
  void (*status_changed) (gpointer data, const NodeAppStatus *status);
  void (*tip_changed) (gpointer data, NodeTip *tip); /* borrowed */
  void (*mempool_changed) (gpointer data, guint64 mempool_sequence);
  void (*warnings_changed) (gpointer data);
  void (*indexes_changed) (gpointer data); /* their states: see node_index_get_state() */
  /* Everything is closed; the program may end with EXIT_CODE. */
  void (*stopped) (gpointer data, int exit_code);
} NodeAppListener;

/* Makes the folders, takes the lock, makes the chain (nothing is loaded yet), the mempool and the RPC table.
 * PROGRAM is borrowed and outlives the app. */
NodeApp *node_app_new (CommonProgram *program, GError **error);

/* After node_app_stop() and the `stopped` event, or before node_app_start(). */
void node_app_free (NodeApp *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeApp, node_app_free)

void node_app_add_listener (NodeApp *app, const NodeAppListener *listener, gpointer data); /* DATA is borrowed */
void node_app_remove_listener (NodeApp *app, gpointer data);

/* Starts the HTTP server and begins to load; returns at once. Chain listeners are added before this. Fails when the
 * server cannot bind its port. */
gboolean node_app_start (NodeApp *app, GError **error);

/* Begins to stop; `stopped` follows. May be called more than once; the first EXIT_CODE that is not 0 counts. */
void node_app_stop (NodeApp *app, int exit_code);

/* The same as node_app_stop (app, 0), from any thread. */
void node_app_request_stop (NodeApp *app);

/* Wallet methods are forwarded to HANDLER (a reference is taken; NULL: none). */
void node_app_set_wallet_handler (NodeApp *app, RpcHandler *handler);

NodeAppStatus node_app_get_status (NodeApp *app);
char **node_app_dup_warnings (NodeApp *app);                                /* any thread; g_strfreev() */
void node_app_set_warning (NodeApp *app, const char *id, const char *text); /* any thread; NULL ends it */
NodeTip *node_app_ref_tip (NodeApp *app);                                   /* any thread; NULL before it is loaded */
guint64 node_app_mempool_sequence (NodeApp *app);                           /* any thread */

/* These do not change during the life of the app; any thread. */
CommonProgram *node_app_program (NodeApp *app);
NodeChain *node_app_chain (NodeApp *app);
NodeMempool *node_app_mempool (NodeApp *app);
NodeMempoolKeep *node_app_mempool_keep (NodeApp *app); /* to be used on the chain thread */
NodeMining *node_app_mining (NodeApp *app);
NodeIndexes *node_app_indexes (NodeApp *app);
const BtcParams *node_app_params (NodeApp *app);
/* Every method that there is: the node's own, and the wallet's while there is a handler for them. */
RpcHandler *node_app_rpc (NodeApp *app);
RpcJson *node_app_dup_active_calls (NodeApp *app); /* see rpc_table_dup_active() */
gint64 node_app_uptime_s (NodeApp *app);           /* seconds since node_app_new(), whatever the clock says */

G_END_DECLS

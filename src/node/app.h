#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* A whole node in one object: parameters, chain, mempool, RPC methods and HTTP server. Main context. */

typedef struct _NodeApp NodeApp;

/* Creates the folders, takes the lock, creates the chain (nothing is loaded yet), the mempool and the RPC table.
 * PROGRAM is borrowed and outlives the app. */
NodeApp *node_app_new (CommonProgram *program, GError **error);

/* After node_app_stop() and the monitor's `stopped`, or before node_app_start(). */
void node_app_free (NodeApp *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeApp, node_app_free)

/* Starts the HTTP server and begins to load; returns at once. Chain listeners are added before this. Fails when the
 * server cannot bind its port. */
gboolean node_app_start (NodeApp *app, GError **error);

/* Begins to stop; the monitor's `stopped` follows. May be called more than once; the first EXIT_CODE that is not 0
 * counts. Other parts call node_monitor_request_stop(). */
void node_app_stop (NodeApp *app, int exit_code);

/* Any thread; as long as the app. */
const NodeContext *node_app_context (NodeApp *app);

G_END_DECLS

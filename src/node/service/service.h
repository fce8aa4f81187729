#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* The node's connections with other processes. As a worker (-ipcfd=N) it serves the application, and the wallet that
 * the application connects it with; alone it starts a wallet process of its own, unless -disablewallet. Main
 * context. */
typedef struct _NodeService NodeService;

/* Called before node_app_start(), so that the first call finds an answer. As a worker it stops the node on Shutdown, or
 * when the application has exited. */
NodeService *node_service_new (const NodeContext *context, GError **error);

/* After the node has stopped, before node_app_free(): waits, running the main context, until the wallet process has ended.
 * NULL is allowed. */
void node_service_free (NodeService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeService, node_service_free)

G_END_DECLS

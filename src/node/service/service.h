#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* The node's connections with other programs. As a worker it serves the application, and the wallet that
 * the application connects it with; standalone it starts its own wallet process, unless -disablewallet is set. Main
 * context. */
typedef struct _NodeService NodeService;

/* Must be called before node_app_start(), so that the first call can be answered. FD is the connection with the
 * application, whose worker this is; it is taken over, even on failure. It stops the node on Shutdown, or when the
 * application has exited. -1: there is none. */
NodeService *node_service_new (const NodeContext *context, int fd, GError **error);

/* After the node has stopped, before node_app_free(): waits, running the main context, until the wallet process has
 * exited. NULL is allowed. */
void node_service_free (NodeService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeService, node_service_free)

G_END_DECLS

#pragma once

#include "bus-generated.h"
#include "node/context.h"

G_BEGIN_DECLS

/* org.moneyrocket.Node1 for the application. Main context. */
typedef struct _NodeNode1 NodeNode1;

NodeNode1 *node_node1_new (const NodeContext *context, GDBusConnection *connection, GError **error);
void node_node1_free (NodeNode1 *node1);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeNode1, node_node1_free)

/* Its methods: node1_methods.c. The skeleton's signals are connected with CONTEXT as data. */
void node_node1_connect_methods (BusNode1 *skeleton, const NodeContext *context);

G_END_DECLS

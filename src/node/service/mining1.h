#pragma once

#include "node/service/miners.h"

G_BEGIN_DECLS

/* org.moneyrocket.Mining1 on a connection. Main context. */
typedef struct _NodeMining1 NodeMining1;

NodeMining1 *node_mining1_new (NodeMiners *miners, GDBusConnection *connection, GError **error);

/* The connection is being closed: releases what the miner holds, and ends its calls. NULL is allowed. */
void node_mining1_free (NodeMining1 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeMining1, node_mining1_free)

G_END_DECLS

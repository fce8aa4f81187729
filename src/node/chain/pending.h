#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Work that others left for later. Chain thread. */
void node_pending_run (NodeChain *chain, gpointer data);

G_END_DECLS

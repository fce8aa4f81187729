#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The active chain by height. Chain thread. */

typedef struct _NodeActive NodeActive;

NodeActive *node_active_new (void);
void node_active_free (NodeActive *active);

void node_active_set (NodeChain *chain, NodeBlock *block);  /* it now ends here: one up or down; NULL: it is empty */
void node_active_fill (NodeChain *chain, NodeBlock *block); /* it is all up to here */

G_END_DECLS

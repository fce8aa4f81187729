#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The active chain by height. Chain thread. */

typedef struct _NodeActive NodeActive;

NodeActive *node_active_new (void);
void node_active_free (NodeActive *active);

void node_active_set (NodeChain *chain, NodeBlock *block);  /* the new tip, one up or down; NULL: empty */
void node_active_fill (NodeChain *chain, NodeBlock *block); /* replaces the whole chain by the branch of BLOCK */

G_END_DECLS

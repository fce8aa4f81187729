#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Blocks that a person prefers count as if they came first. Chain thread. */

typedef struct _NodePrecious NodePrecious;

NodePrecious *node_precious_new (void);
void node_precious_free (NodePrecious *precious);

G_END_DECLS

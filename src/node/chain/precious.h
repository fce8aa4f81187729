#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* preciousblock: preferred blocks count as received first. Chain thread. */

typedef struct _NodePrecious NodePrecious;

NodePrecious *node_precious_new (void);
void node_precious_free (NodePrecious *precious);

G_END_DECLS

#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Warnings about the chain. Chain thread. */

typedef struct _NodeWarnings NodeWarnings;

NodeWarnings *node_warnings_new (void);
void node_warnings_free (NodeWarnings *warnings);

/* After a change of the best invalid block, or of the tip. */
void node_warn_invalid (NodeChain *chain);
void node_warn_rules (NodeChain *chain);

G_END_DECLS

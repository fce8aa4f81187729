#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* What the owner of a node should know of the chain. Chain thread. */

typedef struct {
  gboolean invalid; /* warned of a branch that is refused */
  gboolean looked_for_rules;
  guint32 unknown_rules; /* bits of the block version */
} NodeWarnings;

/* After a change of the best invalid block, or of the tip. */
void node_warn_invalid (NodeChain *chain);
void node_warn_rules (NodeChain *chain);

G_END_DECLS

#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Deletes old block files. Chain thread. */

typedef struct _NodePruning NodePruning;

NodePruning *node_prune_new (void);
void node_prune_free (NodePruning *pruning);

void node_prune_warn (NodeChain *chain); /* that -checkblocks asks for more than is kept */
gboolean node_prune_if_needed (NodeChain *chain, GError **error);
gboolean node_prune_is_due (NodeChain *chain); /* the files may be larger than they should */

G_END_DECLS

#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Deletes old block files. Chain thread. */

typedef struct _NodePruning NodePruning;

NodePruning *node_prune_new (void);
void node_prune_free (NodePruning *pruning);

void node_prune_warn (NodeChain *chain); /* if -checkblocks requires more blocks than are kept */
gboolean node_prune_if_needed (NodeChain *chain, GError **error);
gboolean node_prune_is_due (NodeChain *chain); /* the files may exceed the target */

G_END_DECLS

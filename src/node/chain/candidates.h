#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Which blocks could become the tip. Chain thread. */

typedef struct _NodeCandidates NodeCandidates;

NodeCandidates *node_candidates_new (void);
void node_candidates_free (NodeCandidates *candidates);

int node_candidates_compare (const NodeBlock *a, const NodeBlock *b); /* > 0: A is the better tip */
void node_candidates_add (NodeChain *chain, NodeBlock *block);        /* unless the tip is better */
void node_candidates_remove (NodeChain *chain, NodeBlock *block);
void node_candidates_prune (NodeChain *chain);
void node_candidates_rebuild (NodeChain *chain);
void node_candidates_remove_failed (NodeChain *chain); /* those that were marked */
void node_candidates_load_unlinked (NodeChain *chain); /* once the tree is loaded */
/* To be called when a block is marked as failed, leaves the active chain, or loses its data. */
void node_candidates_reset_path (NodeChain *chain);
NodeBlock *node_candidates_best (NodeChain *chain); /* only blocks with all data; NULL for none */
/* BLOCK's data was received: counts transactions, and adds it and the blocks that waited for it as candidates. */
void node_candidates_received (NodeChain *chain, NodeBlock *block);
/* The same for the children of BLOCK that waited: the number of transactions up to BLOCK is known now. */
void node_candidates_received_children (NodeChain *chain, NodeBlock *block);
void node_candidates_add_unlinked (NodeChain *chain, NodeBlock *block);
void node_candidates_remove_unlinked (NodeChain *chain, NodeBlock *block);
/* As node_check_dup_problem(), about the candidates and the blocks that wait for others. There is a tip. */
char *node_candidates_dup_problem (NodeChain *chain);

G_END_DECLS

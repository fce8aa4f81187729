#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Blocks that break a rule. Chain thread. */

/* Whose verdict somebody waits for. */
typedef struct {
  const NodeBlock *block;
  BtcVerdict *verdict;
} NodeWatch;

/* *VERDICT becomes what is found out of BLOCK when it, or one below it, cannot be connected. NULL for both: nobody waits any
 * more. */
void node_refuse_watch (NodeChain *chain, const NodeBlock *block, BtcVerdict *verdict);
/* INDEX could not be connected: says so, also to who waits for its verdict, and marks it. */
void node_refuse_block (NodeChain *chain, NodeBlock *index, const BtcVerdict *verdict);
/* BLOCK breaks the rules: marks it and all that build on it. */
void node_refuse_mark_failed (NodeChain *chain, NodeBlock *block);

G_END_DECLS

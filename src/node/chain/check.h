#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Whether the tree and the active chain are consistent. Chain thread, between two changes of them. */

/* What is inconsistent; NULL: nothing. The caller owns the string. */
char *node_check_dup_problem (NodeChain *chain);
/* To be called after each change: does that as often as -checkblockindex requests, and aborts the program if something
 * is. */
void node_check (NodeChain *chain);

G_END_DECLS

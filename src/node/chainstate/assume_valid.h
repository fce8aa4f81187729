#pragma once

#include "node/blocktree/tree.h"

G_BEGIN_DECLS

/* Which blocks' scripts are checked (-assumevalid). */

/* The last decision; initially zeros. One thread. */
typedef struct {
  const char *reason; /* why scripts are checked, static; NULL: they are not */
  gboolean logged;
} NodeAssumeValid;

/* Are the scripts of INDEX to be checked? A decision that differs from the last one is logged. */
gboolean node_assume_valid_needs_checks (NodeAssumeValid *assume,
                                         NodeBlockTree *tree,
                                         const BtcParams *params,
                                         const NodeBlock *index);

G_END_DECLS

#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* What all indexes have in common: each follows the active chain in a thread of its own, and keeps its place. */

typedef struct _NodeIndex NodeIndex;

typedef struct {
  const char *name; /* as in getindexinfo; static */
  gboolean synced;  /* it has been at the tip since the start of the program */
  guint32 height;   /* of the last block in it; 0 also when there is none */
} NodeIndexState;

/* Any thread. */
NodeIndexState node_index_get_state (NodeIndex *index);

/* Waits until the block that is the tip now is in INDEX. FALSE at once when it is not synced yet, and when it stops. Not
 * on the chain thread, nor on a main loop. */
gboolean node_index_wait_synced (NodeIndex *index);

G_END_DECLS

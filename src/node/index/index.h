#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The interface of an index, which follows the active chain on its own thread and stores its position. */

typedef struct _NodeIndex NodeIndex;

typedef struct {
  const char *name;   /* as in getindexinfo; static */
  gboolean synced;    /* it has been at the tip since the start of the program */
  gboolean has_block; /* at least one block is indexed */
  guint32 height;     /* of the last one; 0 also when there is none */
  double fraction;    /* the indexed part of the chain, 0 to 1 */
  double rate;        /* blocks per second while it is being built; 0: not known */
  guint64 eta_s;      /* seconds until it is built; 0: not known */
} NodeIndexState;

/* Notified of the state of an index; both are called on the index's thread. */
typedef struct {
  /* It could not be written or read: the program must exit with code 1. */
  void (*fatal) (gpointer data, const char *message);
  /* Its state has changed: at most ten times a second while it is being built. May be NULL. */
  void (*changed) (gpointer data);
  gpointer data; /* borrowed */
} NodeIndexOwner;

/* See node_indexes_wait_committed(). */
void node_index_wait_committed (NodeIndex *index, const NodeBlock *block);

/* Any thread. */
NodeIndexState node_index_get_state (NodeIndex *index);

/* Waits until the block that is the tip now is in INDEX. FALSE at once when it is not synced yet, and when it stops.
 * Not on the chain thread, nor on a main loop. */
gboolean node_index_wait_synced (NodeIndex *index);

G_END_DECLS

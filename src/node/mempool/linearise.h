#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The optimal order of the transactions of a cluster, in chunks of decreasing fee rate: no other order pays more for any
 * weight. Chunks are as small as possible. Pure, any thread. */

#define NODE_LINEARISE_MAX 64

typedef struct {
  guint n;                             /* at most NODE_LINEARISE_MAX */
  gint64 fee_sat[NODE_LINEARISE_MAX];  /* any */
  guint64 weight[NODE_LINEARISE_MAX];  /* not 0; less than 2^32 in total */
  guint64 parents[NODE_LINEARISE_MAX]; /* bits of indexes; no circles */
  guint rank[NODE_LINEARISE_MAX];      /* decides between equals: the lowest first */
} NodeLineariseCluster;

typedef struct {
  guint n_chunks;
  guint64 chunks[NODE_LINEARISE_MAX]; /* the sets, the best first */
  guint order[NODE_LINEARISE_MAX];    /* all indexes: those of the first chunk, then of the second … */
} NodeLinearisation;

void node_linearise (const NodeLineariseCluster *cluster, NodeLinearisation *out);

G_END_DECLS

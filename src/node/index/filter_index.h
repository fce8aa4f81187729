#pragma once

#include "node/index/index.h"

G_BEGIN_DECLS

/* -blockfilterindex=basic: the filter of every block (BIP 158), and the chain of their headers (BIP 157). */

NodeIndex *node_filter_index_new (NodeChain *chain, const char *folder, const NodeIndexOwner *owner);

typedef struct {
  guint8 hash32[32]; /* of the filter */
  guint8 header32[32];
  guint32 file; /* where the filter is */
  guint32 pos;
} NodeFilterRecord;

/* The record of BLOCK, which may be stale. *FOUND FALSE: it was never in the index. Any thread but a main loop. */
gboolean node_filter_index_get (NodeIndex *index,
                                const NodeBlock *block,
                                NodeFilterRecord *record,
                                gboolean *found,
                                GError **error);

/* The filter of RECORD, its hash verified. NULL with ERROR. Any thread but a main loop. */
GBytes *node_filter_index_read (NodeIndex *index, const NodeFilterRecord *record, GError **error);

/* The records of the blocks from height START up to LAST, at most a few thousand, the lowest first. NULL without ERROR:
 * not all of them are in the index. Any thread but a main loop. */
GArray *node_filter_index_get_range (NodeIndex *index, guint32 start, const NodeBlock *last, GError **error);

G_END_DECLS

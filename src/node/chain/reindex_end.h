#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The end of a reindex: all block files were read. FILE_ENDS (guint64) is where the last record of each ends. What is stored is
 * connected, and the index is no longer marked as being rebuilt. An error is reported. Chain thread. */
void node_reindex_end (NodeChain *chain, const GArray *file_ends);

G_END_DECLS

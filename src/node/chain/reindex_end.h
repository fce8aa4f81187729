#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Ends a reindex after all block files were read: connects the stored blocks, and clears the reindex flag. FILE_ENDS
 * (guint64) has the end of the last record of each file. Errors are reported. Chain thread. */
void node_reindex_end (NodeChain *chain, const GArray *file_ends);

G_END_DECLS

#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* -reindex. Chain thread. */

/* Before anything is opened: records -reindex on disk, or detects that an earlier run with this option was interrupted
 * before the flag was stored in the emptied block index. In the latter case options.reindex is set, too. */
gboolean node_reindex_note_order (NodeChain *chain, GError **error);
gboolean node_reindex_order_done (NodeChain *chain, GError **error);
void node_reindex_start (NodeChain *chain);

G_END_DECLS

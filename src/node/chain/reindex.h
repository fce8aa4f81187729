#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* -reindex. Chain thread. */

/* Before anything is opened: records -reindex on disk, or finds that an earlier run with this option was interrupted
 * before the flag was in the emptied block index. The latter sets options.reindex, too. */
gboolean node_reindex_note_order (NodeChain *chain, GError **error);
gboolean node_reindex_order_done (NodeChain *chain, GError **error);
void node_reindex_start (NodeChain *chain);

G_END_DECLS

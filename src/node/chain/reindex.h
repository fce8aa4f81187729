#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* -reindex. Chain thread. */

/* Before anything is opened: notes -reindex on the disk, or finds that an earlier run was asked for it and was cut off
 * before the emptied block index said so itself. The first sets options.reindex, too. */
gboolean node_reindex_note_order (NodeChain *chain, GError **error);
gboolean node_reindex_order_done (NodeChain *chain, GError **error);
void node_reindex_start (NodeChain *chain);

G_END_DECLS

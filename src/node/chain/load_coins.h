#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Start-up: the coins. Chain thread. */

/* Before anything is opened: whether there is a snapshot chainstate, and its base block. */
gboolean node_load_snapshot_base (NodeChain *chain, guint8 base32[32], gboolean *found, GError **error);
/* Opens the coins, one set or two, replays an interrupted flush, and makes the best block of the coins the tip. */
gboolean node_load_coins (NodeChain *chain, GError **error);

G_END_DECLS

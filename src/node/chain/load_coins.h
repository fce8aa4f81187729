#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Start-up: the coins. Chain thread. */

/* Before anything is opened: is there a set of coins that began with a snapshot, and of which block? */
gboolean node_load_snapshot_base (NodeChain *chain, guint8 base32[32], gboolean *found, GError **error);
/* Opens the coins, one set or two, replays what was cut off, and makes the block that they stand for the tip. */
gboolean node_load_coins (NodeChain *chain, GError **error);

G_END_DECLS

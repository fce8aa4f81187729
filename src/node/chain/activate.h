#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The best valid chain becomes the active one. Chain thread. */

/* Makes the best valid chain active, then continues the background chainstate. HINT (may be NULL) is a block that is in
 * memory already. With SLICE a long activation is processed in several jobs. */
gboolean node_activate (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error);

G_END_DECLS

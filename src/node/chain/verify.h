#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Chain thread. */

gboolean node_verify_last_blocks (NodeChain *chain, GError **error);

G_END_DECLS

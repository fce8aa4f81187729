#pragma once

#include "common/options.h"

G_BEGIN_DECLS

/* The options that are about wallets. The node and the application know them in order to hand them on to the wallet. */
const CommonOptionSpec *rpc_wallet_option_specs (gsize *n);

G_END_DECLS

#pragma once

#include "common/options.h"

G_BEGIN_DECLS

/* The options for wallets. The node and the application accept them in order to pass them on to the wallet. */
const CommonOptionSpec *rpc_wallet_option_specs (gsize *n);

G_END_DECLS

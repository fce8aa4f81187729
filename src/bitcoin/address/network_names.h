#pragma once

#include "common/program.h"

G_BEGIN_DECLS

/* The networks as a program's options name them. Static data, NULL-terminated. */
const CommonNetworkName *btc_network_names (void);

G_END_DECLS

#pragma once

#include "common/program.h"

G_BEGIN_DECLS

/* The names of the networks in the options of programs. Static data, NULL-terminated. */
const CommonNetworkName *btc_network_names (void);

G_END_DECLS

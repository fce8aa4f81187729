#pragma once

#include "bitcoin/consensus/params.h"

G_BEGIN_DECLS

/* Fills PARAMS, whose `network` is set and whose rest is zero, with the numbers of that network. Private to params.c. */
void btc_networks_fill (BtcParams *params);

extern const char *const btc_networks_no_seeds[];

G_END_DECLS

#pragma once

#include "bitcoin/consensus/params.h"

G_BEGIN_DECLS

/* Creates the genesis block of the network of PARAMS, and sets its bytes and hash there. Private to networks.c. */
void btc_genesis_fill (BtcParams *params, guint32 time_s, guint32 nonce, guint32 bits);

G_END_DECLS

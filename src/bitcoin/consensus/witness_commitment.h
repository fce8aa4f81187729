#pragma once

#include "bitcoin/consensus/block_check.h"

G_BEGIN_DECLS

/* BIP 141. With EXPECTED (segwit is active) the coinbase's commitment, if any, must match; a block without one must not
 * contain witness data. Pure, any thread. */
gboolean btc_block_check_witness (const BtcBlock *block, gboolean expected, BtcVerdict *verdict);

G_END_DECLS

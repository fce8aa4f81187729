#pragma once

#include "bitcoin/consensus/block_check.h"

G_BEGIN_DECLS

/* BIP 141. With EXPECTED (segwit is active) the coinbase's commitment, if there is one, must fit; a block without
 * commitment may hold no witness. Pure, any thread. */
gboolean btc_block_check_witness (const BtcBlock *block, gboolean expected, BtcVerdict *verdict);

G_END_DECLS

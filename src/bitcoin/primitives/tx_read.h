#pragma once

#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

/* The parser for separate transactions and for those of a block. Private to this folder. */

/* Walks over the transaction at READER and fills in tx->n_in and tx->n_out, nothing else. FALSE when it is malformed. */
gboolean btc_tx_measure (BtcReader *reader, gboolean allow_witness, BtcTx *tx);

/* Reads the transaction that btc_tx_measure() has accepted at the same position into TX, whose `in` and `out` have room
 * for the counted number, and computes its IDs. */
void btc_tx_read (BtcReader *reader, gboolean allow_witness, BtcTx *tx);

G_END_DECLS

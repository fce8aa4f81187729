#pragma once

#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

/* The parser that transactions of their own and those of a block share. Private to this folder. */

/* Walks over the transaction at READER and fills in tx->n_in and tx->n_out, nothing else. FALSE when it is malformed. */
gboolean btc_tx_measure (BtcReader *reader, gboolean allow_witness, BtcTx *tx);

/* Reads the transaction that btc_tx_measure() found good at the same place into TX, whose `in` and `out` have room for
 * as many as were counted, and computes its ids. */
void btc_tx_read (BtcReader *reader, gboolean allow_witness, BtcTx *tx);

G_END_DECLS

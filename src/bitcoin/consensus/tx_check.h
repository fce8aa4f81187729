#pragma once

#include "bitcoin/consensus/params.h"
#include "bitcoin/consensus/verdict.h"
#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

/* Rules of a single transaction. Pure, any thread. */

/* The checks that do not need the coins that it spends (CVE-2010-5139, CVE-2018-17144, …). */
gboolean btc_tx_check (const BtcTx *tx, BtcVerdict *verdict);

/* A coin: an unspent output, and where it was created. The script is borrowed. */
typedef struct {
  BtcTxOut out;
  guint32 height;
  gboolean coinbase;
} BtcCoin;

/* Checks values and maturity of COINS (one for each input) for a spend at HEIGHT; *FEE_SAT is set to the difference. */
gboolean
btc_tx_check_inputs (const BtcTx *tx, const BtcCoin *coins, guint32 height, gint64 *fee_sat, BtcVerdict *verdict);

/* BIP 113: final at HEIGHT when the lock time is compared with TIME_S (median time past once CSV is active). */
gboolean btc_tx_is_final (const BtcTx *tx, guint32 height, gint64 time_s);

/* BIP 68. The relative locks of TX: the last height and the last median time at which it is still locked, -1 for none.
 * COIN_HEIGHTS and COIN_MTP (median time past of the block before the coin's) have an entry for each input. */
void btc_tx_sequence_locks (const BtcTx *tx,
                            gboolean enforce,
                            const guint32 *coin_heights,
                            const gint64 *coin_mtp,
                            gint64 *min_height,
                            gint64 *min_time);

/* Sigops cost of TX (BIP 141). SPENT has one output for each input; NULL for a coinbase. */
guint btc_tx_sigop_cost (const BtcTx *tx, const BtcTxOut *spent, BtcVerifyFlags flags);

G_END_DECLS

#pragma once

#include "bitcoin/consensus/tx_check.h"
#include "bitcoin/primitives/network.h"
#include "rpc/json.h"

G_BEGIN_DECLS

/* Adds the fields of TX to OBJECT. With SPENT (one coin for each input; NULL: not known, or a coinbase) the fee is
 * added, and with PREVOUTS also the spent outputs. WITH_HEX adds the bytes. Any thread. */
void rpc_tx_add_json (RpcJson *object,
                      const BtcTx *tx,
                      const BtcCoin *spent,
                      gboolean prevouts,
                      gboolean with_hex,
                      BtcNetwork network);

/* The same for a wallet, without fee and spent outputs: an output for which IS_CHANGE returns TRUE has "ischange". */
typedef gboolean (*RpcTxIsChangeFunc) (const BtcTxOut *out, gpointer data);
void rpc_tx_add_wallet_json (RpcJson *object,
                             const BtcTx *tx,
                             RpcTxIsChangeFunc is_change,
                             gpointer data,
                             BtcNetwork network);

/* Bytes of TX in hex. */
RpcJson *rpc_tx_new_hex (const BtcTx *tx);

G_END_DECLS

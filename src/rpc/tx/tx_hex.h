#pragma once

#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

/* Transactions in hex, as arguments. Any thread. */

/* Parses HEX, a transaction with at least one input in the format of BIP 144. NULL when it is malformed. */
BtcTx *rpc_tx_from_hex (const char *hex);

/* The serialisation formats to try. */
typedef enum { RPC_TX_WITNESS = 1 << 0, RPC_TX_NO_WITNESS = 1 << 1 } RpcTxFormats;

/* The same in any of FORMATS. A transaction in the format without witnesses may still have no inputs, so that it begins
 * like one with witnesses. If both interpretations are valid, the one with plausible scripts is preferred, otherwise
 * the one with witnesses. */
BtcTx *rpc_tx_from_any_hex (const char *hex, RpcTxFormats formats);

/* Whether SCRIPT has only known operations and no push that is too large. Otherwise it is unspendable. */
gboolean rpc_script_has_valid_ops (BtcSpan script);

G_END_DECLS

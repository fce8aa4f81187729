#pragma once

#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

/* Transactions that a caller gives in hex. Any thread. */

/* In the format of BIP 144, with at least one input. NULL: HEX is not one. */
BtcTx *node_rpc_tx_from_hex (const char *hex);

/* Which formats are tried. */
typedef enum { NODE_RPC_TX_WITNESS = 1 << 0, NODE_RPC_TX_NO_WITNESS = 1 << 1 } NodeRpcTxFormats;

/* The same in any of FORMATS. Without witnesses it may be incomplete, with no inputs yet, and begin as one with witnesses does:
 * if both are possible, the one with plausible scripts is preferred, or else the one with witnesses. */
BtcTx *node_rpc_tx_from_any_hex (const char *hex, NodeRpcTxFormats formats);

/* Whether SCRIPT has only known operations and no push that is too large. Otherwise it cannot be spent. */
gboolean node_rpc_script_has_valid_ops (BtcSpan script);

G_END_DECLS

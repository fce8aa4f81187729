#pragma once

/* Shapes (rpc/shape.h) that several methods of node and wallet share. */

#define RPC_SHAPE_SCRIPT "{asm: str, desc: str, hex: hex, address?: str, type: str}"

#define RPC_SHAPE_PREVOUT                                                                                              \
  "prevout?: {generated: bool, height: num, value: amount, scriptPubKey: " RPC_SHAPE_SCRIPT "}, "

/* The members of a transaction. PREVOUT: RPC_SHAPE_PREVOUT, or "". */
#define RPC_SHAPE_TX(prevout)                                                                                          \
  "txid: hex, hash: hex, size: num, vsize: num, weight: num, version: num, locktime: time, "                           \
  "vin: [{coinbase?: hex, txid?: hex, vout?: num, scriptSig?: {asm: str, hex: hex}, txinwitness?: [hex], " prevout     \
  "sequence: num}], vout: [{value: amount, n: num, scriptPubKey: " RPC_SHAPE_SCRIPT "}]"

#pragma once

/* Shapes (rpc/shape.h) that several methods share. */

/* A transaction in the words of the wallet. */
#define WALLET_SHAPE_TX                                                                                                \
  "confirmations: num, generated?: bool, trusted?: bool, blockhash?: hex, blockheight?: num, blockindex?: num, "       \
  "blocktime?: time, txid: hex, wtxid: hex, alternate_wtxids: [hex], walletconflicts: [hex], replaced_by_txid?: hex, " \
  "replaces_txid?: hex, mempoolconflicts: [hex], to?: str, time: time, timereceived: time, comment?: str, "            \
  "bip125-replaceable?: str, parent_descs?: [str]"

/* One of its payments, as listsinceblock shows it. */
#define WALLET_SHAPE_PAYMENT                                                                                           \
  "{address?: str, category: str, amount: amount, vout: num, fee?: amount, " WALLET_SHAPE_TX                           \
  ", abandoned: bool, label?: str}"

/* What is known of a script. */
#define WALLET_SHAPE_SCRIPT                                                                                            \
  "isscript?: bool, iswitness?: bool, witness_version?: num, witness_program?: hex, script?: str, hex?: hex, "         \
  "pubkeys?: [str], sigsrequired?: num, pubkey?: hex, "

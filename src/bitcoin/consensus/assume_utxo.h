#pragma once

#include "bitcoin/primitives/network.h"

G_BEGIN_DECLS

/* Blocks whose UTXO set has a built-in hash, so that a node can start from a snapshot of it. Static data, any
 * thread. */

typedef struct {
  guint32 height;
  const char *block_hash;      /* in display order */
  const char *hash_serialized; /* "hash_serialized_3" of the coins, in display order */
  guint64 chain_tx;            /* transactions up to this block */
} BtcAssumeUtxo;

/* Those of NETWORK, lowest first; there is at least one on each. */
const BtcAssumeUtxo *btc_assume_utxo_list (BtcNetwork network, gsize *n);

/* The entry of LIST (N entries) for the block HASH32 (in internal order); NULL if there is none. */
const BtcAssumeUtxo *btc_assume_utxo_find (const BtcAssumeUtxo *list, gsize n, const guint8 hash32[32]);

G_END_DECLS

#pragma once

#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

#define BTC_HEADER_SIZE 80

typedef struct {
  gint32 version;
  guint8 prev32[32];
  guint8 merkle_root32[32];
  guint32 time; /* seconds since 1970 */
  guint32 bits;
  guint32 nonce;
} BtcHeader;

void btc_header_parse (BtcHeader *header, const guint8 data80[BTC_HEADER_SIZE]);
void btc_header_serialize (const BtcHeader *header, guint8 out80[BTC_HEADER_SIZE]);
void btc_header_hash (const BtcHeader *header, guint8 out32[32]);

/* A block, parsed once: one buffer, three arrays (transactions, inputs, outputs), with all IDs and hashes.
 * Immutable after btc_block_new(); reference counted with atomic counts, any thread. */
typedef struct {
  GBytes *bytes; /* the whole serialisation */
  BtcHeader header;
  guint8 hash32[32];
  BtcTx *txs; /* owned by the block: never call btc_tx_unref() on one */
  guint32 n_txs;
  guint32 n_inputs; /* of all transactions */
  guint32 stripped_size;
  guint32 header_to_txs; /* bytes before the first transaction */
} BtcBlock;

/* Parses all of BYTES, and keeps a reference to it. NULL when the encoding is malformed or bytes are left over; no
 * consensus rules are checked. */
BtcBlock *btc_block_new (GBytes *bytes);
/* The same, but bytes after the block are ignored. */
BtcBlock *btc_block_new_prefix (GBytes *bytes);
/* A block of HEADER and TXS, which are copied together with their IDs: only the header is hashed. The caller must check
 * that the header commits to them. NULL when the block would be too long for its weight. */
BtcBlock *btc_block_new_from_txs (const BtcHeader *header, const BtcTx *const *txs, guint32 n_txs);
BtcBlock *btc_block_ref (BtcBlock *block);
void btc_block_unref (BtcBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcBlock, btc_block_unref)

guint32 btc_block_weight (const BtcBlock *block);

/* An independent copy of a transaction of a block. */
BtcTx *btc_tx_dup (const BtcTx *tx);

G_END_DECLS

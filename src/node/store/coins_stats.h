#pragma once

#include "node/store/coins.h"

G_BEGIN_DECLS

/* Statistics of the UTXO set, as gettxoutsetinfo reports them. */

typedef enum {
  NODE_COINS_HASH_NONE,
  NODE_COINS_HASH_SERIALIZED, /* "hash_serialized_3" */
  NODE_COINS_HASH_MUHASH,
} NodeCoinsHash;

typedef struct {
  guint8 best32[32]; /* the best block of the set; its height is in the block tree */
  guint64 txouts;
  guint64 transactions; /* with at least one coin */
  guint64 bogosize;
  gint64 total_amount_sat;
  guint64 disk_size;
  guint8 hash32[32]; /* zeros with NODE_COINS_HASH_NONE */
} NodeCoinsStats;

/* Called every few thousand coins; FALSE cancels. */
typedef gboolean (*NodeCoinsStatsProgress) (guint64 txouts, gpointer data);

/* Reads all coins of CURSOR, which was just created from COINS. PROGRESS may be NULL; when it cancels, the error is
 * G_IO_ERROR_CANCELLED. Takes minutes on the main network: not on the main context or the chain thread. */
gboolean node_coins_stats (NodeCoins *coins,
                           NodeCoinsCursor *cursor,
                           NodeCoinsHash type,
                           NodeCoinsStatsProgress progress,
                           gpointer data,
                           NodeCoinsStats *stats,
                           GError **error);

/* The serialisation for both hashes: outpoint, u32 2 * height + coinbase, i64 value, script with its CompactSize.
 * Appends. */
void node_coin_write_for_hash (const BtcOutpoint *outpoint, const BtcCoin *coin, GByteArray *out);

/* The bogosize of one coin. */
guint64 node_coin_bogosize (const BtcCoin *coin);

G_END_DECLS

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
  guint8 best32[32]; /* the block after which the set is like this; its height is in the block tree */
  guint64 txouts;
  guint64 transactions; /* with at least one coin */
  guint64 bogosize;
  gint64 total_amount_sat;
  guint64 disk_size;
  guint8 hash32[32]; /* zeros with NODE_COINS_HASH_NONE */
} NodeCoinsStats;

/* FALSE ends the walk; called every few thousand coins. */
typedef gboolean (*NodeCoinsStatsProgress) (guint64 txouts, gpointer data);

/* Walks all of CURSOR, which was just made from COINS. PROGRESS may be NULL; when it ends the walk the error is
 * G_IO_ERROR_CANCELLED. Takes minutes on the main network: any thread but the main ones. */
gboolean node_coins_stats (NodeCoins *coins,
                           NodeCoinsCursor *cursor,
                           NodeCoinsHash type,
                           NodeCoinsStatsProgress progress,
                           gpointer data,
                           NodeCoinsStats *stats,
                           GError **error);

/* What both hashes are made of: outpoint, u32 2 * height + coinbase, i64 value, script with its CompactSize. Appends. */
void node_coin_write_for_hash (const BtcOutpoint *outpoint, const BtcCoin *coin, GByteArray *out);

/* The size that is counted for one coin. */
guint64 node_coin_bogosize (const BtcCoin *coin);

G_END_DECLS

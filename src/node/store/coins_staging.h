#pragma once

#include "bitcoin/consensus/tx_check.h"

G_BEGIN_DECLS

/* Coins that were prefetched by other threads for the chain thread. Sharded, to avoid contention. Any thread.
 *
 * A coin that was read before a flush must not be found after it, since the flush may have deleted it. Therefore a
 * reader gets the generation before it reads from disk, and passes it along with the coins; a flush begins a new
 * generation after its last write, before the cache evicts what was written. */

#define NODE_STAGING_SHARDS 16

typedef struct {
  GMutex lock;
  GHashTable *coins;
  gsize bytes;
} NodeStagingShard;

typedef struct {
  NodeStagingShard shards[NODE_STAGING_SHARDS];
  guint64 generation;
} NodeCoinsStaging;

typedef struct {
  BtcOutpoint outpoint;
  guint32 height;
  gint64 value_sat;
  gboolean coinbase;
  guint16 script_len;
  guint8 script[];
} NodeStagedCoin;

void node_coins_staging_init (NodeCoinsStaging *staging);
void node_coins_staging_clear (NodeCoinsStaging *staging);

guint64 node_coins_staging_get_generation (NodeCoinsStaging *staging);
gboolean node_coins_staging_contains (NodeCoinsStaging *staging, const BtcOutpoint *outpoint);
void node_coins_staging_put (NodeCoinsStaging *staging,
                             guint64 generation,
                             const BtcOutpoint *outpoint,
                             const BtcCoin *coin);

/* Removes and returns the coin; g_free(). NULL when there is none. */
NodeStagedCoin *node_coins_staging_take (NodeCoinsStaging *staging, const BtcOutpoint *outpoint);

/* Drops all coins, including those that are being read now. */
void node_coins_staging_begin_generation (NodeCoinsStaging *staging);

G_END_DECLS

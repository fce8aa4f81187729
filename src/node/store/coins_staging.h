#pragma once

#include "bitcoin/consensus/tx_check.h"

G_BEGIN_DECLS

/* Where read-ahead threads leave coins for the chain thread. Sharded, so that they rarely wait for each other. Any
 * thread.
 *
 * A coin read before a flush must not be found after it: the flush may have deleted it. Therefore a reader asks for the
 * generation before it reads from disk, and hands it in with what it read; a flush begins a new one when its last
 * write is done, before the cache forgets what it wrote. */

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

/* Takes the coin out; g_free(). NULL when it is not there. */
NodeStagedCoin *node_coins_staging_take (NodeCoinsStaging *staging, const BtcOutpoint *outpoint);

/* Forgets all, and what is being read just now too. */
void node_coins_staging_begin_generation (NodeCoinsStaging *staging);

G_END_DECLS

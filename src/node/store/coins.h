#pragma once

#include "bitcoin/consensus/tx_check.h"
#include "node/store/db.h"

G_BEGIN_DECLS

/* The set of unspent outputs: chainstate/ on disk, and a dense cache in front of it (open addressing, salted hash,
 * scripts inline, dirty and fresh marks as in the reference's cache, never emptied wholesale). The cache is used by the
 * chain thread; node_coins_prefetch() by any thread. */

typedef struct _NodeCoins NodeCoins;

typedef struct {
  const char *path; /* the chainstate folder */
  gsize db_cache_bytes;
  gsize cache_bytes; /* how large the cache may grow before node_coins_needs_flush() */
  gboolean wipe;
} NodeCoinsOptions;

NodeCoins *node_coins_open (const NodeCoinsOptions *options, GError **error);
void node_coins_close (NodeCoins *coins);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeCoins, node_coins_close)

/* The block that the set on disk stands for: zeros when it is empty. While a flush was cut off *OLD32 and *NEW32 tell
 * the two ends ('H' record) and *REPLAY is TRUE. */
gboolean node_coins_get_best (NodeCoins *coins,
                              guint8 best32[32],
                              gboolean *replay,
                              guint8 new32[32],
                              guint8 old32[32],
                              GError **error);

/* *COIN (its script valid until the next change of the cache) and TRUE in *FOUND when it is unspent. */
gboolean node_coins_get (NodeCoins *coins, const BtcOutpoint *outpoint, BtcCoin *coin, gboolean *found, GError **error);

/* Adds a coin. POSSIBLE_OVERWRITE when there may be one already (BIP 30 exceptions, replay): then it is not fresh. */
void node_coins_add (NodeCoins *coins, const BtcOutpoint *outpoint, const BtcCoin *coin, gboolean possible_overwrite);

/* Spends a coin that is in the cache (after node_coins_get() found it). */
void node_coins_spend (NodeCoins *coins, const BtcOutpoint *outpoint);

/* Reads the coins of N outpoints from disk ahead of their use, into a place where node_coins_get() finds them.
 * Any thread, several at once. Errors are ignored: they come again on the chain thread. */
void node_coins_prefetch (NodeCoins *coins, const BtcOutpoint *outpoints, gsize n);

gboolean node_coins_needs_flush (NodeCoins *coins);
gsize node_coins_memory (NodeCoins *coins);   /* bytes of the cache */
guint64 node_coins_cached (NodeCoins *coins); /* entries */

/* Writes what changed, in batches under the 'H' protocol, then 'B' = BEST32. EMPTY: also forget clean entries. On disk
 * (synced) when this returns. */
gboolean node_coins_flush (NodeCoins *coins, const guint8 best32[32], gboolean empty, GError **error);

/* Walks the set on disk as of now (flush first), in key order. Any one thread; the chain may go on. */
typedef struct _NodeCoinsCursor NodeCoinsCursor;
NodeCoinsCursor *node_coins_cursor_new (NodeCoins *coins);
gboolean node_coins_cursor_next (NodeCoinsCursor *cursor, BtcOutpoint *outpoint, BtcCoin *coin, GError **error);
void node_coins_cursor_free (NodeCoinsCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeCoinsCursor, node_coins_cursor_free)
guint64 node_coins_disk_size (NodeCoins *coins);

G_END_DECLS

#pragma once

#include "bitcoin/consensus/tx_check.h"
#include "node/store/db.h"

G_BEGIN_DECLS

/* The set of unspent outputs: chainstate/ on disk, and a dense cache in front of it (open addressing, salted hash,
 * inline scripts, dirty and fresh flags as in the reference's cache, never emptied as a whole). The cache is used by
 * the chain thread; node_coins_prefetch() and cursors by any thread. Damage is NODE_STORE_ERROR_CORRUPT. */

typedef struct _NodeCoins NodeCoins;

/* What to do when the coins are damaged. */
#define NODE_CHAINSTATE_ADVICE                                                                                         \
  "Restart with -reindex-chainstate (a pruned node: -reindex) to rebuild the coins from the blocks."

/* -dbbatchsize */
#define NODE_COINS_BATCH_BYTES (32 * 1024 * 1024)

typedef struct {
  const char *path; /* the chainstate folder */
  gsize db_cache_bytes;
  gsize cache_bytes; /* the size of the cache from which on node_coins_needs_flush() is TRUE */
  gsize batch_bytes; /* 0: NODE_COINS_BATCH_BYTES */
  gboolean wipe;
} NodeCoinsOptions;

NodeCoins *node_coins_open (const NodeCoinsOptions *options, GError **error);
void node_coins_close (NodeCoins *coins);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeCoins, node_coins_close)

/* coins_view.c. A view of the coins that BASE has on disk now, which changes in memory only: for testing blocks, or for
 * rolling back to an older state. One thread at a time; BASE may change meanwhile, and is closed after the view. BASE
 * should just have been flushed, since the view does not include its cache. Close the view with node_coins_close(). */
NodeCoins *node_coins_view_new (NodeCoins *base);
/* An empty view, to which the caller adds coins with node_coins_add(). */
NodeCoins *node_coins_view_new_empty (void);
/* From now on node_coins_view_spill() writes the changes of VIEW to a database at PATH when they take more than BYTES
 * of memory. The database is created here, and removed with the view. FALSE: it could not be created; the view is
 * unchanged. */
gboolean node_coins_view_use_disk (NodeCoins *view, const char *path, gsize bytes, GError **error);
gboolean node_coins_view_spill (NodeCoins *view, GError **error);

/* The best block of the set on disk: zeros when it is empty. After an interrupted flush *OLD32 and *NEW32 are the two
 * ends ('H' record) and *REPLAY is TRUE. */
gboolean node_coins_get_best (NodeCoins *coins,
                              guint8 best32[32],
                              gboolean *replay,
                              guint8 new32[32],
                              guint8 old32[32],
                              GError **error);

/* *COIN and TRUE in *FOUND when it is unspent. The script is valid until this coin is spent or added again, or until
 * node_coins_needs_flush() or node_coins_flush(); other coins may be added and spent. */
gboolean node_coins_get (NodeCoins *coins, const BtcOutpoint *outpoint, BtcCoin *coin, gboolean *found, GError **error);

/* The same without adding it to the cache. The script is in SCRIPTS, which is emptied first, or valid as with
 * node_coins_get(). */
gboolean node_coins_peek (NodeCoins *coins,
                          const BtcOutpoint *outpoint,
                          BtcCoin *coin,
                          GByteArray *scripts,
                          gboolean *found,
                          GError **error);
/* Whether it is unspent according to the cache alone. */
gboolean node_coins_has_cached (NodeCoins *coins, const BtcOutpoint *outpoint);
/* Is it in the set on disk, which may be older than the cache? An error counts as no. Any thread, as with
 * node_coins_prefetch(). */
gboolean node_coins_is_on_disk (NodeCoins *coins, const BtcOutpoint *outpoint);
/* Evicts those of OUTPOINTS from the cache that are clean. */
void node_coins_uncache (NodeCoins *coins, const BtcOutpoint *outpoints, gsize n);

/* Adds a coin; an unspendable one (OP_RETURN, too long) is skipped. POSSIBLE_OVERWRITE when there may be one already
 * (coinbases, because of the BIP 30 exceptions; replay): then it is not fresh. */
void node_coins_add (NodeCoins *coins, const BtcOutpoint *outpoint, const BtcCoin *coin, gboolean possible_overwrite);

/* Spends a coin that is in the cache (after node_coins_get() found it). */
void node_coins_spend (NodeCoins *coins, const BtcOutpoint *outpoint);

/* Reads the coins of N outpoints from disk in advance, and stores them where node_coins_get() finds them. Coins that
 * are in the cache are (nearly all) skipped. Any thread, concurrently, after node_coins_open() has returned and before
 * node_coins_close(). Errors are ignored: they will occur again on the chain thread. */
void node_coins_prefetch (NodeCoins *coins, const BtcOutpoint *outpoints, gsize n);

/* Chain thread: removes those of OUTPOINTS that are in the cache. Returns how many remain to be prefetched. */
gsize node_coins_filter_uncached (NodeCoins *coins, BtcOutpoint *outpoints, gsize n);

/* The cache is near its budget, and many entries are dirty: a flush should begin now. FALSE while one is
 * in progress. */
gboolean node_coins_wants_flush (NodeCoins *coins);
/* Evicts clean entries if the cache exceeds its budget; TRUE when that is not sufficient. Between blocks. */
gboolean node_coins_needs_flush (NodeCoins *coins);
void node_coins_set_cache_bytes (NodeCoins *coins, gsize cache_bytes); /* another budget */
gsize node_coins_get_cache_bytes (NodeCoins *coins);
/* Memory that the mempool currently leaves unused: the cache may exceed its budget by this. */
void node_coins_set_spare_bytes (NodeCoins *coins, gsize spare_bytes);
gboolean node_coins_is_full (NodeCoins *coins); /* exceeds the budget and the spare memory */
gsize node_coins_memory (NodeCoins *coins);     /* bytes of the cache */
guint64 node_coins_cached (NodeCoins *coins);   /* entries */
guint64 node_coins_dirty (NodeCoins *coins);    /* entries that the next flush will write */

/* Writes the dirty entries in batches under the 'H' protocol, then 'B' = BEST32 (not zeros). EMPTY: also evicts clean
 * entries. Synced to disk when this returns TRUE. After FALSE the program must exit: the flush is replayed at the next
 * start. A flush in progress is finished first. */
gboolean node_coins_flush (NodeCoins *coins, const guint8 best32[32], gboolean empty, GError **error);

/* The same in two steps: a separate thread writes the coins as they are now, while they may be changed further.
 * WRITTEN, if not NULL, is called with DATA on that thread when it is done. Then, or earlier in order to wait,
 * _finish() must be called, which returns whether the flush succeeded; it also returns TRUE when none is in progress.
 * If _begin() returns FALSE, nothing was begun, and the program must exit. During the flush no view may be created, and
 * the coins on disk are in neither the old state nor the new. */
gboolean node_coins_flush_begin (NodeCoins *coins,
                                 const guint8 best32[32],
                                 void (*written) (gpointer data),
                                 gpointer data,
                                 GError **error);
gboolean node_coins_flush_finish (NodeCoins *coins, GError **error);
gboolean node_coins_flush_is_over (NodeCoins *coins); /* _finish() is due, and will not wait */
void node_coins_forget_clean (NodeCoins *coins);      /* evicts all entries: none may be dirty or being written */

/* Iterates over the coins on disk as of now (flush first), in key order. One thread at a time; the chain may change
 * meanwhile. The script of a coin is valid until the next one. _next() is FALSE at the end, and with ERROR set on a
 * failure. */
typedef struct _NodeCoinsCursor NodeCoinsCursor;
NodeCoinsCursor *node_coins_cursor_new (NodeCoins *coins);
/* The same for a view, including its changes. The view must not change any more, and must outlive the cursor. NULL: the
 * changes in memory could not be written to the view's database. */
NodeCoinsCursor *node_coins_cursor_new_over (NodeCoins *view, GError **error);
gboolean node_coins_cursor_next (NodeCoinsCursor *cursor, BtcOutpoint *outpoint, BtcCoin *coin, GError **error);
/* The best block ('B') of the coins that the cursor iterates over; zeros after an interrupted flush, or when there are
 * none. */
const guint8 *node_coins_cursor_get_best (NodeCoinsCursor *cursor);
void node_coins_cursor_free (NodeCoinsCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeCoinsCursor, node_coins_cursor_free)
guint64 node_coins_disk_size (NodeCoins *coins); /* an estimate, as in gettxoutsetinfo */

G_END_DECLS

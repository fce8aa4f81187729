#pragma once

#include "bitcoin/consensus/tx_check.h"
#include "node/store/db.h"

G_BEGIN_DECLS

/* The set of unspent outputs: chainstate/ on disk, and a dense cache in front of it (open addressing, salted hash,
 * scripts inline, dirty and fresh marks as in the reference's cache, never emptied wholesale). The cache is used by the
 * chain thread; node_coins_prefetch() and cursors by any thread. Damage is NODE_STORE_ERROR_CORRUPT. */

typedef struct _NodeCoins NodeCoins;

/* What to do when the coins are damaged. */
#define NODE_CHAINSTATE_ADVICE                                                                                         \
  "Restart with -reindex-chainstate (a pruned node: -reindex) to build the coins anew from the blocks."

/* -dbbatchsize */
#define NODE_COINS_BATCH_BYTES (32 * 1024 * 1024)

typedef struct {
  const char *path; /* the chainstate folder */
  gsize db_cache_bytes;
  gsize cache_bytes; /* how large the cache may grow before node_coins_needs_flush() */
  gsize batch_bytes; /* 0: NODE_COINS_BATCH_BYTES */
  gboolean wipe;
} NodeCoinsOptions;

NodeCoins *node_coins_open (const NodeCoinsOptions *options, GError **error);
void node_coins_close (NodeCoins *coins);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeCoins, node_coins_close)

/* coins_view.c. A view of the set that BASE has on disk now, to be changed in memory alone: to try blocks, or to go
 * back to an older state. Any one thread at a time; BASE may change, and is closed after the view. It should just have
 * been flushed: what is only in its cache is not seen. End the view with node_coins_close(). */
NodeCoins *node_coins_view_new (NodeCoins *base);
/* A view of nothing: it has what the caller adds with node_coins_add(). */
NodeCoins *node_coins_view_new_empty (void);
/* From now on what VIEW changes goes to a database at PATH, which is made for it and removed with it, as often as
 * node_coins_view_spill() finds more than BYTES in memory. FALSE: it could not be made; the view is as it was. */
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
 * node_coins_needs_flush() or node_coins_flush(); other coins may be added and spent in the meantime. */
gboolean node_coins_get (NodeCoins *coins, const BtcOutpoint *outpoint, BtcCoin *coin, gboolean *found, GError **error);

/* The same without adding to the cache. The script is in SCRIPTS, which is emptied first, or valid as with
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
/* Forgets those of OUTPOINTS that are in the cache as they are on disk. */
void node_coins_uncache (NodeCoins *coins, const BtcOutpoint *outpoints, gsize n);

/* Adds a coin; an unspendable one (OP_RETURN, too long) is skipped. POSSIBLE_OVERWRITE when there may be one already
 * (coinbases, because of the BIP 30 exceptions; replay): then it is not fresh. */
void node_coins_add (NodeCoins *coins, const BtcOutpoint *outpoint, const BtcCoin *coin, gboolean possible_overwrite);

/* Spends a coin that is in the cache (after node_coins_get() found it). */
void node_coins_spend (NodeCoins *coins, const BtcOutpoint *outpoint);

/* Reads the coins of N outpoints from disk ahead of their use, into a place where node_coins_get() finds them.
 * Those that are in the cache are (nearly all) left out. Any thread, several at once, but not before node_coins_open()
 * returned or after node_coins_close(). Errors are ignored: they come again on the chain thread. */
void node_coins_prefetch (NodeCoins *coins, const BtcOutpoint *outpoints, gsize n);

/* Chain thread: takes those out of OUTPOINTS that are in the cache already; how many are left, to be prefetched. */
gsize node_coins_filter_uncached (NodeCoins *coins, BtcOutpoint *outpoints, gsize n);

/* The cache is near its budget, with much in it to be written: a flush should begin now. FALSE while one is in progress. */
gboolean node_coins_wants_flush (NodeCoins *coins);
/* When the cache is over its budget clean entries are forgotten; TRUE when that cannot be enough. Between blocks. */
gboolean node_coins_needs_flush (NodeCoins *coins);
void node_coins_set_cache_bytes (NodeCoins *coins, gsize cache_bytes); /* another budget */
gsize node_coins_get_cache_bytes (NodeCoins *coins);
/* Memory that the mempool leaves unused for now, by which the cache may exceed its budget. */
void node_coins_set_spare_bytes (NodeCoins *coins, gsize spare_bytes);
gboolean node_coins_is_full (NodeCoins *coins); /* over the budget with what is spare */
gsize node_coins_memory (NodeCoins *coins);     /* bytes of the cache */
guint64 node_coins_cached (NodeCoins *coins);   /* entries */
guint64 node_coins_dirty (NodeCoins *coins);    /* entries that the next flush will write */

/* Writes what changed, in batches under the 'H' protocol, then 'B' = BEST32 (not zeros). EMPTY: also forget clean
 * entries. On disk (synced) when this returns TRUE. After FALSE the program must end: what is on disk is then replayed
 * at the next start. A flush in progress is finished before. */
gboolean node_coins_flush (NodeCoins *coins, const guint8 best32[32], gboolean empty, GError **error);

/* The same in two steps: a thread of its own writes what the coins are now, while they may be changed further. WRITTEN,
 * if not NULL, is called with DATA on that thread when it is done; then, or earlier to wait for it, comes _finish(),
 * which says whether the flush succeeded; it is also TRUE when none is in progress. FALSE of _begin(): nothing was
 * begun, and the program must end. Meanwhile no view may be made, and what is on disk is neither the old state nor the
 * new. */
gboolean node_coins_flush_begin (NodeCoins *coins,
                                 const guint8 best32[32],
                                 void (*written) (gpointer data),
                                 gpointer data,
                                 GError **error);
gboolean node_coins_flush_finish (NodeCoins *coins, GError **error);
gboolean node_coins_flush_is_over (NodeCoins *coins); /* _finish() is due, and will not wait */
void node_coins_forget_clean (NodeCoins *coins);      /* all entries: nothing may be dirty or on its way to the disk */

/* Walks the set on disk as of now (flush first), in key order. Any one thread; the chain may change meanwhile. The
 * script of a coin is valid until the next one. _next() is FALSE at the end, and with ERROR set on a failure. */
typedef struct _NodeCoinsCursor NodeCoinsCursor;
NodeCoinsCursor *node_coins_cursor_new (NodeCoins *coins);
/* The same for a view, with what was changed in it, which must not change any more and must outlive the cursor. NULL: what
 * is in memory could not be written to the view's database. */
NodeCoinsCursor *node_coins_cursor_new_over (NodeCoins *view, GError **error);
gboolean node_coins_cursor_next (NodeCoinsCursor *cursor, BtcOutpoint *outpoint, BtcCoin *coin, GError **error);
/* The best block ('B') of what the cursor walks; zeros when a flush was cut off, or nothing is there. */
const guint8 *node_coins_cursor_get_best (NodeCoinsCursor *cursor);
void node_coins_cursor_free (NodeCoinsCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeCoinsCursor, node_coins_cursor_free)
guint64 node_coins_disk_size (NodeCoins *coins); /* an estimate, as in gettxoutsetinfo */

G_END_DECLS

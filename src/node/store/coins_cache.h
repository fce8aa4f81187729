#pragma once

#include "bitcoin/consensus/tx_check.h"

G_BEGIN_DECLS

/* The coins in memory: a table of small slots (open addressing) that refer to entries, which are stored in slabs and
 * never move. One thread; but entries that are being written may be read by a second one. The flags:
 *   DIRTY    differs from the set on disk
 *   FRESH    is not in the set on disk: if it is spent before a flush, it is simply removed
 *   WRITING  is being written, and does not change until it is on disk: a change creates another entry
 * A spent coin is kept while DIRTY or WRITING, so that the flush deletes it. */

#define NODE_COIN_INLINE 36

typedef enum {
  NODE_COIN_DIRTY = 1 << 0,
  NODE_COIN_FRESH = 1 << 1,
  NODE_COIN_LISTED = 1 << 2, /* its number is in the list of dirty entries; kept while the entry is free */
  NODE_COIN_LIVE = 1 << 3,   /* the entry is in use */
  NODE_COIN_RECENT = 1 << 4, /* was used since the last round of eviction */
  NODE_COIN_WRITING = 1 << 5,
} NodeCoinFlags;

typedef struct {
  BtcOutpoint outpoint;            /* of a free entry, n is the next free one plus 1 */
  guint32 code;                    /* 2 * height + coinbase */
  gint64 value_sat;                /* negative: spent */
  guint8 script[NODE_COIN_INLINE]; /* if script_len is larger, a pointer to allocated memory */
  guint16 script_len;
  guint8 flags; /* used by the cache's thread only */
} NodeCoinEntry;
G_STATIC_ASSERT (sizeof (NodeCoinEntry) == 88);

typedef struct {
  guint64 *slots; /* tag << 32 | entry number + 1; 0: empty */
  gsize mask;     /* slots - 1 */
  NodeCoinEntry **slabs;
  guint n_slabs;
  guint32 n_entries; /* ever handed out */
  guint32 free_list; /* number + 1 */
  GArray *dirty;     /* guint32 entry numbers; some may be clean again */
  GArray *replaced;  /* guint32 numbers of WRITING entries that no slot refers to any more */
  guint32 hand;      /* where eviction continues */
  gsize live;
  gsize n_dirty;
  gsize n_writing;
  gsize heap_bytes;
  guint64 salt[5];   /* never changes, so that any thread may compute a tag */
  guint32 *presence; /* tags of recently added entries, see node_coins_cache_may_contain(); not counted */
} NodeCoinsCache;

void node_coins_cache_init (NodeCoinsCache *cache);
void node_coins_cache_clear (NodeCoinsCache *cache); /* frees all entries; usable as if new. Nothing is WRITING */
void node_coins_cache_free (NodeCoinsCache *cache);  /* frees everything */

/* A lock-free guess on any thread: TRUE if OUTPOINT was added to the cache recently and not removed since. May be wrong
 * either way. */
gboolean node_coins_cache_may_contain (const NodeCoinsCache *cache, const BtcOutpoint *outpoint);

NodeCoinEntry *node_coins_cache_find (const NodeCoinsCache *cache, const BtcOutpoint *outpoint);
/* OUTPOINT is not in the cache. The entry has no flags but LIVE, and no coin yet. */
NodeCoinEntry *node_coins_cache_insert (NodeCoinsCache *cache, const BtcOutpoint *outpoint);
void node_coins_cache_set_coin (NodeCoinsCache *cache, NodeCoinEntry *entry, const BtcCoin *coin);
void node_coins_cache_get_coin (const NodeCoinEntry *entry, BtcCoin *coin); /* borrows the script */
void node_coins_cache_remove (NodeCoinsCache *cache, NodeCoinEntry *entry);

static inline gboolean
node_coins_cache_is_spent (const NodeCoinEntry *entry)
{
  return entry->value_sat < 0;
}

/* The rules of the reference's cache. */
void node_coins_cache_add (NodeCoinsCache *cache, const BtcOutpoint *outpoint, const BtcCoin *coin, gboolean overwrite);
void node_coins_cache_spend (NodeCoinsCache *cache, NodeCoinEntry *entry);

/* The dirty entries. The caller frees the array with g_free(). */
NodeCoinEntry **node_coins_cache_dup_dirty (NodeCoinsCache *cache, gsize *n);

/* The dirty entries, which are clean and WRITING from now on: one other thread may read them, except their flags, until
 * node_coins_cache_end_write(), which must be called when they are on disk, and before the next write begins. */
NodeCoinEntry **node_coins_cache_begin_write (NodeCoinsCache *cache, gsize *n);
void node_coins_cache_end_write (NodeCoinsCache *cache, NodeCoinEntry **written, gsize n);

/* The number of entries that can be evicted: those that are neither dirty nor being written. */
gsize node_coins_cache_n_clean (const NodeCoinsCache *cache);
/* Evicts such entries, the least recently used first, until the memory does not exceed TARGET. */
void node_coins_cache_evict (NodeCoinsCache *cache, gsize target);
gsize node_coins_cache_memory (const NodeCoinsCache *cache);

G_END_DECLS

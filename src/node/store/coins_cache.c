#include "node/store/coins_cache.h"

#include <string.h>

#include "common/random.h"

#define SLAB_BITS 13
#define SLAB_ENTRIES (1u << SLAB_BITS)
#define FIRST_SLOTS 1024
#define PRESENCE_TAGS (1u << 20)

static inline NodeCoinEntry *
entry_at (const NodeCoinsCache *cache, guint32 number)
{
  return &cache->slabs[number >> SLAB_BITS][number & (SLAB_ENTRIES - 1)];
}

static inline guint64
fold_hash (guint64 a, guint64 b)
{
  unsigned __int128 product = (unsigned __int128) a * b;

  return (guint64) product ^ (guint64) (product >> 64);
}

/* A salted hash: collisions cannot be constructed without knowing the salt. */
static inline guint32
make_tag (const NodeCoinsCache *cache, const BtcOutpoint *outpoint)
{
  const guint64 *salt = cache->salt;
  guint64 word[4], hash;

  memcpy (word, outpoint->txid32, 32);
  hash = fold_hash (word[0] ^ salt[0], word[1] ^ salt[1]) ^ fold_hash (word[2] ^ salt[2], word[3] ^ salt[3]);
  return (guint32) (fold_hash (hash ^ outpoint->n, salt[4]) >> 16);
}

static inline gboolean
same_outpoint (const BtcOutpoint *a, const BtcOutpoint *b)
{
  return a->n == b->n && memcmp (a->txid32, b->txid32, 32) == 0;
}

static inline guint8 *
get_script (const NodeCoinEntry *entry)
{
  guint8 *heap;

  if (entry->script_len <= NODE_COIN_INLINE)
    return (guint8 *) entry->script;
  memcpy (&heap, entry->script, sizeof heap);
  return heap;
}

static void
init_table (NodeCoinsCache *cache)
{
  cache->slots = g_new0 (guint64, FIRST_SLOTS);
  cache->mask = FIRST_SLOTS - 1;
  cache->dirty = g_array_new (FALSE, FALSE, sizeof (guint32));
  cache->replaced = g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
node_coins_cache_init (NodeCoinsCache *cache)
{
  memset (cache, 0, sizeof *cache);
  common_random_bytes ((guint8 *) cache->salt, sizeof cache->salt);
  cache->salt[4] |= 1;
  cache->presence = g_new0 (guint32, PRESENCE_TAGS);
  init_table (cache);
}

static void
free_table (NodeCoinsCache *cache)
{
  for (guint32 i = 0; cache->heap_bytes > 0 && i < cache->n_entries; i++) {
    NodeCoinEntry *entry = entry_at (cache, i);
    if ((entry->flags & NODE_COIN_LIVE) && entry->script_len > NODE_COIN_INLINE)
      g_free (get_script (entry));
  }
  for (guint i = 0; i < cache->n_slabs; i++)
    g_free (cache->slabs[i]);
  g_free (cache->slabs);
  g_free (cache->slots);
  g_array_unref (cache->dirty);
  g_array_unref (cache->replaced);
}

void
node_coins_cache_free (NodeCoinsCache *cache)
{
  free_table (cache);
  g_free (cache->presence);
}

void
node_coins_cache_clear (NodeCoinsCache *cache)
{
  g_assert (cache->n_writing == 0);
  free_table (cache);
  cache->slabs = NULL;
  cache->n_slabs = 0;
  cache->n_entries = 0;
  cache->free_list = 0;
  cache->hand = 0;
  cache->live = 0;
  cache->n_dirty = 0;
  cache->heap_bytes = 0;
  for (guint i = 0; i < PRESENCE_TAGS; i++)
    __atomic_store_n (&cache->presence[i], 0, __ATOMIC_RELAXED);
  init_table (cache);
}

gboolean
node_coins_cache_may_contain (const NodeCoinsCache *cache, const BtcOutpoint *outpoint)
{
  guint32 tag = make_tag (cache, outpoint);

  return __atomic_load_n (&cache->presence[tag % PRESENCE_TAGS], __ATOMIC_RELAXED) == tag && tag != 0;
}

/* The slot of OUTPOINT, or the empty one where it would be. */
static gsize
find_slot (const NodeCoinsCache *cache, const BtcOutpoint *outpoint, guint32 tag)
{
  gsize at = tag & cache->mask;

  for (;; at = (at + 1) & cache->mask) {
    guint64 slot = cache->slots[at];
    if (slot == 0)
      return at;
    if ((guint32) (slot >> 32) == tag && same_outpoint (&entry_at (cache, (guint32) slot - 1)->outpoint, outpoint))
      return at;
  }
}

NodeCoinEntry *
node_coins_cache_find (const NodeCoinsCache *cache, const BtcOutpoint *outpoint)
{
  guint64 slot = cache->slots[find_slot (cache, outpoint, make_tag (cache, outpoint))];

  return slot == 0 ? NULL : entry_at (cache, (guint32) slot - 1);
}

static void
grow_slots (NodeCoinsCache *cache)
{
  gsize old_n = cache->mask + 1;
  guint64 *old = cache->slots;

  /* A tag has 32 bits, and so has the number of an entry. */
  g_assert (old_n < ((gsize) 1 << 32));
  cache->mask = 2 * old_n - 1;
  cache->slots = g_new0 (guint64, 2 * old_n);
  for (gsize i = 0; i < old_n; i++) {
    gsize at;
    if (old[i] == 0)
      continue;
    at = (old[i] >> 32) & cache->mask;
    while (cache->slots[at] != 0)
      at = (at + 1) & cache->mask;
    cache->slots[at] = old[i];
  }
  g_free (old);
}

static guint32
take_entry (NodeCoinsCache *cache)
{
  if (cache->free_list != 0) {
    guint32 number = cache->free_list - 1;
    cache->free_list = entry_at (cache, number)->outpoint.n;
    return number;
  }
  if (cache->n_entries == cache->n_slabs << SLAB_BITS) {
    cache->slabs = g_renew (NodeCoinEntry *, cache->slabs, cache->n_slabs + 1);
    cache->slabs[cache->n_slabs++] = g_new0 (NodeCoinEntry, SLAB_ENTRIES);
  }
  return cache->n_entries++;
}

static void
init_entry (NodeCoinsCache *cache, guint32 number, const BtcOutpoint *outpoint)
{
  NodeCoinEntry *entry = entry_at (cache, number);

  cache->live++;
  entry->outpoint = *outpoint;
  entry->flags = (entry->flags & NODE_COIN_LISTED) | NODE_COIN_LIVE | NODE_COIN_RECENT;
  entry->script_len = 0;
}

static guint32
cache_insert_at (NodeCoinsCache *cache, const BtcOutpoint *outpoint, guint32 tag)
{
  guint32 number = take_entry (cache);

  if ((cache->live + 1) * 4 > (cache->mask + 1) * 3)
    grow_slots (cache);
  cache->slots[find_slot (cache, outpoint, tag)] = (guint64) tag << 32 | (number + 1);
  __atomic_store_n (&cache->presence[tag % PRESENCE_TAGS], tag, __ATOMIC_RELAXED);
  init_entry (cache, number, outpoint);
  return number;
}

NodeCoinEntry *
node_coins_cache_insert (NodeCoinsCache *cache, const BtcOutpoint *outpoint)
{
  return entry_at (cache, cache_insert_at (cache, outpoint, make_tag (cache, outpoint)));
}

static void
free_script (NodeCoinsCache *cache, NodeCoinEntry *entry)
{
  if (entry->script_len > NODE_COIN_INLINE) {
    cache->heap_bytes -= entry->script_len;
    g_free (get_script (entry));
  }
  entry->script_len = 0;
}

void
node_coins_cache_set_coin (NodeCoinsCache *cache, NodeCoinEntry *entry, const BtcCoin *coin)
{
  gsize len = coin->out.script.len;
  guint8 *to = entry->script;

  g_assert (len <= G_MAXUINT16);
  free_script (cache, entry);
  entry->code = coin->height * 2 + (coin->coinbase ? 1 : 0);
  entry->value_sat = coin->out.value_sat;
  if (len > NODE_COIN_INLINE) {
    to = g_malloc (len);
    memcpy (entry->script, &to, sizeof to);
    cache->heap_bytes += len;
  }
  if (len > 0)
    memcpy (to, coin->out.script.data, len);
  entry->script_len = (guint16) len;
}

void
node_coins_cache_get_coin (const NodeCoinEntry *entry, BtcCoin *coin)
{
  coin->height = entry->code >> 1;
  coin->coinbase = entry->code & 1;
  coin->out.value_sat = entry->value_sat;
  coin->out.script.data = get_script (entry);
  coin->out.script.len = entry->script_len;
}

/* Frees an entry that no slot refers to any more. */
static void
release_entry (NodeCoinsCache *cache, guint32 number)
{
  NodeCoinEntry *entry = entry_at (cache, number);

  free_script (cache, entry);
  entry->flags &= NODE_COIN_LISTED;
  entry->outpoint.n = cache->free_list;
  cache->free_list = number + 1;
  cache->live--;
}

void
node_coins_cache_remove (NodeCoinsCache *cache, NodeCoinEntry *entry)
{
  guint32 tag = make_tag (cache, &entry->outpoint);
  gsize hole = find_slot (cache, &entry->outpoint, tag);

  g_assert (cache->slots[hole] != 0);
  if (entry->flags & NODE_COIN_DIRTY)
    cache->n_dirty--;
  release_entry (cache, (guint32) cache->slots[hole] - 1);
  if (cache->presence[tag % PRESENCE_TAGS] == tag)
    __atomic_store_n (&cache->presence[tag % PRESENCE_TAGS], 0, __ATOMIC_RELAXED);

  /* Moves entries that are past their home slot into the hole. */
  for (gsize at = (hole + 1) & cache->mask; cache->slots[at] != 0; at = (at + 1) & cache->mask) {
    gsize home = (cache->slots[at] >> 32) & cache->mask;
    if (((at - home) & cache->mask) >= ((at - hole) & cache->mask)) {
      cache->slots[hole] = cache->slots[at];
      hole = at;
    }
  }
  cache->slots[hole] = 0;
}

static void
set_dirty (NodeCoinsCache *cache, guint32 number)
{
  NodeCoinEntry *entry = entry_at (cache, number);

  if (!(entry->flags & NODE_COIN_DIRTY))
    cache->n_dirty++;
  entry->flags |= NODE_COIN_DIRTY;
  if (!(entry->flags & NODE_COIN_LISTED)) {
    g_array_append_val (cache->dirty, number);
    entry->flags |= NODE_COIN_LISTED;
  }
}

/* Replaces the entry NUMBER, which is being written, by another one without a coin. */
static guint32
replace_entry (NodeCoinsCache *cache, guint32 number, gsize at)
{
  const BtcOutpoint outpoint = entry_at (cache, number)->outpoint;
  guint32 other = take_entry (cache);

  g_array_append_val (cache->replaced, number);
  init_entry (cache, other, &outpoint);
  cache->slots[at] = (cache->slots[at] >> 32 << 32) | (other + 1);
  return other;
}

void
node_coins_cache_add (NodeCoinsCache *cache, const BtcOutpoint *outpoint, const BtcCoin *coin, gboolean overwrite)
{
  guint32 tag = make_tag (cache, outpoint);
  gsize at = find_slot (cache, outpoint, tag);
  gboolean is_new = cache->slots[at] == 0;
  guint32 number = is_new ? cache_insert_at (cache, outpoint, tag) : (guint32) cache->slots[at] - 1;
  NodeCoinEntry *entry = entry_at (cache, number);

  if (!is_new && !overwrite && !node_coins_cache_is_spent (entry))
    g_critical ("a coin was added that exists already");
  if (entry->flags & NODE_COIN_WRITING)
    number = replace_entry (cache, number, at);
  entry = entry_at (cache, number);
  node_coins_cache_set_coin (cache, entry, coin);
  /* A spent coin whose deletion is not on disk yet must not become fresh, since it would never be deleted. */
  entry->flags |= NODE_COIN_RECENT | (is_new && !overwrite ? NODE_COIN_FRESH : 0);
  set_dirty (cache, number);
}

void
node_coins_cache_spend (NodeCoinsCache *cache, NodeCoinEntry *entry)
{
  guint32 number;
  gsize at;

  if (entry->flags & NODE_COIN_FRESH) {
    node_coins_cache_remove (cache, entry);
    return;
  }
  at = find_slot (cache, &entry->outpoint, make_tag (cache, &entry->outpoint));
  number = (guint32) cache->slots[at] - 1;
  if (entry->flags & NODE_COIN_WRITING)
    number = replace_entry (cache, number, at);
  entry = entry_at (cache, number);
  free_script (cache, entry);
  entry->value_sat = -1;
  set_dirty (cache, number);
}

NodeCoinEntry **
node_coins_cache_dup_dirty (NodeCoinsCache *cache, gsize *n)
{
  NodeCoinEntry **entries = g_new (NodeCoinEntry *, cache->n_dirty + 1);

  *n = 0;
  for (guint i = 0; i < cache->dirty->len; i++) {
    NodeCoinEntry *entry = entry_at (cache, g_array_index (cache->dirty, guint32, i));
    if (entry->flags & NODE_COIN_DIRTY)
      entries[(*n)++] = entry;
  }
  g_assert (*n == cache->n_dirty);
  return entries;
}

NodeCoinEntry **
node_coins_cache_begin_write (NodeCoinsCache *cache, gsize *n)
{
  NodeCoinEntry **entries = node_coins_cache_dup_dirty (cache, n);

  g_assert (cache->n_writing == 0);
  for (guint i = 0; i < cache->dirty->len; i++)
    entry_at (cache, g_array_index (cache->dirty, guint32, i))->flags &= ~NODE_COIN_LISTED;
  for (gsize i = 0; i < *n; i++)
    entries[i]->flags = (entries[i]->flags & ~(NODE_COIN_DIRTY | NODE_COIN_FRESH)) | NODE_COIN_WRITING;
  g_array_set_size (cache->dirty, 0);
  cache->n_dirty = 0;
  cache->n_writing = *n;
  return entries;
}

void
node_coins_cache_end_write (NodeCoinsCache *cache, NodeCoinEntry **written, gsize n)
{
  g_assert (cache->n_writing == n);
  for (guint i = 0; i < cache->replaced->len; i++)
    release_entry (cache, g_array_index (cache->replaced, guint32, i));
  g_array_set_size (cache->replaced, 0);
  for (gsize i = 0; i < n; i++) {
    if (!(written[i]->flags & NODE_COIN_WRITING))
      continue;
    written[i]->flags &= ~NODE_COIN_WRITING;
    if (node_coins_cache_is_spent (written[i]))
      node_coins_cache_remove (cache, written[i]);
  }
  cache->n_writing = 0;
}

gsize
node_coins_cache_n_clean (const NodeCoinsCache *cache)
{
  return cache->live - cache->n_dirty - cache->n_writing;
}

void
node_coins_cache_evict (NodeCoinsCache *cache, gsize target)
{
  /* Two rounds: the first clears the flag of recent use. */
  for (guint64 steps = 2 * (guint64) cache->n_entries; steps > 0 && node_coins_cache_memory (cache) > target; steps--) {
    NodeCoinEntry *entry;
    if (cache->hand >= cache->n_entries)
      cache->hand = 0;
    entry = entry_at (cache, cache->hand++);
    if (!(entry->flags & NODE_COIN_LIVE) || (entry->flags & (NODE_COIN_DIRTY | NODE_COIN_WRITING)))
      continue;
    if (entry->flags & NODE_COIN_RECENT)
      entry->flags &= ~NODE_COIN_RECENT;
    else
      node_coins_cache_remove (cache, entry);
  }
}

gsize
node_coins_cache_memory (const NodeCoinsCache *cache)
{
  return cache->live * (sizeof (NodeCoinEntry) + 4 * sizeof (guint64) / 3) + cache->heap_bytes
         + cache->dirty->len * sizeof (guint32);
}

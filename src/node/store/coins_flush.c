/* Writes the cache to disk. A flush that does not fit into one batch is marked: its first batch deletes 'B' and writes
 * 'H' (the new best block and the old one), its last one does the reverse. Coins that are found with 'H' are in a state
 * between the two blocks, and the blocks between them are replayed. */
#include "node/store/coins_private.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "node/store/block_files.h"
#include "node/store/crash.h"

struct _NodeCoinsFlush {
  NodeDb *db;
  gsize batch_bytes;
  guint8 heads[1 + 64]; /* the 'H' record: 2, the new block, the old one */
  NodeCoinEntry **entries;
  gsize n;
  void (*written) (gpointer data);
  gpointer data;
  gint64 start_us;

  GThread *thread;
  gint over; /* atomic */
  GError *error;
};

static gboolean
make_heads (NodeCoins *coins, const guint8 best32[32], guint8 heads[1 + 64], GError **error)
{
  guint8 old32[32], new32[32];
  gboolean replay;

  heads[0] = 2;
  if (!node_coins_get_best (coins, heads + 33, &replay, new32, old32, error))
    return FALSE;
  if (replay) {
    if (memcmp (new32, best32, 32) != 0) {
      g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                   "The database of coins is not in the expected state. " NODE_CHAINSTATE_ADVICE);
      return FALSE;
    }
    memcpy (heads + 33, old32, 32);
  }
  memcpy (heads + 1, best32, 32);
  return TRUE;
}

/* ---- on the thread of the flush ---- */

typedef struct {
  guint64 key; /* the first bytes of the txid, as the database sorts them */
  NodeCoinEntry *entry;
} SortItem;

/* Sorts by bits 32 to 63 of the key, which is enough to have neighbours on disk in the same batch. */
static void
sort_items (SortItem *items, gsize n)
{
  SortItem *spare = g_new (SortItem, n);

  for (guint shift = 32; shift < 64; shift += 8) {
    gsize count[257] = { 0 };
    SortItem *swap = items;
    for (gsize i = 0; i < n; i++)
      count[((items[i].key >> shift) & 0xff) + 1]++;
    for (guint b = 1; b < 256; b++)
      count[b] += count[b - 1];
    for (gsize i = 0; i < n; i++)
      spare[count[(items[i].key >> shift) & 0xff]++] = items[i];
    items = spare;
    spare = swap;
  }
  g_free (spare);
}

static void
sort_entries (NodeCoinEntry **entries, gsize n)
{
  g_autofree SortItem *items = g_new (SortItem, n);

  for (gsize i = 0; i < n; i++) {
    guint64 word;
    memcpy (&word, entries[i]->outpoint.txid32, sizeof word);
    items[i] = (SortItem){ GUINT64_FROM_BE (word), entries[i] };
  }
  sort_items (items, n);
  for (gsize i = 0; i < n; i++)
    entries[i] = items[i].entry;
}

static void
put_entry (NodeDbBatch *batch, const NodeCoinEntry *entry, GByteArray *value)
{
  guint8 key[NODE_COIN_KEY_MAX];
  gsize len = node_coin_make_key (key, &entry->outpoint);
  BtcCoin coin;

  if (node_coins_cache_is_spent (entry)) {
    node_db_batch_delete (batch, key, len);
    return;
  }
  g_byte_array_set_size (value, 0);
  node_coins_cache_get_coin (entry, &coin);
  node_coin_serialize (&coin, value);
  node_db_batch_put (batch, key, len, value->data, value->len);
}

/* Every batch is synced: LevelDB may begin a new log between two batches, and would then never sync the older one. */
static gboolean
flush_write (const NodeCoinsFlush *flush, GError **error)
{
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (flush->db);
  g_autoptr (GByteArray) value = g_byte_array_new ();

  node_db_batch_delete (batch, (const guint8 *) "B", 1);
  node_db_batch_put (batch, (const guint8 *) "H", 1, flush->heads, sizeof flush->heads);
  for (gsize i = 0; i < flush->n; i++) {
    put_entry (batch, flush->entries[i], value);
    if (node_db_batch_size (batch) < flush->batch_bytes)
      continue;
    if (!node_db_batch_write (batch, TRUE, error))
      return FALSE;
    node_store_crash_by_ratio ();
  }
  node_db_batch_delete (batch, (const guint8 *) "H", 1);
  node_db_batch_put (batch, (const guint8 *) "B", 1, flush->heads + 1, 32);
  return node_db_batch_write (batch, TRUE, error);
}

static gpointer
run_flush (gpointer data)
{
  NodeCoinsFlush *flush = data;

  sort_entries (flush->entries, flush->n);
  flush_write (flush, &flush->error);
  g_atomic_int_set (&flush->over, 1);
  if (flush->written != NULL)
    flush->written (flush->data);
  return NULL;
}

/* ---- on the thread of the coins ---- */

static void
flush_join (NodeCoinsFlush *flush)
{
  g_clear_pointer (&flush->thread, g_thread_join);
}

static void
free_flush (NodeCoinsFlush *flush)
{
  g_free (flush->entries);
  g_clear_error (&flush->error);
  g_free (flush);
}

gboolean
node_coins_flush_begin (NodeCoins *coins,
                        const guint8 best32[32],
                        void (*written) (gpointer data),
                        gpointer data,
                        GError **error)
{
  static const guint8 zeros[32];
  guint8 heads[1 + 64];

  g_return_val_if_fail (memcmp (best32, zeros, 32) != 0 && !coins->is_view && coins->flush == NULL, FALSE);

  if (!make_heads (coins, best32, heads, error))
    return node_store_advise (error, NODE_CHAINSTATE_ADVICE);
  coins->flush = g_new0 (NodeCoinsFlush, 1);
  coins->flush->db = coins->db;
  coins->flush->batch_bytes = coins->batch_bytes;
  memcpy (coins->flush->heads, heads, sizeof heads);
  coins->flush->written = written;
  coins->flush->data = data;
  coins->flush->start_us = common_clock_monotonic_us ();
  coins->flush->entries = node_coins_cache_begin_write (&coins->cache, &coins->flush->n);
  coins->flush->thread = g_thread_new ("coins", run_flush, coins->flush);
  return TRUE;
}

gboolean
node_coins_flush_is_over (NodeCoins *coins)
{
  return coins->flush != NULL && g_atomic_int_get (&coins->flush->over);
}

gboolean
node_coins_flush_finish (NodeCoins *coins, GError **error)
{
  NodeCoinsFlush *flush = coins->flush;

  if (flush == NULL)
    return TRUE;
  flush_join (flush);
  if (flush->error != NULL) {
    g_propagate_error (error, g_error_copy (flush->error));
    return node_store_advise (error, NODE_CHAINSTATE_ADVICE);
  }
  /* In this order: once the cache has evicted a spent coin, a stale prefetched copy must not be found. */
  node_coins_staging_begin_generation (&coins->staging);
  node_coins_cache_end_write (&coins->cache, flush->entries, flush->n);
  if (node_coins_is_full (coins))
    node_coins_cache_evict (&coins->cache, (coins->cache_bytes + coins->spare_bytes) / 4 * 3);
  common_debug (COMMON_LOG_COINDB,
                "wrote %" G_GSIZE_FORMAT " coins in %" G_GINT64_FORMAT " ms, %" G_GSIZE_FORMAT " stay in memory",
                flush->n, (common_clock_monotonic_us () - flush->start_us) / 1000, coins->cache.live);
  g_clear_pointer (&coins->flush, free_flush);
  return TRUE;
}

void
node_coins_flush_abandon (NodeCoins *coins)
{
  if (coins->flush != NULL)
    flush_join (coins->flush);
  g_clear_pointer (&coins->flush, free_flush);
}

gboolean
node_coins_flush (NodeCoins *coins, const guint8 best32[32], gboolean empty, GError **error)
{
  if (!node_coins_flush_finish (coins, error) || !node_coins_flush_begin (coins, best32, NULL, NULL, error)
      || !node_coins_flush_finish (coins, error))
    return FALSE;
  if (empty)
    node_coins_forget_clean (coins);
  return TRUE;
}

/* Bringing the cache to disk. A flush that does not fit into one batch is marked: its first batch takes 'B' away and
 * writes 'H' (the block it goes to, the block it comes from), its last one does the reverse. A set that is found with
 * 'H' is between the two blocks, and the blocks between them are taken back and connected again. */
#include "node/store/coins_private.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "node/store/block_files.h"
#include "node/store/crash.h"

static gboolean
begin_flush (NodeCoins *coins, NodeDbBatch *batch, const guint8 best32[32], GError **error)
{
  guint8 old32[32], new32[32], heads[1 + 64] = { 2 };
  gboolean replay;

  if (!node_coins_get_best (coins, heads + 33, &replay, new32, old32, error))
    return FALSE;
  if (replay) {
    if (memcmp (new32, best32, 32) != 0) {
      g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                   "The database of coins is not in the state in which it was left. " NODE_CHAINSTATE_ADVICE);
      return FALSE;
    }
    memcpy (heads + 33, old32, 32);
  }
  memcpy (heads + 1, best32, 32);
  node_db_batch_delete (batch, (const guint8 *) "B", 1);
  node_db_batch_put (batch, (const guint8 *) "H", 1, heads, sizeof heads);
  return TRUE;
}

static void
put_entry (NodeDbBatch *batch, const NodeCoinEntry *entry, GByteArray *value)
{
  guint8 key[NODE_COIN_KEY_MAX];
  gsize len = node_coin_make_key (key, &entry->outpoint);
  BtcCoin coin;

  if (entry->flags & NODE_COIN_SPENT) {
    node_db_batch_delete (batch, key, len);
    return;
  }
  g_byte_array_set_size (value, 0);
  node_coins_cache_get_coin (entry, &coin);
  node_coin_serialize (&coin, value);
  node_db_batch_put (batch, key, len, value->data, value->len);
}

/* Every batch is synced: LevelDB may begin a new log between two, and would then never sync the older one. */
static gboolean
write_all (NodeCoins *coins, NodeCoinEntry **dirty, gsize n, const guint8 best32[32], GError **error)
{
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (coins->db);

  if (!begin_flush (coins, batch, best32, error))
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    put_entry (batch, dirty[i], coins->value);
    if (node_db_batch_size (batch) < coins->batch_bytes)
      continue;
    if (!node_db_batch_write (batch, TRUE, error))
      return FALSE;
    node_store_crash_by_ratio ();
  }
  node_db_batch_delete (batch, (const guint8 *) "H", 1);
  node_db_batch_put (batch, (const guint8 *) "B", 1, best32, 32);
  return node_db_batch_write (batch, TRUE, error);
}

gboolean
node_coins_flush (NodeCoins *coins, const guint8 best32[32], gboolean empty, GError **error)
{
  static const guint8 zeros[32];
  g_autofree NodeCoinEntry **dirty = NULL;
  gint64 start = common_clock_monotonic_us ();
  gsize n;

  g_return_val_if_fail (memcmp (best32, zeros, 32) != 0 && !coins->is_view, FALSE);

  dirty = node_coins_cache_dup_dirty (&coins->cache, &n);
  if (!write_all (coins, dirty, n, best32, error))
    return node_store_advise (error, NODE_CHAINSTATE_ADVICE);
  /* In this order: once the cache has forgotten a spent coin, nobody may find one that was read ahead. */
  node_coins_staging_begin_generation (&coins->staging);
  if (empty)
    node_coins_cache_clear (&coins->cache);
  else
    node_coins_cache_mark_clean (&coins->cache);
  if (node_coins_memory (coins) > coins->cache_bytes)
    node_coins_cache_evict (&coins->cache, coins->cache_bytes / 4 * 3);
  common_debug (COMMON_LOG_COINDB,
                "wrote %" G_GSIZE_FORMAT " coins in %" G_GINT64_FORMAT " ms, %" G_GSIZE_FORMAT " stay in memory", n,
                (common_clock_monotonic_us () - start) / 1000, coins->cache.live);
  return TRUE;
}

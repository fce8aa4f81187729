#include "node/store/block_files.h"
#include "node/store/coins_private.h"

/* Views: sets of coins that begin as those of another set on disk, and are changed independently. */

/* The largest batch. */
#define VIEW_BATCH_BYTES (4 * 1024 * 1024)
#define OVERLAY_CACHE_BYTES (8 * 1024 * 1024)

NodeCoins *
node_coins_view_new (NodeCoins *base)
{
  NodeCoins *view;

  g_return_val_if_fail (base != NULL && !base->is_view, NULL);
  view = node_coins_view_new_empty ();
  view->db = node_db_new_snapshot (base->db);
  view->cache_bytes = base->cache_bytes;
  return view;
}

NodeCoins *
node_coins_view_new_empty (void)
{
  NodeCoins *view = g_new0 (NodeCoins, 1);

  view->is_view = TRUE;
  view->value = g_byte_array_new ();
  view->scripts = g_byte_array_new ();
  node_coins_cache_init (&view->cache);
  node_coins_staging_init (&view->staging);
  return view;
}

gboolean
node_coins_view_use_disk (NodeCoins *view, const char *path, gsize bytes, GError **error)
{
  g_return_val_if_fail (view->is_view && view->overlay == NULL, FALSE);
  view->overlay = node_db_open (path, OVERLAY_CACHE_BYTES, FALSE, TRUE, error);
  if (view->overlay == NULL)
    return FALSE;
  view->overlay_path = g_strdup (path);
  view->cache_bytes = bytes;
  return TRUE;
}

static void
view_put (NodeDbBatch *batch, const NodeCoinEntry *entry, GByteArray *value)
{
  guint8 key[NODE_COIN_KEY_MAX];
  BtcCoin coin;

  g_byte_array_set_size (value, 0);
  if (!node_coins_cache_is_spent (entry)) {
    node_coins_cache_get_coin (entry, &coin);
    node_coin_serialize (&coin, value);
  }
  node_db_batch_put (batch, key, node_coin_make_key (key, &entry->outpoint), value->data, value->len);
}

/* Nothing needs to survive a crash, so nothing is synced. */
gboolean
node_coins_view_write (NodeCoins *view, GError **error)
{
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (view->overlay);
  g_autoptr (GByteArray) value = g_byte_array_new ();
  gsize n;
  g_autofree NodeCoinEntry **entries = node_coins_cache_dup_dirty (&view->cache, &n);

  for (gsize i = 0; i < n; i++) {
    view_put (batch, entries[i], value);
    if (node_db_batch_size (batch) >= VIEW_BATCH_BYTES && !node_db_batch_write (batch, FALSE, error))
      return FALSE;
  }
  if (!node_db_batch_write (batch, FALSE, error))
    return FALSE;
  node_coins_cache_clear (&view->cache);
  return TRUE;
}

gboolean
node_coins_view_spill (NodeCoins *view, GError **error)
{
  return view->overlay == NULL || !node_coins_is_full (view) || node_coins_view_write (view, error);
}

/* Opening and closing the set of coins. */
#include "node/store/coins_private.h"

static gboolean
check_format (NodeDb *db, GError **error)
{
  g_autoptr (NodeDbIter) iter = node_db_iter_new (db);
  guint8 prefix = 'c';
  gsize len;

  node_db_iter_seek (iter, &prefix, 1);
  if (!node_db_iter_valid (iter) || node_db_iter_key (iter, &len)[0] != prefix)
    return node_db_iter_check (iter, error) || node_store_advise (error, NODE_CHAINSTATE_ADVICE);
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT,
               "The database of coins was written by a version that is too old. " NODE_CHAINSTATE_ADVICE);
  return FALSE;
}

NodeCoins *
node_coins_open (const NodeCoinsOptions *options, GError **error)
{
  g_autoptr (NodeDb) db = node_db_open (options->path, options->db_cache_bytes, TRUE, options->wipe, error);
  NodeCoins *coins;

  if (db == NULL) {
    node_store_advise (error, NODE_CHAINSTATE_ADVICE);
    return NULL;
  }
  if (!check_format (db, error))
    return NULL;
  coins = g_new0 (NodeCoins, 1);
  coins->db = g_steal_pointer (&db);
  coins->cache_bytes = options->cache_bytes;
  coins->batch_bytes = options->batch_bytes != 0 ? options->batch_bytes : NODE_COINS_BATCH_BYTES;
  coins->value = g_byte_array_new ();
  coins->scripts = g_byte_array_new ();
  node_coins_cache_init (&coins->cache);
  node_coins_staging_init (&coins->staging);
  return coins;
}

void
node_coins_close (NodeCoins *coins)
{
  if (coins == NULL)
    return;
  node_coins_flush_abandon (coins);
  node_coins_cache_free (&coins->cache);
  node_coins_staging_clear (&coins->staging);
  node_db_close (coins->overlay);
  if (coins->overlay != NULL)
    node_db_destroy (coins->overlay_path, NULL);
  g_free (coins->overlay_path);
  node_db_close (coins->db);
  g_byte_array_unref (coins->value);
  g_byte_array_unref (coins->scripts);
  g_free (coins);
}

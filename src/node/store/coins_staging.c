#include "node/store/coins_staging.h"

#include <string.h>

/* Beyond this size staged coins that were not used are dropped. */
#define SHARD_BYTES ((gsize) 4 * 1024 * 1024)

/* The transaction ID is a hash already; IDs chosen to collide only slow down prefetching for their own blocks, whose
 * size is bounded. */
static guint
hash_outpoint (gconstpointer key)
{
  const BtcOutpoint *outpoint = key;
  guint32 word;

  memcpy (&word, outpoint->txid32 + 8, sizeof word);
  return word + outpoint->n * 0x9e3779b1u;
}

static gboolean
equal_outpoints (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (BtcOutpoint)) == 0;
}

static NodeStagingShard *
get_shard (NodeCoinsStaging *staging, const BtcOutpoint *outpoint)
{
  return &staging->shards[outpoint->txid32[5] % NODE_STAGING_SHARDS];
}

static gsize
coin_bytes (const NodeStagedCoin *coin)
{
  return sizeof *coin + coin->script_len + 64;
}

void
node_coins_staging_init (NodeCoinsStaging *staging)
{
  memset (staging, 0, sizeof *staging);
  for (guint i = 0; i < NODE_STAGING_SHARDS; i++) {
    g_mutex_init (&staging->shards[i].lock);
    staging->shards[i].coins = g_hash_table_new_full (hash_outpoint, equal_outpoints, NULL, g_free);
  }
}

void
node_coins_staging_clear (NodeCoinsStaging *staging)
{
  for (guint i = 0; i < NODE_STAGING_SHARDS; i++) {
    g_hash_table_unref (staging->shards[i].coins);
    g_mutex_clear (&staging->shards[i].lock);
  }
}

guint64
node_coins_staging_get_generation (NodeCoinsStaging *staging)
{
  return __atomic_load_n (&staging->generation, __ATOMIC_SEQ_CST);
}

gboolean
node_coins_staging_contains (NodeCoinsStaging *staging, const BtcOutpoint *outpoint)
{
  NodeStagingShard *shard = get_shard (staging, outpoint);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shard->lock);

  return g_hash_table_contains (shard->coins, outpoint);
}

void
node_coins_staging_put (NodeCoinsStaging *staging, guint64 generation, const BtcOutpoint *outpoint, const BtcCoin *coin)
{
  NodeStagingShard *shard = get_shard (staging, outpoint);
  gsize len = coin->out.script.len;
  NodeStagedCoin *staged = g_malloc (sizeof *staged + len);
  g_autoptr (GMutexLocker) locker = NULL;

  staged->outpoint = *outpoint;
  staged->height = coin->height;
  staged->coinbase = coin->coinbase;
  staged->value_sat = coin->out.value_sat;
  staged->script_len = (guint16) len;
  if (len > 0)
    memcpy (staged->script, coin->out.script.data, len);

  locker = g_mutex_locker_new (&shard->lock);
  if (generation != node_coins_staging_get_generation (staging) || g_hash_table_contains (shard->coins, outpoint)) {
    g_free (staged);
    return;
  }
  if (shard->bytes > SHARD_BYTES) {
    g_hash_table_remove_all (shard->coins);
    shard->bytes = 0;
  }
  shard->bytes += coin_bytes (staged);
  g_hash_table_replace (shard->coins, &staged->outpoint, staged);
}

NodeStagedCoin *
node_coins_staging_take (NodeCoinsStaging *staging, const BtcOutpoint *outpoint)
{
  NodeStagingShard *shard = get_shard (staging, outpoint);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shard->lock);
  gpointer value = NULL;

  if (!g_hash_table_steal_extended (shard->coins, outpoint, NULL, &value))
    return NULL;
  shard->bytes -= coin_bytes (value);
  return value;
}

void
node_coins_staging_begin_generation (NodeCoinsStaging *staging)
{
  __atomic_add_fetch (&staging->generation, 1, __ATOMIC_SEQ_CST);
  for (guint i = 0; i < NODE_STAGING_SHARDS; i++) {
    NodeStagingShard *shard = &staging->shards[i];
    g_mutex_lock (&shard->lock);
    g_hash_table_remove_all (shard->coins);
    shard->bytes = 0;
    g_mutex_unlock (&shard->lock);
  }
}

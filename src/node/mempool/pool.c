#include "node/mempool/private.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "common/random.h"

/* Creates and frees the mempool and its tables. */

/* Transaction ids can be chosen to collide, so the tables are salted. */
static guint64 salt[2];

static void
make_salt (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  common_random_bytes ((guint8 *) salt, sizeof salt);
  g_once_init_leave (&once, 1);
}

static guint
hash32_hash (gconstpointer key)
{
  return (guint) btc_siphash (salt[0], salt[1], key, 32);
}

static gboolean
hash32_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, 32) == 0;
}

GHashTable *
node_mempool_new_table (void)
{
  return g_hash_table_new (hash32_hash, hash32_equal);
}

static guint
outpoint_hash (gconstpointer key)
{
  return (guint) btc_siphash (salt[0], salt[1], key, sizeof (BtcOutpoint));
}

static gboolean
outpoint_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (BtcOutpoint)) == 0;
}

static void
entry_free (gpointer data)
{
  NodeMempoolEntry *entry = data;
  btc_tx_unref (entry->tx);
  g_ptr_array_unref (entry->parents);
  g_ptr_array_unref (entry->children);
  g_free (entry);
}

void
node_mempool_options_init (NodeMempoolOptions *options)
{
  *options = (NodeMempoolOptions){
    .max_bytes = 300 * 1000 * 1000,
    .expiry_s = 336 * 3600,
    .min_relay_sat_per_kvb = 100,
    .incremental_sat_per_kvb = 100,
    .dust_sat_per_kvb = 3000,
    .require_standard = TRUE,
    .permit_bare_multisig = TRUE,
    .max_datacarrier_bytes = 100000,
    .bytes_per_sigop = 20,
    .cluster_count = 64,
    .cluster_vsize = 101000,
  };
}

NodeMempool *
node_mempool_new (NodeChain *chain, const NodeMempoolOptions *options)
{
  NodeMempool *mempool;

  g_return_val_if_fail (chain != NULL && options != NULL, NULL);
  make_salt ();
  mempool = g_new0 (NodeMempool, 1);
  mempool->chain = chain;
  mempool->options = *options;
  mempool->by_txid = g_hash_table_new_full (hash32_hash, hash32_equal, NULL, entry_free);
  mempool->by_wtxid = g_hash_table_new (hash32_hash, hash32_equal);
  mempool->spenders = g_hash_table_new (outpoint_hash, outpoint_equal);
  mempool->deltas = g_hash_table_new_full (hash32_hash, hash32_equal, g_free, g_free);
  mempool->ids = g_array_new (FALSE, FALSE, sizeof (NodeMempoolId));
  mempool->listeners = g_array_new (FALSE, FALSE, sizeof (NodeMempoolListenerEntry));
  g_queue_init (&mempool->returning);
  mempool->sequence = 1;
  mempool->first_entry = mempool->next_entry = G_GUINT64_CONSTANT (1) << 63;
  mempool->oldest_s = G_MAXINT64;
  g_mutex_init (&mempool->lock);
  node_mempool_lend_memory (mempool);
  node_mempool_follow (mempool);
  return mempool;
}

void
node_mempool_free (NodeMempool *mempool)
{
  if (mempool == NULL)
    return;
  g_hash_table_unref (mempool->by_wtxid);
  g_hash_table_unref (mempool->spenders);
  g_hash_table_unref (mempool->by_txid);
  g_hash_table_unref (mempool->deltas);
  g_array_unref (mempool->ids);
  g_array_unref (mempool->listeners);
  node_mempool_follow_clear (mempool);
  g_mutex_clear (&mempool->lock);
  g_free (mempool);
}

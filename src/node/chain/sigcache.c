#include "node/chain/sigcache.h"

#include "bitcoin/crypto/hash.h"
#include "common/random.h"

#include <string.h>

/* Buckets of a few keys each, chosen by a salted hash; a bucket that is full forgets its oldest key. The locks are
 * spread over the buckets, so that threads seldom meet. */

#define WAYS 4
#define LOCKS 64

typedef struct {
  guint8 key32[WAYS][32];
  guint8 used;
  guint8 next; /* the way that is overwritten next */
} Bucket;

struct _NodeSigcache {
  Bucket *buckets;
  gsize n_buckets; /* a power of two */
  guint64 k0, k1;
  GMutex locks[LOCKS];
  BtcSignatureCache full;
  BtcSignatureCache read_only;
};

static Bucket *
lock_bucket (NodeSigcache *cache, const guint8 key32[32], GMutex **lock)
{
  gsize at = btc_siphash (cache->k0, cache->k1, key32, 32) & (cache->n_buckets - 1);

  *lock = &cache->locks[at % LOCKS];
  g_mutex_lock (*lock);
  return &cache->buckets[at];
}

static gboolean
seen (gpointer data, const guint8 key32[32])
{
  GMutex *lock;
  Bucket *bucket = lock_bucket (data, key32, &lock);
  gboolean found = FALSE;

  for (guint i = 0; i < bucket->used && !found; i++)
    found = memcmp (bucket->key32[i], key32, 32) == 0;
  g_mutex_unlock (lock);
  return found;
}

static void
add (gpointer data, const guint8 key32[32])
{
  GMutex *lock;
  Bucket *bucket = lock_bucket (data, key32, &lock);

  memcpy (bucket->key32[bucket->next], key32, 32);
  bucket->next = (bucket->next + 1) % WAYS;
  if (bucket->used < WAYS)
    bucket->used++;
  g_mutex_unlock (lock);
}

static void
add_nothing (gpointer data, const guint8 key32[32])
{
}

NodeSigcache *
node_sigcache_new (gsize bytes)
{
  NodeSigcache *cache = g_new0 (NodeSigcache, 1);

  cache->n_buckets = 1;
  while (cache->n_buckets * 2 * sizeof (Bucket) <= bytes)
    cache->n_buckets *= 2;
  cache->buckets = g_new0 (Bucket, cache->n_buckets);
  common_random_bytes ((guint8 *) &cache->k0, sizeof cache->k0);
  common_random_bytes ((guint8 *) &cache->k1, sizeof cache->k1);
  for (guint i = 0; i < LOCKS; i++)
    g_mutex_init (&cache->locks[i]);
  cache->full = (BtcSignatureCache){ seen, add, cache };
  cache->read_only = (BtcSignatureCache){ seen, add_nothing, cache };
  return cache;
}

void
node_sigcache_free (NodeSigcache *cache)
{
  if (cache == NULL)
    return;
  for (guint i = 0; i < LOCKS; i++)
    g_mutex_clear (&cache->locks[i]);
  g_free (cache->buckets);
  g_free (cache);
}

const BtcSignatureCache *
node_sigcache_get (NodeSigcache *cache)
{
  return &cache->full;
}

const BtcSignatureCache *
node_sigcache_get_read_only (NodeSigcache *cache)
{
  return &cache->read_only;
}

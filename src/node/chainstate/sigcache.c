#include "node/chainstate/sigcache.h"

#include "bitcoin/crypto/hash.h"
#include "common/random.h"

#include <string.h>

/* Buckets of a few keys each, chosen by a salted hash; a full bucket evicts its oldest key. Each lock covers some of
 * the buckets, so that threads rarely wait for each other. */

#define WAYS 4
#define LOCKS 64
/* Space for the keys of the last few blocks, in a table whose pages are allocated on use. */
#define N_KEYS (1u << 16)

typedef struct {
  guint8 key32[WAYS][32];
  guint8 used;
  guint8 next; /* the way that is overwritten next */
} Bucket;

/* A public key as in scripts, and as parsed by libsecp256k1. */
typedef struct {
  guint8 key33[33]; /* the first byte is 0 if there is none */
  guint8 parsed64[64];
} Key;

struct _NodeSigcache {
  Bucket *buckets;
  gsize n_buckets; /* a power of two */
  Key *keys;       /* N_KEYS, each at the position of its hash; later ones replace earlier ones */
  guint64 k0, k1;
  gint used; /* atomic: some signature was added */
  GMutex locks[LOCKS];
  BtcSignatureCache full;
  BtcSignatureCache read_only;
  BtcSignatureCache keys_only;
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
sigcache_seen (gpointer data, const guint8 key32[32])
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
sigcache_add (gpointer data, const guint8 key32[32])
{
  GMutex *lock;
  Bucket *bucket = lock_bucket (data, key32, &lock);

  memcpy (bucket->key32[bucket->next], key32, 32);
  bucket->next = (bucket->next + 1) % WAYS;
  if (bucket->used < WAYS)
    bucket->used++;
  g_mutex_unlock (lock);
  g_atomic_int_set (&((NodeSigcache *) data)->used, TRUE);
}

static Key *
lock_key (NodeSigcache *cache, const guint8 key33[33], GMutex **lock)
{
  gsize at = btc_siphash (cache->k0, cache->k1, key33, 33) % N_KEYS;

  *lock = &cache->locks[at % LOCKS];
  g_mutex_lock (*lock);
  return &cache->keys[at];
}

static gboolean
sigcache_find_key (gpointer data, const guint8 key33[33], guint8 parsed64[64])
{
  GMutex *lock;
  const Key *key = lock_key (data, key33, &lock);
  gboolean found = key->key33[0] != 0 && memcmp (key->key33, key33, 33) == 0;

  if (found)
    memcpy (parsed64, key->parsed64, 64);
  g_mutex_unlock (lock);
  return found;
}

static void
keep_key (gpointer data, const guint8 key33[33], const guint8 parsed64[64])
{
  GMutex *lock;
  Key *key = lock_key (data, key33, &lock);

  memcpy (key->key33, key33, 33);
  memcpy (key->parsed64, parsed64, 64);
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
  cache->keys = g_new0 (Key, N_KEYS);
  cache->full = (BtcSignatureCache){ sigcache_seen, sigcache_add, sigcache_find_key, keep_key, cache };
  cache->read_only = (BtcSignatureCache){ sigcache_seen, add_nothing, sigcache_find_key, keep_key, cache };
  cache->keys_only = (BtcSignatureCache){ NULL, NULL, sigcache_find_key, keep_key, cache };
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
  g_free (cache->keys);
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
  /* Before the first signature is added, as during the initial download, look-ups would only cost time. */
  return g_atomic_int_get (&cache->used) ? &cache->read_only : &cache->keys_only;
}

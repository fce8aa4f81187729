#include "node/store/coins_stats.h"

#include <gio/gio.h>
#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "bitcoin/crypto/muhash.h"

#define PROGRESS_EVERY 8192

/* The coins of a transaction are read in the order of their keys, but hashed in the order of their output indexes; from
 * index 16,512 on these differ. */
typedef struct {
  guint32 n;
  gsize start;
  gsize len;
} Part;

typedef struct {
  NodeCoinsHash type;
  BtcSha256 sha256;
  BtcMuHash muhash;
  guint8 txid32[32];
  GArray *parts;
  GByteArray *bytes;
} Hasher;

guint64
node_coin_bogosize (const BtcCoin *coin)
{
  return 32 + 4 + 4 + 8 + 2 + coin->out.script.len;
}

void
node_coin_write_for_hash (const BtcOutpoint *outpoint, const BtcCoin *coin, GByteArray *out)
{
  btc_write_data (out, outpoint->txid32, 32);
  btc_write_u32 (out, outpoint->n);
  btc_write_u32 (out, coin->height * 2 + (coin->coinbase ? 1 : 0));
  btc_write_i64 (out, coin->out.value_sat);
  btc_write_bytes (out, coin->out.script.data, coin->out.script.len);
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const Part *x = a, *y = b;

  return x->n < y->n ? -1 : x->n > y->n;
}

static void
hasher_finish_tx (Hasher *hasher)
{
  g_array_sort (hasher->parts, compare_parts);
  for (guint i = 0; i < hasher->parts->len; i++) {
    const Part *part = &g_array_index (hasher->parts, Part, i);
    btc_sha256_update (&hasher->sha256, hasher->bytes->data + part->start, part->len);
  }
  g_array_set_size (hasher->parts, 0);
  g_byte_array_set_size (hasher->bytes, 0);
}

static void
hash_coin (Hasher *hasher, const BtcOutpoint *outpoint, const BtcCoin *coin)
{
  Part part = { outpoint->n, hasher->bytes->len, 0 };

  switch (hasher->type) {
  case NODE_COINS_HASH_NONE:
    break;
  case NODE_COINS_HASH_SERIALIZED:
    node_coin_write_for_hash (outpoint, coin, hasher->bytes);
    part.len = hasher->bytes->len - part.start;
    g_array_append_val (hasher->parts, part);
    break;
  case NODE_COINS_HASH_MUHASH:
    g_byte_array_set_size (hasher->bytes, 0);
    node_coin_write_for_hash (outpoint, coin, hasher->bytes);
    btc_muhash_insert (&hasher->muhash, hasher->bytes->data, hasher->bytes->len);
    break;
  }
}

static void
hasher_finish (Hasher *hasher, guint8 out32[32])
{
  memset (out32, 0, 32);
  switch (hasher->type) {
  case NODE_COINS_HASH_NONE:
    break;
  case NODE_COINS_HASH_SERIALIZED:
    hasher_finish_tx (hasher);
    btc_sha256_finish_double (&hasher->sha256, out32);
    break;
  case NODE_COINS_HASH_MUHASH:
    btc_muhash_finish (&hasher->muhash, out32);
    break;
  }
}

static void
count_coin (NodeCoinsStats *stats, Hasher *hasher, const BtcOutpoint *outpoint, const BtcCoin *coin)
{
  if (stats->txouts == 0 || memcmp (hasher->txid32, outpoint->txid32, 32) != 0) {
    if (hasher->type == NODE_COINS_HASH_SERIALIZED)
      hasher_finish_tx (hasher);
    memcpy (hasher->txid32, outpoint->txid32, 32);
    stats->transactions++;
  }
  stats->txouts++;
  stats->bogosize += node_coin_bogosize (coin);
  /* Each amount is at most 21 million BTC; an overflowing sum saturates. */
  if (__builtin_add_overflow (stats->total_amount_sat, coin->out.value_sat, &stats->total_amount_sat))
    stats->total_amount_sat = G_MAXINT64;
  hash_coin (hasher, outpoint, coin);
}

gboolean
node_coins_stats (NodeCoins *coins,
                  NodeCoinsCursor *cursor,
                  NodeCoinsHash type,
                  NodeCoinsStatsProgress progress,
                  gpointer data,
                  NodeCoinsStats *stats,
                  GError **error)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) local = NULL;
  Hasher hasher = { .type = type, .parts = parts, .bytes = bytes };
  BtcOutpoint outpoint;
  BtcCoin coin;

  memset (stats, 0, sizeof *stats);
  memcpy (stats->best32, node_coins_cursor_get_best (cursor), 32);
  stats->disk_size = node_coins_disk_size (coins);
  btc_sha256_init (&hasher.sha256);
  btc_muhash_init (&hasher.muhash);
  while (node_coins_cursor_next (cursor, &outpoint, &coin, &local)) {
    count_coin (stats, &hasher, &outpoint, &coin);
    if (progress != NULL && stats->txouts % PROGRESS_EVERY == 0 && !progress (stats->txouts, data)) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Reading the coins was cancelled.");
      return FALSE;
    }
  }
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  hasher_finish (&hasher, stats->hash32);
  return TRUE;
}

/* Records of chainstate/, values masked with the database's key:
 *   'C' txid[32] VARINT(n)  →  VARINT(2 * height + coinbase) TxOutCompression
 *   'B'                     →  hash[32] of the best block of the set
 *   'H'                     →  02 new[32] old[32] while a flush is in progress; there is no 'B' then
 *   'c' …                      coins of versions before 0.15: not read */
#include "node/store/coins_private.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"
#include "node/store/block_files.h"

gsize
node_coin_make_key (guint8 key[NODE_COIN_KEY_MAX], const BtcOutpoint *outpoint)
{
  guint8 digits[5];
  guint32 n = outpoint->n;
  gsize len = 0, at = 33;

  key[0] = 'C';
  memcpy (key + 1, outpoint->txid32, 32);
  /* The VARINT, last digit first; inlined because this is done for every coin that is read. */
  for (;;) {
    digits[len] = (guint8) ((n & 0x7f) | (len > 0 ? 0x80 : 0));
    len++;
    if (n <= 0x7f)
      break;
    n = (n >> 7) - 1;
  }
  while (len > 0)
    key[at++] = digits[--len];
  return at;
}

gboolean
node_coin_from_disk (const guint8 *value, gsize len, BtcCoin *coin, GByteArray *scripts, GError **error)
{
  BtcReader reader;

  g_byte_array_set_size (scripts, 0);
  btc_reader_init (&reader, value, len);
  if (!node_coin_parse (&reader, coin, scripts) || !btc_amount_in_range (coin->out.value_sat)) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "The database of coins is damaged: a coin cannot be read. " NODE_CHAINSTATE_ADVICE);
    return FALSE;
  }
  coin->out.script.data = scripts->data;
  return TRUE;
}

/* LEN bytes of the value of the one-byte key KEY; *FOUND FALSE when there is none. */
static gboolean
read_fixed (NodeCoins *coins, guint8 key, guint8 *out, gsize len, gboolean *found, GError **error)
{
  if (!node_db_read (coins->db, &key, 1, coins->value, found, error))
    return node_store_advise (error, NODE_CHAINSTATE_ADVICE);
  if (!*found)
    return TRUE;
  if (coins->value->len != len) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "The database of coins is damaged: its best block cannot be read. " NODE_CHAINSTATE_ADVICE);
    return FALSE;
  }
  memcpy (out, coins->value->data, len);
  return TRUE;
}

gboolean
node_coins_get_best (NodeCoins *coins,
                     guint8 best32[32],
                     gboolean *replay,
                     guint8 new32[32],
                     guint8 old32[32],
                     GError **error)
{
  guint8 heads[1 + 64];
  gboolean found;

  memset (best32, 0, 32);
  memset (new32, 0, 32);
  memset (old32, 0, 32);
  *replay = FALSE;
  if (!read_fixed (coins, 'B', best32, 32, &found, error))
    return FALSE;
  if (found)
    return TRUE;
  if (!read_fixed (coins, 'H', heads, sizeof heads, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  if (heads[0] != 2) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "The database of coins is in an unknown state. " NODE_CHAINSTATE_ADVICE);
    return FALSE;
  }
  memcpy (new32, heads + 1, 32);
  memcpy (old32, heads + 33, 32);
  *replay = TRUE;
  return TRUE;
}

/* Reads the value of KEY into coins->value; for a view, as changed by it. */
static gboolean
coins_read_value (NodeCoins *coins, const guint8 *key, gsize len, gboolean *found, GError **error)
{
  if (coins->overlay != NULL) {
    if (!node_db_read (coins->overlay, key, len, coins->value, found, error))
      return FALSE;
    if (*found) {
      *found = coins->value->len > 0;
      return TRUE;
    }
  }
  *found = FALSE;
  return coins->db == NULL || node_db_read (coins->db, key, len, coins->value, found, error);
}

/* Adds a clean entry for a coin that is on disk, from the prefetched coins or from disk. *ENTRY NULL: there is none. */
static gboolean
coins_fetch (NodeCoins *coins, const BtcOutpoint *outpoint, NodeCoinEntry **entry, GError **error)
{
  g_autofree NodeStagedCoin *staged = node_coins_staging_take (&coins->staging, outpoint);
  guint8 key[NODE_COIN_KEY_MAX];
  gboolean found;
  BtcCoin coin;

  *entry = NULL;
  if (staged != NULL) {
    coin.out.value_sat = staged->value_sat;
    coin.out.script = (BtcSpan){ staged->script, staged->script_len };
    coin.height = staged->height;
    coin.coinbase = staged->coinbase;
  } else {
    if (!coins_read_value (coins, key, node_coin_make_key (key, outpoint), &found, error))
      return node_store_advise (error, NODE_CHAINSTATE_ADVICE);
    if (!found)
      return TRUE;
    if (!node_coin_from_disk (coins->value->data, coins->value->len, &coin, coins->scripts, error))
      return FALSE;
  }
  *entry = node_coins_cache_insert (&coins->cache, outpoint);
  node_coins_cache_set_coin (&coins->cache, *entry, &coin);
  return TRUE;
}

gboolean
node_coins_get (NodeCoins *coins, const BtcOutpoint *outpoint, BtcCoin *coin, gboolean *found, GError **error)
{
  NodeCoinEntry *entry = node_coins_cache_find (&coins->cache, outpoint);

  *found = FALSE;
  if (entry == NULL && !coins_fetch (coins, outpoint, &entry, error))
    return FALSE;
  if (entry == NULL || node_coins_cache_is_spent (entry))
    return TRUE;
  entry->flags |= NODE_COIN_RECENT;
  node_coins_cache_get_coin (entry, coin);
  *found = TRUE;
  return TRUE;
}

gboolean
node_coins_peek (NodeCoins *coins,
                 const BtcOutpoint *outpoint,
                 BtcCoin *coin,
                 GByteArray *scripts,
                 gboolean *found,
                 GError **error)
{
  const NodeCoinEntry *entry = node_coins_cache_find (&coins->cache, outpoint);
  guint8 key[NODE_COIN_KEY_MAX];

  *found = entry != NULL && !node_coins_cache_is_spent (entry);
  if (*found)
    node_coins_cache_get_coin (entry, coin);
  if (entry != NULL)
    return TRUE;
  if (!coins_read_value (coins, key, node_coin_make_key (key, outpoint), found, error))
    return node_store_advise (error, NODE_CHAINSTATE_ADVICE);
  return !*found || node_coin_from_disk (coins->value->data, coins->value->len, coin, scripts, error);
}

gboolean
node_coins_has_cached (NodeCoins *coins, const BtcOutpoint *outpoint)
{
  const NodeCoinEntry *entry = node_coins_cache_find (&coins->cache, outpoint);

  return entry != NULL && !node_coins_cache_is_spent (entry);
}

gboolean
node_coins_is_on_disk (NodeCoins *coins, const BtcOutpoint *outpoint)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();
  guint8 key[NODE_COIN_KEY_MAX];
  gboolean found;

  return node_db_read (coins->db, key, node_coin_make_key (key, outpoint), value, &found, NULL) && found;
}

void
node_coins_uncache (NodeCoins *coins, const BtcOutpoint *outpoints, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    NodeCoinEntry *entry = node_coins_cache_find (&coins->cache, &outpoints[i]);

    if (entry != NULL && !(entry->flags & (NODE_COIN_DIRTY | NODE_COIN_WRITING)))
      node_coins_cache_remove (&coins->cache, entry);
  }
}

void
node_coins_add (NodeCoins *coins, const BtcOutpoint *outpoint, const BtcCoin *coin, gboolean possible_overwrite)
{
  if (!btc_script_is_unspendable (coin->out.script))
    node_coins_cache_add (&coins->cache, outpoint, coin, possible_overwrite);
}

void
node_coins_spend (NodeCoins *coins, const BtcOutpoint *outpoint)
{
  NodeCoinEntry *entry = node_coins_cache_find (&coins->cache, outpoint);

  g_return_if_fail (entry != NULL && !node_coins_cache_is_spent (entry));

  node_coins_cache_spend (&coins->cache, entry);
}

void
node_coins_prefetch (NodeCoins *coins, const BtcOutpoint *outpoints, gsize n)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();
  g_autoptr (GByteArray) scripts = g_byte_array_new ();

  for (gsize i = 0; i < n; i++) {
    guint64 generation = node_coins_staging_get_generation (&coins->staging);
    guint8 key[NODE_COIN_KEY_MAX];
    gboolean found;
    BtcCoin coin;

    if (node_coins_cache_may_contain (&coins->cache, &outpoints[i])
        || node_coins_staging_contains (&coins->staging, &outpoints[i]))
      continue;
    if (node_db_read (coins->db, key, node_coin_make_key (key, &outpoints[i]), value, &found, NULL) && found
        && node_coin_from_disk (value->data, value->len, &coin, scripts, NULL))
      node_coins_staging_put (&coins->staging, generation, &outpoints[i], &coin);
  }
}

gsize
node_coins_filter_uncached (NodeCoins *coins, BtcOutpoint *outpoints, gsize n)
{
  gsize left = 0;

  for (gsize i = 0; i < n; i++)
    if (node_coins_cache_find (&coins->cache, &outpoints[i]) == NULL)
      outpoints[left++] = outpoints[i];
  return left;
}

static gsize
coins_budget (const NodeCoins *coins)
{
  return coins->cache_bytes + coins->spare_bytes;
}

gboolean
node_coins_is_full (NodeCoins *coins)
{
  return node_coins_memory (coins) > coins_budget (coins);
}

gboolean
node_coins_needs_flush (NodeCoins *coins)
{
  if (!node_coins_is_full (coins))
    return FALSE;
  /* Scanning for only a few clean entries is not worthwhile. */
  if (node_coins_cache_n_clean (&coins->cache) > coins->cache.live / 4)
    node_coins_cache_evict (&coins->cache, coins_budget (coins) / 10 * 9);
  return node_coins_is_full (coins);
}

gboolean
node_coins_wants_flush (NodeCoins *coins)
{
  return coins->flush == NULL && node_coins_memory (coins) > coins_budget (coins) / 4 * 3
         && coins->cache.n_dirty > coins->cache.live / 2;
}

void
node_coins_forget_clean (NodeCoins *coins)
{
  g_return_if_fail (coins->flush == NULL && coins->cache.n_dirty == 0);

  node_coins_cache_clear (&coins->cache);
}

void
node_coins_set_cache_bytes (NodeCoins *coins, gsize cache_bytes)
{
  coins->cache_bytes = cache_bytes;
}

gsize
node_coins_get_cache_bytes (NodeCoins *coins)
{
  return coins->cache_bytes;
}

void
node_coins_set_spare_bytes (NodeCoins *coins, gsize spare_bytes)
{
  coins->spare_bytes = spare_bytes;
}

gsize
node_coins_memory (NodeCoins *coins)
{
  return node_coins_cache_memory (&coins->cache);
}

guint64
node_coins_cached (NodeCoins *coins)
{
  return coins->cache.live;
}

guint64
node_coins_dirty (NodeCoins *coins)
{
  return coins->cache.n_dirty;
}

guint64
node_coins_disk_size (NodeCoins *coins)
{
  const guint8 from = 'C', to = 'D';

  return node_db_disk_size (coins->db, &from, 1, &to, 1);
}

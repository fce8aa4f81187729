#include "node/store/coins_private.h"

#include <stdlib.h>
#include <string.h>

struct _NodeCoinsCursor {
  NodeDbIter *iter;
  GByteArray *scripts;
  guint8 best32[32];
  gboolean started;
  gboolean disk_returned; /* the current coin was returned: the iterator must advance */
  gboolean disk_valid;    /* the iterator is at a coin that was not returned yet */
  guint8 disk_key[NODE_COIN_KEY_MAX];
  gsize disk_key_len;
  /* The changes of a view, in key order: */
  NodeDbIter *overlay; /* those in its database; or NULL */
  NodeCoinEntry **changed;
  gsize n_changed;
  gsize next_changed;
};

NodeCoinsCursor *
node_coins_cursor_new (NodeCoins *coins)
{
  NodeCoinsCursor *cursor = g_new0 (NodeCoinsCursor, 1);
  gsize len;

  cursor->iter = node_db_iter_new (coins->db);
  cursor->scripts = g_byte_array_new ();
  node_db_iter_seek (cursor->iter, (const guint8 *) "B", 1);
  if (node_db_iter_valid (cursor->iter)) {
    const guint8 *key = node_db_iter_key (cursor->iter, &len);
    if (len == 1 && key[0] == 'B') {
      const guint8 *value = node_db_iter_value (cursor->iter, &len);
      if (len == 32)
        memcpy (cursor->best32, value, 32);
    }
  }
  return cursor;
}

const guint8 *
node_coins_cursor_get_best (NodeCoinsCursor *cursor)
{
  return cursor->best32;
}

static int
compare_coin_keys (const guint8 *a, gsize a_len, const guint8 *b, gsize b_len)
{
  int order = memcmp (a, b, MIN (a_len, b_len));

  return order != 0 ? order : a_len < b_len ? -1 : a_len > b_len;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const NodeCoinEntry *x = *(const NodeCoinEntry *const *) a, *y = *(const NodeCoinEntry *const *) b;
  guint8 x_key[NODE_COIN_KEY_MAX], y_key[NODE_COIN_KEY_MAX];
  gsize x_len = node_coin_make_key (x_key, &x->outpoint);

  return compare_coin_keys (x_key, x_len, y_key, node_coin_make_key (y_key, &y->outpoint));
}

NodeCoinsCursor *
node_coins_cursor_new_over (NodeCoins *view, GError **error)
{
  NodeCoinsCursor *cursor;

  if (view->overlay != NULL && !node_coins_view_write (view, error))
    return NULL;
  cursor = node_coins_cursor_new (view);
  if (view->overlay != NULL) {
    cursor->overlay = node_db_iter_new (view->overlay);
    node_db_iter_seek (cursor->overlay, (const guint8 *) "C", 1);
    return cursor;
  }
  cursor->changed = node_coins_cache_dup_dirty (&view->cache, &cursor->n_changed);
  if (cursor->n_changed > 0)
    qsort (cursor->changed, cursor->n_changed, sizeof *cursor->changed, compare_entries);
  return cursor;
}

static gboolean
damaged_key (GError **error)
{
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "The database of coins is damaged: a key cannot be read. " NODE_CHAINSTATE_ADVICE);
  return FALSE;
}

/* Moves the iterator to the next coin; disk_valid is set to whether there is one. */
static gboolean
advance_disk (NodeCoinsCursor *cursor, GError **error)
{
  const guint8 *key;
  gsize len;

  if (cursor->started)
    node_db_iter_next (cursor->iter);
  else
    node_db_iter_seek (cursor->iter, (const guint8 *) "C", 1);
  cursor->started = TRUE;
  cursor->disk_valid = FALSE;
  if (!node_db_iter_valid (cursor->iter))
    return node_db_iter_check (cursor->iter, error) || node_store_advise (error, NODE_CHAINSTATE_ADVICE);
  key = node_db_iter_key (cursor->iter, &len);
  if (key[0] != 'C')
    return TRUE;
  if (len > NODE_COIN_KEY_MAX)
    return damaged_key (error);
  memcpy (cursor->disk_key, key, len);
  cursor->disk_key_len = len;
  cursor->disk_valid = TRUE;
  return TRUE;
}

static gboolean
cursor_parse_key (const guint8 *key, gsize len, BtcOutpoint *outpoint, GError **error)
{
  BtcReader reader;
  guint64 n;

  btc_reader_init (&reader, key, len);
  btc_reader_skip (&reader, 1);
  btc_reader_copy (&reader, outpoint->txid32, 32);
  n = btc_reader_varint (&reader);
  if (!btc_reader_done (&reader) || n > G_MAXUINT32)
    return damaged_key (error);
  outpoint->n = (guint32) n;
  return TRUE;
}

static gboolean
read_disk (NodeCoinsCursor *cursor, BtcOutpoint *outpoint, BtcCoin *coin, GError **error)
{
  const guint8 *value;
  gsize len;

  if (!cursor_parse_key (cursor->disk_key, cursor->disk_key_len, outpoint, error))
    return FALSE;
  value = node_db_iter_value (cursor->iter, &len);
  return node_coin_from_disk (value, len, coin, cursor->scripts, error);
}

/* ---- the changes of a view ---- */

/* The key of the next change, and its length; 0: there is none. */
static gsize
changed_key (NodeCoinsCursor *cursor, guint8 key[NODE_COIN_KEY_MAX])
{
  const guint8 *found;
  gsize len;

  if (cursor->overlay == NULL)
    return cursor->next_changed < cursor->n_changed
               ? node_coin_make_key (key, &cursor->changed[cursor->next_changed]->outpoint)
               : 0;
  if (!node_db_iter_valid (cursor->overlay))
    return 0;
  found = node_db_iter_key (cursor->overlay, &len);
  len = MIN (len, NODE_COIN_KEY_MAX);
  memcpy (key, found, len);
  return len;
}

/* The next change, whose key is KEY; advances to the one after it. */
static gboolean
changed_take (NodeCoinsCursor *cursor,
              const guint8 *key,
              gsize key_len,
              BtcOutpoint *outpoint,
              BtcCoin *coin,
              gboolean *spent,
              GError **error)
{
  const guint8 *value;
  gsize len;

  if (cursor->overlay == NULL) {
    const NodeCoinEntry *entry = cursor->changed[cursor->next_changed++];

    *spent = node_coins_cache_is_spent (entry);
    *outpoint = entry->outpoint;
    if (!*spent)
      node_coins_cache_get_coin (entry, coin);
    return TRUE;
  }
  value = node_db_iter_value (cursor->overlay, &len);
  *spent = len == 0;
  if (!cursor_parse_key (key, key_len, outpoint, error)
      || (!*spent && !node_coin_from_disk (value, len, coin, cursor->scripts, error)))
    return FALSE;
  node_db_iter_next (cursor->overlay);
  return node_db_iter_check (cursor->overlay, error);
}

/* A change of the view takes precedence over the disk under the same key. *RETURNED: COIN is the next one. */
static gboolean
take_changed (NodeCoinsCursor *cursor, BtcOutpoint *outpoint, BtcCoin *coin, gboolean *returned, GError **error)
{
  guint8 key[NODE_COIN_KEY_MAX];
  gsize len;

  *returned = FALSE;
  while (!*returned && (len = changed_key (cursor, key)) > 0) {
    int order = cursor->disk_valid ? compare_coin_keys (key, len, cursor->disk_key, cursor->disk_key_len) : -1;
    gboolean spent;

    if (order > 0)
      return TRUE;
    if ((order == 0 && !advance_disk (cursor, error))
        || !changed_take (cursor, key, len, outpoint, coin, &spent, error))
      return FALSE;
    *returned = !spent;
  }
  return TRUE;
}

gboolean
node_coins_cursor_next (NodeCoinsCursor *cursor, BtcOutpoint *outpoint, BtcCoin *coin, GError **error)
{
  gboolean returned;

  /* The script of the previous coin is borrowed from the iterator, which advances only now. */
  if (!cursor->started || cursor->disk_returned) {
    cursor->disk_returned = FALSE;
    if (!advance_disk (cursor, error))
      return FALSE;
  }
  if (!take_changed (cursor, outpoint, coin, &returned, error))
    return FALSE;
  if (returned)
    return TRUE;
  if (!cursor->disk_valid)
    return FALSE;
  cursor->disk_returned = TRUE;
  return read_disk (cursor, outpoint, coin, error);
}

void
node_coins_cursor_free (NodeCoinsCursor *cursor)
{
  if (cursor == NULL)
    return;
  node_db_iter_free (cursor->iter);
  node_db_iter_free (cursor->overlay);
  g_byte_array_unref (cursor->scripts);
  g_free (cursor->changed);
  g_free (cursor);
}

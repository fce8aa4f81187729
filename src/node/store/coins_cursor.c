#include "node/store/coins_private.h"

#include <string.h>

struct _NodeCoinsCursor {
  NodeDbIter *iter;
  GByteArray *scripts;
  guint8 best32[32];
  gboolean started;
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

gboolean
node_coins_cursor_next (NodeCoinsCursor *cursor, BtcOutpoint *outpoint, BtcCoin *coin, GError **error)
{
  const guint8 *key, *value;
  BtcReader reader;
  guint64 n;
  gsize len;

  if (cursor->started)
    node_db_iter_next (cursor->iter);
  else
    node_db_iter_seek (cursor->iter, (const guint8 *) "C", 1);
  cursor->started = TRUE;
  if (!node_db_iter_valid (cursor->iter)) {
    if (!node_db_iter_check (cursor->iter, error))
      node_store_advise (error, NODE_COINS_ADVICE);
    return FALSE;
  }
  key = node_db_iter_key (cursor->iter, &len);
  if (key[0] != 'C')
    return FALSE;
  btc_reader_init (&reader, key, len);
  btc_reader_skip (&reader, 1);
  btc_reader_copy (&reader, outpoint->txid32, 32);
  n = btc_reader_varint (&reader);
  if (!btc_reader_done (&reader) || n > G_MAXUINT32) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "The database of coins is damaged: a key cannot be read. " NODE_COINS_ADVICE);
    return FALSE;
  }
  outpoint->n = (guint32) n;
  value = node_db_iter_value (cursor->iter, &len);
  return node_coin_from_disk (value, len, coin, cursor->scripts, error);
}

void
node_coins_cursor_free (NodeCoinsCursor *cursor)
{
  if (cursor == NULL)
    return;
  node_db_iter_free (cursor->iter);
  g_byte_array_unref (cursor->scripts);
  g_free (cursor);
}

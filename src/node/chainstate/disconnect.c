#include "node/chainstate/disconnect.h"

#include "bitcoin/script/script.h"

#include <string.h>

/* Undoes a block, or the part of it that was applied. */

static gboolean
same_coin (const BtcCoin *coin, const BtcTxOut *out, guint32 height, gboolean coinbase)
{
  return coin->out.value_sat == out->value_sat && coin->height == height && !coin->coinbase == !coinbase
         && coin->out.script.len == out->script.len
         && (out->script.len == 0 || memcmp (coin->out.script.data, out->script.data, out->script.len) == 0);
}

static gboolean
remove_outputs (NodeCoins *coins, const BtcTx *tx, const NodeBlock *index, gboolean *clean, GError **error)
{
  gboolean coinbase = btc_tx_is_coinbase (tx);
  gboolean mismatch_is_known = coinbase && node_block_is_bip30_overwritten (index);
  BtcOutpoint outpoint;

  memcpy (outpoint.txid32, tx->txid32, 32);
  for (outpoint.n = 0; outpoint.n < tx->n_out; outpoint.n++) {
    const BtcTxOut *out = &tx->out[outpoint.n];
    gboolean found, same;
    BtcCoin coin;

    if (btc_script_is_unspendable (out->script))
      continue;
    if (!node_coins_get (coins, &outpoint, &coin, &found, error))
      return FALSE;
    same = found && same_coin (&coin, out, index->height, coinbase);
    if (found)
      node_coins_spend (coins, &outpoint);
    if (!same && !mismatch_is_known)
      *clean = FALSE;
  }
  return TRUE;
}

/* Very old undo data contains the height only for the last spent output of a transaction: another output of it must
 * still be unspent. */
static gboolean
complete_coin (NodeCoins *coins, const BtcOutpoint *of, BtcCoin *coin, GError **error)
{
  const guint32 max_outputs = BTC_MAX_BLOCK_WEIGHT / (BTC_WITNESS_SCALE * 9);
  BtcOutpoint outpoint = *of;

  for (outpoint.n = 0; outpoint.n < max_outputs; outpoint.n++) {
    BtcCoin other;
    gboolean found;

    if (!node_coins_get (coins, &outpoint, &other, &found, error))
      return FALSE;
    if (found) {
      coin->height = other.height;
      coin->coinbase = other.coinbase;
      return TRUE;
    }
  }
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "The undo data of a block lacks the height of a coin. " NODE_BLOCKS_ADVICE);
  return FALSE;
}

static gboolean
restore_inputs (NodeCoins *coins, const BtcTx *tx, BtcCoin *spent, gboolean *clean, GError **error)
{
  for (guint32 in = tx->n_in; in-- > 0;) {
    const BtcOutpoint *outpoint = &tx->in[in].prevout;
    BtcCoin existing;
    gboolean found;

    if (!node_coins_get (coins, outpoint, &existing, &found, error))
      return FALSE;
    if (found)
      *clean = FALSE;
    if (spent[in].height == 0 && !complete_coin (coins, outpoint, &spent[in], error))
      return FALSE;
    node_coins_add (coins, outpoint, &spent[in], found);
  }
  return TRUE;
}

gboolean
node_disconnect_txs (NodeCoins *coins,
                     const BtcBlock *block,
                     const NodeBlock *index,
                     guint32 n_txs,
                     BtcCoin *spent,
                     gboolean *clean,
                     GError **error)
{
  gsize at = 0;

  for (guint32 i = 1; i < n_txs; i++)
    at += block->txs[i].n_in;
  for (guint32 i = n_txs; i-- > 0;) {
    const BtcTx *tx = &block->txs[i];

    if (!remove_outputs (coins, tx, index, clean, error))
      return FALSE;
    if (i == 0)
      break;
    at -= tx->n_in;
    if (!restore_inputs (coins, tx, spent + at, clean, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
node_disconnect_block (NodeBlockTree *tree,
                       NodeCoins *coins,
                       const BtcBlock *block,
                       const NodeBlock *index,
                       gboolean *clean,
                       GError **error)
{
  g_autoptr (GArray) spent = NULL;
  g_autoptr (GByteArray) scripts = NULL;

  *clean = TRUE;
  if (!node_block_tree_read_undo (tree, index, block, &spent, &scripts, error))
    return FALSE;
  return node_disconnect_txs (coins, block, index, block->n_txs, (BtcCoin *) (gpointer) spent->data, clean, error);
}

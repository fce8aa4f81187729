#include "bitcoin/primitives/hash_key.h"
#include "common/clock.h"
#include "node/chain/parts.h"
#include "node/chainstate/connect.h"

#include <string.h>

/* Checks whether a block would be valid on top of the tip: for templates and getblocktemplate proposals. Only the coins
 * that it spends are read on the chain thread, in short jobs; the rules are checked on the caller's thread, with a copy
 * of these coins. If the tip changes meanwhile it starts again. */

#define COLLECT_SLICE_US 4000
#define LOOK_AGAIN_US 1000

typedef struct {
  const NodeBlock *tip;
  GArray *outpoints; /* BtcOutpoint */
  guint next;
  GByteArray *scripts;
  NodeCoins *coins;  /* those of them that exist */
  gboolean is_stale; /* the tip has changed */
  GError *error;
} CoinCopy;

static void
coin_copy_slice (NodeChain *chain, gpointer data)
{
  gint64 end_us = common_clock_monotonic_us () + COLLECT_SLICE_US;
  CoinCopy *copy = data;
  gboolean found;
  BtcCoin coin;

  copy->is_stale = node_chain_tip (chain) != copy->tip;
  while (!copy->is_stale && copy->next < copy->outpoints->len && common_clock_monotonic_us () < end_us) {
    const BtcOutpoint *outpoint = &g_array_index (copy->outpoints, BtcOutpoint, copy->next++);

    if (!node_coins_peek (chain->state.coins, outpoint, &coin, copy->scripts, &found, &copy->error)) {
      node_report_fatal (chain, copy->error);
      return;
    }
    /* A block that spends a coin twice looks it up twice. */
    if (found && !node_coins_has_cached (copy->coins, outpoint))
      node_coins_add (copy->coins, outpoint, &coin, FALSE);
  }
}

/* The coins that the rules need: those that BLOCK spends and does not create itself; with OUTPUTS also those that it
 * creates (BIP 30). */
static GArray *
list_outpoints (const BtcBlock *block, gboolean outputs)
{
  g_autoptr (GHashTable) txids = g_hash_table_new (btc_hash32_hash, btc_hash32_equal);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (BtcOutpoint));

  for (guint32 i = 0; i < block->n_txs; i++) {
    const BtcTx *tx = &block->txs[i];
    BtcOutpoint made = { .n = 0 };

    for (guint32 in = 0; i > 0 && in < tx->n_in; in++)
      if (!g_hash_table_contains (txids, tx->in[in].prevout.txid32))
        g_array_append_val (list, tx->in[in].prevout);
    g_hash_table_add (txids, (gpointer) tx->txid32);
    memcpy (made.txid32, tx->txid32, 32);
    for (; outputs && made.n < tx->n_out; made.n++)
      g_array_append_val (list, made);
  }
  return list;
}

/* FALSE: an error, or *IS_STALE. */
static gboolean
copy_coins (NodeChain *chain,
            const NodeBlock *index,
            const BtcBlock *block,
            NodeCoins *coins,
            GCancellable *cancellable,
            gboolean *is_stale,
            GError **error)
{
  g_autoptr (GArray) outpoints = list_outpoints (block, node_connect_needs_bip30 (chain->params, index));
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  CoinCopy copy = { .tip = index->prev, .outpoints = outpoints, .scripts = scripts, .coins = coins };

  do {
    if (!node_chain_run (chain, NODE_JOB_QUERIES, coin_copy_slice, &copy, cancellable, error))
      return FALSE;
    if (copy.error != NULL) {
      g_propagate_error (error, copy.error);
      return FALSE;
    }
  } while (!copy.is_stale && copy.next < outpoints->len);
  *is_stale = copy.is_stale;
  return !copy.is_stale;
}

static gboolean
try_on_copy (NodeChain *chain,
             BtcBlock *block,
             NodeBlock *index,
             GCancellable *cancellable,
             gboolean *is_stale,
             BtcVerdict *verdict,
             GError **error)
{
  NodeHealth health = { 0 };
  g_autoptr (NodeCoins) coins = node_coins_view_new_empty ();
  g_autoptr (NodeConnector) connector = NULL;

  if (!copy_coins (chain, index, block, coins, cancellable, is_stale, error))
    return FALSE;
  connector = node_connector_new (chain->tree, chain->params, &health, chain->sigcache, 0);
  return node_connector_try (connector, coins, block, index, TRUE, verdict, error);
}

/* *IS_STALE: TIP is no longer the tip, and there is no verdict. */
static gboolean
test_on_tip (NodeChain *chain,
             NodeBlock *tip,
             BtcBlock *block,
             gboolean check_pow,
             gboolean check_merkle,
             GCancellable *cancellable,
             gboolean *is_stale,
             BtcVerdict *verdict,
             GError **error)
{
  BtcPrevContext context = node_block_prev_context (tip);
  NodeBlock index = { .status = NODE_BLOCK_VALID_TREE, .file = -1 };

  btc_verdict_clear (verdict);
  if (memcmp (block->header.prev32, tip->hash32, 32) != 0) {
    btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "inconclusive-not-best-prevblk", "%s", "");
    return TRUE;
  }
  if (!btc_block_check_parts (block, chain->params, check_pow, check_merkle, verdict)
      || !btc_header_check_contextual (&block->header, &context, common_clock_now (), chain->params, verdict)
      || !btc_block_check_contextual (block, &context, chain->params, verdict))
    return TRUE;
  memcpy (index.hash32, block->hash32, 32);
  index.header = block->header;
  node_block_link (&index, tip);
  return try_on_copy (chain, block, &index, cancellable, is_stale, verdict, error);
}

gboolean
node_chain_test_block (NodeChain *chain,
                       BtcBlock *block,
                       gboolean check_pow,
                       gboolean check_merkle,
                       GCancellable *cancellable,
                       BtcVerdict *verdict,
                       GError **error)
{
  g_return_val_if_fail (chain != NULL && block != NULL && verdict != NULL, FALSE);
  for (;;) {
    g_autoptr (NodeTip) tip = node_chain_ref_tip (chain);
    gboolean is_stale = FALSE;

    if (tip == NULL) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the chain is being loaded or closed");
      return FALSE;
    }
    if (test_on_tip (chain, (NodeBlock *) tip->block, block, check_pow, check_merkle, cancellable, &is_stale, verdict,
                     error))
      return TRUE;
    if (!is_stale)
      return FALSE;
    /* During a reorganisation the next tip is published a little later. */
    g_usleep (LOOK_AGAIN_US);
  }
}

#include "node/mining/select.h"

#include <string.h>

#include "bitcoin/consensus/versionbits.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/amount.h"
#include "bitcoin/primitives/merkle.h"
#include "bitcoin/script/script.h"
#include "common/clock.h"
#include "common/hex.h"
#include "common/log.h"

/* Builds a block template. If the tip has changed by the end, or the block is not valid because the mempool changed
 * while it was read, it is built again. */

#define COMMITMENT_LEN 38
#define MAX_REFUSED 20
#define TEMPLATE_LOOK_AGAIN_US 1000

static BtcTx *
template_make_coinbase (guint32 height, gint64 value_sat, BtcSpan script, const guint8 *commitment, gboolean segwit)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, height - 1);
  g_autoptr (GByteArray) script_sig = g_byte_array_new ();
  static const guint8 zeros[32];
  BtcSpan reserved = { zeros, sizeof zeros };
  BtcOutpoint none;

  memset (none.txid32, 0, 32);
  none.n = G_MAXUINT32;
  btc_script_write_number (script_sig, height); /* BIP 34 */
  if (height <= 16)
    btc_script_write_number (script_sig, 0); /* a shorter script would not be valid */
  btc_tx_builder_add_in (builder, &none, G_MAXUINT32 - 1);
  btc_tx_builder_set_script_sig (builder, 0, script_sig->data, script_sig->len);
  btc_tx_builder_add_out (builder, value_sat, script.data, script.len);
  if (segwit)
    btc_tx_builder_set_witness (builder, 0, &reserved, 1);
  btc_tx_builder_add_out (builder, 0, commitment, COMMITMENT_LEN);
  return btc_tx_builder_finish (builder);
}

/* BIP 141: OP_RETURN, 36 bytes: the header of the commitment, and the hash of the witness root (the coinbase's own
 * counts as zero) with the reserved value, zeros here. */
static void
make_commitment (GPtrArray *txs, guint8 out[COMMITMENT_LEN])
{
  static const guint8 mark[] = { 0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed };
  g_autofree guint8 *hashes = g_new0 (guint8, 32 * (txs->len + 1));
  guint8 pair[64] = { 0 };

  for (guint i = 0; i < txs->len; i++)
    memcpy (hashes + 32 * (i + 1), ((BtcTx *) g_ptr_array_index (txs, i))->wtxid32, 32);
  btc_merkle_root (hashes, txs->len + 1, pair, NULL);
  memcpy (out, mark, sizeof mark);
  btc_sha256d (pair, sizeof pair, out + sizeof mark);
}

void
node_mining_next_header (NodeMining *mining, const NodeBlock *tip, BtcHeader *header, gint64 *min_time)
{
  const BtcParams *params = node_chain_params (mining->chain);
  BtcPrevContext prev = node_block_prev_context (tip);

  *min_time = prev.median_time_past + 1;
  /* BIP 94: the timestamp of the first block of a period must not be much earlier than that of the last block of the
   * previous period. Not every network requires that yet, but such a block is valid on all of them. */
  if ((tip->height + 1) % btc_params_retarget_interval (params) == 0)
    *min_time = MAX (*min_time, (gint64) tip->header.time - BTC_MAX_TIMEWARP_S);
  header->version
      = mining->options.version != 0 ? mining->options.version : btc_deployment_block_version (params, &prev);
  memcpy (header->prev32, tip->hash32, 32);
  header->time = (guint32) MAX (common_clock_now (), *min_time);
  header->nonce = 0;
  header->bits = btc_next_work_required (&prev, header, params);
}

static BtcBlock *
template_assemble (BtcHeader *header, const BtcTx *coinbase, GPtrArray *txs)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *hashes = g_new (guint8, 32 * (txs->len + 1));
  guint8 header80[BTC_HEADER_SIZE];
  g_autoptr (GBytes) all = NULL;

  memcpy (hashes, coinbase->txid32, 32);
  for (guint i = 0; i < txs->len; i++)
    memcpy (hashes + 32 * (i + 1), ((BtcTx *) g_ptr_array_index (txs, i))->txid32, 32);
  btc_merkle_root (hashes, txs->len + 1, header->merkle_root32, NULL);
  btc_header_serialize (header, header80);
  btc_write_data (bytes, header80, sizeof header80);
  btc_write_compact (bytes, txs->len + 1);
  btc_write_data (bytes, coinbase->bytes.data, coinbase->bytes.len);
  for (guint i = 0; i < txs->len; i++) {
    const BtcTx *tx = g_ptr_array_index (txs, i);
    btc_write_data (bytes, tx->bytes.data, tx->bytes.len);
  }
  all = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return btc_block_new (all);
}

static void
log_fee_rates (const NodeChoice *choice)
{
  for (guint i = 0; i < choice->txs->len; i++) {
    const BtcTx *tx = g_ptr_array_index (choice->txs, i);
    g_autofree char *txid = common_hex_encode_reversed (tx->txid32, 32);
    g_autofree char *rate
        = btc_amount_format (g_array_index (choice->fees, gint64, i) * 1000 / (gint64) MAX (btc_tx_vsize (tx), 1));

    common_info ("fee rate %s BTC/kvB txid %s", rate, txid);
  }
}

static NodeTemplate *
make_template (NodeMining *mining, const NodeBlock *tip, const NodeChoice *choice, BtcSpan script, guint64 updates)
{
  const BtcParams *params = node_chain_params (mining->chain);
  guint32 height = tip->height + 1;
  gint64 value_sat = btc_params_subsidy_sat (params, height) + choice->total_fee_sat;
  gboolean segwit = height >= params->buried_height[BTC_BURIED_SEGWIT];
  NodeTemplate *made = g_atomic_rc_box_new0 (NodeTemplate);
  guint8 commitment[COMMITMENT_LEN];
  g_autoptr (BtcTx) coinbase = NULL;
  BtcHeader header;

  make_commitment (choice->txs, commitment);
  coinbase = template_make_coinbase (height, value_sat, script, commitment, segwit);
  node_mining_next_header (mining, tip, &header, &made->min_time);
  made->prev = tip;
  made->block = template_assemble (&header, coinbase, choice->txs);
  made->height = height;
  made->updates = updates;
  made->fees_sat = g_new0 (gint64, choice->txs->len + 1);
  made->sigop_cost = g_new0 (guint32, choice->txs->len + 1);
  made->fees_sat[0] = -choice->total_fee_sat;
  for (guint i = 0; i < choice->txs->len; i++) {
    made->fees_sat[i + 1] = g_array_index (choice->fees, gint64, i);
    made->sigop_cost[i + 1] = g_array_index (choice->sigops, guint32, i);
  }
  if (mining->options.log_fee_rates)
    log_fee_rates (choice);
  return made;
}

NodeTemplate *
node_template_ref (NodeTemplate *block_template)
{
  return g_atomic_rc_box_acquire (block_template);
}

static void
template_clear (gpointer data)
{
  NodeTemplate *block_template = data;

  g_clear_pointer (&block_template->block, btc_block_unref);
  g_free (block_template->fees_sat);
  g_free (block_template->sigop_cost);
}

void
node_template_unref (NodeTemplate *block_template)
{
  g_atomic_rc_box_release_full (block_template, template_clear);
}

static void
note_size (NodeMining *mining, const NodeChoice *choice)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mining->lock);

  mining->last_weight = choice->weight;
  mining->last_n_txs = choice->txs->len;
}

/* One attempt on TIP. *IS_STALE: the tip has changed. */
static NodeTemplate *
attempt_template (NodeMining *mining,
                  const NodeMiningOptions *options,
                  const NodeBlock *tip,
                  BtcSpan script,
                  GPtrArray *txs,
                  GCancellable *cancellable,
                  gboolean *is_stale,
                  BtcVerdict *verdict,
                  GError **error)
{
  guint64 updates = node_mempool_updates (mining->mempool);
  g_auto (NodeChoice) choice = { 0 };
  g_autoptr (NodeTemplate) made = NULL;

  node_choice_init (&choice, options->reserved_weight, options->reserved_sigops);
  if (txs == NULL && !options->coinbase_only
      && !node_mining_choose (mining, options, tip, &choice, is_stale, cancellable, error))
    return NULL;
  if (*is_stale)
    return NULL;
  note_size (mining, &choice);
  for (guint i = 0; txs != NULL && i < txs->len; i++)
    node_choice_add (&choice, g_ptr_array_index (txs, i), 0, 0); /* such a block claims no fees */
  made = make_template (mining, tip, &choice, script, updates);
  if (made->block == NULL) {
    btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-blk-length", "%s", "");
    return NULL;
  }
  if (!node_chain_test_block (mining->chain, made->block, FALSE, TRUE, cancellable, verdict, error))
    return NULL;
  return verdict->verdict == BTC_VERDICT_OK ? g_steal_pointer (&made) : NULL;
}

static gboolean
is_tip (NodeMining *mining, const NodeBlock *block)
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (mining->chain);

  return tip != NULL && tip->block == block;
}

NodeTemplate *
node_mining_make_template (NodeMining *mining,
                           const NodeMiningOptions *options,
                           BtcSpan script,
                           GPtrArray *txs,
                           GCancellable *cancellable,
                           BtcVerdict *verdict,
                           GError **error)
{
  g_return_val_if_fail (mining != NULL && verdict != NULL, NULL);
  for (guint n_refused = 0;;) {
    guint64 updates = node_mempool_updates (mining->mempool);
    g_autoptr (NodeTip) tip = node_chain_ref_tip (mining->chain);
    g_autoptr (GError) local = NULL;
    gboolean is_stale = FALSE;
    NodeTemplate *made;

    btc_verdict_clear (verdict);
    if (tip == NULL) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the chain is being loaded or closed");
      return NULL;
    }
    made = attempt_template (mining, options != NULL ? options : &mining->options, tip->block, script, txs, cancellable,
                             &is_stale, verdict, &local);
    if (made != NULL)
      return made;
    if (local != NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
    is_stale |= !is_tip (mining, tip->block);
    if (!is_stale && (txs != NULL || ++n_refused >= MAX_REFUSED || node_mempool_updates (mining->mempool) == updates))
      return NULL;
    g_usleep (TEMPLATE_LOOK_AGAIN_US);
  }
}

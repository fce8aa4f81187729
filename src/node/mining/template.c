#include "node/mining/private.h"

#include <string.h>

#include "bitcoin/consensus/versionbits.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/merkle.h"
#include "bitcoin/script/script.h"
#include "common/clock.h"

/* Builds a block template. */

#define RESERVED_SIGOPS 400
#define COMMITMENT_LEN 38

/* The chosen transactions. */
typedef struct {
  GPtrArray *txs; /* BtcTx, borrowed */
  GArray *fees;   /* gint64 */
  GArray *sigops; /* guint32 */
  gint64 total_fee_sat;
  guint64 weight;
  guint64 sigop_cost;
} Choice;

static void
choose_tx (Choice *choice, BtcTx *tx, gint64 fee_sat, guint32 sigop_cost)
{
  g_ptr_array_add (choice->txs, tx);
  g_array_append_val (choice->fees, fee_sat);
  g_array_append_val (choice->sigops, sigop_cost);
  choice->total_fee_sat += fee_sat;
  choice->weight += btc_tx_weight (tx);
  choice->sigop_cost += sigop_cost;
}

/* ENTRY with those of its ancestors that are not in the block yet. */
typedef struct {
  NodeMempoolEntry *entry;
  gint64 fee_sat;
  guint64 vsize;
} Package;

static int
compare_packages (gconstpointer a, gconstpointer b)
{
  const Package *first = a, *second = b;
  double left = (double) first->fee_sat * (double) second->vsize;
  double right = (double) second->fee_sat * (double) first->vsize;

  if (left != right)
    return left > right ? -1 : 1;
  return first->entry->sequence < second->entry->sequence ? -1 : 1;
}

static gint64
entry_fee_sat (const NodeMempoolEntry *entry)
{
  return entry->fee_sat + entry->fee_delta_sat;
}

static void
template_measure (NodeMempool *mempool, GHashTable *done, Package *package)
{
  g_autoptr (GPtrArray) ancestors = node_mempool_dup_ancestors (mempool, package->entry);

  package->fee_sat = entry_fee_sat (package->entry);
  package->vsize = package->entry->vsize;
  for (guint i = 0; i < ancestors->len; i++) {
    const NodeMempoolEntry *ancestor = g_ptr_array_index (ancestors, i);
    if (g_hash_table_contains (done, ancestor))
      continue;
    package->fee_sat += entry_fee_sat (ancestor);
    package->vsize += ancestor->vsize;
  }
}

/* Adds the package if all of it fits. */
static gboolean
take_package (NodeMining *mining, Choice *choice, GHashTable *done, NodeMempoolEntry *entry)
{
  g_autoptr (GPtrArray) members = node_mempool_dup_ancestors (mining->mempool, entry);
  guint64 weight = choice->weight, sigops = choice->sigop_cost;

  g_ptr_array_add (members, entry);
  for (guint i = 0; i < members->len; i++) {
    const NodeMempoolEntry *member = g_ptr_array_index (members, i);
    if (g_hash_table_contains (done, member))
      continue;
    weight += member->weight;
    sigops += member->sigop_cost;
  }
  if (weight > mining->options.max_weight || sigops > BTC_MAX_BLOCK_SIGOPS_COST)
    return FALSE;
  for (guint i = 0; i < members->len; i++) {
    NodeMempoolEntry *member = g_ptr_array_index (members, i);
    if (g_hash_table_add (done, member))
      choose_tx (choice, member->tx, member->fee_sat, member->sigop_cost);
  }
  return TRUE;
}

/* Greedy: the best rate of a transaction with its ancestors comes first. Rates are computed once, and again for a
 * transaction whose ancestors were added to the block since. */
static void
choose_from_mempool (NodeMining *mining, Choice *choice)
{
  NodeMempool *mempool = mining->mempool;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) packages = g_array_new (FALSE, FALSE, sizeof (Package));
  gint64 min_rate = mining->options.min_fee_rate_sat_per_kvb;

  node_mempool_settle (mempool);
  entries = node_mempool_dup_entries (mempool);
  for (guint i = 0; i < entries->len; i++) {
    Package package = { g_ptr_array_index (entries, i), 0, 0 };
    template_measure (mempool, done, &package);
    g_array_append_val (packages, package);
  }
  g_array_sort (packages, compare_packages);
  for (guint i = 0; i < packages->len; i++) {
    Package *package = &g_array_index (packages, Package, i);
    if (g_hash_table_contains (done, package->entry))
      continue;
    template_measure (mempool, done, package);
    if ((__int128) package->fee_sat * 1000 < (__int128) min_rate * package->vsize)
      continue;
    take_package (mining, choice, done, package->entry);
  }
}

/* BIP 34: the height, then a zero where the script would be too short to be valid. */
static void
write_coinbase_script (GByteArray *out, guint32 height)
{
  btc_script_write_number (out, height);
  if (height <= 16)
    btc_script_write_number (out, 0);
}

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
  write_coinbase_script (script_sig, height);
  btc_tx_builder_add_in (builder, &none, G_MAXUINT32 - 1);
  btc_tx_builder_set_script_sig (builder, 0, script_sig->data, script_sig->len);
  btc_tx_builder_add_out (builder, value_sat, script.data, script.len);
  if (segwit)
    btc_tx_builder_set_witness (builder, 0, &reserved, 1);
  btc_tx_builder_add_out (builder, 0, commitment, COMMITMENT_LEN);
  return btc_tx_builder_finish (builder);
}

/* BIP 141: OP_RETURN, 36 bytes, the mark, and the hash of the witness root (the coinbase's own counts as zero) with the
 * reserved value, zeros here. */
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
node_mining_next_header (NodeMining *mining, BtcHeader *header, gint64 *min_time)
{
  const BtcParams *params = node_chain_params (mining->chain);
  const NodeBlock *tip = node_chain_tip (mining->chain);
  BtcPrevContext prev = node_block_prev_context (tip);

  *min_time = prev.median_time_past + 1;
  /* BIP 94: the first block of a period may not go back behind the last one of the period before. Not every network
   * requires that yet, but such a block is valid on all of them. */
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

static NodeTemplate *
make_template (NodeMining *mining, const Choice *choice, BtcSpan script)
{
  const BtcParams *params = node_chain_params (mining->chain);
  guint32 height = node_chain_tip (mining->chain)->height + 1;
  gint64 value_sat = btc_params_subsidy_sat (params, height) + choice->total_fee_sat;
  gboolean segwit = height >= params->buried_height[BTC_BURIED_SEGWIT];
  NodeTemplate *made = g_new0 (NodeTemplate, 1);
  guint8 commitment[COMMITMENT_LEN];
  g_autoptr (BtcTx) coinbase = NULL;
  BtcHeader header;

  make_commitment (choice->txs, commitment);
  coinbase = template_make_coinbase (height, value_sat, script, commitment, segwit);
  node_mining_next_header (mining, &header, &made->min_time);
  made->block = template_assemble (&header, coinbase, choice->txs);
  made->height = height;
  made->updates = node_mempool_updates (mining->mempool);
  made->fees_sat = g_new0 (gint64, choice->txs->len + 1);
  made->sigop_cost = g_new0 (guint32, choice->txs->len + 1);
  made->fees_sat[0] = -choice->total_fee_sat;
  for (guint i = 0; i < choice->txs->len; i++) {
    made->fees_sat[i + 1] = g_array_index (choice->fees, gint64, i);
    made->sigop_cost[i + 1] = g_array_index (choice->sigops, guint32, i);
  }
  return made;
}

void
node_template_free (NodeTemplate *block_template)
{
  if (block_template == NULL)
    return;
  g_clear_pointer (&block_template->block, btc_block_unref);
  g_free (block_template->fees_sat);
  g_free (block_template->sigop_cost);
  g_free (block_template);
}

NodeTemplate *
node_mining_make_template (NodeMining *mining, BtcSpan script, GPtrArray *txs, BtcVerdict *verdict, GError **error)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autoptr (GArray) fees = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) sigops = g_array_new (FALSE, FALSE, sizeof (guint32));
  Choice choice = { chosen, fees, sigops, 0, 0, RESERVED_SIGOPS };
  g_autoptr (NodeTemplate) made = NULL;

  g_return_val_if_fail (mining != NULL && verdict != NULL, NULL);
  btc_verdict_clear (verdict);
  choice.weight = mining->options.reserved_weight;
  if (txs == NULL)
    choose_from_mempool (mining, &choice);
  mining->last_weight = choice.weight;
  mining->last_n_txs = choice.txs->len;
  for (guint i = 0; txs != NULL && i < txs->len; i++)
    choose_tx (&choice, g_ptr_array_index (txs, i), 0, 0); /* such a block claims no fees */
  made = make_template (mining, &choice, script);
  if (made->block == NULL) {
    btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-blk-length", "%s", "");
    return NULL;
  }
  if (!node_chain_test_block (mining->chain, made->block, FALSE, TRUE, verdict, error)
      || verdict->verdict != BTC_VERDICT_OK)
    return NULL;
  return g_steal_pointer (&made);
}

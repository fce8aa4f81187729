#include "node/mempool/private.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "common/hex.h"

/* The entries and their indexes. */

/* The approximate memory of an entry without its transaction: the struct, three table slots, its arrays. */
#define ENTRY_OVERHEAD 600

void
node_mempool_add_listener (NodeMempool *mempool, const NodeMempoolListener *listener, gpointer data)
{
  NodeMempoolListenerEntry entry = { *listener, data };

  g_return_if_fail (mempool != NULL);
  g_array_append_val (mempool->listeners, entry);
}

const NodeMempoolOptions *
node_mempool_options (NodeMempool *mempool)
{
  return &mempool->options;
}

static guint64
bump_sequence (NodeMempool *mempool)
{
  guint64 sequence;

  g_mutex_lock (&mempool->lock);
  sequence = mempool->sequence++;
  mempool->updates++;
  g_mutex_unlock (&mempool->lock);
  return sequence;
}

void
node_mempool_count_update (NodeMempool *mempool)
{
  g_mutex_lock (&mempool->lock);
  mempool->updates++;
  g_mutex_unlock (&mempool->lock);
}

guint64
node_mempool_sequence (NodeMempool *mempool)
{
  guint64 sequence;

  g_mutex_lock (&mempool->lock);
  sequence = mempool->sequence;
  g_mutex_unlock (&mempool->lock);
  return sequence;
}

guint64
node_mempool_updates (NodeMempool *mempool)
{
  guint64 updates;

  g_mutex_lock (&mempool->lock);
  updates = mempool->updates;
  g_mutex_unlock (&mempool->lock);
  return updates;
}

guint64
node_mempool_memory_of (const NodeMempoolEntry *entry)
{
  const BtcTx *tx = entry->tx;
  return ENTRY_OVERHEAD + sizeof *entry + tx->bytes.len + tx->n_in * (sizeof (BtcTxIn) + 64)
         + tx->n_out * sizeof (BtcTxOut);
}

void
node_mempool_lend_memory (NodeMempool *mempool)
{
  gsize max = mempool->options.max_bytes;

  node_chain_set_spare_bytes (mempool->chain, max > mempool->usage ? max - (gsize) mempool->usage : 0);
}

char *
node_mempool_dup_name (const BtcTx *tx)
{
  g_autofree char *txid = common_hex_encode_reversed (tx->txid32, 32);
  g_autofree char *wtxid = common_hex_encode_reversed (tx->wtxid32, 32);

  return g_strdup_printf ("%s (wtxid=%s)", txid, wtxid);
}

void
node_mempool_set_time (NodeMempool *mempool, NodeMempoolEntry *entry, gint64 time_s)
{
  entry->time_s = time_s;
  mempool->oldest_s = MIN (mempool->oldest_s, time_s);
}

gint64
node_mempool_entry_fee (const NodeMempoolEntry *entry)
{
  return entry->modified_fee_sat;
}

static void
ids_add (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  NodeMempoolId id = { .sequence = entry->sequence };

  memcpy (id.txid32, entry->tx->txid32, 32);
  entry->id_index = mempool->ids->len;
  g_array_append_val (mempool->ids, id);
}

/* The last one is moved to its position. */
static void
ids_remove (NodeMempool *mempool, const NodeMempoolEntry *entry)
{
  const NodeMempoolId *last = &g_array_index (mempool->ids, NodeMempoolId, mempool->ids->len - 1);

  node_mempool_find (mempool, last->txid32)->id_index = entry->id_index;
  g_array_remove_index_fast (mempool->ids, entry->id_index);
}

/* Takes over ENTRY (without its arrays) and notifies the listeners of it. */
NodeMempoolEntry *
node_mempool_insert (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  guint64 sequence;

  entry->parents = g_ptr_array_new ();
  entry->children = g_ptr_array_new ();
  if (entry->sequence == 0)
    entry->sequence = mempool->next_entry++;
  entry->fee_delta_sat = node_mempool_delta (mempool, entry->tx->txid32);
  entry->modified_fee_sat = btc_amount_add_saturated (entry->fee_sat, entry->fee_delta_sat);
  node_mempool_link (mempool, entry);
  g_hash_table_insert (mempool->by_txid, entry->tx->txid32, entry);
  g_hash_table_insert (mempool->by_wtxid, entry->tx->wtxid32, entry);
  ids_add (mempool, entry);
  for (guint32 i = 0; i < entry->tx->n_in; i++)
    g_hash_table_insert (mempool->spenders, &entry->tx->in[i].prevout, entry);
  mempool->vbytes += entry->vsize;
  mempool->usage += node_mempool_memory_of (entry);
  mempool->total_fee_sat += entry->fee_sat;
  node_mempool_lend_memory (mempool);
  sequence = bump_sequence (mempool);
  for (guint i = 0; i < mempool->listeners->len; i++) {
    const NodeMempoolListenerEntry *l = &g_array_index (mempool->listeners, NodeMempoolListenerEntry, i);
    if (l->listener.added != NULL)
      l->listener.added (l->data, entry, sequence);
  }
  return entry;
}

void
node_mempool_remove (NodeMempool *mempool, NodeMempoolEntry *entry, NodeMempoolRemoval why)
{
  guint64 sequence = bump_sequence (mempool);

  for (guint i = 0; i < mempool->listeners->len; i++) {
    const NodeMempoolListenerEntry *l = &g_array_index (mempool->listeners, NodeMempoolListenerEntry, i);
    if (l->listener.removed != NULL)
      l->listener.removed (l->data, entry, why, sequence);
  }
  mempool->n_unbroadcast -= entry->unbroadcast ? 1 : 0;
  node_mempool_unlink (entry);
  for (guint32 i = 0; i < entry->tx->n_in; i++)
    g_hash_table_remove (mempool->spenders, &entry->tx->in[i].prevout);
  g_hash_table_remove (mempool->by_wtxid, entry->tx->wtxid32);
  ids_remove (mempool, entry);
  mempool->vbytes -= entry->vsize;
  mempool->usage -= node_mempool_memory_of (entry);
  mempool->total_fee_sat -= entry->fee_sat;
  node_mempool_lend_memory (mempool);
  g_hash_table_remove (mempool->by_txid, entry->tx->txid32);
  if (g_hash_table_size (mempool->by_txid) == 0)
    mempool->may_be_large = FALSE;
}

void
node_mempool_remove_recursive (NodeMempool *mempool, NodeMempoolEntry *entry, NodeMempoolRemoval why)
{
  g_autoptr (GPtrArray) descendants = node_mempool_dup_descendants (mempool, entry);

  for (guint i = descendants->len; i > 0; i--)
    node_mempool_remove (mempool, g_ptr_array_index (descendants, i - 1), why);
  node_mempool_remove (mempool, entry, why);
}

NodeMempoolEntry *
node_mempool_find (NodeMempool *mempool, const guint8 txid32[32])
{
  return g_hash_table_lookup (mempool->by_txid, txid32);
}

NodeMempoolEntry *
node_mempool_find_wtxid (NodeMempool *mempool, const guint8 wtxid32[32])
{
  return g_hash_table_lookup (mempool->by_wtxid, wtxid32);
}

NodeMempoolEntry *
node_mempool_find_spender (NodeMempool *mempool, const BtcOutpoint *outpoint)
{
  return g_hash_table_lookup (mempool->spenders, outpoint);
}

gboolean
node_mempool_get_coin (NodeMempool *mempool, const BtcOutpoint *outpoint, BtcCoin *coin)
{
  const NodeMempoolEntry *entry = node_mempool_find (mempool, outpoint->txid32);

  if (entry == NULL || outpoint->n >= entry->tx->n_out)
    return FALSE;
  coin->out = entry->tx->out[outpoint->n];
  coin->height = node_chain_tip (mempool->chain)->height + 1;
  coin->coinbase = FALSE;
  return TRUE;
}

GArray *
node_mempool_dup_ids (NodeMempool *mempool)
{
  return g_array_copy (mempool->ids);
}

guint
node_mempool_count (NodeMempool *mempool)
{
  return g_hash_table_size (mempool->by_txid);
}

guint64
node_mempool_vbytes (NodeMempool *mempool)
{
  return mempool->vbytes;
}

guint64
node_mempool_usage (NodeMempool *mempool)
{
  return mempool->usage;
}

gint64
node_mempool_total_fee (NodeMempool *mempool)
{
  return mempool->total_fee_sat;
}

gint64
node_mempool_delta (NodeMempool *mempool, const guint8 txid32[32])
{
  const gint64 *delta = g_hash_table_lookup (mempool->deltas, txid32);
  return delta != NULL ? *delta : 0;
}

void
node_mempool_prioritise (NodeMempool *mempool, const guint8 txid32[32], gint64 delta_sat)
{
  NodeMempoolEntry *entry = node_mempool_find (mempool, txid32);
  g_autofree gint64 *delta = g_new (gint64, 1);

  *delta = btc_amount_add_saturated (node_mempool_delta (mempool, txid32), delta_sat);
  if (entry != NULL) {
    entry->fee_delta_sat = *delta;
    entry->modified_fee_sat = btc_amount_add_saturated (entry->modified_fee_sat, delta_sat);
    node_mempool_count_update (mempool);
  }
  if (*delta != 0)
    g_hash_table_replace (mempool->deltas, g_memdup2 (txid32, 32), g_steal_pointer (&delta));
  else
    g_hash_table_remove (mempool->deltas, txid32);
}

void
node_mempool_foreach_delta (NodeMempool *mempool, NodeMempoolDeltaFunc func, gpointer data)
{
  GHashTableIter iter;
  gpointer txid32, delta;

  g_hash_table_iter_init (&iter, mempool->deltas);
  while (g_hash_table_iter_next (&iter, &txid32, &delta))
    func (data, txid32, *(gint64 *) delta, node_mempool_find (mempool, txid32));
}

gboolean
node_mempool_has_dust (NodeMempool *mempool, const BtcTx *tx)
{
  return node_standard_count_dust (tx, mempool->options.dust_sat_per_kvb) > 0;
}

void
node_mempool_set_unbroadcast (NodeMempool *mempool, const guint8 txid32[32])
{
  NodeMempoolEntry *entry = node_mempool_find (mempool, txid32);

  if (entry == NULL || entry->unbroadcast)
    return;
  entry->unbroadcast = TRUE;
  mempool->n_unbroadcast++;
}

guint
node_mempool_unbroadcast_count (NodeMempool *mempool)
{
  return mempool->n_unbroadcast;
}

NodeMempoolLoadStage
node_mempool_load_state (NodeMempool *mempool)
{
  return (NodeMempoolLoadStage) g_atomic_int_get (&mempool->load_state);
}

void
node_mempool_set_load_state (NodeMempool *mempool, NodeMempoolLoadStage stage)
{
  g_atomic_int_set (&mempool->load_state, (gint) stage);
}

void
node_mempool_result_clear (NodeMempoolResult *result)
{
  g_clear_pointer (&result->replaced, g_ptr_array_unref);
}

#include "node/mempool/persist.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/random.h"
#include "node/mempool/file.h"
#include "node/mempool/private.h"
#include "node/store/xor.h"

typedef struct {
  BtcTx *tx;
  gint64 time_s;
  gint64 delta_sat;
  gboolean unbroadcast;
} Waiting;

typedef struct {
  guint8 txid32[32];
  gint64 delta_sat;
} Delta;

struct _NodeMempoolSnapshot {
  GArray *waiting; /* parents before children */
  GArray *deltas;  /* of transactions that are not in the mempool */
  guint64 n_unbroadcast;
};

static void
waiting_clear (gpointer data)
{
  btc_tx_unref (((Waiting *) data)->tx);
}

/* Transactions of disconnected blocks that were not added again yet: they are loaded like the others, which may depend
 * on them. Their fee deltas are saved, too. */
static void
snapshot_add_returning (NodeMempoolSnapshot *snapshot, NodeMempool *mempool)
{
  gint64 now_s = common_clock_now ();

  for (GList *l = mempool->returning.head; l != NULL; l = l->next) {
    Waiting item = { btc_tx_ref (l->data), now_s, 0, FALSE };
    g_array_append_val (snapshot->waiting, item);
  }
}

NodeMempoolSnapshot *
node_mempool_snapshot_new (NodeMempool *mempool)
{
  NodeMempoolSnapshot *snapshot = g_new0 (NodeMempoolSnapshot, 1);
  g_autoptr (GPtrArray) entries = node_mempool_dup_entries (mempool);
  GHashTableIter iter;
  gpointer txid32, delta;

  snapshot->waiting = g_array_sized_new (FALSE, FALSE, sizeof (Waiting), entries->len);
  g_array_set_clear_func (snapshot->waiting, waiting_clear);
  snapshot_add_returning (snapshot, mempool);
  for (guint i = 0; i < entries->len; i++) {
    const NodeMempoolEntry *entry = g_ptr_array_index (entries, i);
    Waiting item = { btc_tx_ref (entry->tx), entry->time_s, entry->fee_delta_sat, entry->unbroadcast };
    g_array_append_val (snapshot->waiting, item);
    snapshot->n_unbroadcast += entry->unbroadcast ? 1 : 0;
  }
  snapshot->deltas = g_array_new (FALSE, FALSE, sizeof (Delta));
  g_hash_table_iter_init (&iter, mempool->deltas);
  while (g_hash_table_iter_next (&iter, &txid32, &delta)) {
    Delta item = { .delta_sat = *(gint64 *) delta };
    if (node_mempool_find (mempool, txid32) != NULL)
      continue;
    memcpy (item.txid32, txid32, 32);
    g_array_append_val (snapshot->deltas, item);
  }
  return snapshot;
}

void
node_mempool_snapshot_free (NodeMempoolSnapshot *snapshot)
{
  if (snapshot == NULL)
    return;
  g_array_unref (snapshot->waiting);
  g_array_unref (snapshot->deltas);
  g_free (snapshot);
}

static void
write_all (const NodeMempoolSnapshot *snapshot, NodeMempoolFileWriter *writer)
{
  node_mempool_file_writer_count (writer, NODE_MEMPOOL_FILE_TX, snapshot->waiting->len);
  for (guint i = 0; i < snapshot->waiting->len; i++) {
    const Waiting *item = &g_array_index (snapshot->waiting, Waiting, i);
    node_mempool_file_writer_tx (writer, item->tx, item->time_s, item->delta_sat);
  }
  node_mempool_file_writer_count (writer, NODE_MEMPOOL_FILE_DELTA, snapshot->deltas->len);
  for (guint i = 0; i < snapshot->deltas->len; i++) {
    const Delta *item = &g_array_index (snapshot->deltas, Delta, i);
    node_mempool_file_writer_delta (writer, item->txid32, item->delta_sat);
  }
  node_mempool_file_writer_count (writer, NODE_MEMPOOL_FILE_UNBROADCAST, snapshot->n_unbroadcast);
  for (guint i = 0; i < snapshot->waiting->len; i++) {
    const Waiting *item = &g_array_index (snapshot->waiting, Waiting, i);
    if (item->unbroadcast)
      node_mempool_file_writer_unbroadcast (writer, item->tx->txid32);
  }
}

gboolean
node_mempool_dump (const NodeMempoolSnapshot *snapshot, const char *path, gboolean plain, GError **error)
{
  static GMutex one_at_a_time; /* there is one temporary file */
  guint8 key[NODE_XOR_KEY_SIZE];
  NodeMempoolFileWriter *writer;
  gboolean good = FALSE;

  g_return_val_if_fail (snapshot != NULL && path != NULL, FALSE);
  common_random_bytes (key, sizeof key);
  g_mutex_lock (&one_at_a_time);
  writer = node_mempool_file_writer_new (path, plain ? NULL : key, error);
  if (writer != NULL) {
    common_info ("Writing %u mempool transactions to file...", snapshot->waiting->len);
    write_all (snapshot, writer);
    good = node_mempool_file_writer_finish (writer, error);
  }
  g_mutex_unlock (&one_at_a_time);
  return good;
}

struct _NodeMempoolLoad {
  NodeMempool *mempool;
  NodeMempoolLoadOptions options;
  NodeMempoolFile *file;
  guint64 n_tried;
  guint tenth; /* of the file: the last one reported */
  guint n_taken, n_failed, n_expired, n_existing, n_unbroadcast;
};

NodeMempoolLoad *
node_mempool_load_new (NodeMempool *mempool, const char *path, const NodeMempoolLoadOptions *options, GError **error)
{
  NodeMempoolFile *file = node_mempool_file_open (path, error);
  NodeMempoolLoad *load;

  if (file == NULL)
    return NULL;
  load = g_new0 (NodeMempoolLoad, 1);
  load->mempool = mempool;
  load->options = *options;
  load->file = file;
  common_info ("Loading %" G_GUINT64_FORMAT " mempool transactions from file...", node_mempool_file_count (file));
  return load;
}

void
node_mempool_load_free (NodeMempoolLoad *load)
{
  if (load == NULL)
    return;
  node_mempool_file_free (load->file);
  g_free (load);
}

static gboolean
load_tx (NodeMempoolLoad *load, const NodeMempoolFileItem *item, GError **error)
{
  NodeMempool *mempool = load->mempool;
  gint64 now_s = common_clock_now ();
  gint64 time_s = load->options.use_current_time ? now_s : item->time_s;
  NodeMempoolEntry *entry;
  BtcVerdict verdict;

  if (item->delta_sat != 0 && load->options.apply_deltas)
    node_mempool_prioritise (mempool, item->txid32, item->delta_sat);
  if (time_s <= now_s - mempool->options.expiry_s) {
    load->n_expired++;
    return TRUE;
  }
  entry = node_mempool_find (mempool, item->txid32);
  if (entry != NULL) {
    load->n_existing++; /* submitted by a wallet meanwhile */
    node_mempool_set_time (mempool, entry, MIN (entry->time_s, time_s));
    return TRUE;
  }
  if (!node_mempool_accept (mempool, item->tx, FALSE, NULL, &verdict, error)) {
    load->n_failed++;
    return verdict.verdict != BTC_VERDICT_OK;
  }
  load->n_taken++;
  entry = node_mempool_find (mempool, item->txid32);
  if (entry != NULL)
    node_mempool_set_time (mempool, entry, time_s);
  return TRUE;
}

static void
load_report (NodeMempoolLoad *load)
{
  guint64 count = node_mempool_file_count (load->file);
  guint percent = (guint) (100.0 * (double) load->n_tried / (double) MAX (count, 1));

  if (percent / 10 <= load->tenth || load->n_tried >= count)
    return;
  load->tenth = percent / 10;
  common_info ("Progress loading mempool transactions from file: %u%% (tried %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
               " remaining)",
               percent, load->n_tried, count - load->n_tried);
}

static void
load_unbroadcast (NodeMempoolLoad *load, const guint8 txid32[32])
{
  load->n_unbroadcast++;
  node_mempool_set_unbroadcast (load->mempool, txid32);
}

static void
report_end (const NodeMempoolLoad *load)
{
  common_info (
      "Imported mempool transactions from file: %u succeeded, %u failed, %u expired, %u already there, %u waiting "
      "for initial broadcast",
      load->n_taken, load->n_failed, load->n_expired, load->n_existing, load->n_unbroadcast);
}

NodeMempoolLoadState
node_mempool_load_run (NodeMempoolLoad *load, gint64 budget_us, GError **error)
{
  gint64 until_us = common_clock_monotonic_us () + budget_us;
  NodeMempoolFileItem item;

  do
    switch (node_mempool_file_next (load->file, &item, error)) {
    case NODE_MEMPOOL_FILE_TX:
      load->n_tried++;
      if (!load_tx (load, &item, error))
        return NODE_MEMPOOL_LOAD_FAILED;
      load_report (load);
      break;
    case NODE_MEMPOOL_FILE_DELTA:
      if (load->options.apply_deltas)
        node_mempool_prioritise (load->mempool, item.txid32, item.delta_sat);
      break;
    case NODE_MEMPOOL_FILE_UNBROADCAST:
      if (load->options.apply_unbroadcast)
        load_unbroadcast (load, item.txid32);
      break;
    case NODE_MEMPOOL_FILE_END:
      report_end (load);
      return NODE_MEMPOOL_LOAD_DONE;
    case NODE_MEMPOOL_FILE_BAD:
      return NODE_MEMPOOL_LOAD_FAILED;
    }
  while (common_clock_monotonic_us () < until_us);
  return NODE_MEMPOOL_LOAD_MORE;
}

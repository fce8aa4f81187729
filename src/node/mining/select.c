#include "node/mining/select.h"

#include <string.h>

#include "node/mempool/order.h"
#include "node/mempool/walk.h"

/* Selects the transactions of a block on the caller's thread, chunk by chunk in the order of the mempool, from copies of
 * the data of its entries. The copies are made in short jobs while the mempool changes; selected transactions that have
 * left it by the end are dropped. */

/* A block that is nearly full, with no more than this weight left, is complete after so many chunks that did not fit. */
#define NEARLY_FULL_WEIGHT 4000
#define NEARLY_FULL_MISSES 1000

/* A transaction of the mempool. */
typedef struct {
  BtcTx *tx;
  gint64 fee_sat;
  guint32 sigop_cost;
  const NodeMempoolPlace *place;
} Candidate;

typedef struct {
  GArray *places;     /* NodeMempoolPlace */
  GArray *candidates; /* Candidate, in the same order */
  guint next;         /* place */
} Selection;

static void
candidate_clear (gpointer data)
{
  btc_tx_unref (((Candidate *) data)->tx);
}

static void
selection_init (Selection *selection, GArray *places)
{
  selection->places = places;
  selection->candidates = g_array_new (FALSE, TRUE, sizeof (Candidate));
  g_array_set_clear_func (selection->candidates, candidate_clear);
  selection->next = 0;
}

static void
selection_clear (Selection *selection)
{
  g_clear_pointer (&selection->places, g_array_unref);
  g_clear_pointer (&selection->candidates, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Selection, selection_clear)

/* Of node_mempool_walk(), in the order of the places. */
static gboolean
copy_entry (NodeMempool *mempool, NodeMempoolEntry *entry, gpointer data, GError **error)
{
  Selection *selection = data;
  const NodeMempoolPlace *place;
  Candidate candidate = { .fee_sat = entry->fee_sat, .sigop_cost = entry->sigop_cost };

  do
    place = &g_array_index (selection->places, NodeMempoolPlace, selection->next++);
  while (memcmp (place->id.txid32, entry->tx->txid32, 32) != 0);
  if (place->chunk.weight == 0)
    return TRUE; /* it had left the mempool, and is back */
  candidate.tx = btc_tx_ref (entry->tx);
  candidate.place = place;
  g_array_append_val (selection->candidates, candidate);
  return TRUE;
}

static Candidate *
get_candidate (const Selection *selection, guint i)
{
  return &g_array_index (selection->candidates, Candidate, i);
}

void
node_choice_add (NodeChoice *choice, BtcTx *tx, gint64 fee_sat, guint32 sigop_cost)
{
  g_ptr_array_add (choice->txs, btc_tx_ref (tx));
  g_array_append_val (choice->fees, fee_sat);
  g_array_append_val (choice->sigops, sigop_cost);
  choice->total_fee_sat += fee_sat;
  choice->weight += btc_tx_weight (tx);
  choice->sigop_cost += sigop_cost;
}

/* The end of the chunk that begins with candidate FIRST. */
static guint
find_chunk_end (const Selection *selection, guint first)
{
  const NodeMempoolChunk *chunk = &get_candidate (selection, first)->place->chunk;
  guint end = first + 1;

  while (end < selection->candidates->len
         && memcmp (get_candidate (selection, end)->place->chunk.last32, chunk->last32, 32) == 0)
    end++;
  return end;
}

/* Adds the candidates from FIRST to END, a chunk. FALSE: it does not fit. */
static gboolean
add_chunk (const Selection *selection, guint first, guint end, guint64 max_weight, NodeChoice *choice)
{
  guint64 sigops = choice->sigop_cost;

  for (guint i = first; i < end; i++)
    sigops += get_candidate (selection, i)->sigop_cost;
  if (choice->weight + get_candidate (selection, first)->place->chunk.weight >= max_weight
      || sigops >= BTC_MAX_BLOCK_SIGOPS_COST)
    return FALSE;
  for (guint i = first; i < end; i++) {
    const Candidate *candidate = get_candidate (selection, i);
    node_choice_add (choice, candidate->tx, candidate->fee_sat, candidate->sigop_cost);
  }
  return TRUE;
}

static gboolean
pays_enough (const NodeMempoolChunk *chunk, const NodeMiningOptions *options)
{
  guint64 vsize = (chunk->weight + 3) / 4;

  return (__int128) chunk->fee_sat * 1000 >= (__int128) options->min_fee_rate_sat_per_kvb * vsize;
}

static void
choose_best (const Selection *selection, const NodeMiningOptions *options, NodeChoice *choice)
{
  /* The clusters of chunks that did not fit: their other chunks may depend on these. */
  g_autoptr (GHashTable) skipped = g_hash_table_new (NULL, NULL);
  guint misses = 0, end;

  for (guint first = 0; first < selection->candidates->len; first = end) {
    const NodeMempoolPlace *place = get_candidate (selection, first)->place;
    gpointer cluster = GUINT_TO_POINTER (place->cluster);

    end = find_chunk_end (selection, first);
    if (!pays_enough (&place->chunk, options))
      return;
    if (g_hash_table_contains (skipped, cluster))
      continue;
    if (add_chunk (selection, first, end, options->max_weight, choice)) {
      misses = 0;
      continue;
    }
    g_hash_table_add (skipped, cluster);
    if (++misses > NEARLY_FULL_MISSES && choice->weight + NEARLY_FULL_WEIGHT > options->max_weight)
      return;
  }
}

/* ---- confirming the choice ---- */

typedef struct {
  NodeMempool *mempool;
  const NodeBlock *tip;
  const NodeChoice *choice;
  gboolean *present; /* for each transaction */
  gboolean is_stale;
} Confirmation;

/* A single job, so that all of them are in the mempool at the same time: no two are in conflict, and no parent is
 * missing. */
static void
confirm_choice (NodeChain *chain, gpointer data)
{
  Confirmation *confirmation = data;
  GPtrArray *txs = confirmation->choice->txs;

  confirmation->is_stale
      = node_chain_tip (chain) != confirmation->tip || !node_mempool_is_settled (confirmation->mempool);
  for (guint i = 0; i < txs->len && !confirmation->is_stale; i++) {
    const BtcTx *tx = g_ptr_array_index (txs, i);
    const NodeMempoolEntry *entry = node_mempool_find (confirmation->mempool, tx->txid32);

    confirmation->present[i] = entry != NULL && entry->tx == tx;
  }
}

void
node_choice_init (NodeChoice *choice, guint64 weight, guint64 sigop_cost)
{
  *choice = (NodeChoice){ .txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref),
                          .fees = g_array_new (FALSE, FALSE, sizeof (gint64)),
                          .sigops = g_array_new (FALSE, FALSE, sizeof (guint32)),
                          .weight = weight,
                          .sigop_cost = sigop_cost };
}

void
node_choice_clear (NodeChoice *choice)
{
  g_clear_pointer (&choice->txs, g_ptr_array_unref);
  g_clear_pointer (&choice->fees, g_array_unref);
  g_clear_pointer (&choice->sigops, g_array_unref);
}

/* Copies the mempool. FALSE as with node_chain_run(). */
static gboolean
selection_copy (Selection *selection, NodeMempool *mempool, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) ids = node_mempool_walk_begin (mempool, NULL, cancellable, error);
  GArray *places = ids != NULL ? node_mempool_list_places (mempool, ids, cancellable, error) : NULL;

  if (places == NULL)
    return FALSE;
  selection_init (selection, places);
  for (guint i = 0; i < ids->len; i++)
    g_array_index (ids, NodeMempoolId, i) = g_array_index (places, NodeMempoolPlace, i).id;
  return node_mempool_walk (mempool, ids, copy_entry, selection, cancellable, error);
}

gboolean
node_mining_choose (NodeMining *mining,
                    const NodeMiningOptions *options,
                    const NodeBlock *tip,
                    NodeChoice *choice,
                    gboolean *is_stale,
                    GCancellable *cancellable,
                    GError **error)
{
  g_auto (Selection) selection = { 0 };
  g_auto (NodeChoice) best = { 0 };
  g_autofree gboolean *present = NULL;
  Confirmation confirmation = { mining->mempool, tip, &best, NULL, FALSE };

  node_choice_init (&best, choice->weight, choice->sigop_cost);
  if (!node_mempool_settle (mining->mempool, cancellable, error)
      || !selection_copy (&selection, mining->mempool, cancellable, error))
    return FALSE;
  choose_best (&selection, options, &best);
  confirmation.present = present = g_new0 (gboolean, best.txs->len + 1);
  if (!node_chain_run (mining->chain, NODE_JOB_QUERIES, confirm_choice, &confirmation, cancellable, error))
    return FALSE;
  *is_stale = confirmation.is_stale;
  for (guint i = 0; i < best.txs->len && !*is_stale; i++)
    if (present[i])
      node_choice_add (choice, g_ptr_array_index (best.txs, i), g_array_index (best.fees, gint64, i),
                       g_array_index (best.sigops, guint32, i));
  return TRUE;
}

#include "node/mining/select.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "bitcoin/primitives/hash_key.h"
#include "node/mempool/walk.h"

/* Selects the transactions of a block on the caller's thread, from copies of the data of all mempool entries. The
 * copies are made in short jobs while the mempool changes; selected transactions that have left it by the end are
 * dropped.
 *
 * Greedy: the package of a transaction and its ancestors with the highest fee rate comes first. Fee rates are computed
 * once, and again if ancestors of a transaction were added to the block since. */

/* A transaction of the mempool, in the order of arrival. */
typedef struct {
  BtcTx *tx;
  gint64 fee_sat;
  gint64 modified_fee_sat;
  guint32 vsize;
  guint32 weight;
  guint32 sigop_cost;
  guint32 first_parent, n_parents; /* in Selection.parents */
  guint32 rank;                    /* the order of arrival, but parents come before children */
  guint32 mark;                    /* the number of the last search that visited it */
  gboolean done;                   /* added to the block, or skipped */
} Candidate;

typedef struct {
  GArray *candidates; /* Candidate */
  GArray *parents;    /* guint32, numbers of candidates */
  GArray *found;      /* guint32, the result of the last search */
  guint32 n_searches;
} Selection;

static Candidate *
get_candidate (const Selection *selection, guint32 number)
{
  return &g_array_index (selection->candidates, Candidate, number);
}

static guint32
get_parent (const Selection *selection, const Candidate *candidate, guint32 i)
{
  return g_array_index (selection->parents, guint32, candidate->first_parent + i);
}

static void
candidate_clear (gpointer data)
{
  btc_tx_unref (((Candidate *) data)->tx);
}

static void
selection_init (Selection *selection)
{
  selection->candidates = g_array_new (FALSE, TRUE, sizeof (Candidate));
  g_array_set_clear_func (selection->candidates, candidate_clear);
  selection->parents = g_array_new (FALSE, FALSE, sizeof (guint32));
  selection->found = g_array_new (FALSE, FALSE, sizeof (guint32));
  selection->n_searches = 0;
}

static void
selection_clear (Selection *selection)
{
  g_array_unref (selection->candidates);
  g_array_unref (selection->parents);
  g_array_unref (selection->found);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Selection, selection_clear)

/* ---- copies ---- */

static gboolean
copy_entry (NodeMempool *mempool, NodeMempoolEntry *entry, gpointer data, GError **error)
{
  Selection *selection = data;
  Candidate candidate = { .tx = btc_tx_ref (entry->tx),
                          .fee_sat = entry->fee_sat,
                          .modified_fee_sat = node_mempool_entry_fee (entry),
                          .vsize = entry->vsize,
                          .weight = entry->weight,
                          .sigop_cost = entry->sigop_cost };

  g_array_append_val (selection->candidates, candidate);
  return TRUE;
}

static gboolean
is_parent (const Selection *selection, const Candidate *candidate, guint32 number)
{
  for (guint32 i = 0; i < candidate->n_parents; i++)
    if (get_parent (selection, candidate, i) == number)
      return TRUE;
  return FALSE;
}

static void
find_parents (Selection *selection)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (btc_hash32_hash, btc_hash32_equal);

  for (guint32 i = 0; i < selection->candidates->len; i++)
    g_hash_table_insert (numbers, get_candidate (selection, i)->tx->txid32, GUINT_TO_POINTER (i + 1));
  for (guint32 i = 0; i < selection->candidates->len; i++) {
    Candidate *candidate = get_candidate (selection, i);

    candidate->first_parent = selection->parents->len;
    for (guint32 in = 0; in < candidate->tx->n_in; in++) {
      guint32 number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, candidate->tx->in[in].prevout.txid32));

      if (number == 0 || is_parent (selection, candidate, --number))
        continue;
      g_array_append_val (selection->parents, number);
      candidate->n_parents++;
    }
  }
}

/* The recursion is limited by the size of a cluster. */
static void
rank_after_parents (Selection *selection, guint32 number, guint32 *next_rank)
{
  Candidate *candidate = get_candidate (selection, number);

  if (candidate->rank != 0)
    return;
  candidate->rank = G_MAXUINT32;
  for (guint32 i = 0; i < candidate->n_parents; i++)
    rank_after_parents (selection, get_parent (selection, candidate, i), next_rank);
  candidate->rank = ++*next_rank;
}

/* ---- the choice ---- */

static int
compare_ranks (gconstpointer a, gconstpointer b, gpointer selection)
{
  guint32 first = get_candidate (selection, *(const guint32 *) a)->rank;
  guint32 second = get_candidate (selection, *(const guint32 *) b)->rank;

  return first < second ? -1 : first > second;
}

/* Finds NUMBER and those of its ancestors that are not in the block yet, in no order. */
static void
find_package (Selection *selection, guint32 number)
{
  GArray *found = selection->found;

  selection->n_searches++;
  g_array_set_size (found, 0);
  g_array_append_val (found, number);
  get_candidate (selection, number)->mark = selection->n_searches;
  for (guint next = 0; next < found->len; next++) {
    const Candidate *candidate = get_candidate (selection, g_array_index (found, guint32, next));

    for (guint32 i = 0; i < candidate->n_parents; i++) {
      guint32 at = get_parent (selection, candidate, i);
      Candidate *parent = get_candidate (selection, at);

      /* All ancestors of an added transaction have been added as well. */
      if (parent->done || parent->mark == selection->n_searches)
        continue;
      parent->mark = selection->n_searches;
      g_array_append_val (found, at);
    }
  }
}

typedef struct {
  guint32 number;
  gint64 fee_sat;
  guint64 vsize;
} Package;

static Package
measure_package (Selection *selection, guint32 number)
{
  Package package = { .number = number };

  find_package (selection, number);
  for (guint i = 0; i < selection->found->len; i++) {
    const Candidate *candidate = get_candidate (selection, g_array_index (selection->found, guint32, i));

    package.fee_sat = btc_amount_add_saturated (package.fee_sat, candidate->modified_fee_sat);
    package.vsize += candidate->vsize;
  }
  return package;
}

static int
compare_packages (gconstpointer a, gconstpointer b)
{
  const Package *first = a, *second = b;
  double left = (double) first->fee_sat * (double) second->vsize;
  double right = (double) second->fee_sat * (double) first->vsize;

  if (left != right)
    return left > right ? -1 : 1;
  return first->number < second->number ? -1 : first->number > second->number;
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

/* Adds the package that was found last if all of it fits. */
static void
add_package (Selection *selection, const NodeMiningOptions *options, NodeChoice *choice)
{
  GArray *found = selection->found;
  guint64 weight = choice->weight, sigops = choice->sigop_cost;

  for (guint i = 0; i < found->len; i++) {
    const Candidate *candidate = get_candidate (selection, g_array_index (found, guint32, i));

    weight += candidate->weight;
    sigops += candidate->sigop_cost;
  }
  if (weight > options->max_weight || sigops > BTC_MAX_BLOCK_SIGOPS_COST)
    return;
  g_array_sort_with_data (found, compare_ranks, selection);
  for (guint i = 0; i < found->len; i++) {
    Candidate *candidate = get_candidate (selection, g_array_index (found, guint32, i));

    candidate->done = TRUE;
    node_choice_add (choice, candidate->tx, candidate->fee_sat, candidate->sigop_cost);
  }
}

static void
choose_best (Selection *selection, const NodeMiningOptions *options, NodeChoice *choice)
{
  g_autoptr (GArray) packages = g_array_new (FALSE, FALSE, sizeof (Package));
  guint32 rank = 0;

  find_parents (selection);
  for (guint32 i = 0; i < selection->candidates->len; i++)
    rank_after_parents (selection, i, &rank);
  for (guint32 i = 0; i < selection->candidates->len; i++) {
    Package package = measure_package (selection, i);
    g_array_append_val (packages, package);
  }
  g_array_sort (packages, compare_packages);
  for (guint i = 0; i < packages->len; i++) {
    Package package = g_array_index (packages, Package, i);

    if (get_candidate (selection, package.number)->done)
      continue;
    package = measure_package (selection, package.number);
    if ((__int128) package.fee_sat * 1000 >= (__int128) options->min_fee_rate_sat_per_kvb * package.vsize)
      add_package (selection, options, choice);
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

gboolean
node_mining_choose (NodeMining *mining,
                    const NodeBlock *tip,
                    NodeChoice *choice,
                    gboolean *is_stale,
                    GCancellable *cancellable,
                    GError **error)
{
  g_auto (Selection) selection = { 0 };
  g_auto (NodeChoice) best = { 0 };
  g_autoptr (GArray) ids = NULL;
  g_autofree gboolean *present = NULL;
  Confirmation confirmation = { mining->mempool, tip, &best, NULL, FALSE };

  selection_init (&selection);
  node_choice_init (&best, choice->weight, choice->sigop_cost);
  if (!node_mempool_settle (mining->mempool, cancellable, error))
    return FALSE;
  ids = node_mempool_walk_begin (mining->mempool, NULL, cancellable, error);
  if (ids == NULL || !node_mempool_walk (mining->mempool, ids, copy_entry, &selection, cancellable, error))
    return FALSE;
  choose_best (&selection, &mining->options, &best);
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

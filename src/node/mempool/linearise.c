#include "node/mempool/linearise.h"

#include <string.h>

/* The set of transactions with the highest fee rate that includes all its ancestors is found by Dinkelbach's method:
 * for a rate F/W, the set with the largest sum of fee·W − weight·F is a minimum cut (a closure problem). If that sum is
 * positive, the set has a better rate; if it is 0, no set has. All sets with the sum 0 then are unions of the strongly
 * connected components of the residual network, and these are the chunks of this rate. The next rate is that of the
 * rest. */

typedef __int128 Value; /* sums of fees, and fee · weight */

#define BIT(i) ((guint64) 1 << (i))

typedef struct {
  const NodeLineariseCluster *cluster;
  guint64 left; /* what is not ordered yet */
  /* The residual network of the last cut, with an edge of unlimited capacity from each transaction to each parent. */
  Value from_source[NODE_LINEARISE_MAX];              /* of a transaction that pays more than the rate */
  Value to_sink[NODE_LINEARISE_MAX];                  /* of one that pays less */
  Value flow[NODE_LINEARISE_MAX][NODE_LINEARISE_MAX]; /* to a parent */
  guint64 returns[NODE_LINEARISE_MAX];                /* of a parent: the children from which there is a flow */
} Network;

static guint
first_bit (guint64 set)
{
  return (guint) __builtin_ctzll (set);
}

static void
sum_set (const NodeLineariseCluster *cluster, guint64 set, Value *fee_sat, guint64 *weight)
{
  *fee_sat = 0;
  *weight = 0;
  for (; set != 0; set &= set - 1) {
    *fee_sat += cluster->fee_sat[first_bit (set)];
    *weight += cluster->weight[first_bit (set)];
  }
}

static gboolean
pays_more (Value fee_a, guint64 weight_a, Value fee_b, guint64 weight_b)
{
  return fee_a * weight_b > fee_b * weight_a;
}

static guint64
ancestors_of (const Network *net, guint i)
{
  guint64 set = BIT (i), todo = BIT (i);

  while (todo != 0) {
    guint64 more = net->cluster->parents[first_bit (todo)] & net->left & ~set;
    todo = (todo & (todo - 1)) | more;
    set |= more;
  }
  return set;
}

/* A transaction with its ancestors, the one with the highest rate: a good start. */
static guint64
best_ancestors (const Network *net)
{
  guint64 best = 0, best_weight = 1, weight;
  Value best_fee = 0, fee_sat;

  for (guint64 todo = net->left; todo != 0; todo &= todo - 1) {
    guint64 set = ancestors_of (net, first_bit (todo));
    sum_set (net->cluster, set, &fee_sat, &weight);
    if (best != 0 && !pays_more (fee_sat, weight, best_fee, best_weight))
      continue;
    best = set;
    best_fee = fee_sat;
    best_weight = weight;
  }
  return best;
}

static void
network_init (Network *net, Value fee_sat, guint64 weight)
{
  const NodeLineariseCluster *cluster = net->cluster;

  memset (net->flow, 0, sizeof net->flow);
  memset (net->returns, 0, sizeof net->returns);
  for (guint64 todo = net->left; todo != 0; todo &= todo - 1) {
    guint i = first_bit (todo);
    Value value = (Value) cluster->fee_sat[i] * weight - (Value) cluster->weight[i] * fee_sat;
    net->from_source[i] = MAX (value, 0);
    net->to_sink[i] = MAX (-value, 0);
  }
}

/* Where a flow from I can go. */
static guint64
residual_next (const Network *net, guint i)
{
  return (net->cluster->parents[i] | net->returns[i]) & net->left;
}

/* Searches a path from the source to the sink; BEFORE: the previous transaction of each one on it, itself for the first
 * one. REACHED: the transactions that can be reached. The result is the last one, -1 if there is no path. */
static gint
find_path (const Network *net, guint *before, guint64 *reached)
{
  guint queue[NODE_LINEARISE_MAX], n = 0;

  *reached = 0;
  for (guint64 todo = net->left; todo != 0; todo &= todo - 1) {
    guint i = first_bit (todo);
    if (net->from_source[i] == 0)
      continue;
    before[i] = i;
    queue[n++] = i;
    *reached |= BIT (i);
  }
  for (guint at = 0; at < n; at++) {
    guint i = queue[at];
    if (net->to_sink[i] > 0)
      return (gint) i;
    for (guint64 more = residual_next (net, i) & ~*reached; more != 0; more &= more - 1) {
      before[first_bit (more)] = i;
      queue[n++] = first_bit (more);
      *reached |= BIT (first_bit (more));
    }
  }
  return -1;
}

/* What can flow from FROM to TO: without limit to a parent, otherwise what flows back. */
static gboolean
goes_to_parent (const Network *net, guint from, guint to)
{
  return (net->cluster->parents[from] & BIT (to)) != 0;
}

static void
push_flow (Network *net, const guint *before, guint last)
{
  Value amount = net->to_sink[last];
  guint i;

  for (i = last; before[i] != i; i = before[i])
    if (!goes_to_parent (net, before[i], i))
      amount = MIN (amount, net->flow[i][before[i]]);
  amount = MIN (amount, net->from_source[i]);
  net->from_source[i] -= amount;
  net->to_sink[last] -= amount;
  for (i = last; before[i] != i; i = before[i]) {
    guint from = before[i];
    if (goes_to_parent (net, from, i)) {
      net->flow[from][i] += amount;
      net->returns[i] |= BIT (from);
    } else {
      net->flow[i][from] -= amount;
      if (net->flow[i][from] == 0)
        net->returns[from] &= ~BIT (i);
    }
  }
}

/* The set with the largest positive sum for the rate of FEE_SAT and WEIGHT; 0: there is none. */
static guint64
find_better_set (Network *net, Value fee_sat, guint64 weight)
{
  guint before[NODE_LINEARISE_MAX];
  guint64 reached;
  gint last;

  network_init (net, fee_sat, weight);
  while ((last = find_path (net, before, &reached)) >= 0)
    push_flow (net, before, (guint) last);
  return reached; /* what can still be reached from the source, with all its parents */
}

static guint64
residual_reach (const Network *net, guint i)
{
  guint64 set = BIT (i), todo = BIT (i);

  while (todo != 0) {
    guint64 more = residual_next (net, first_bit (todo)) & ~set;
    todo = (todo & (todo - 1)) | more;
    set |= more;
  }
  return set;
}

/* Whether CHUNK comes before OTHER, of the same fee rate: the lighter one, then the one whose highest rank is lower. */
static gboolean
precedes (const NodeLineariseCluster *cluster, guint64 chunk, guint64 other)
{
  guint64 weight, other_weight;
  guint rank = 0, other_rank = 0;
  Value fee_sat;

  sum_set (cluster, chunk, &fee_sat, &weight);
  sum_set (cluster, other, &fee_sat, &other_weight);
  if (weight != other_weight)
    return weight < other_weight;
  for (; chunk != 0; chunk &= chunk - 1)
    rank = MAX (rank, cluster->rank[first_bit (chunk)]);
  for (; other != 0; other &= other - 1)
    other_rank = MAX (other_rank, cluster->rank[first_bit (other)]);
  return rank < other_rank;
}

static gboolean
is_ready (const Network *net, guint64 chunk)
{
  for (guint64 todo = chunk; todo != 0; todo &= todo - 1)
    if ((net->cluster->parents[first_bit (todo)] & net->left & ~chunk) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
pays_first (const NodeLineariseCluster *c, guint a, guint b)
{
  if (pays_more (c->fee_sat[a], c->weight[a], c->fee_sat[b], c->weight[b]))
    return TRUE;
  if (pays_more (c->fee_sat[b], c->weight[b], c->fee_sat[a], c->weight[a]))
    return FALSE;
  return c->weight[a] != c->weight[b] ? c->weight[a] < c->weight[b] : c->rank[a] < c->rank[b];
}

/* Appends CHUNK: of its transactions that are ready, the one with the highest rate is next. */
static void
append_chunk (Network *net, guint64 chunk, guint *n, NodeLinearisation *out)
{
  out->chunks[out->n_chunks++] = chunk;
  while (chunk != 0) {
    gint best = -1;
    for (guint64 todo = chunk; todo != 0; todo &= todo - 1) {
      guint i = first_bit (todo);
      if ((net->cluster->parents[i] & chunk) == 0 && (best < 0 || pays_first (net->cluster, i, (guint) best)))
        best = (gint) i;
    }
    out->order[(*n)++] = (guint) best;
    chunk &= ~BIT (best);
    net->left &= ~BIT (best);
  }
}

/* The chunks of the best rate, for which find_better_set() found nothing better. */
static guint
split_level (const Network *net, guint64 chunks[NODE_LINEARISE_MAX])
{
  guint64 reach[NODE_LINEARISE_MAX] = { 0 }, level = 0, deficient = 0;
  guint n = 0;

  for (guint64 todo = net->left; todo != 0; todo &= todo - 1) {
    reach[first_bit (todo)] = residual_reach (net, first_bit (todo));
    if (net->to_sink[first_bit (todo)] > 0)
      deficient |= BIT (first_bit (todo));
  }
  for (guint64 todo = net->left; todo != 0; todo &= todo - 1)
    if ((reach[first_bit (todo)] & deficient) == 0)
      level |= BIT (first_bit (todo));
  while (level != 0) {
    guint first = first_bit (level);
    guint64 chunk = 0;
    for (guint64 todo = reach[first]; todo != 0; todo &= todo - 1)
      if ((reach[first_bit (todo)] & BIT (first)) != 0)
        chunk |= BIT (first_bit (todo));
    chunks[n++] = chunk;
    level &= ~chunk;
  }
  return n;
}

static void
append_level (Network *net, guint64 *chunks, guint n_chunks, guint *n, NodeLinearisation *out)
{
  while (n_chunks > 0) {
    guint best = n_chunks;
    for (guint i = 0; i < n_chunks; i++)
      if (is_ready (net, chunks[i]) && (best == n_chunks || precedes (net->cluster, chunks[i], chunks[best])))
        best = i;
    g_assert (best < n_chunks);
    append_chunk (net, chunks[best], n, out);
    chunks[best] = chunks[--n_chunks];
  }
}

void
node_linearise (const NodeLineariseCluster *cluster, NodeLinearisation *out)
{
  g_autofree Network *net = NULL;
  guint64 chunks[NODE_LINEARISE_MAX], set, weight;
  Value fee_sat;
  guint n = 0;

  g_return_if_fail (cluster->n <= NODE_LINEARISE_MAX);
  out->n_chunks = 0;
  if (cluster->n == 1) { /* the usual case */
    out->chunks[out->n_chunks++] = 1;
    out->order[0] = 0;
    return;
  }
  net = g_new (Network, 1);
  net->cluster = cluster;
  net->left = cluster->n == NODE_LINEARISE_MAX ? G_MAXUINT64 : BIT (cluster->n) - 1;
  while (net->left != 0) {
    for (set = best_ancestors (net); set != 0; set = find_better_set (net, fee_sat, weight))
      sum_set (cluster, set, &fee_sat, &weight);
    append_level (net, chunks, split_level (net, chunks), &n, out);
  }
}

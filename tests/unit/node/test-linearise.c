#include "node/mempool/linearise.h"

/* Compares with all possible sets, for random small clusters. */

static guint64
rate_set (const NodeLineariseCluster *c, guint64 set, gint64 *fee)
{
  guint64 weight = 0;

  *fee = 0;
  for (guint i = 0; i < c->n; i++)
    if (set >> i & 1) {
      *fee += c->fee_sat[i];
      weight += c->weight[i];
    }
  return weight;
}

static gboolean
is_closed (const NodeLineariseCluster *c, guint64 set, guint64 done)
{
  for (guint i = 0; i < c->n; i++)
    if ((set >> i & 1) && (c->parents[i] & ~(set | done)) != 0)
      return FALSE;
  return TRUE;
}

/* No set of what is left pays more than CHUNK, and no part of CHUNK pays as much. */
static void
check_chunk (const NodeLineariseCluster *c, guint64 chunk, guint64 done)
{
  gint64 fee, other_fee;
  guint64 weight = rate_set (c, chunk, &fee), all = ((guint64) 1 << c->n) - 1;

  g_assert_cmpuint (chunk & done, ==, 0);
  g_assert_true (is_closed (c, chunk, done));
  for (guint64 set = 1; set <= all; set++) {
    guint64 other;
    __int128 diff;
    if ((set & done) != 0 || !is_closed (c, set, done))
      continue;
    other = rate_set (c, set, &other_fee);
    diff = (__int128) other_fee * weight - (__int128) fee * other;
    g_assert_true (diff <= 0);
    if (set != chunk && (set & ~chunk) == 0)
      g_assert_true (diff < 0);
  }
}

static void
check_cluster (const NodeLineariseCluster *c)
{
  NodeLinearisation out;
  guint64 done = 0, seen = 0;
  guint n = 0;

  node_linearise (c, &out);
  for (guint i = 0; i < out.n_chunks; i++) {
    check_chunk (c, out.chunks[i], done);
    for (guint64 chunk = out.chunks[i]; chunk != 0; n++) {
      guint at = out.order[n];
      g_assert_true ((chunk >> at & 1) && (c->parents[at] & ~seen) == 0);
      chunk &= ~((guint64) 1 << at);
      seen |= (guint64) 1 << at;
    }
    done |= out.chunks[i];
  }
  g_assert_cmpuint (done, ==, ((guint64) 1 << c->n) - 1);
  g_assert_cmpuint (n, ==, c->n);
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < 3000; round++) {
    NodeLineariseCluster c = { .n = (guint) g_rand_int_range (rand, 1, 10) };
    gint fees = g_rand_int_range (rand, 2, 30), weights = g_rand_int_range (rand, 2, 10);
    for (guint i = 0; i < c.n; i++) {
      c.fee_sat[i] = g_rand_int_range (rand, round % 3 == 0 ? -fees : 0, fees);
      c.weight[i] = (guint64) g_rand_int_range (rand, 1, weights);
      c.rank[i] = i;
      for (guint k = 0; k < i; k++)
        if (g_rand_int_range (rand, 0, 3) == 0)
          c.parents[i] |= (guint64) 1 << k;
    }
    check_cluster (&c);
  }
}

/* Two parents that only pay off together with their common child. */
static void
test_together (void)
{
  NodeLineariseCluster c = { .n = 4,
                             .fee_sat = { 0, 0, 100, 10 },
                             .weight = { 10, 10, 10, 10 },
                             .parents = { 0, 0, 3, 1 },
                             .rank = { 0, 1, 2, 3 } };
  NodeLinearisation out;

  node_linearise (&c, &out);
  g_assert_cmpuint (out.n_chunks, ==, 2);
  g_assert_cmpuint (out.chunks[0], ==, 7);
  g_assert_cmpuint (out.chunks[1], ==, 8);
}

/* Of equals the lighter one is first, then the one with the lower rank. */
static void
test_equals (void)
{
  NodeLineariseCluster c = {
    .n = 4, .fee_sat = { 1, 20, 10, 10 }, .weight = { 1, 20, 10, 10 }, .parents = { 0, 1, 1, 1 }, .rank = { 0, 1, 3, 2 }
  };
  NodeLinearisation out;
  guint expected[] = { 0, 3, 2, 1 };

  node_linearise (&c, &out);
  g_assert_cmpuint (out.n_chunks, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (out.order[i], ==, expected[i]);
}

/* A full cluster with the largest amounts, of layers that are connected to each other completely, takes little time. */
static void
test_full (void)
{
  NodeLineariseCluster c = { .n = NODE_LINEARISE_MAX };
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  NodeLinearisation out;
  gint64 longest_us = 0;

  for (guint round = 0; round < 100; round++) {
    guint layer = 1 + round % 32;
    gint64 start_us = g_get_monotonic_time ();
    for (guint i = 0; i < c.n; i++) {
      c.fee_sat[i] = round % 7 == 0 ? G_MAXINT64 - (gint64) i
                                    : (gint64) g_rand_double_range (rand, 0, round % 2 == 0 ? 1e5 : 2.1e15);
      c.weight[i] = (guint64) g_rand_int_range (rand, 260, 6000);
      c.rank[i] = i;
      c.parents[i] = i < layer ? 0 : (((guint64) 1 << layer) - 1) << (i / layer - 1) * layer;
    }
    node_linearise (&c, &out);
    g_assert_cmpuint (out.n_chunks, >, 0);
    longest_us = MAX (longest_us, g_get_monotonic_time () - start_us);
  }
  g_test_message ("the longest took %" G_GINT64_FORMAT " us", longest_us);
  g_assert_cmpint (longest_us, <, 1000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/linearise/random", test_random);
  g_test_add_func ("/linearise/together", test_together);
  g_test_add_func ("/linearise/equals", test_equals);
  g_test_add_func ("/linearise/full", test_full);
  return g_test_run ();
}

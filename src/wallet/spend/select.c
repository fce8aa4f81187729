#include "wallet/spend/select.h"

#include "common/random.h"

/* The maximum number of steps of the search for a selection without change. */
#define MAX_TRIES 100000

gint64
wallet_fee_for_weight (guint64 rate, guint64 weight)
{
  guint64 vsize = (weight + 3) / 4, fee;

  if (!g_uint64_checked_mul (&fee, rate, vsize) || fee > G_MAXINT64 - 999)
    return G_MAXINT64;
  return (gint64) ((fee + 999) / 1000);
}

static gint64
effective_value (const WalletCandidate *candidate)
{
  return candidate->value_sat - candidate->cost_sat;
}

static gint
larger_first (gconstpointer a, gconstpointer b)
{
  gint64 x = effective_value (a), y = effective_value (b);

  return (x < y) - (x > y);
}

/* Depth-first search over including and excluding each coin, largest coins first; a branch ends when it is above the
 * range, or when all remaining coins would not reach the target. TAKEN becomes the selection. */
static gboolean
find_exact (const WalletCandidate *c, gsize n, gint64 target, gint64 above, guint8 *taken)
{
  g_autofree gint64 *rest = g_new0 (gint64, n + 1);
  gint64 sum = 0;
  gsize at = 0;

  for (gsize i = n; i > 0; i--)
    rest[i - 1] = rest[i] + effective_value (&c[i - 1]);
  for (guint tries = 0; tries < MAX_TRIES; tries++) {
    if (sum >= target && sum <= target + above)
      return TRUE;
    if (sum <= target + above && at < n && sum + rest[at] >= target) {
      taken[at] = 1;
      sum += effective_value (&c[at++]);
      continue;
    }
    /* Backtracks to the last included coin, and continues without it. */
    while (at > 0 && taken[at - 1] == 0)
      at--;
    if (at == 0)
      return FALSE;
    taken[at - 1] = 0;
    sum -= effective_value (&c[at - 1]);
    /* A coin of the same value would only repeat a search that has failed. */
    gint64 value = effective_value (&c[at - 1]);
    while (at < n && effective_value (&c[at]) == value)
      taken[at++] = 0;
  }
  return FALSE;
}

static void
shuffle_candidates (WalletCandidate *c, gsize n)
{
  for (gsize i = n; i > 1; i--) {
    gsize other = (gsize) common_random_below (i);
    WalletCandidate kept = c[i - 1];
    c[i - 1] = c[other];
    c[other] = kept;
  }
}

GPtrArray *
wallet_select (WalletCandidate *c, gsize n, gint64 target_sat, gint64 change_cost_sat, gint64 change_min_sat)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autofree guint8 *taken = NULL;
  gsize good = 0;
  gint64 sum = 0;

  /* Coins that cost more than their value are skipped. */
  for (gsize i = 0; i < n; i++)
    if (effective_value (&c[i]) > 0)
      c[good++] = c[i];
  if (good == 0)
    return NULL;
  qsort (c, good, sizeof *c, larger_first);
  taken = g_new0 (guint8, good);
  if (find_exact (c, good, target_sat, change_cost_sat, taken)) {
    for (gsize i = 0; i < good; i++)
      if (taken[i])
        g_ptr_array_add (chosen, c[i].coin);
    return g_steal_pointer (&chosen);
  }
  shuffle_candidates (c, good);
  for (gsize i = 0; i < good && sum < target_sat + change_min_sat; i++) {
    sum += effective_value (&c[i]);
    g_ptr_array_add (chosen, c[i].coin);
  }
  return sum >= target_sat ? g_steal_pointer (&chosen) : NULL;
}

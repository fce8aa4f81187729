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

/* The best selection so far. */
typedef struct {
  GPtrArray *coins; /* NULL: none yet */
  gint64 waste_sat;
} Selected;

/* Takes ownership of COINS, whose effective values add up to SUM; WASTE is that of the coins. */
static void
selected_offer (Selected *best, const WalletSelection *selection, GPtrArray *coins, gint64 sum, gint64 waste)
{
  gint64 above = sum - selection->target_sat;

  waste += above > selection->change_cost_sat ? selection->change_cost_sat : above;
  if (above < 0 || (best->coins != NULL && best->waste_sat <= waste)) {
    g_ptr_array_unref (coins);
    return;
  }
  g_clear_pointer (&best->coins, g_ptr_array_unref);
  *best = (Selected){ coins, waste };
}

static void
select_exact (Selected *best, const WalletCandidate *c, gsize n, const WalletSelection *selection)
{
  g_autofree guint8 *taken = g_new0 (guint8, n);
  GPtrArray *coins;
  gint64 sum = 0, waste = 0;

  if (!find_exact (c, n, selection->target_sat, selection->change_cost_sat, taken))
    return;
  coins = g_ptr_array_new ();
  for (gsize i = 0; i < n; i++)
    if (taken[i]) {
      g_ptr_array_add (coins, c[i].coin);
      sum += effective_value (&c[i]);
      waste += c[i].waste_sat;
    }
  selected_offer (best, selection, coins, sum, waste);
}

/* The first of the candidates that are enough for change too, or all of them. */
static void
select_first (Selected *best, const WalletCandidate *c, gsize n, const WalletSelection *selection)
{
  GPtrArray *coins = g_ptr_array_new ();
  gint64 sum = 0, waste = 0;

  for (gsize i = 0; i < n && sum < selection->target_sat + selection->change_min_sat; i++) {
    sum += effective_value (&c[i]);
    waste += c[i].waste_sat;
    g_ptr_array_add (coins, c[i].coin);
  }
  selected_offer (best, selection, coins, sum, waste);
}

GPtrArray *
wallet_select (WalletCandidate *c, gsize n, const WalletSelection *selection)
{
  const gint64 most_waste = G_MAXINT64 / 4 / (gint64) MAX (n, 1); /* so that the sum cannot overflow */
  Selected best = { 0 };
  gsize good = 0;

  /* Coins that cost more than their value are skipped. */
  for (gsize i = 0; i < n; i++)
    if (effective_value (&c[i]) > 0)
      c[good++] = c[i];
  if (good == 0)
    return NULL;
  for (gsize i = 0; i < good; i++)
    c[i].waste_sat = CLAMP (c[i].waste_sat, -most_waste, most_waste);
  qsort (c, good, sizeof *c, larger_first);
  select_exact (&best, c, good, selection);
  if (selection->try_fewest)
    select_first (&best, c, good, selection);
  shuffle_candidates (c, good);
  select_first (&best, c, good, selection);
  return best.coins;
}

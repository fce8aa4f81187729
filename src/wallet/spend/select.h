#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Coin selection. Pure except for randomness; amounts are satoshi. */

typedef struct {
  gint64 value_sat;
  gint64 cost_sat;  /* the fee for spending it, to be subtracted for its effective value */
  gint64 waste_sat; /* what that costs more than it would later; negative if it is cheap now */
  gpointer coin;
} WalletCandidate;

typedef struct {
  gint64 target_sat;
  gint64 change_cost_sat; /* of making a change output and of spending it later */
  gint64 change_min_sat;  /* for change to be worth it */
  gboolean try_fewest;    /* fees are high: also consider spending as few coins as possible */
} WalletSelection;

/* Selects candidates whose effective values add up to at least the target; NULL if all of them are not enough. Compares
 * a selection without change (at most the cost of change above the target), one at random with change, and one of the
 * largest coins, and returns the one that wastes least: the sum of the waste of its coins, and either the cost of change
 * or what is above the target. Reorders CANDIDATES. The caller owns the array of coins. */
GPtrArray *wallet_select (WalletCandidate *candidates, gsize n, const WalletSelection *selection);

/* The fee for WEIGHT at RATE (satoshi per 1,000 virtual bytes), rounded up. G_MAXINT64 on overflow. */
gint64 wallet_fee_for_weight (guint64 rate, guint64 weight);

G_END_DECLS

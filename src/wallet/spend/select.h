#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Coin selection. Pure except for randomness; amounts are satoshi. */

typedef struct {
  gint64 value_sat;
  gint64 cost_sat; /* the fee for spending it, to be subtracted for its effective value */
  gpointer coin;
} WalletCandidate;

/* Selects candidates whose effective values add up to at least TARGET_SAT; NULL if all of them are not enough. First
 * searches for a selection without change (at most CHANGE_COST_SAT above the target); otherwise draws at random until
 * there is enough for the target and CHANGE_MIN_SAT. Reorders CANDIDATES. The caller owns the array of coins. */
GPtrArray *
wallet_select (WalletCandidate *candidates, gsize n, gint64 target_sat, gint64 change_cost_sat, gint64 change_min_sat);

/* The fee for WEIGHT at RATE (satoshi per 1,000 virtual bytes), rounded up. G_MAXINT64 on overflow. */
gint64 wallet_fee_for_weight (guint64 rate, guint64 weight);

G_END_DECLS

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Choosing coins. Pure but for randomness; amounts are satoshi. */

typedef struct {
  gint64 value_sat;
  gint64 cost_sat; /* the fee for spending it: its effective value is what is left */
  gpointer coin;
} WalletCandidate;

/* The candidates to spend, so that their effective values sum up to TARGET_SAT or more; NULL when all together do not.
 * First looks for a sum that needs no change (at most CHANGE_COST_SAT above the target); else draws at random until there
 * is enough for CHANGE_MIN_SAT on top. CANDIDATES is put into another order. The caller owns the array of coins. */
GPtrArray *
wallet_select (WalletCandidate *candidates, gsize n, gint64 target_sat, gint64 change_cost_sat, gint64 change_min_sat);

/* The fee of WEIGHT at RATE (satoshi per 1,000 virtual bytes), rounded up. G_MAXINT64 when it does not fit. */
gint64 wallet_fee_for_weight (guint64 rate, guint64 weight);

G_END_DECLS

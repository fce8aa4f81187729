/* Rules of a single transaction. */
#include "bitcoin/consensus/tx_check.h"
#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"

#include <stdlib.h>
#include <string.h>

/* CVE-2010-5139: the values and their sum must be in range. */
static gboolean
check_outputs (const BtcTx *tx, BtcVerdict *verdict)
{
  gint64 sum = 0;

  for (guint32 i = 0; i < tx->n_out; i++) {
    if (tx->out[i].value_sat < 0)
      return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-vout-negative", NULL);
    if (tx->out[i].value_sat > BTC_MAX_MONEY)
      return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-vout-toolarge", NULL);
    if (!btc_amount_add (sum, tx->out[i].value_sat, &sum))
      return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-txouttotal-toolarge", NULL);
  }
  return TRUE;
}

static int
compare_outpoints (gconstpointer a, gconstpointer b)
{
  return memcmp (*(const BtcOutpoint *const *) a, *(const BtcOutpoint *const *) b, sizeof (BtcOutpoint));
}

/* CVE-2018-17144. Few inputs are compared pairwise, many are sorted. */
static gboolean
has_duplicate_inputs (const BtcTx *tx)
{
  g_autofree const BtcOutpoint **sorted = NULL;

  if (tx->n_in <= 8) {
    for (guint32 i = 1; i < tx->n_in; i++)
      for (guint32 j = 0; j < i; j++)
        if (btc_outpoint_equal (&tx->in[i].prevout, &tx->in[j].prevout))
          return TRUE;
    return FALSE;
  }
  sorted = g_new (const BtcOutpoint *, tx->n_in);
  for (guint32 i = 0; i < tx->n_in; i++)
    sorted[i] = &tx->in[i].prevout;
  qsort (sorted, tx->n_in, sizeof *sorted, compare_outpoints);
  for (guint32 i = 1; i < tx->n_in; i++)
    if (btc_outpoint_equal (sorted[i - 1], sorted[i]))
      return TRUE;
  return FALSE;
}

gboolean
btc_tx_check (const BtcTx *tx, BtcVerdict *verdict)
{
  if (tx->n_in == 0)
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-vin-empty", NULL);
  if (tx->n_out == 0)
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-vout-empty", NULL);
  if ((guint64) tx->stripped_size * BTC_WITNESS_SCALE > BTC_MAX_BLOCK_WEIGHT)
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-oversize", NULL);
  if (!check_outputs (tx, verdict))
    return FALSE;
  if (has_duplicate_inputs (tx))
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-inputs-duplicate", NULL);
  if (btc_tx_is_coinbase (tx)) {
    if (tx->in[0].script_sig.len < 2 || tx->in[0].script_sig.len > 100)
      return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-cb-length", NULL);
    return TRUE;
  }
  for (guint32 i = 0; i < tx->n_in; i++)
    if (btc_outpoint_is_null (&tx->in[i].prevout))
      return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-prevout-null", NULL);
  return TRUE;
}

gboolean
btc_tx_check_inputs (const BtcTx *tx, const BtcCoin *coins, guint32 height, gint64 *fee_sat, BtcVerdict *verdict)
{
  gint64 in_sat = 0, out_sat;

  for (guint32 i = 0; i < tx->n_in; i++) {
    gint64 depth = (gint64) height - coins[i].height;

    if (coins[i].coinbase && depth < BTC_COINBASE_MATURITY)
      return btc_verdict_fail (verdict, BTC_VERDICT_PREMATURE_SPEND, "bad-txns-premature-spend-of-coinbase",
                               "tried to spend coinbase at depth %" G_GINT64_FORMAT, depth);
    if (!btc_amount_in_range (coins[i].out.value_sat) || !btc_amount_add (in_sat, coins[i].out.value_sat, &in_sat))
      return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-inputvalues-outofrange", NULL);
  }
  if (!btc_tx_outputs_sum (tx, &out_sat))
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-txouttotal-toolarge", NULL);
  if (in_sat < out_sat) {
    g_autofree char *in_text = btc_amount_format_short (in_sat);
    g_autofree char *out_text = btc_amount_format_short (out_sat);

    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-in-belowout", "value in (%s) < value out (%s)",
                             in_text, out_text);
  }
  *fee_sat = in_sat - out_sat;
  return TRUE;
}

guint
btc_tx_sigop_cost (const BtcTx *tx, const BtcTxOut *spent, BtcVerifyFlags flags)
{
  guint cost = 0;

  for (guint32 i = 0; i < tx->n_in; i++)
    cost += BTC_WITNESS_SCALE * btc_script_count_sigops (tx->in[i].script_sig, FALSE);
  for (guint32 i = 0; i < tx->n_out; i++)
    cost += BTC_WITNESS_SCALE * btc_script_count_sigops (tx->out[i].script, FALSE);
  if (spent == NULL || btc_tx_is_coinbase (tx))
    return cost;
  for (guint32 i = 0; i < tx->n_in; i++)
    cost += btc_script_input_sigop_cost (&tx->in[i], spent[i].script, flags);
  return cost;
}

/* A payment that the node rejected is kept, since the node may have it nevertheless. A new payment to the same
 * recipient spends one of the same coins, so that at most one of the two can be confirmed. */
#include <string.h>

#include "dbus/errors.h"
#include "wallet/spend/plan.h"

static gboolean
refused_pays (const WalletTx *tx, BtcSpan script)
{
  for (guint32 i = 0; i < tx->tx->n_out; i++) {
    BtcSpan other = tx->tx->out[i].script;
    if (other.len == script.len && memcmp (other.data, script.data, script.len) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
refused_pays_any (const WalletTx *tx, const WalletSpendRequest *request)
{
  for (guint i = 0; i < request->n_payments; i++)
    if (refused_pays (tx, wallet_bytes_span (request->payments[i].script)))
      return TRUE;
  return FALSE;
}

/* Whether the node has already accepted a payment that replaces TX. */
static gboolean
refused_is_replaced (WalletTracker *tracker, const WalletTx *tx)
{
  for (guint32 i = 0; i < tx->tx->n_in; i++)
    if (wallet_tracker_is_spent_in_mempool (tracker, &tx->tx->in[i].prevout))
      return TRUE;
  return FALSE;
}

/* Whether TX also spends a coin that was selected to replace another payment. */
static gboolean
refused_shares (const WalletTx *tx, const GPtrArray *shared)
{
  for (guint32 i = 0; i < tx->tx->n_in; i++)
    for (guint s = 0; s < shared->len; s++)
      if (btc_outpoint_equal (&tx->tx->in[i].prevout, &((const WalletCoin *) g_ptr_array_index (shared, s))->outpoint))
        return TRUE;
  return FALSE;
}

/* The largest coin of TX that is spent only by the payments to be replaced. */
static WalletCoin *
refused_largest_coin (const WalletPlan *plan, const WalletTx *tx)
{
  WalletTracker *tracker = plan->spender->tracker;
  WalletCoin *largest = NULL;

  for (guint32 i = 0; i < tx->tx->n_in; i++) {
    WalletCoin *coin = wallet_tracker_get_coin (tracker, &tx->tx->in[i].prevout);
    if (coin == NULL || coin->reserved || coin->locked || wallet_tracker_is_immature (tracker, coin->tx)
        || !wallet_tracker_is_trusted (tracker, coin->tx)
        || wallet_tracker_is_spent_except (tracker, &coin->outpoint, plan->replaces))
      continue;
    if (largest == NULL || coin->out->value_sat > largest->out->value_sat)
      largest = coin;
  }
  return largest;
}

gboolean
wallet_plan_find_refused (WalletPlan *plan, GError **error)
{
  GPtrArray *txs = wallet_tracker_get_txs (plan->spender->tracker);
  g_autoptr (GPtrArray) refused = g_ptr_array_new ();

  for (guint i = 0; plan->request->replace_refused && i < txs->len; i++) {
    WalletTx *tx = g_ptr_array_index (txs, i);
    gboolean waits = (tx->state == WALLET_TX_INACTIVE && !tx->mempool_conflict) || tx->state == WALLET_TX_MEMPOOL;
    if (!waits || tx->own_inputs == 0 || !refused_pays_any (tx, plan->request))
      continue;
    if (tx->state == WALLET_TX_INACTIVE && refused_is_replaced (plan->spender->tracker, tx))
      continue;
    if (tx->state == WALLET_TX_INACTIVE && tx->refusal != NULL) {
      g_byte_array_append (plan->replaces, tx->tx->txid32, 32);
      g_ptr_array_add (refused, tx);
    } else {
      plan->repeats = TRUE;
    }
  }
  for (guint i = 0; i < refused->len; i++) {
    const WalletTx *tx = g_ptr_array_index (refused, i);
    WalletCoin *coin;
    if (refused_shares (tx, plan->shared))
      continue;
    coin = refused_largest_coin (plan, tx);
    if (coin == NULL) {
      g_set_error_literal (error, BUS_ERROR, BUS_ERROR_BUSY,
                           "The node refused an earlier payment to this recipient. A new payment cannot share a coin "
                           "with it, so both could be confirmed. Abandon the earlier one first.");
      return FALSE;
    }
    g_ptr_array_add (plan->shared, coin);
  }
  return TRUE;
}

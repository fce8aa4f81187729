/* The balance over time, for a chart. */
#include "bitcoin/consensus/params.h"
#include "bitcoin/primitives/amount.h"
#include "wallet/track/tracker_private.h"

/* Whether TX is part of the balance: conflicted transactions and immature coinbases are not. */
static gboolean
counts_in_balance (WalletTracker *self, const WalletTx *tx)
{
  if (tx->state == WALLET_TX_CONFLICTED || tx->mempool_conflict || tx->state == WALLET_TX_ABANDONED)
    return FALSE;
  return !btc_tx_is_coinbase (tx->tx)
         || (tx->state == WALLET_TX_CONFIRMED && wallet_tracker_confirmations (self, tx) > BTC_COINBASE_MATURITY);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const WalletBalancePoint *one = a, *two = b;

  return (one->time > two->time) - (one->time < two->time);
}

/* The changes, oldest first. */
static GArray *
list_changes (WalletTracker *self)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (WalletBalancePoint));

  for (guint i = 0; i < self->ordered->len; i++) {
    const WalletTx *tx = g_ptr_array_index (self->ordered, i);
    WalletBalancePoint change = { wallet_tx_get_time (tx), tx->credit_sat - tx->debit_sat };

    if (counts_in_balance (self, tx))
      g_array_append_val (changes, change);
  }
  g_array_sort (changes, compare_times);
  return changes;
}

/* Transactions of the mempool may have any amounts: the sum is kept in range. */
static gint64
curve_add (gint64 balance_sat, gint64 change_sat)
{
  return CLAMP (balance_sat + change_sat, -BTC_MAX_MONEY, BTC_MAX_MONEY);
}

GArray *
wallet_tracker_list_balances (WalletTracker *self, const gint64 *since, guint limit)
{
  g_autoptr (GArray) changes = list_changes (self);
  GArray *points = g_array_new (FALSE, FALSE, sizeof (WalletBalancePoint));
  WalletBalancePoint point = { 0 };
  gint64 from, last, slot = -1;
  guint i = 0;

  if (changes->len == 0)
    return points;
  last = g_array_index (changes, WalletBalancePoint, changes->len - 1).time;
  point.time = from = since != NULL ? *since : g_array_index (changes, WalletBalancePoint, 0).time - 1;
  for (; i < changes->len && g_array_index (changes, WalletBalancePoint, i).time <= from; i++)
    point.balance_sat = curve_add (point.balance_sat, g_array_index (changes, WalletBalancePoint, i).balance_sat);
  g_array_append_val (points, point);
  /* Only the last change in each time slot is kept, so that the reply stays short. */
  for (; i < changes->len; i++) {
    const WalletBalancePoint *change = &g_array_index (changes, WalletBalancePoint, i);
    gint64 now = (gint64) ((double) (change->time - from) / (double) (last - from + 1) * (limit - 1));

    point = (WalletBalancePoint){ change->time, curve_add (point.balance_sat, change->balance_sat) };
    if (now == slot)
      g_array_set_size (points, points->len - 1);
    slot = now;
    g_array_append_val (points, point);
  }
  return points;
}

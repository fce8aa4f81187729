/* The balance over time, for a chart. */
#include "bitcoin/primitives/amount.h"
#include "wallet/track/tracker_private.h"

/* Whether TX is part of the balance: conflicted and abandoned transactions are not, nor coinbases outside the active
 * chain. Immature coinbases are: otherwise the past would change as they mature. */
static gboolean
counts_in_balance (const WalletTx *tx)
{
  if (tx->state == WALLET_TX_CONFLICTED || tx->mempool_conflict || tx->state == WALLET_TX_ABANDONED)
    return FALSE;
  return !btc_tx_is_coinbase (tx->tx) || tx->state == WALLET_TX_CONFIRMED;
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

    if (counts_in_balance (tx))
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

/* The length of the time slots, of which only the last change is kept: at most LIMIT slots from FIRST to LAST. Slots are
 * powers of two and aligned to 1970, so that a later change does not select other points of the past. */
static gint64
slot_length (gint64 first, gint64 last, guint limit)
{
  gint64 length = 1;

  while (last / length - first / length >= (gint64) limit)
    length *= 2;
  return length;
}

GArray *
wallet_tracker_list_balances (WalletTracker *self, const gint64 *since, guint limit)
{
  g_autoptr (GArray) changes = list_changes (self);
  const WalletBalancePoint *all = (const WalletBalancePoint *) (gpointer) changes->data;
  GArray *points = g_array_new (FALSE, FALSE, sizeof (WalletBalancePoint));
  WalletBalancePoint point = { 0 };
  gint64 length;
  guint i = 0;

  if (changes->len == 0)
    return points;
  point.time = since != NULL ? *since : all[0].time - 1;
  for (; i < changes->len && all[i].time <= point.time; i++)
    point.balance_sat = curve_add (point.balance_sat, all[i].balance_sat);
  g_array_append_val (points, point);
  length = i < changes->len ? slot_length (all[i].time, all[changes->len - 1].time, limit) : 1;
  for (; i < changes->len; i++) {
    point = (WalletBalancePoint){ all[i].time, curve_add (point.balance_sat, all[i].balance_sat) };
    if (points->len > 1
        && g_array_index (points, WalletBalancePoint, points->len - 1).time / length == point.time / length)
      g_array_set_size (points, points->len - 1);
    g_array_append_val (points, point);
  }
  return points;
}

/* What the wallet knows about the recipients of a draft: whether they are its own addresses, and earlier payments. */
#include "wallet/spend/plan.h"

/* Script of a recipient (GBytes) → its row. */
static GHashTable *
recipients_by_script (const WalletPlan *plan, GPtrArray *rows)
{
  GHashTable *table = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  guint payment = 0;

  for (guint i = 0; i < rows->len; i++) {
    WalletDraftRow *row = g_ptr_array_index (rows, i);

    if (!row->change)
      g_hash_table_insert (table, plan->request->payments[payment++].script, row);
  }
  return table;
}

static void
recipients_count_payments (GHashTable *table, const BtcTx *tx)
{
  for (guint32 i = 0; i < tx->n_out; i++) {
    g_autoptr (GBytes) script = g_bytes_new_static (tx->out[i].script.data, tx->out[i].script.len);
    WalletDraftRow *row = g_hash_table_lookup (table, script);

    if (row != NULL)
      row->n_paid_before++;
  }
}

void
wallet_plan_mark_recipients (const WalletPlan *plan, GPtrArray *rows)
{
  g_autoptr (GHashTable) table = recipients_by_script (plan, rows);
  GPtrArray *txs = wallet_tracker_get_txs (plan->spender->tracker);
  WalletKeyRef ref;

  for (guint i = 0; i < rows->len; i++) {
    WalletDraftRow *row = g_ptr_array_index (rows, i);

    row->ours = !row->change && wallet_tracker_is_mine (plan->spender->tracker, row->address, &ref);
  }
  for (guint i = 0; i < txs->len; i++) {
    const WalletTx *tx = g_ptr_array_index (txs, i);

    if (tx->state == WALLET_TX_CONFIRMED && tx->own_inputs > 0)
      recipients_count_payments (table, tx->tx);
  }
}

#include "wallet/track/rows.h"

static const char *const kind_names[] = { "receive", "send", "generate", "self" };

const char *
wallet_kind_name (WalletKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (kind_names), "");

  return kind_names[kind];
}

void
wallet_address_row_free (WalletAddressRow *row)
{
  g_free (row->address);
  g_free (row->label);
  g_free (row);
}

void
wallet_history_row_free (WalletHistoryRow *row)
{
  g_free (row->address);
  g_free (row->label);
  g_free (row->address_label);
  g_free (row);
}

void
wallet_tx_details_free (WalletTxDetails *details)
{
  wallet_history_row_free (details->row);
  g_ptr_array_unref (details->inputs);
  g_ptr_array_unref (details->outputs);
  g_bytes_unref (details->raw);
  g_free (details->refusal);
  g_free (details);
}

/* Names of the enumerations of wallet.h, and freeing its structs. */
#include "wallet/wallet.h"

static const char *const type_names[WALLET_N_ADDRESS_TYPES] = { "legacy", "p2sh-segwit", "bech32", "bech32m" };
static const char *const kind_names[] = { "receive", "send", "generate", "self" };
static const char *const outcome_names[] = { "pending", "accepted", "refused", "abandoned", "conflicted" };

gboolean
wallet_address_type_by_name (const char *name, WalletAddressType *type)
{
  for (guint i = 0; i < WALLET_N_ADDRESS_TYPES; i++)
    if (g_strcmp0 (name, type_names[i]) == 0) {
      *type = (WalletAddressType) i;
      return TRUE;
    }
  return FALSE;
}

const char *
wallet_address_type_name (WalletAddressType type)
{
  g_return_val_if_fail (type < WALLET_N_ADDRESS_TYPES, "");

  return type_names[type];
}

const char *
wallet_kind_name (WalletKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (kind_names), "");

  return kind_names[kind];
}

const char *
wallet_outcome_name (WalletOutcome outcome)
{
  g_return_val_if_fail (outcome < G_N_ELEMENTS (outcome_names), "");

  return outcome_names[outcome];
}

void
wallet_stored_free (WalletStored *stored)
{
  g_clear_pointer (&stored->tx, btc_tx_unref);
  g_free (stored);
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
  g_free (row);
}

void
wallet_tx_details_free (WalletTxDetails *details)
{
  wallet_history_row_free (details->row);
  g_ptr_array_unref (details->inputs);
  g_ptr_array_unref (details->outputs);
  g_bytes_unref (details->raw);
  g_free (details);
}

void
wallet_draft_free (WalletDraft *draft)
{
  g_ptr_array_unref (draft->inputs);
  g_ptr_array_unref (draft->outputs);
  g_byte_array_unref (draft->replaces);
  g_free (draft);
}

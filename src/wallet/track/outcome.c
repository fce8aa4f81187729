/* The outcome of a payment, from its state. */
#include "wallet/track/outcome.h"

static const char *const outcome_names[] = { "pending", "accepted", "refused", "abandoned", "conflicted" };

const char *
wallet_outcome_name (WalletOutcome outcome)
{
  g_return_val_if_fail (outcome < G_N_ELEMENTS (outcome_names), "");

  return outcome_names[outcome];
}

WalletOutcome
wallet_tx_get_outcome (const WalletTx *tx)
{
  switch (tx->state) {
  case WALLET_TX_CONFIRMED:
    return WALLET_OUTCOME_ACCEPTED;
  case WALLET_TX_MEMPOOL:
    return tx->presumed ? WALLET_OUTCOME_PENDING : WALLET_OUTCOME_ACCEPTED;
  case WALLET_TX_INACTIVE:
    return tx->refusal != NULL ? WALLET_OUTCOME_REFUSED : WALLET_OUTCOME_PENDING;
  case WALLET_TX_ABANDONED:
    return WALLET_OUTCOME_ABANDONED;
  case WALLET_TX_CONFLICTED:
    return WALLET_OUTCOME_CONFLICTED;
  }
  g_return_val_if_reached (WALLET_OUTCOME_PENDING);
}

#pragma once

#include "wallet/track/tracker.h"

G_BEGIN_DECLS

/* The outcome of a payment. */
typedef enum {
  WALLET_OUTCOME_PENDING,    /* stored; the node has not replied yet, or is unavailable */
  WALLET_OUTCOME_ACCEPTED,   /* in the node's mempool, or in a block */
  WALLET_OUTCOME_REFUSED,    /* rejected by the node. It is kept, with its coins */
  WALLET_OUTCOME_ABANDONED,  /* abandoned by the user */
  WALLET_OUTCOME_CONFLICTED, /* another transaction in a block spends its coins */
} WalletOutcome;
const char *
wallet_outcome_name (WalletOutcome outcome); /* "pending", "accepted", "refused", "abandoned", "conflicted" */

WalletOutcome wallet_tx_get_outcome (const WalletTx *tx);

G_END_DECLS

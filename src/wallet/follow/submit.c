/* Submits payments that the node may not have. When the wallet was loaded or the node restarted, all unconfirmed
 * payments are submitted, since the node may have lost its mempool; the balance is uncertain until that is done. Later,
 * after new blocks or a failure, payments that are not in the mempool are submitted again. */
#include <string.h>

#include "common/log.h"
#include "wallet/follow/follower_private.h"

static gboolean
is_to_be_sent (const WalletTx *tx, gboolean all)
{
  if (btc_tx_is_coinbase (tx->tx))
    return FALSE;
  return (tx->state == WALLET_TX_INACTIVE && (all || !tx->mempool_conflict)) || (all && tx->state == WALLET_TX_MEMPOOL);
}

/* The IDs, not the payments, which may be removed in the meantime. Oldest first, so parents before children. */
static void
fill_submit (WalletFollower *follower, gboolean all)
{
  GPtrArray *txs = wallet_tracker_get_txs (follower->tracker);

  follower->submit_next = 0;
  g_byte_array_set_size (follower->submit, 0);
  for (guint i = 0; !follower->quiet && i < txs->len; i++) {
    const WalletTx *tx = g_ptr_array_index (txs, i);
    if (is_to_be_sent (tx, all))
      g_byte_array_append (follower->submit, tx->tx->txid32, 32);
  }
}

static gboolean
has_next (WalletFollower *follower)
{
  while (follower->submit_next * 32 < follower->submit->len) {
    const WalletTx *tx = wallet_tracker_get_tx (follower->tracker, follower->submit->data + 32 * follower->submit_next);
    if (tx != NULL && is_to_be_sent (tx, TRUE))
      return TRUE;
    follower->submit_next++;
  }
  return FALSE;
}

static WalletStep *
plan_next (WalletFollower *follower)
{
  const guint8 *txid32 = follower->submit->data + 32 * follower->submit_next;
  const WalletTx *tx = wallet_tracker_get_tx (follower->tracker, txid32);
  WalletStep *step;

  if (!wallet_follow_may_try (follower, WALLET_STEP_SUBMIT))
    return NULL;
  step = wallet_step_new (follower, WALLET_STEP_SUBMIT);
  memcpy (step->hash32, txid32, 32);
  step->tx = btc_tx_ref (tx->record->tx);
  return step;
}

WalletStep *
wallet_follow_plan_first_submit (WalletFollower *follower)
{
  if (follower->submitted)
    return NULL;
  if (!follower->submitting)
    fill_submit (follower, TRUE);
  follower->submitting = has_next (follower);
  follower->submitted = !follower->submitting;
  return follower->submitting ? plan_next (follower) : NULL;
}

WalletStep *
wallet_follow_plan_submit (WalletFollower *follower)
{
  if (!follower->submitted)
    return NULL;
  if (follower->resend_due)
    fill_submit (follower, FALSE);
  follower->resend_due = FALSE;
  return has_next (follower) ? plan_next (follower) : NULL;
}

void
wallet_follow_take_submit (WalletFollower *follower, WalletStep *step)
{
  WalletTx *tx = wallet_tracker_get_tx (follower->tracker, step->hash32);
  g_autoptr (GError) error = NULL;
  gboolean sent = wallet_chain_submit_finish (wallet_source_get_chain (follower->source), step->result, &error);

  /* A missing reply is not a rejection. */
  if (!sent && !g_error_matches (error, BUS_ERROR, BUS_ERROR_REJECTED)
      && !g_error_matches (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT)) {
    step->error = g_steal_pointer (&error);
    return;
  }
  follower->submit_next++;
  if (!sent)
    common_debug (COMMON_LOG_WALLETDB, "A payment could not be submitted again: %s", error->message);
  if (tx != NULL && g_error_matches (error, BUS_ERROR, BUS_ERROR_REJECTED))
    wallet_tracker_set_refused (follower->tracker, tx, error->message);
  else if (sent && tx != NULL && (tx->state == WALLET_TX_INACTIVE || tx->presumed))
    wallet_tracker_set_in_mempool (follower->tracker, tx);
}

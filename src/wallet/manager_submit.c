/* Telling the node of the payments that it may not know. Whenever a wallet is new here, or the node is, all that is not
 * in a block is sent: the node may have been killed, and have nothing in its mempool. Until that is done nobody knows
 * what counts. Later, after new blocks or a failure, what is in no mempool is tried once more. */
#include <string.h>

#include "common/log.h"
#include "dbus/errors.h"
#include "wallet/manager_private.h"

#define RETRY_MS 1000

static gboolean
is_to_be_sent (const WalletTx *tx, gboolean all)
{
  if (btc_tx_is_coinbase (tx->tx))
    return FALSE;
  return (tx->state == WALLET_TX_INACTIVE && (all || !tx->mempool_conflict)) || (all && tx->state == WALLET_TX_MEMPOOL);
}

/* The ids, not the payments: these may be gone when their turn comes. Oldest first, so parents before children. */
static void
fill (Wallet *wallet, gboolean all)
{
  GPtrArray *txs = wallet_tracker_get_txs (wallet->tracker);

  wallet->submit_next = 0;
  g_byte_array_set_size (wallet->submit, 0);
  for (guint i = 0; i < txs->len; i++) {
    const WalletTx *tx = g_ptr_array_index (txs, i);
    if (is_to_be_sent (tx, all))
      g_byte_array_append (wallet->submit, tx->tx->txid32, 32);
  }
}

static Step *
plan_next (WalletManager *self, Wallet *wallet)
{
  while (wallet->submit_next * 32 < wallet->submit->len) {
    const guint8 *txid32 = wallet->submit->data + 32 * wallet->submit_next;
    const WalletTx *tx = wallet_tracker_get_tx (wallet->tracker, txid32);
    if (tx == NULL || !is_to_be_sent (tx, TRUE)) {
      wallet->submit_next++;
      continue;
    }
    Step *step = wallet_step_new (self, STEP_SUBMIT, wallet->name);
    memcpy (step->hash32, txid32, 32);
    step->tx = btc_tx_ref (tx->record->tx);
    return step;
  }
  return NULL;
}

Step *
wallet_submit_plan_first (WalletManager *self, Wallet *wallet)
{
  Step *step;

  if (wallet->submitted)
    return NULL;
  if (!wallet->submitting)
    fill (wallet, TRUE);
  wallet->submitting = TRUE;
  step = plan_next (self, wallet);
  wallet->submitted = step == NULL;
  wallet->submitting = step != NULL;
  return step;
}

Step *
wallet_submit_plan (WalletManager *self)
{
  Step *step = NULL;

  if (g_atomic_int_compare_and_exchange (&self->resend_due, TRUE, FALSE))
    for (guint i = 0; i < self->wallets->len; i++)
      fill (g_ptr_array_index (self->wallets, i), FALSE);
  for (guint i = 0; i < self->wallets->len && step == NULL; i++)
    step = plan_next (self, g_ptr_array_index (self->wallets, i));
  return step;
}

void
wallet_submit_take (WalletManager *self, Step *step)
{
  Wallet *wallet = wallet_manager_find (self, step->wallet);
  WalletTx *tx = wallet != NULL ? wallet_tracker_get_tx (wallet->tracker, step->hash32) : NULL;

  wallet_chain_submit_finish (self->chain, step->result, &step->error);
  if (wallet == NULL)
    return;
  /* No answer is no refusal. */
  if (g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE)
      || g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_READY)) {
    step->delay_ms = RETRY_MS;
    return;
  }
  wallet->submit_next++;
  if (step->error != NULL)
    common_debug (COMMON_LOG_WALLETDB, "A payment was sent again, but: %s", step->error->message);
  if (tx != NULL && g_error_matches (step->error, BUS_ERROR, BUS_ERROR_REJECTED))
    wallet_tracker_set_refused (wallet->tracker, tx, step->error->message);
  else if (step->error == NULL && tx != NULL && tx->state == WALLET_TX_INACTIVE)
    wallet_tracker_set_in_mempool (wallet->tracker, tx);
}

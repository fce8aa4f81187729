/* Signs a draft, and verifies the result with the script interpreter. */
#include "bitcoin/keys/signer.h"
#include "bitcoin/script/interpreter.h"
#include "dbus/errors.h"
#include "wallet/spend/spender_private.h"

static CommonSecret *
find_signing_key (gpointer data, guint32 in, BtcSpan script, gboolean *compressed)
{
  WalletTracker *tracker = data;
  WalletKeyRef ref;

  if (!wallet_keyring_find (wallet_tracker_get_keyring (tracker), script, &ref))
    return NULL;
  return wallet_keyring_dup_key (&ref);
}

static gboolean
verify_signatures (const BtcTx *tx, const BtcTxOut *spent, GError **error)
{
  BtcSighashCache cache;

  btc_sighash_cache_init (&cache, tx, spent, FALSE);
  for (guint32 i = 0; i < tx->n_in; i++)
    if (btc_script_verify (&cache, i, spent[i].script, spent[i].value_sat, BTC_VERIFY_STANDARD, NULL)
        != BTC_SCRIPT_ERR_OK) {
      g_set_error_literal (error, BUS_ERROR, BUS_ERROR_FAILED, "The payment could not be signed. Nothing was sent.");
      return FALSE;
    }
  return TRUE;
}

BtcTx *
wallet_spender_sign (WalletSpender *self, const WalletOpenDraft *draft, GError **error)
{
  g_autofree BtcTxOut *spent = g_new0 (BtcTxOut, draft->n_inputs);
  g_autofree gboolean *done = g_new0 (gboolean, draft->n_inputs);
  g_autoptr (BtcTx) tx = NULL;

  if (wallet_keyring_is_encrypted (wallet_tracker_get_keyring (self->tracker))) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED,
                         "This wallet is protected with a passphrase, which cannot be entered here yet. Nothing was "
                         "sent. Pay with the program that encrypted the wallet: it can open the same file.");
    return NULL;
  }
  for (guint i = 0; i < draft->n_inputs; i++) {
    const WalletCoin *coin = wallet_tracker_get_coin (self->tracker, &draft->inputs[i]);
    if (coin == NULL || wallet_tracker_is_spent_except (self->tracker, &draft->inputs[i], draft->view->replaces)) {
      g_set_error_literal (
          error, BUS_ERROR, BUS_ERROR_REJECTED,
          "A coin of this payment was spent in the meantime. Nothing was sent. Create the payment again.");
      return NULL;
    }
    spent[i] = *coin->out;
  }
  tx = btc_signer_sign_tx (draft->tx, spent, 0, find_signing_key, self->tracker, done);
  for (guint i = 0; i < draft->n_inputs; i++)
    if (!done[i]) {
      g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED,
                           "This wallet does not have the keys to pay from these coins.");
      return NULL;
    }
  return verify_signatures (tx, spent, error) ? g_steal_pointer (&tx) : NULL;
}

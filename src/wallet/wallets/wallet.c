/* The functions of wallet.h, on top of the lower layers. */
#include "wallet/wallets/wallet.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "common/clock.h"
#include "dbus/errors.h"
#include "wallet/store/record.h"

Wallet *
wallet_new (const char *name,
            const char *path,
            WalletTracker *tracker,
            WalletSource *source,
            const RpcWalletPolicy *policy,
            gboolean fresh)
{
  Wallet *wallet = g_new0 (Wallet, 1);

  wallet->name = g_strdup (name);
  wallet->path = g_strdup (path);
  wallet->tracker = tracker;
  wallet->policy = policy;
  wallet_tracker_set_trust_change (tracker, policy->spend_zero_conf_change);
  wallet->spender = wallet_spender_new (tracker, policy);
  wallet->follower = wallet_follower_new (source, name, tracker, fresh);
  wallet_follower_set_broadcast (wallet->follower, policy->broadcast);
  return wallet;
}

void
wallet_free (Wallet *wallet)
{
  if (wallet == NULL)
    return;
  wallet_follower_close (wallet->follower);
  wallet_spender_free (wallet->spender);
  wallet_tracker_free (wallet->tracker);
  g_free (wallet->name);
  g_free (wallet->path);
  g_free (wallet);
}

const char *
wallet_get_name (Wallet *wallet)
{
  return wallet->name;
}

void
wallet_get_status (Wallet *wallet, WalletStatus *status)
{
  WalletTracker *tracker = wallet->tracker;

  memset (status, 0, sizeof *status);
  wallet_tracker_get_balance (tracker, 0, TRUE, &status->balance);
  status->height = wallet_tracker_get_place (tracker, status->hash32);
  status->scanning = wallet_follower_is_behind (wallet->follower);
  status->problem = (gint) wallet_follower_get_problem (wallet->follower);
  status->private_keys = (wallet_tracker_get_flags (tracker) & WALLET_FLAG_NO_PRIVATE_KEYS) == 0;
  status->encrypted = wallet_keyring_is_encrypted (wallet_tracker_get_keyring (tracker));
  status->sequence = wallet_tracker_get_sequence (tracker);
}

char *
wallet_dup_warning (Wallet *wallet)
{
  if (!wallet_tracker_is_incomplete (wallet->tracker))
    return NULL;
  return g_strdup_printf ("Error reading %s! All keys read correctly, but transaction data or address metadata may be "
                          "missing or incorrect.",
                          wallet->path);
}

char *
wallet_next_address (Wallet *wallet, WalletAddressType type, gboolean internal, const char *label, GError **error)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (GBytes) script = NULL;
  g_autofree char *address = NULL;
  BtcSpan span;

  script = wallet_keyring_next (wallet_tracker_get_keyring (wallet->tracker), type, internal, batch);
  if (script == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED, "This wallet has no addresses of this type.");
    return NULL;
  }
  span.data = g_bytes_get_data (script, &span.len);
  address = btc_address_encode (span, wallet_tracker_get_network (wallet->tracker));
  if (!internal) {
    /* Added to the address book once it is on disk: an address that could not be written is not handed out. */
    wallet_batch_set (batch, wallet_record_key_string (WALLET_RECORD_NAME, address),
                      wallet_record_value_string (label));
    wallet_batch_set (batch, wallet_record_key_string (WALLET_RECORD_PURPOSE, address),
                      wallet_record_value_string ("receive"));
  }
  if (!wallet_tracker_commit (wallet->tracker, batch, error))
    return NULL;
  if (!internal) {
    g_autoptr (WalletBatch) rest = wallet_batch_new ();
    wallet_tracker_set_label (wallet->tracker, address, label, "receive", common_clock_now (), rest);
    wallet_tracker_commit_later (wallet->tracker, rest, NULL);
  }
  return g_steal_pointer (&address);
}

char *
wallet_new_address (Wallet *wallet, WalletAddressType type, const char *label, GError **error)
{
  g_return_val_if_fail (wallet != NULL && type < WALLET_N_ADDRESS_TYPES && label != NULL, NULL);

  return wallet_next_address (wallet, type, FALSE, label, error);
}

/* The canonical form of ADDRESS, as in the address book: bech32 may be in upper case. NULL if it is not an address. */
static char *
normal_address (Wallet *wallet, const char *address, GError **error)
{
  BtcNetwork network = wallet_tracker_get_network (wallet->tracker);
  g_autoptr (GBytes) script = btc_address_decode (address, network, NULL);
  BtcSpan span;

  if (script == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ADDRESS, "This is not an address of this network.");
    return NULL;
  }
  span.data = g_bytes_get_data (script, &span.len);
  return btc_address_encode (span, network);
}

gboolean
wallet_set_label (Wallet *wallet, const char *address, const char *label, GError **error)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  const WalletBookEntry *entry;
  g_autofree char *before = NULL, *normal = NULL;
  const char *purpose;

  g_return_val_if_fail (wallet != NULL && address != NULL && label != NULL, FALSE);

  normal = normal_address (wallet, address, error);
  if (normal == NULL)
    return FALSE;
  address = normal;
  entry = wallet_book_get (wallet_tracker_get_book (wallet->tracker), address);
  before = g_strdup (entry != NULL ? entry->label : NULL);
  purpose = wallet_tracker_is_mine (wallet->tracker, address, NULL) ? "receive" : "send";
  wallet_tracker_set_label (wallet->tracker, address, label, purpose, 0, batch);
  if (wallet_tracker_commit (wallet->tracker, batch, error))
    return TRUE;
  wallet_batch_clear (batch);
  if (before != NULL)
    wallet_tracker_set_label (wallet->tracker, address, before, NULL, 0, batch);
  return FALSE;
}

static gboolean
check_limit (guint limit, GError **error)
{
  if (limit >= 1 && limit <= 500)
    return TRUE;
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "A page has 1 to 500 rows.");
  return FALSE;
}

GPtrArray *
wallet_list_addresses (Wallet *wallet, const char *cursor, guint limit, char **next, GError **error)
{
  return check_limit (limit, error) ? wallet_tracker_list_addresses (wallet->tracker, cursor, limit, next, error)
                                    : NULL;
}

GArray *
wallet_list_balances (Wallet *wallet, const gint64 *from, guint limit, GError **error)
{
  return check_limit (limit, error) ? wallet_tracker_list_balances (wallet->tracker, from, MAX (limit, 2)) : NULL;
}

GPtrArray *
wallet_list_history (Wallet *wallet, const WalletHistoryQuery *query, char **next, guint *total, GError **error)
{
  if (!check_limit (query->limit, error))
    return NULL;
  return wallet_tracker_list_history (wallet->tracker, query, next, total, error);
}

WalletTxDetails *
wallet_get_transaction (Wallet *wallet, const guint8 txid32[32], GError **error)
{
  return wallet_tracker_get_details (wallet->tracker, txid32, error);
}

WalletDraft *
wallet_draft_create (Wallet *wallet, const WalletDraftRequest *request, GError **error)
{
  g_autoptr (GPtrArray) scripts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree WalletPayment *payments = g_new0 (WalletPayment, request->n_recipients + 1);
  WalletSpendRequest spend = { .payments = payments,
                               .n_payments = request->n_recipients,
                               .fee_rate = request->fee_rate,
                               .send_all = request->send_all,
                               .replaceable = wallet->policy->replaceable,
                               .avoid_reuse = !request->spend_used,
                               .replace_refused = TRUE,
                               .comment = request->label };
  g_autoptr (GHashTable) seen = g_hash_table_new (g_bytes_hash, g_bytes_equal);

  for (guint i = 0; i < request->n_recipients; i++) {
    const WalletRecipient *recipient = &request->recipients[i];
    g_autofree char *normal = normal_address (wallet, recipient->address, error);
    if (normal == NULL)
      return NULL;
    GBytes *script = btc_address_decode (recipient->address, wallet_tracker_get_network (wallet->tracker), NULL);
    g_ptr_array_add (scripts, script);
    if (!g_hash_table_add (seen, script)) {
      g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "An address occurs twice.");
      return NULL;
    }
    payments[i] = (WalletPayment){ script, recipient->amount_sat, request->subtract_fee && i == 0, recipient->label };
  }
  return wallet_spender_create (wallet->spender, &spend, error);
}

WalletStored *
wallet_draft_commit (Wallet *wallet, guint64 id, GError **error)
{
  g_autoptr (WalletStored) stored = g_new0 (WalletStored, 1);

  return wallet_spender_commit (wallet->spender, id, stored, error) ? g_steal_pointer (&stored) : NULL;
}

static WalletTx *
wallet_find_tx (Wallet *wallet, const guint8 txid32[32], GError **error)
{
  WalletTx *tx = wallet_tracker_get_tx (wallet->tracker, txid32);

  if (tx == NULL)
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "This wallet has no such payment.");
  return tx;
}

gboolean
wallet_set_payment_label (Wallet *wallet, const guint8 txid32[32], const char *label, GError **error)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  WalletTx *tx = wallet_find_tx (wallet, txid32, error);
  g_autofree char *before = NULL;

  g_return_val_if_fail (label != NULL, FALSE);

  if (tx == NULL)
    return FALSE;
  before = g_strdup (tx->record->comment != NULL ? tx->record->comment : "");
  wallet_tracker_set_tx_label (wallet->tracker, tx, label, batch);
  if (wallet_tracker_commit (wallet->tracker, batch, error))
    return TRUE;
  wallet_batch_clear (batch);
  wallet_tracker_set_tx_label (wallet->tracker, tx, before, batch);
  return FALSE;
}

gboolean
wallet_get_outcome (Wallet *wallet, const guint8 txid32[32], WalletOutcome *outcome, char **reason, GError **error)
{
  const WalletTx *tx = wallet_find_tx (wallet, txid32, error);

  if (tx == NULL)
    return FALSE;
  *outcome = wallet_tx_get_outcome (tx);
  if (reason != NULL)
    *reason = *outcome == WALLET_OUTCOME_REFUSED ? g_strdup (tx->refusal) : NULL;
  return TRUE;
}

gboolean
wallet_find_payment (Wallet *wallet, guint64 draft, guint8 txid32[32], GError **error)
{
  const WalletTx *tx = wallet_tracker_get_draft (wallet->tracker, draft);

  if (tx == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "This draft was not sent.");
    return FALSE;
  }
  memcpy (txid32, tx->tx->txid32, 32);
  return TRUE;
}

gboolean
wallet_abandon (Wallet *wallet, const guint8 txid32[32], GError **error)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  WalletTx *tx = wallet_find_tx (wallet, txid32, error);

  if (tx == NULL)
    return FALSE;
  if (!wallet_tracker_abandon (wallet->tracker, tx, batch)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_REJECTED,
                         "This payment is in a block or in the mempool, so it cannot be abandoned.");
    return FALSE;
  }
  return wallet_tracker_commit_later (wallet->tracker, batch, error);
}

gboolean
wallet_draft_discard (Wallet *wallet, guint64 id, GError **error)
{
  return wallet_spender_discard (wallet->spender, id, error);
}

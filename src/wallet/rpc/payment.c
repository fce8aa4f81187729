/* A payment over RPC. The arguments are read on the wallet thread, the fee is chosen on the main context, coins are
 * selected and the result is signed and stored on the wallet thread, and it is submitted to the node on the main
 * context. */
#include "wallet/rpc/payment.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "dbus/errors.h"
#include "rpc/tx/script_json.h"
#include "wallet/store/record.h"

static void
payment_free (WalletRpcPayment *payment)
{
  g_clear_pointer (&payment->stored.tx, btc_tx_unref);
  g_array_unref (payment->payments);
  g_hash_table_unref (payment->scripts);
  g_free (payment->wallet);
  g_free (payment);
}

gboolean
wallet_rpc_check_unlocked (Wallet *wallet, GError **error)
{
  return !wallet_keyring_is_encrypted (wallet_tracker_get_keyring (wallet->tracker))
         || rpc_refuse (error, RPC_WALLET_UNLOCK_NEEDED,
                        "Error: Please enter the wallet passphrase with walletpassphrase first.");
}

gboolean
wallet_rpc_check_can_sign (Wallet *wallet, GError **error)
{
  guint64 flags = wallet_tracker_get_flags (wallet->tracker);

  if (!wallet_rpc_check_unlocked (wallet, error))
    return FALSE;
  if ((flags & WALLET_FLAG_EXTERNAL_SIGNER) != 0)
    return rpc_refuse (error, RPC_WALLET_ERROR,
                       "Error: sendtoaddress and sendmany are not supported for wallets with external signers; use "
                       "send instead");
  return (flags & WALLET_FLAG_NO_PRIVATE_KEYS) == 0
         || rpc_refuse (error, RPC_WALLET_ERROR, "Error: Private keys are disabled for this wallet");
}

static gboolean
payment_add_data (WalletRpcPayment *payment, const RpcJson *value, GError **error)
{
  WalletPayment one = { 0 };

  if (payment->has_data)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, duplicate key: data");
  payment->has_data = TRUE;
  one.script = rpc_data_script_from_json (value, error);
  if (one.script == NULL)
    return FALSE;
  g_hash_table_add (payment->scripts, one.script);
  g_array_append_val (payment->payments, one);
  return TRUE;
}

/* Addresses are equal if their scripts are. */
gboolean
wallet_rpc_add_payment (WalletRpcPayment *payment,
                        Wallet *wallet,
                        const char *address,
                        const RpcJson *amount,
                        GError **error)
{
  WalletPayment one = { 0 };
  g_autoptr (GBytes) script = NULL;

  if (g_str_equal (address, "data"))
    return payment_add_data (payment, amount, error);
  if (!rpc_amount_from_json (amount, &one.amount_sat, error))
    return FALSE;
  script = wallet_rpc_script (wallet, address, error);
  if (script == NULL)
    return FALSE;
  if (g_hash_table_contains (payment->scripts, script))
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, duplicated address: %s", address);
  one.script = script;
  g_hash_table_add (payment->scripts, g_steal_pointer (&script));
  g_array_append_val (payment->payments, one);
  return TRUE;
}

static BtcSpan
script_span (GBytes *script)
{
  BtcSpan span;

  span.data = g_bytes_get_data (script, &span.len);
  return span;
}

/* If the coins are enough for the amounts alone, the fee of what is not an input is too much. */
static gpointer
refuse_insufficient (Wallet *wallet, const WalletRpcPayment *payment, gboolean subtract, GError **error)
{
  g_autoptr (GPtrArray) coins = wallet_tracker_list_spendable (wallet->tracker, 0, payment->avoid_reuse);
  gint64 available_sat = 0, total_sat = 0;
  guint64 size = 10 + btc_compact_len (payment->payments->len);

  for (guint i = 0; i < coins->len; i++)
    btc_amount_add (available_sat, ((const WalletCoin *) g_ptr_array_index (coins, i))->out->value_sat, &available_sat);
  for (guint i = 0; i < payment->payments->len; i++) {
    const WalletPayment *one = &g_array_index (payment->payments, WalletPayment, i);
    gsize len = g_bytes_get_size (one->script);
    size += 8 + btc_compact_len (len) + len;
    btc_amount_add (total_sat, one->amount_sat, &total_sat);
  }
  if (!subtract && available_sat >= total_sat) {
    g_autofree char *fee = btc_amount_format_short ((gint64) ((payment->fee.rate * size + 999) / 1000));
    return rpc_fail (error, RPC_WALLET_INSUFFICIENT_FUNDS,
                     "The total exceeds your balance when the %s transaction fee is included.", fee);
  }
  return rpc_fail (error, RPC_WALLET_INSUFFICIENT_FUNDS, "Insufficient funds");
}

/* The reference's error messages for a draft that could not be created. */
static gpointer
refuse_draft (Wallet *wallet, const WalletRpcPayment *payment, GError *cause, GError **error)
{
  gboolean subtract = FALSE;
  int code = cause->domain == BUS_ERROR ? cause->code : BUS_ERROR_FAILED;

  for (guint i = 0; i < payment->payments->len; i++)
    subtract |= g_array_index (payment->payments, WalletPayment, i).subtract_fee;
  if (code == BUS_ERROR_INSUFFICIENT_FUNDS || code == BUS_ERROR_TOO_MANY_COINS)
    return refuse_insufficient (wallet, payment, subtract, error);
  if (code == BUS_ERROR_FEE_TOO_HIGH)
    return rpc_fail (error, RPC_WALLET_INSUFFICIENT_FUNDS,
                     "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
  if (code == BUS_ERROR_INVALID_AMOUNT)
    return rpc_fail (error, RPC_WALLET_INSUFFICIENT_FUNDS, "%s",
                     subtract ? cause->message : "Transaction amount too small");
  g_propagate_error (error, g_error_copy (cause));
  return NULL;
}

/* In the order of the reference: the amounts, the fee rate, the coins. */
static gboolean
check_payment (Wallet *wallet, const WalletRpcPayment *payment, GError **error)
{
  if (payment->payments->len == 0)
    return rpc_refuse (error, RPC_WALLET_INSUFFICIENT_FUNDS, "Transaction must have at least one recipient");
  for (guint i = 0; i < payment->payments->len; i++) {
    const WalletPayment *one = &g_array_index (payment->payments, WalletPayment, i);
    if (one->amount_sat < wallet_dust_limit (wallet->policy, script_span (one->script)))
      return rpc_refuse (error, RPC_WALLET_INSUFFICIENT_FUNDS, "Transaction amount too small");
  }
  return wallet_rpc_check_fee (&payment->fee, error);
}

static RpcJson *
payment_store_body (RpcCall *call, Wallet *wallet, gpointer data, GError **error)
{
  WalletRpcPayment *payment = data;
  WalletSpendRequest request = { .payments = (const WalletPayment *) payment->payments->data,
                                 .n_payments = payment->payments->len,
                                 .fee_rate = payment->fee.rate,
                                 .replaceable = payment->replaceable,
                                 .avoid_reuse = payment->avoid_reuse,
                                 .comment = payment->comment,
                                 .comment_to = payment->comment_to };
  g_autoptr (GError) local = NULL;
  g_autoptr (WalletDraft) draft = NULL;

  if (!check_payment (wallet, payment, error))
    return NULL;
  draft = wallet_spender_create (wallet->spender, &request, &local);
  if (draft == NULL)
    return refuse_draft (wallet, payment, local, error);
  if (!wallet_spender_commit (wallet->spender, draft->id, &payment->stored, error)) {
    wallet_spender_discard (wallet->spender, draft->id, NULL);
    return NULL;
  }
  payment->wallet = g_strdup (wallet_get_name (wallet));
  return rpc_json_new_null ();
}

/* The payment exists once it is stored, even if the node rejects it: it is submitted again after each block. */
static void
on_payment_handed_over (GObject *source, GAsyncResult *result, gpointer data)
{
  WalletRpcPayment *payment = data;
  RpcJson *txid, *answer;

  wallet_hand_over_finish (result, NULL);
  txid = answer = rpc_json_new_hash (payment->stored.txid32);
  if (payment->verbose) {
    answer = rpc_json_new_object ();
    rpc_json_set (answer, "txid", txid);
    rpc_json_set (answer, "fee_reason", rpc_json_new_string (payment->fee.reason));
  }
  wallet_rpc_end (payment->task, answer, NULL);
  payment_free (payment);
}

static void
on_payment_stored (RpcCall *call, GTask *task, RpcJson *result, GError *error, gpointer data)
{
  WalletRpcPayment *payment = data;

  if (result == NULL) {
    wallet_rpc_end (task, NULL, error);
    payment_free (payment);
    return;
  }
  rpc_json_unref (result);
  wallet_hand_over_async (wallet_rpc_manager (call), payment->wallet, &payment->stored, on_payment_handed_over,
                          payment);
}

static void
on_payment_fee_chosen (RpcCall *call, gpointer data)
{
  WalletRpcPayment *payment = data;

  wallet_rpc_run_synced_with (call, payment->task, payment_store_body, on_payment_stored, payment);
}

/* The arguments of a call. */
typedef struct {
  WalletRpcReadPayment read;
  WalletRpcPayment *payment;
} PaymentReading;

static RpcJson *
payment_read_body (RpcCall *call, Wallet *wallet, gpointer data, GError **error)
{
  const PaymentReading *reading = data;

  return reading->read (call, wallet, reading->payment, error) ? rpc_json_new_null () : NULL;
}

static void
on_payment_read (RpcCall *call, GTask *task, RpcJson *result, GError *error, gpointer data)
{
  g_autofree PaymentReading *reading = data;

  if (result == NULL) {
    wallet_rpc_end (task, NULL, error);
    payment_free (reading->payment);
    return;
  }
  rpc_json_unref (result);
  wallet_rpc_choose_fee (call, &reading->payment->fee, on_payment_fee_chosen, reading->payment);
}

void
wallet_rpc_pay (RpcCall *call, GTask *task, WalletRpcReadPayment read)
{
  WalletRpcPayment *payment = g_new0 (WalletRpcPayment, 1);
  PaymentReading *reading = g_new (PaymentReading, 1);

  payment->payments = g_array_new (FALSE, TRUE, sizeof (WalletPayment));
  payment->scripts = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  payment->task = task;
  *reading = (PaymentReading){ read, payment };
  wallet_rpc_run_with (call, task, payment_read_body, on_payment_read, reading);
}

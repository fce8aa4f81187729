/* sendtoaddress, sendmany. */
#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "dbus/errors.h"
#include "wallet/wallets/handover.h"
#include "wallet/rpc/methods.h"

/* The reference's error messages for a draft that could not be created. */
static gpointer
send_refusal (const WalletSpendRequest *request, const GError *cause, GError **error)
{
  gboolean subtract = FALSE;

  if (cause->domain != BUS_ERROR) {
    g_propagate_error (error, g_error_copy (cause));
    return NULL;
  }
  for (guint i = 0; i < request->n_payments; i++)
    subtract |= request->payments[i].subtract_fee;
  if (cause->code == BUS_ERROR_INSUFFICIENT_FUNDS)
    return rpc_fail (error, RPC_WALLET_INSUFFICIENT_FUNDS, "Insufficient funds");
  if (cause->code == BUS_ERROR_FEE_TOO_HIGH)
    return rpc_fail (error, RPC_WALLET_INSUFFICIENT_FUNDS,
                     "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
  if (cause->code == BUS_ERROR_INVALID_AMOUNT)
    return rpc_fail (error, RPC_WALLET_INSUFFICIENT_FUNDS, "%s",
                     subtract ? "The transaction amount is too small to send after the fee has been deducted"
                              : "Transaction amount too small");
  g_propagate_error (error, g_error_copy (cause));
  return NULL;
}

/* A payment in progress: the arguments are read and the fee is chosen on the main context, coins are selected and the
 * result is signed and stored on the wallet thread, and it is submitted to the node on the main context. */
typedef struct {
  GTask *task;
  WalletRpcDataBody body; /* stores it */
  gboolean verbose;
  WalletRpcFee fee;
  char *wallet;
  WalletStored stored;
} Payment;

/* Wallet thread. */
static RpcJson *
payment_store (Wallet *wallet, Payment *payment, WalletSpendRequest *request, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (WalletDraft) draft = NULL;

  if (payment->fee.rate == 0)
    return rpc_fail (error, RPC_WALLET_INSUFFICIENT_FUNDS,
                     "Fee estimation failed. Fallbackfee is disabled. Wait a few blocks or enable -fallbackfee.");
  request->fee_rate = payment->fee.rate;
  draft = wallet_spender_create (wallet->spender, request, &local);
  if (draft == NULL)
    return send_refusal (request, local, error);
  if (!wallet_spender_commit (wallet->spender, draft->id, &payment->stored, error)) {
    wallet_spender_discard (wallet->spender, draft->id, NULL);
    return NULL;
  }
  payment->wallet = g_strdup (wallet_get_name (wallet));
  return rpc_json_new_null ();
}

static void
payment_free (Payment *payment)
{
  g_clear_pointer (&payment->stored.tx, btc_tx_unref);
  g_free (payment->wallet);
  g_free (payment);
}

/* The payment exists once it is stored, even if the node rejects it: it is submitted again after each block. */
static void
on_payment_handed_over (GObject *source, GAsyncResult *result, gpointer data)
{
  Payment *payment = data;
  RpcJson *txid, *answer;
  g_autofree char *reason = NULL;

  if (wallet_hand_over_finish (result, &reason) == WALLET_OUTCOME_REFUSED
      && g_strcmp0 (reason, WALLET_HAND_OVER_LONG_CHAIN) == 0
      && wallet_manager_get_policy (WALLET_MANAGER (source))->reject_long_chains) {
    GError *error = NULL;

    rpc_fail (&error, RPC_WALLET_INSUFFICIENT_FUNDS, "too many unconfirmed transactions in cluster");
    wallet_rpc_end (payment->task, NULL, error);
    payment_free (payment);
    return;
  }
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
payment_stored (RpcCall *call, GTask *task, RpcJson *result, GError *error, gpointer data)
{
  Payment *payment = data;

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
payment_fee_chosen (RpcCall *call, const WalletRpcFee *fee, gpointer data)
{
  Payment *payment = data;

  payment->fee = *fee;
  wallet_rpc_run_synced_with (call, payment->task, payment->body, payment_stored, payment);
}

static void
payment_send (RpcCall *call, GTask *task, WalletRpcDataBody body, guint target, guint rate, gboolean verbose)
{
  Payment *payment = g_new0 (Payment, 1);
  GError *error = NULL;

  payment->task = task;
  payment->body = body;
  payment->verbose = verbose;
  if (wallet_rpc_read_fee (call, target, rate, payment_fee_chosen, payment, &error))
    return;
  payment_free (payment);
  wallet_rpc_end (task, NULL, error);
}

static gboolean
read_amount (const RpcJson *json, gint64 *sat, GError **error)
{
  RpcJsonType type = rpc_json_type (json);

  if (type != RPC_JSON_NUMBER && type != RPC_JSON_STRING)
    return rpc_refuse (error, RPC_TYPE_ERROR, "Amount is not a number or string");
  if (!rpc_json_amount (json, sat))
    return rpc_refuse (error, RPC_TYPE_ERROR, "Invalid amount");
  if (!btc_amount_in_range (*sat))
    return rpc_refuse (error, RPC_TYPE_ERROR, "Amount out of range");
  return TRUE;
}

static gboolean
check_can_sign (Wallet *wallet, GError **error)
{
  WalletStatus status;

  wallet_get_status (wallet, &status);
  if (!status.private_keys)
    return rpc_refuse (error, RPC_WALLET_ERROR, "Error: Private keys are disabled for this wallet");
  if (status.encrypted)
    return rpc_refuse (error, RPC_WALLET_UNLOCK_NEEDED,
                       "Error: Please enter the wallet passphrase with walletpassphrase first.");
  return TRUE;
}

static RpcJson *
send_to_address_body (RpcCall *call, Wallet *wallet, gpointer data, GError **error)
{
  g_autoptr (GBytes) script = NULL;
  WalletPayment payment = { .subtract_fee = rpc_call_bool (call, 4, FALSE) };
  WalletSpendRequest request = { .payments = &payment,
                                 .n_payments = 1,
                                 .replaceable = rpc_call_bool (call, 5, wallet->policy->replaceable),
                                 .comment = rpc_call_string (call, 2),
                                 .comment_to = rpc_call_string (call, 3) };

  if (!check_can_sign (wallet, error))
    return NULL;
  script = wallet_rpc_script (wallet, rpc_call_string (call, 0), error);
  if (script == NULL || !read_amount (call->args[1], &payment.amount_sat, error)
      || !wallet_rpc_check_reuse (call, 8, error))
    return NULL;
  payment.script = script;
  if (request.comment != NULL && *request.comment == '\0')
    request.comment = NULL;
  if (request.comment_to != NULL && *request.comment_to == '\0')
    request.comment_to = NULL;
  return payment_store (wallet, data, &request, error);
}

static void
send_to_address (RpcCall *call, GTask *task)
{
  payment_send (call, task, send_to_address_body, 6, 9, rpc_call_bool (call, 10, FALSE));
}

#define SUBTRACT "Invalid parameter 'subtract fee from output', "

/* The index of the payment to SCRIPT (NULL: none), or -1. */
static gint64
find_payment (const WalletPayment *payments, gint64 n, GBytes *script)
{
  for (gint64 i = 0; script != NULL && i < n; i++)
    if (g_bytes_equal (payments[i].script, script))
      return i;
  return -1;
}

/* Reads which of the N payments the fee is subtracted from: addresses, or indexes of payments. */
static gboolean
read_bearers (Wallet *wallet, const RpcJson *list, WalletPayment *payments, gint64 n, GError **error)
{
  for (gsize i = 0; i < rpc_json_len (list); i++) {
    const RpcJson *item = rpc_json_at (list, i);
    const char *address = rpc_json_string (item);
    gint64 at = -1;
    if (address != NULL) {
      g_autoptr (GBytes) script = wallet_rpc_script (wallet, address, NULL);
      at = find_payment (payments, n, script);
      if (at < 0)
        return rpc_refuse (error, RPC_INVALID_PARAMETER, SUBTRACT "destination %s not found in tx outputs", address);
    } else if (!rpc_json_int (item, &at)) {
      return rpc_refuse (error, RPC_INVALID_PARAMETER, SUBTRACT "invalid value type: %s",
                         rpc_json_type_name (rpc_json_type (item)));
    }
    if (at >= 0 && at < n && payments[at].subtract_fee)
      return rpc_refuse (error, RPC_INVALID_PARAMETER, SUBTRACT "duplicated position: %d", (int) at);
    if (at < 0)
      return rpc_refuse (error, RPC_INVALID_PARAMETER, SUBTRACT "negative position: %d", (int) at);
    if (at >= n)
      return rpc_refuse (error, RPC_INVALID_PARAMETER, SUBTRACT "position too large: %d", (int) at);
    payments[at].subtract_fee = TRUE;
  }
  return TRUE;
}

/* Reads the recipients and amounts. Addresses are equal if their scripts are. The scripts are added to SCRIPTS. */
static gboolean
read_payments (Wallet *wallet, const RpcJson *amounts, WalletPayment *payments, GPtrArray *scripts, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_bytes_hash, g_bytes_equal);

  for (gsize i = 0; i < rpc_json_len (amounts); i++) {
    const char *address = rpc_json_name_at (amounts, i);
    GBytes *script = wallet_rpc_script (wallet, address, error);
    if (script == NULL)
      return FALSE;
    g_ptr_array_add (scripts, script);
    if (!g_hash_table_add (seen, script))
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, duplicated address: %s", address);
    payments[i].script = script;
    if (!read_amount (rpc_json_at (amounts, i), &payments[i].amount_sat, error))
      return FALSE;
  }
  return TRUE;
}

static RpcJson *
send_many_body (RpcCall *call, Wallet *wallet, gpointer data, GError **error)
{
  gsize n = rpc_json_len (call->args[1]);
  g_autofree WalletPayment *payments = g_new0 (WalletPayment, n + 1);
  g_autoptr (GPtrArray) scripts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const char *comment = rpc_call_string (call, 3);
  WalletSpendRequest request = { .payments = payments,
                                 .n_payments = (guint) n,
                                 .replaceable = rpc_call_bool (call, 5, wallet->policy->replaceable),
                                 .comment = comment != NULL && *comment != '\0' ? comment : NULL };

  if (rpc_call_string (call, 0) != NULL && *rpc_call_string (call, 0) != '\0')
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Dummy value must be set to \"\"");
  if (!check_can_sign (wallet, error))
    return NULL;
  if (n == 0)
    return rpc_fail (error, RPC_WALLET_INSUFFICIENT_FUNDS, "Transaction must have at least one recipient");
  if (!read_payments (wallet, call->args[1], payments, scripts, error)
      || !read_bearers (wallet, call->args[4], payments, (gint64) n, error))
    return NULL;
  return payment_store (wallet, data, &request, error);
}

static void
send_many (RpcCall *call, GTask *task)
{
  payment_send (call, task, send_many_body, 6, 8, rpc_call_bool (call, 9, FALSE));
}

static const RpcMethod methods[] = {
  { "Wallet",
    "sendtoaddress",
    NULL,
    "Sends an amount to an address.",
    { { "address", RPC_ARG_STRING, TRUE, "The address of the recipient." },
      { "amount", RPC_ARG_AMOUNT, TRUE, "The amount in BTC." },
      { "comment", RPC_ARG_STRING, FALSE, "A comment, stored in this wallet only." },
      { "comment_to", RPC_ARG_STRING, FALSE, "The name of the recipient, stored in this wallet only." },
      { "subtractfeefromamount", RPC_ARG_BOOL, FALSE, "Whether the fee is subtracted from the amount." },
      { "replaceable", RPC_ARG_BOOL, FALSE, "Whether the transaction is replaceable (BIP 125)." },
      { "conf_target", RPC_ARG_INT, FALSE, "The confirmation target in blocks." },
      { "estimate_mode", RPC_ARG_STRING, FALSE, "unset, economical or conservative." },
      { "avoid_reuse", RPC_ARG_BOOL, FALSE, "Not used yet." },
      { "fee_rate", RPC_ARG_ANY, FALSE, "The fee rate in sat/vB." },
      { "verbose", RPC_ARG_BOOL, FALSE, "Return an object instead of the transaction ID." } },
    RPC_RUN_DEFERRED,
    send_to_address },
  { "Wallet",
    "sendmany",
    NULL,
    "Sends amounts to several addresses in one transaction.",
    { { "dummy", RPC_ARG_STRING, FALSE, "Empty." },
      { "amounts", RPC_ARG_OBJECT, TRUE, "An object of addresses and their amounts in BTC." },
      { "minconf", RPC_ARG_INT, FALSE, "Not used." },
      { "comment", RPC_ARG_STRING, FALSE, "A comment, stored in this wallet only." },
      { "subtractfeefrom", RPC_ARG_ARRAY, FALSE,
        "The addresses, or their positions, from whose amounts the fee is subtracted." },
      { "replaceable", RPC_ARG_BOOL, FALSE, "Whether the transaction is replaceable (BIP 125)." },
      { "conf_target", RPC_ARG_INT, FALSE, "The confirmation target in blocks." },
      { "estimate_mode", RPC_ARG_STRING, FALSE, "unset, economical or conservative." },
      { "fee_rate", RPC_ARG_ANY, FALSE, "The fee rate in sat/vB." },
      { "verbose", RPC_ARG_BOOL, FALSE, "Return an object instead of the transaction ID." } },
    RPC_RUN_DEFERRED,
    send_many },
};

WalletRpcGroup
wallet_rpc_send (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}

/* sendtoaddress, sendmany. */
#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "dbus/errors.h"
#include "wallet/link/chain_wait.h"
#include "wallet/rpc/methods.h"

/* When there is no estimate, as the reference's -fallbackfee on test networks. */
#define FALLBACK_FEE_RATE 20000
/* As the reference's -mintxfee. */
#define LEAST_FEE_RATE 1000

/* Satoshi per virtual byte with at most three decimals: so many satoshi per 1,000. */
static gboolean
read_fee_rate (const RpcJson *json, guint64 *rate, GError **error)
{
  RpcJsonType type = rpc_json_type (json);
  gint64 units;

  if (type != RPC_JSON_NUMBER && type != RPC_JSON_STRING)
    return rpc_refuse (error, RPC_TYPE_ERROR, "Amount is not a number or string");
  /* As an amount of BTC it has eight decimals, of which the last five must not be there. */
  if (!rpc_json_amount (json, &units) || units % 100000 != 0)
    return rpc_refuse (error, RPC_TYPE_ERROR, "Invalid amount");
  if (units < 0)
    return rpc_refuse (error, RPC_TYPE_ERROR, "Amount out of range");
  *rate = (guint64) units / 100000;
  if (*rate >= LEAST_FEE_RATE)
    return TRUE;
  return rpc_refuse (error, RPC_WALLET_INSUFFICIENT_FUNDS,
                     "Fee rate (%u.%03u sat/vB) is lower than the minimum fee rate setting (%u.%03u sat/vB).",
                     (guint) (*rate / 1000), (guint) (*rate % 1000), LEAST_FEE_RATE / 1000, LEAST_FEE_RATE % 1000);
}

static gboolean
check_estimate_mode (const RpcJson *json, GError **error)
{
  const char *mode = rpc_json_string (json);

  if (json == NULL || g_ascii_strcasecmp (mode, "unset") == 0 || g_ascii_strcasecmp (mode, "economical") == 0
      || g_ascii_strcasecmp (mode, "conservative") == 0)
    return TRUE;
  return rpc_refuse (error, RPC_INVALID_PARAMETER,
                     "Invalid estimate_mode parameter, must be one of: \"unset\", \"economical\", \"conservative\"");
}

/* The fee rate from the arguments CALL->args[TARGET] (conf_target), [TARGET + 1] (estimate_mode) and [RATE] (fee_rate). */
static gboolean
fee_rate_of (RpcCall *call, Wallet *wallet, guint target, guint rate, WalletSpendRequest *request, GError **error)
{
  const RpcJson *given = call->args[rate], *mode = call->args[target + 1];
  gint64 blocks;

  if (given != NULL && call->args[target] != NULL)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "Cannot specify both conf_target and fee_rate. Please provide either a confirmation target in "
                       "blocks for automatic fee estimation, or an explicit fee rate.");
  if (given != NULL && mode != NULL && g_strcmp0 (rpc_json_string (mode), "unset") != 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Cannot specify both estimate_mode and fee_rate");
  if (given != NULL)
    return read_fee_rate (given, &request->fee_rate, error);
  if (!check_estimate_mode (mode, error) || !rpc_call_int (call, target, 6, G_MININT32, G_MAXINT32, &blocks, error))
    return FALSE;
  if (blocks < 1 || blocks > 1008)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid conf_target, must be between 1 and 1008");
  g_autofree WalletChainEstimate *estimate = wallet_chain_estimate_wait (wallet->chain, (guint) blocks, error);
  if (estimate == NULL)
    return FALSE;
  if (estimate->rate == 0 && wallet_tracker_get_network (wallet->tracker) == BTC_NETWORK_MAIN)
    return rpc_refuse (error, RPC_WALLET_INSUFFICIENT_FUNDS,
                       "Fee estimation failed. Fallbackfee is disabled. Wait a few blocks or enable -fallbackfee.");
  request->fee_rate
      = MAX (MAX (estimate->rate != 0 ? estimate->rate : FALLBACK_FEE_RATE, estimate->minimum), LEAST_FEE_RATE);
  return TRUE;
}

/* The reference's messages for what a draft is refused for. */
static gpointer
refusal (const WalletSpendRequest *request, const GError *cause, GError **error)
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

static RpcJson *
send (Wallet *wallet, const WalletSpendRequest *request, const char *const *labels, gboolean verbose, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (WalletDraft) draft = wallet_spender_create (wallet->spender, request, &local);
  guint8 txid32[32];
  RpcJson *result;

  if (draft == NULL)
    return refusal (request, local, error);
  if (!wallet_spender_send (wallet->spender, draft->id, labels, txid32, &local)) {
    wallet_spender_discard (wallet->spender, draft->id, NULL);
    /* It is stored, and goes out when the node is back: for the caller it is sent. */
    if (!g_error_matches (local, BUS_ERROR, BUS_ERROR_BUSY)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  }
  if (!verbose)
    return rpc_json_new_hash (txid32);
  result = rpc_json_new_object ();
  rpc_json_set (result, "txid", rpc_json_new_hash (txid32));
  rpc_json_set (result, "fee_reason",
                rpc_json_new_string (request->fee_rate == FALLBACK_FEE_RATE ? "Fallback fee" : ""));
  return result;
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
check_keys (Wallet *wallet, GError **error)
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
to_address_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (GBytes) script = NULL;
  WalletPayment payment = { .subtract_fee = rpc_call_bool (call, 4, FALSE) };
  WalletSpendRequest request = { .payments = &payment,
                                 .n_payments = 1,
                                 .replaceable = rpc_call_bool (call, 5, TRUE),
                                 .comment = rpc_call_string (call, 2),
                                 .comment_to = rpc_call_string (call, 3) };

  if (!check_keys (wallet, error))
    return NULL;
  script = wallet_rpc_script (wallet, rpc_call_string (call, 0), error);
  if (script == NULL || !read_amount (call->args[1], &payment.amount_sat, error))
    return NULL;
  payment.script = script;
  if (request.comment != NULL && *request.comment == '\0')
    request.comment = NULL;
  if (request.comment_to != NULL && *request.comment_to == '\0')
    request.comment_to = NULL;
  if (!fee_rate_of (call, wallet, 6, 9, &request, error))
    return NULL;
  return send (wallet, &request, NULL, rpc_call_bool (call, 10, FALSE), error);
}

static RpcJson *
to_address (RpcCall *call, GError **error)
{
  return wallet_rpc_run_synced (call, to_address_body, error);
}

#define SUBTRACT "Invalid parameter 'subtract fee from output', "

/* Which of the N payments bear the fee: addresses, or numbers of payments. */
static gboolean
read_bearers (const RpcJson *list, const RpcJson *amounts, WalletPayment *payments, gint64 n, GError **error)
{
  for (gsize i = 0; i < rpc_json_len (list); i++) {
    const RpcJson *item = rpc_json_at (list, i);
    const char *address = rpc_json_string (item);
    gint64 at = -1;
    if (address != NULL) {
      for (at = 0; at < n && !g_str_equal (rpc_json_name_at (amounts, (gsize) at), address); at++)
        ;
      if (at == n)
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

static RpcJson *
many_body (RpcCall *call, Wallet *wallet, GError **error)
{
  gsize n = rpc_json_len (call->args[1]);
  g_autofree WalletPayment *payments = g_new0 (WalletPayment, n + 1);
  g_autoptr (GPtrArray) scripts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const char *comment = rpc_call_string (call, 3);
  WalletSpendRequest request = { .payments = payments,
                                 .n_payments = (guint) n,
                                 .replaceable = rpc_call_bool (call, 5, TRUE),
                                 .comment = comment != NULL && *comment != '\0' ? comment : NULL };

  if (rpc_call_string (call, 0) != NULL && *rpc_call_string (call, 0) != '\0')
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Dummy value must be set to \"\"");
  if (!check_keys (wallet, error))
    return NULL;
  if (n == 0)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Transaction must have at least one recipient");
  for (gsize i = 0; i < n; i++) {
    const char *address = rpc_json_name_at (call->args[1], i);
    GBytes *script = wallet_rpc_script (wallet, address, error);
    if (script == NULL)
      return NULL;
    g_ptr_array_add (scripts, script);
    payments[i].script = script;
    if (!read_amount (rpc_json_at (call->args[1], i), &payments[i].amount_sat, error))
      return NULL;
  }
  if (!read_bearers (call->args[4], call->args[1], payments, (gint64) n, error)
      || !fee_rate_of (call, wallet, 6, 8, &request, error))
    return NULL;
  return send (wallet, &request, NULL, rpc_call_bool (call, 9, FALSE), error);
}

static RpcJson *
many (RpcCall *call, GError **error)
{
  return wallet_rpc_run_synced (call, many_body, error);
}

static const RpcMethod methods[] = {
  { "Wallet",
    "sendtoaddress",
    to_address,
    "Pays to an address.",
    { { "address", RPC_ARG_STRING, TRUE, "Whom to pay." },
      { "amount", RPC_ARG_AMOUNT, TRUE, "How much, in BTC." },
      { "comment", RPC_ARG_STRING, FALSE, "What for; stays in this wallet." },
      { "comment_to", RPC_ARG_STRING, FALSE, "To whom; stays in this wallet." },
      { "subtractfeefromamount", RPC_ARG_BOOL, FALSE, "The recipient bears the fee." },
      { "replaceable", RPC_ARG_BOOL, FALSE, "Whether the fee may be raised later (BIP 125)." },
      { "conf_target", RPC_ARG_INT, FALSE, "Within how many blocks it should be confirmed." },
      { "estimate_mode", RPC_ARG_STRING, FALSE, "unset, economical or conservative." },
      { "avoid_reuse", RPC_ARG_BOOL, FALSE, "Not used yet." },
      { "fee_rate", RPC_ARG_ANY, FALSE, "Satoshi per virtual byte." },
      { "verbose", RPC_ARG_BOOL, FALSE, "An object instead of the id." } } },
  { "Wallet",
    "sendmany",
    many,
    "Pays to several addresses at once.",
    { { "dummy", RPC_ARG_STRING, FALSE, "Empty." },
      { "amounts", RPC_ARG_OBJECT, TRUE, "Address: amount in BTC." },
      { "minconf", RPC_ARG_INT, FALSE, "Not used." },
      { "comment", RPC_ARG_STRING, FALSE, "What for; stays in this wallet." },
      { "subtractfeefrom", RPC_ARG_ARRAY, FALSE, "The addresses that bear the fee, or their places." },
      { "replaceable", RPC_ARG_BOOL, FALSE, "Whether the fee may be raised later (BIP 125)." },
      { "conf_target", RPC_ARG_INT, FALSE, "Within how many blocks it should be confirmed." },
      { "estimate_mode", RPC_ARG_STRING, FALSE, "unset, economical or conservative." },
      { "fee_rate", RPC_ARG_ANY, FALSE, "Satoshi per virtual byte." },
      { "verbose", RPC_ARG_BOOL, FALSE, "An object instead of the id." } } },
};

WalletRpcGroup
wallet_rpc_send (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}

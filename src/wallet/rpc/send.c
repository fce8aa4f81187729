/* sendtoaddress, sendmany: their arguments. */
#include <string.h>

#include "wallet/rpc/payment.h"

/* Argument I; NULL if it was omitted, or is empty. */
static const char *
send_text (RpcCall *call, guint i)
{
  const char *text = rpc_call_string (call, i);

  return text != NULL && *text != '\0' ? text : NULL;
}

static gboolean
read_send_to_address (RpcCall *call, Wallet *wallet, WalletRpcPayment *payment, GError **error)
{
  payment->comment = send_text (call, 2);
  payment->comment_to = send_text (call, 3);
  payment->replaceable = rpc_call_bool (call, 5, wallet->policy->replaceable);
  payment->verbose = rpc_call_bool (call, 10, FALSE);
  if (!wallet_rpc_avoid_reuse (call, wallet, 8, &payment->avoid_reuse, error)
      || !wallet_rpc_read_fee (call, 6, 9, &payment->fee, error) || !wallet_rpc_check_unlocked (wallet, error)
      || !wallet_rpc_add_payment (payment, wallet, rpc_call_string (call, 0), call->args[1], error))
    return FALSE;
  g_array_index (payment->payments, WalletPayment, 0).subtract_fee = rpc_call_bool (call, 4, FALSE);
  return wallet_rpc_check_can_sign (wallet, error);
}

static void
send_to_address (RpcCall *call, GTask *task)
{
  wallet_rpc_pay (call, task, read_send_to_address);
}

#define SUBTRACT "Invalid parameter 'subtract fee from output', "

/* Name → its first position in AMOUNTS, + 1. */
static GHashTable *
index_names (const RpcJson *amounts)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = rpc_json_len (amounts); i > 0; i--)
    g_hash_table_insert (index, (gpointer) rpc_json_name_at (amounts, i - 1), GSIZE_TO_POINTER (i));
  return index;
}

/* Reads which of AMOUNTS the fee is subtracted from: addresses, or positions. Sets their BEARS. */
static gboolean
read_bearers (const RpcJson *list, const RpcJson *amounts, gboolean *bears, GError **error)
{
  g_autoptr (GHashTable) index = index_names (amounts);
  gint64 n = (gint64) rpc_json_len (amounts);

  for (gsize i = 0; i < rpc_json_len (list); i++) {
    const RpcJson *item = rpc_json_at (list, i);
    const char *address = rpc_json_string (item);
    gint64 at = -1;
    if (address != NULL) {
      at = (gint64) GPOINTER_TO_SIZE (g_hash_table_lookup (index, address)) - 1;
      if (at < 0)
        return rpc_refuse (error, RPC_INVALID_PARAMETER, SUBTRACT "destination %s not found in tx outputs", address);
    } else if (rpc_json_type (item) != RPC_JSON_NUMBER) {
      return rpc_refuse (error, RPC_INVALID_PARAMETER, SUBTRACT "invalid value type: %s",
                         rpc_json_type_name (rpc_json_type (item)));
    } else if (!rpc_int32_from_json (item, &at, error)) {
      return FALSE;
    }
    if (at >= 0 && at < n && bears[at])
      return rpc_refuse (error, RPC_INVALID_PARAMETER, SUBTRACT "duplicated position: %d", (int) at);
    if (at < 0)
      return rpc_refuse (error, RPC_INVALID_PARAMETER, SUBTRACT "negative position: %d", (int) at);
    if (at >= n)
      return rpc_refuse (error, RPC_INVALID_PARAMETER, SUBTRACT "position too large: %d", (int) at);
    bears[at] = TRUE;
  }
  return TRUE;
}

static gboolean
read_send_many (RpcCall *call, Wallet *wallet, WalletRpcPayment *payment, GError **error)
{
  const RpcJson *amounts = call->args[1];
  g_autofree gboolean *bears = g_new0 (gboolean, rpc_json_len (amounts) + 1);

  payment->comment = send_text (call, 3);
  payment->replaceable = rpc_call_bool (call, 5, wallet->policy->replaceable);
  payment->verbose = rpc_call_bool (call, 9, FALSE);
  if (send_text (call, 0) != NULL)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Dummy value must be set to \"\"");
  if (!wallet_rpc_read_fee (call, 6, 8, &payment->fee, error) || !read_bearers (call->args[4], amounts, bears, error))
    return FALSE;
  for (gsize i = 0; i < rpc_json_len (amounts); i++) {
    if (!wallet_rpc_add_payment (payment, wallet, rpc_json_name_at (amounts, i), rpc_json_at (amounts, i), error))
      return FALSE;
    g_array_index (payment->payments, WalletPayment, i).subtract_fee = bears[i];
  }
  return wallet_rpc_check_can_sign (wallet, error);
}

static void
send_many (RpcCall *call, GTask *task)
{
  wallet_rpc_pay (call, task, read_send_many);
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
      { "subtractfeefromamount", RPC_ARG_BOOL, FALSE, "Whether the fee is subtracted from the amount.",
        .fallback = "false" },
      { "replaceable", RPC_ARG_BOOL, FALSE, "Whether the transaction is replaceable (BIP 125)." },
      { "conf_target", RPC_ARG_INT, FALSE, "The confirmation target in blocks." },
      { "estimate_mode", RPC_ARG_STRING, FALSE, "unset, economical or conservative.", .fallback = "\"unset\"" },
      { "avoid_reuse", RPC_ARG_BOOL, FALSE,
        "Do not use coins of addresses that were spent from; only for wallets with this flag.", .fallback = "true" },
      { "fee_rate", RPC_ARG_AMOUNT, FALSE, "The fee rate in sat/vB." },
      { "verbose", RPC_ARG_BOOL, FALSE, "Return an object instead of the transaction ID.", .fallback = "false" } },
    RPC_RUN_DEFERRED,
    send_to_address,
    .result = "hex | {txid: hex, fee_reason: str}" },
  { "Wallet",
    "sendmany",
    NULL,
    "Sends amounts to several addresses in one transaction.",
    { { "dummy", RPC_ARG_STRING, FALSE, "Empty.", .shown = "\"\"", .fallback = "\"\\\"\\\"\"" },
      { "amounts", RPC_ARG_OBJECT, TRUE, "An object of addresses and their amounts in BTC.", .shape = "{*: amount}",
        .shown = "{\"address\":amount,...}" },
      { "minconf", RPC_ARG_INT, FALSE, "Not used." },
      { "comment", RPC_ARG_STRING, FALSE, "A comment, stored in this wallet only." },
      { "subtractfeefrom", RPC_ARG_ARRAY, FALSE,
        "The addresses, or their positions, from whose amounts the fee is subtracted.", .shape = "[str]",
        .shown = "[\"address\",...]" },
      { "replaceable", RPC_ARG_BOOL, FALSE, "Whether the transaction is replaceable (BIP 125)." },
      { "conf_target", RPC_ARG_INT, FALSE, "The confirmation target in blocks." },
      { "estimate_mode", RPC_ARG_STRING, FALSE, "unset, economical or conservative.", .fallback = "\"unset\"" },
      { "fee_rate", RPC_ARG_AMOUNT, FALSE, "The fee rate in sat/vB." },
      { "verbose", RPC_ARG_BOOL, FALSE, "Return an object instead of the transaction ID.", .fallback = "false" } },
    RPC_RUN_DEFERRED,
    send_many,
    .result = "hex | {txid: hex, fee_reason: str}" },
};

WalletRpcGroup
wallet_rpc_send (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}

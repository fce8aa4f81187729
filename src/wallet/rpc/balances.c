/* getbalance, getbalances, getreceivedbyaddress. */
#include "wallet/rpc/methods.h"
#include "wallet/store/record.h"

static RpcJson *
balance_body (RpcCall *call, Wallet *wallet, GError **error)
{
  const char *dummy = rpc_call_string (call, 0);
  WalletBalance balance;
  gboolean avoid_reuse;
  gint64 min_depth;

  if (dummy != NULL && !g_str_equal (dummy, "*"))
    return rpc_fail (error, RPC_METHOD_DEPRECATED, "dummy first argument must be excluded or set to \"*\".");
  if (!wallet_rpc_int (call, 1, 0, &min_depth, error) || !wallet_rpc_avoid_reuse (call, wallet, 3, &avoid_reuse, error))
    return NULL;
  wallet_tracker_get_balance (wallet->tracker, (gint32) min_depth, avoid_reuse, &balance);
  return rpc_json_new_amount (balance.trusted_sat);
}

static void
get_balance (RpcCall *call, GTask *task)
{
  wallet_rpc_run_synced (call, task, balance_body);
}

static RpcJson *
balances_body (RpcCall *call, Wallet *wallet, GError **error)
{
  RpcJson *result = rpc_json_new_object (), *mine = rpc_json_new_object ();
  WalletBalance sums;
  gint64 nonmempool_sat;

  wallet_tracker_get_balance_with_pending (wallet->tracker, &sums, &nonmempool_sat);
  rpc_json_set (mine, "trusted", rpc_json_new_amount (sums.trusted_sat));
  rpc_json_set (mine, "untrusted_pending", rpc_json_new_amount (sums.pending_sat));
  rpc_json_set (mine, "immature", rpc_json_new_amount (sums.immature_sat));
  rpc_json_set (mine, "nonmempool", rpc_json_new_amount (nonmempool_sat));
  if ((wallet_tracker_get_flags (wallet->tracker) & WALLET_FLAG_AVOID_REUSE) != 0)
    rpc_json_set (mine, "used", rpc_json_new_amount (sums.used_sat));
  rpc_json_set (result, "mine", mine);
  wallet_rpc_set_place (result, wallet);
  return result;
}

static void
get_balances (RpcCall *call, GTask *task)
{
  wallet_rpc_run_synced (call, task, balances_body);
}

static RpcJson *
received_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (GBytes) bytes = wallet_rpc_address_script (wallet, rpc_call_string (call, 0), error);
  gint64 min_depth;
  BtcSpan script;

  if (bytes == NULL)
    return NULL;
  script.data = g_bytes_get_data (bytes, &script.len);
  if (!wallet_keyring_find (wallet_tracker_get_keyring (wallet->tracker), script, NULL))
    return rpc_fail (error, RPC_WALLET_ERROR, "Address not found in wallet");
  if (!wallet_rpc_int (call, 1, 1, &min_depth, error))
    return NULL;
  return rpc_json_new_amount (
      wallet_tracker_get_received (wallet->tracker, script, (gint32) min_depth, rpc_call_bool (call, 2, FALSE)));
}

static void
get_received (RpcCall *call, GTask *task)
{
  wallet_rpc_run_synced (call, task, received_body);
}

static const RpcMethod methods[] = {
  { "Wallet",
    "getbalance",
    NULL,
    "Returns the spendable balance.",
    { { "dummy", RPC_ARG_STRING, FALSE, "Omitted, or \"*\"." },
      { "minconf", RPC_ARG_INT, FALSE, "Only transactions with at least this many confirmations.", .fallback = "0" },
      { "include_watchonly", RPC_ARG_BOOL, FALSE, "No longer used.", .fallback = "false" },
      { "avoid_reuse", RPC_ARG_BOOL, FALSE,
        "Leave out coins of addresses that were spent from; only for wallets with this flag.", .fallback = "true" } },
    RPC_RUN_DEFERRED,
    get_balance,
    .result = "amount" },
  { "Wallet",
    "getbalances",
    NULL,
    "Returns the balances of this wallet.",
    { { NULL } },
    RPC_RUN_DEFERRED,
    get_balances,
    .result = "{mine: {trusted: amount, untrusted_pending: amount, immature: amount, nonmempool: amount, used?: "
              "amount}, lastprocessedblock: {hash: hex, height: num}}" },
  { "Wallet",
    "getreceivedbyaddress",
    NULL,
    "Returns the total amount received by an address.",
    { { "address", RPC_ARG_STRING, TRUE, "An address of this wallet." },
      { "minconf", RPC_ARG_INT, FALSE, "Only payments with this many confirmations.", .fallback = "1" },
      { "include_immature_coinbase", RPC_ARG_BOOL, FALSE, "Include immature coinbase transactions.",
        .fallback = "false" } },
    RPC_RUN_DEFERRED,
    get_received,
    .result = "amount" },
};

WalletRpcGroup
wallet_rpc_balances (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}

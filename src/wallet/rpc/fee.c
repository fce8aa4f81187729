/* The fee rate of a payment over RPC: the arguments conf_target, estimate_mode and fee_rate, and the node's
 * estimate. */
#include "bitcoin/primitives/amount.h"
#include "wallet/rpc/methods.h"

/* Parses satoshi per virtual byte, with at most three decimals, as satoshi per 1,000 virtual bytes. */
static gboolean
fee_rate_parse (const RpcJson *json, guint64 least, guint64 *rate, GError **error)
{
  RpcJsonType type = rpc_json_type (json);
  gint64 units;

  if (type != RPC_JSON_NUMBER && type != RPC_JSON_STRING)
    return rpc_refuse (error, RPC_TYPE_ERROR, "Amount is not a number or string");
  /* Parsed as an amount of BTC it has eight decimals, the last five of which must be zero. */
  if (!rpc_json_amount (json, &units) || units % 100000 != 0)
    return rpc_refuse (error, RPC_TYPE_ERROR, "Invalid amount");
  if (units < 0)
    return rpc_refuse (error, RPC_TYPE_ERROR, "Amount out of range");
  *rate = (guint64) units / 100000;
  if (*rate >= least)
    return TRUE;
  return rpc_refuse (error, RPC_WALLET_INSUFFICIENT_FUNDS,
                     "Fee rate (%u.%03u sat/vB) is lower than the minimum fee rate setting (%u.%03u sat/vB).",
                     (guint) (*rate / 1000), (guint) (*rate % 1000), (guint) (least / 1000), (guint) (least % 1000));
}

static gboolean
fee_mode_check (const RpcJson *json, GError **error)
{
  const char *mode = rpc_json_string (json);

  if (json == NULL || g_ascii_strcasecmp (mode, "unset") == 0 || g_ascii_strcasecmp (mode, "economical") == 0
      || g_ascii_strcasecmp (mode, "conservative") == 0)
    return TRUE;
  return rpc_refuse (error, RPC_INVALID_PARAMETER,
                     "Invalid estimate_mode parameter, must be one of: \"unset\", \"economical\", \"conservative\"");
}

/* A pending estimate. */
typedef struct {
  RpcCall *call;
  WalletRpcFeeFunc done;
  gpointer data;
} FeeEstimate;

/* The node's estimate, otherwise -fallbackfee, otherwise none. ANSWER NULL: the node has no estimate. */
static WalletRpcFee
fee_choose (WalletManager *manager, const WalletChainEstimate *answer)
{
  gboolean estimated = answer != NULL && answer->estimated;
  guint64 least = answer != NULL ? answer->minimum : 0;
  guint64 required = (guint64) wallet_manager_get_policy (manager)->min_fee_rate;
  guint64 rate = estimated ? answer->rate : (guint64) wallet_manager_get_policy (manager)->fallback_fee_rate;

  if (rate != 0 && MAX (rate, least) < required)
    return (WalletRpcFee){ required, "Minimum Required Fee" };
  if (rate != 0 && rate < least)
    return (WalletRpcFee){ least, "Mempool Min Fee" };
  return (WalletRpcFee){ rate, estimated ? "" : "Fallback fee" };
}

static void
on_fee_estimated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree FeeEstimate *asked = data;
  g_autofree WalletChainEstimate *answer = wallet_chain_estimate_finish (WALLET_CHAIN (source), result, NULL);
  WalletRpcFee fee = fee_choose (wallet_rpc_manager (asked->call), answer);

  asked->done (asked->call, &fee, asked->data);
}

gboolean
wallet_rpc_read_fee (RpcCall *call, guint target, guint rate, WalletRpcFeeFunc done, gpointer data, GError **error)
{
  const RpcJson *given = call->args[rate], *mode = call->args[target + 1];
  const RpcWalletPolicy *policy = wallet_manager_get_policy (wallet_rpc_manager (call));
  WalletRpcFee fee = { 0, "" };
  FeeEstimate *asked;
  gint64 blocks;

  if (given != NULL && call->args[target] != NULL)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "Cannot specify both conf_target and fee_rate. Please provide either a confirmation target in "
                       "blocks for automatic fee estimation, or an explicit fee rate.");
  if (given != NULL && mode != NULL && g_strcmp0 (rpc_json_string (mode), "unset") != 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Cannot specify both estimate_mode and fee_rate");
  if (given != NULL) {
    if (!fee_rate_parse (given, (guint64) policy->min_fee_rate, &fee.rate, error))
      return FALSE;
    done (call, &fee, data);
    return TRUE;
  }
  if (!fee_mode_check (mode, error) || !wallet_rpc_int (call, target, (gint64) policy->confirm_target, &blocks, error))
    return FALSE;
  if (blocks < 1 || blocks > 1008)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid conf_target, must be between 1 and 1008");
  asked = g_new (FeeEstimate, 1);
  *asked = (FeeEstimate){ call, done, data };
  wallet_chain_estimate_async (wallet_manager_get_chain (wallet_rpc_manager (call)), (guint) blocks, call->cancellable,
                               on_fee_estimated, asked);
  return TRUE;
}

/* The fee rate of a payment over RPC: the arguments conf_target, estimate_mode and fee_rate, and the node's
 * estimate. */
#include "wallet/rpc/payment.h"

/* Parses satoshi per virtual byte, with at most three decimals, as satoshi per 1,000 virtual bytes. */
static gboolean
fee_rate_parse (const RpcJson *json, guint64 *rate, GError **error)
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
  return TRUE;
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

gboolean
wallet_rpc_read_fee (RpcCall *call, guint target, guint rate, WalletRpcFee *fee, GError **error)
{
  const RpcJson *given = call->args[rate], *mode = call->args[target + 1];
  const RpcWalletPolicy *policy = wallet_manager_get_policy (wallet_rpc_manager (call));
  gint64 blocks;

  fee->target = (guint) policy->confirm_target;
  if (given == NULL) {
    if (!fee_mode_check (mode, error)
        || !wallet_rpc_int (call, target, (gint64) policy->confirm_target, &blocks, error))
      return FALSE;
    fee->target = (guint) blocks;
    return (blocks >= 1 && blocks <= WALLET_CHAIN_MAX_TARGET)
           || rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid conf_target, must be between 1 and %d",
                          WALLET_CHAIN_MAX_TARGET);
  }
  if (call->args[target] != NULL)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "Cannot specify both conf_target and fee_rate. Please provide either a confirmation target in "
                       "blocks for automatic fee estimation, or an explicit fee rate.");
  if (mode != NULL && g_strcmp0 (rpc_json_string (mode), "unset") != 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Cannot specify both estimate_mode and fee_rate");
  fee->given = TRUE;
  fee->reason = "User Specified Fee";
  return fee_rate_parse (given, &fee->rate, error);
}

/* A pending estimate. */
typedef struct {
  RpcCall *call;
  WalletRpcFee *fee;
  WalletRpcFeeFunc done;
  gpointer data;
} FeeEstimate;

/* The node's estimate, otherwise -fallbackfee, otherwise none. ANSWER NULL: the node has not replied. */
static void
fee_choose (WalletManager *manager, const WalletChainEstimate *answer, WalletRpcFee *fee)
{
  const RpcWalletPolicy *policy = wallet_manager_get_policy (manager);
  gboolean estimated = answer != NULL && answer->estimated;
  guint64 least = answer != NULL ? answer->minimum : 0;

  fee->own_least = (guint64) policy->min_fee_rate;
  if (least != 0)
    fee->least = least;
  if (fee->given)
    return;
  fee->rate = estimated ? answer->rate : (guint64) policy->fallback_fee_rate;
  fee->reason = estimated ? "Fee Rate Estimator" : "Fallback fee";
  if (fee->rate == 0)
    return;
  if (fee->rate < least) {
    fee->rate = least;
    fee->reason = "Mempool Min Fee";
  }
  if (fee->rate < fee->own_least) {
    fee->rate = fee->own_least;
    fee->reason = "Minimum Required Fee";
  }
}

static void
on_fee_estimated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree FeeEstimate *asked = data;
  g_autofree WalletChainEstimate *answer = wallet_chain_estimate_finish (WALLET_CHAIN (source), result, NULL);

  fee_choose (wallet_rpc_manager (asked->call), answer, asked->fee);
  asked->done (asked->call, asked->data);
}

void
wallet_rpc_choose_fee (RpcCall *call, WalletRpcFee *fee, WalletRpcFeeFunc done, gpointer data)
{
  FeeEstimate *asked = g_new (FeeEstimate, 1);

  *asked = (FeeEstimate){ call, fee, done, data };
  fee->least = WALLET_RPC_RELAY_FEE_RATE;
  wallet_chain_estimate_async (wallet_manager_get_chain (wallet_rpc_manager (call)), fee->target, call->cancellable,
                               on_fee_estimated, asked);
}

static void
append_rate (GString *text, guint64 rate)
{
  g_string_append_printf (text, "%" G_GUINT64_FORMAT ".%03u sat/vB", rate / 1000, (guint) (rate % 1000));
}

gboolean
wallet_rpc_check_fee (const WalletRpcFee *fee, GError **error)
{
  guint64 required = MAX (fee->own_least, fee->least);
  g_autoptr (GString) text = NULL;

  if (fee->rate == 0 && !fee->given)
    return rpc_refuse (error, RPC_WALLET_INSUFFICIENT_FUNDS,
                       "Fee estimation failed. Fallbackfee is disabled. Wait a few blocks or enable -fallbackfee.");
  if (!fee->given || fee->rate >= required)
    return TRUE;
  text = g_string_new ("Fee rate (");
  append_rate (text, fee->rate);
  g_string_append (text, ") is lower than the minimum fee rate setting (");
  append_rate (text, required);
  g_string_append (text, ").\nConsider modifying -mintxfee (");
  append_rate (text, fee->own_least);
  g_string_append (text, ") or -minrelaytxfee (");
  append_rate (text, fee->least);
  g_string_append (text, ").");
  return rpc_refuse (error, RPC_WALLET_INSUFFICIENT_FUNDS, "%s", text->str);
}

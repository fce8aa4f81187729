/* What a payment over RPC pays: the arguments conf_target, estimate_mode and fee_rate, and the node's estimate. */
#include "bitcoin/primitives/amount.h"
#include "wallet/link/chain_wait.h"
#include "wallet/wallets/manager_private.h"
#include "wallet/rpc/methods.h"

/* As the reference's -mintxfee. */
#define LEAST_FEE_RATE 1000

/* Satoshi per virtual byte with at most three decimals: so many satoshi per 1,000. */
static gboolean
fee_rate_parse (const RpcJson *json, guint64 *rate, GError **error)
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
fee_mode_check (const RpcJson *json, GError **error)
{
  const char *mode = rpc_json_string (json);

  if (json == NULL || g_ascii_strcasecmp (mode, "unset") == 0 || g_ascii_strcasecmp (mode, "economical") == 0
      || g_ascii_strcasecmp (mode, "conservative") == 0)
    return TRUE;
  return rpc_refuse (error, RPC_INVALID_PARAMETER,
                     "Invalid estimate_mode parameter, must be one of: \"unset\", \"economical\", \"conservative\"");
}

/* The node's estimate, else -fallbackfee, else nothing. */
static void
fee_estimate (RpcCall *call, guint32 blocks, WalletRpcFee *fee)
{
  WalletManager *manager = wallet_rpc_manager (call);
  g_autofree WalletChainEstimate *answer = wallet_chain_estimate_wait (manager->chain, blocks, NULL);
  guint64 estimate = answer != NULL ? answer->rate : 0, least = answer != NULL ? answer->minimum : 0;
  guint64 fallback = wallet_manager_get_fallback_fee (manager);

  *fee = (WalletRpcFee){ estimate != 0 ? estimate : fallback, estimate != 0 ? "" : "Fallback fee" };
  if (fee->rate == 0)
    return;
  if (fee->rate < least)
    *fee = (WalletRpcFee){ least, "Mempool Min Fee" };
  if (fee->rate < LEAST_FEE_RATE)
    *fee = (WalletRpcFee){ LEAST_FEE_RATE, "Minimum Required Fee" };
}

gboolean
wallet_rpc_read_fee (RpcCall *call, guint target, guint rate, WalletRpcFee *fee, GError **error)
{
  const RpcJson *given = call->args[rate], *mode = call->args[target + 1];
  gint64 blocks;

  if (given != NULL && call->args[target] != NULL)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "Cannot specify both conf_target and fee_rate. Please provide either a confirmation target in "
                       "blocks for automatic fee estimation, or an explicit fee rate.");
  if (given != NULL && mode != NULL && g_strcmp0 (rpc_json_string (mode), "unset") != 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Cannot specify both estimate_mode and fee_rate");
  fee->reason = "";
  if (given != NULL)
    return fee_rate_parse (given, &fee->rate, error);
  if (!fee_mode_check (mode, error) || !rpc_call_int (call, target, 6, G_MININT32, G_MAXINT32, &blocks, error))
    return FALSE;
  if (blocks < 1 || blocks > 1008)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid conf_target, must be between 1 and 1008");
  fee_estimate (call, (guint32) blocks, fee);
  return TRUE;
}

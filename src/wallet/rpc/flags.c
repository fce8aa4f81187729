/* setwalletflag. */
#include "wallet/rpc/methods.h"
#include "wallet/store/record.h"

#define REUSE_CAVEAT                                                                                                   \
  "You need to rescan the blockchain in order to correctly mark used destinations in the past. Until this is done, "   \
  "some destinations may be considered unused, even if the opposite is the case."

static const struct {
  const char *name;
  guint64 flag;
  gboolean mutable;
} flags[] = {
  { "avoid_reuse", WALLET_FLAG_AVOID_REUSE, TRUE },
  { "blank", WALLET_FLAG_BLANK, FALSE },
  { "key_origin_metadata", WALLET_FLAG_KEY_ORIGIN, FALSE },
  { "last_hardened_xpub_cached", WALLET_FLAG_HARDENED_CACHED, FALSE },
  { "disable_private_keys", WALLET_FLAG_NO_PRIVATE_KEYS, FALSE },
  { "descriptor_wallet", WALLET_FLAG_DESCRIPTORS, FALSE },
  { "external_signer", WALLET_FLAG_EXTERNAL_SIGNER, FALSE },
};

/* The flag that argument 0 names; 0 with ERROR if it cannot be changed. */
static guint64
read_flag_name (RpcCall *call, GError **error)
{
  const char *name = rpc_call_string (call, 0);

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++) {
    if (!g_str_equal (flags[i].name, name))
      continue;
    if (!flags[i].mutable)
      rpc_refuse (error, RPC_INVALID_PARAMETER, "Wallet flag is immutable: %s", name);
    return flags[i].mutable ? flags[i].flag : 0;
  }
  rpc_refuse (error, RPC_INVALID_PARAMETER, "Unknown wallet flag: %s", name);
  return 0;
}

static RpcJson *
set_flag_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  gboolean on = rpc_call_bool (call, 1, TRUE);
  guint64 flag = read_flag_name (call, error);
  RpcJson *result;

  if (flag == 0)
    return NULL;
  if (((wallet_tracker_get_flags (wallet->tracker) & flag) != 0) == on)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Wallet flag is already set to %s: %s", on ? "true" : "false",
                     rpc_call_string (call, 0));
  wallet_tracker_set_flag (wallet->tracker, flag, on, batch);
  if (!wallet_tracker_commit (wallet->tracker, batch, error)) {
    g_autoptr (WalletBatch) back = wallet_batch_new ();
    wallet_tracker_set_flag (wallet->tracker, flag, !on, back);
    return NULL;
  }
  result = rpc_json_new_object ();
  rpc_json_set (result, "flag_name", rpc_json_new_string (rpc_call_string (call, 0)));
  rpc_json_set (result, "flag_state", rpc_json_new_bool (on));
  if (on)
    rpc_json_set (result, "warnings", rpc_json_new_string (REUSE_CAVEAT));
  return result;
}

static void
set_flag (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, set_flag_body);
}

static const RpcMethod methods[] = {
  { "Wallet",
    "setwalletflag",
    NULL,
    "Changes a flag of this wallet.",
    { { "flag", RPC_ARG_STRING, TRUE, "The name of the flag: avoid_reuse." },
      { "value", RPC_ARG_BOOL, FALSE, "The new state.", .fallback = "true" } },
    RPC_RUN_DEFERRED,
    set_flag,
    .result = "{flag_name: str, flag_state: bool, warnings?: str}" },
};

WalletRpcGroup
wallet_rpc_flags (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}

#include "cli/getinfo.h"

/* The value at NAME of OBJECT as text. The caller owns it. */
static char *
dup_value (const RpcJson *object, const char *name)
{
  const RpcJson *value = rpc_json_get (object, name);
  const char *text = rpc_json_string (value);
  return text != NULL ? g_strdup (text) : rpc_json_write (value, 0);
}

static void
append_line (GString *text, const char *label, const RpcJson *object, const char *name)
{
  g_autofree char *value = dup_value (object, name);
  g_string_append_printf (text, "%s: %s\n", label, value);
}

static RpcJson *
getinfo_call (const CommonProgram *program, const char *method, const char *wallet, GError **error)
{
  g_autoptr (RpcJson) none = rpc_json_new_array ();
  return cli_client_call_waiting (program, method, none, wallet, error);
}

static void
append_chain (GString *text, const RpcJson *chain, const RpcJson *network)
{
  append_line (text, "Chain", chain, "chain");
  append_line (text, "Blocks", chain, "blocks");
  append_line (text, "Headers", chain, "headers");
  append_line (text, "Verification progress", chain, "verificationprogress");
  append_line (text, "Difficulty", chain, "difficulty");
  g_string_append_c (text, '\n');
  append_line (text, "Network: in", network, "connections_in");
  append_line (text, "Network: out", network, "connections_out");
  append_line (text, "Version", network, "subversion");
  append_line (text, "Time offset (s)", network, "timeoffset");
  append_line (text, "Min tx relay fee rate (BTC/kvB)", network, "relayfee");
}

/* A node without wallets is not an error. */
static void
append_wallet (GString *text, const CommonProgram *program, const char *wallet)
{
  g_autoptr (RpcJson) info = getinfo_call (program, "getwalletinfo", wallet, NULL);
  g_autoptr (RpcJson) balances = getinfo_call (program, "getbalances", wallet, NULL);
  const RpcJson *result = rpc_json_get (info, "result");

  if (rpc_json_type (result) == RPC_JSON_OBJECT) {
    g_string_append_c (text, '\n');
    append_line (text, "Wallet", result, "walletname");
    append_line (text, "Keypool size", result, "keypoolsize");
  }
  result = rpc_json_get (rpc_json_get (balances, "result"), "mine");
  if (rpc_json_type (result) == RPC_JSON_OBJECT)
    append_line (text, "Balance", result, "trusted");
}

RpcJson *
cli_getinfo (const CommonProgram *program, const char *wallet, char **text, GError **error)
{
  g_autoptr (RpcJson) chain = getinfo_call (program, "getblockchaininfo", NULL, error), network = NULL;
  GString *out;

  if (chain == NULL || rpc_json_type (rpc_json_get (chain, "error")) != RPC_JSON_NULL)
    return g_steal_pointer (&chain);
  network = getinfo_call (program, "getnetworkinfo", NULL, error);
  if (network == NULL || rpc_json_type (rpc_json_get (network, "error")) != RPC_JSON_NULL)
    return g_steal_pointer (&network);
  out = g_string_new (NULL);
  append_chain (out, rpc_json_get (chain, "result"), rpc_json_get (network, "result"));
  append_wallet (out, program, wallet);
  g_string_truncate (out, out->len - 1);
  *text = g_string_free (out, FALSE);
  return g_steal_pointer (&chain);
}

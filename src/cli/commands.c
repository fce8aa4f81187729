#include "cli/commands.h"

#include <string.h>

#include "cli/print.h"
#include "rpc/convert.h"
#include "rpc/handler.h"

RpcJson *
cli_command_reply (RpcJson *result)
{
  RpcJson *reply = rpc_json_new_object ();

  rpc_json_set (reply, "result", result);
  return reply;
}

const char *
cli_value_text (const RpcJson *value)
{
  const char *text = rpc_json_type (value) == RPC_JSON_NUMBER ? rpc_json_literal (value) : rpc_json_string (value);
  return text != NULL ? text : "";
}

/* The replies to N calls by their ids. */
static RpcJson *
sort_replies (const RpcJson *replies, guint n, GError **error)
{
  g_autoptr (RpcJson) sorted = rpc_json_new_array ();

  if (rpc_json_type (replies) != RPC_JSON_ARRAY)
    return cli_fail (error, "Batch must be an array");
  for (guint i = 0; i < n; i++) {
    RpcJson *found = NULL;
    gint64 id;

    for (gsize k = 0; k < rpc_json_len (replies); k++)
      if (rpc_json_int (rpc_json_get (rpc_json_at (replies, k), "id"), &id) && id == (gint64) i)
        found = rpc_json_at (replies, k);
    if (found == NULL)
      return cli_fail (error, "Batch member must be an object");
    rpc_json_append (sorted, rpc_json_ref (found));
  }
  return g_steal_pointer (&sorted);
}

RpcJson *
cli_command_batch (const CliCommand *command, const char *const *methods, GError **error)
{
  g_autoptr (RpcJson) batch = rpc_json_new_array (), replies = NULL;
  guint n;

  for (n = 0; methods[n] != NULL; n++)
    rpc_json_append (batch, cli_client_make_call (methods[n], rpc_json_new_null (), rpc_json_new_int (n)));
  replies = cli_client_send (command->client, batch, command->wallet, error);
  return replies != NULL ? sort_replies (replies, n, error) : NULL;
}

/* A call of METHOD with PARAMS (taken over), whose id is not that of -rpcid. */
static RpcJson *
call_plainly (const CliCommand *command, const char *method, RpcJson *params, GError **error)
{
  g_autoptr (RpcJson) call = cli_client_make_call (method, params, rpc_json_new_int (1));

  return cli_client_send (command->client, call, command->wallet, error);
}

/* ---- -addrinfo ---- */

/* The numbers of getaddrmaninfo, which counts each network in two tables. */
static RpcJson *
count_addresses (const RpcJson *info)
{
  RpcJson *result = rpc_json_new_object (), *known = rpc_json_new_object ();

  for (gsize i = 0; i < rpc_json_len (info); i++) {
    const char *name = rpc_json_name_at (info, i);
    gint64 total = 0;

    rpc_json_int (rpc_json_get (rpc_json_at (info, i), "total"), &total);
    rpc_json_set (known, g_str_equal (name, "all_networks") ? "total" : name, rpc_json_new_int (total));
  }
  rpc_json_set (result, "addresses_known", known);
  return result;
}

RpcJson *
cli_addrinfo (const CliCommand *command, GError **error)
{
  g_autoptr (RpcJson) reply = NULL;
  gint64 code;

  if (command->words[0] != NULL)
    return cli_fail (error, "-addrinfo takes no arguments");
  reply = call_plainly (command, "getaddrmaninfo", rpc_json_new_null (), error);
  if (reply == NULL)
    return NULL;
  if (rpc_json_int (rpc_json_get (rpc_json_get (reply, "error"), "code"), &code) && code == RPC_METHOD_NOT_FOUND)
    return cli_fail (error,
                     "-addrinfo requires %s v26.0 or later which supports getaddrmaninfo RPC. Please upgrade your node "
                     "or use %s from the same version.",
                     cli_print_server (), cli_print_name ());
  if (cli_is_error (reply))
    return g_steal_pointer (&reply);
  return cli_command_reply (count_addresses (rpc_json_get (reply, "result")));
}

/* ---- -generate ---- */

/* The parameters of generatetoaddress: "nblocks ADDRESS maxtries". NULL with ERROR. */
static RpcJson *
make_generate_params (char **words, const char *address, GError **error)
{
  guint n = g_strv_length (words);
  const char *params[4] = { n > 0 ? words[0] : "1", address, n > 1 ? words[1] : NULL, NULL };

  if (n > 2)
    return cli_fail (error, "too many arguments (maximum 2 for nblocks and maxtries)");
  if (g_str_equal (params[0], "0"))
    return cli_fail (error, "the first argument (number of blocks to generate, default: 1) must be an integer value "
                            "greater than zero");
  return rpc_convert_words ("generatetoaddress", (char **) params, FALSE, NULL, error);
}

RpcJson *
cli_generate (const CliCommand *command, GError **error)
{
  g_autoptr (RpcJson) reply = NULL, blocks = NULL, params = NULL;
  const char *address;
  RpcJson *result;

  reply = cli_client_call (command->client, "getnewaddress", rpc_json_new_array (), command->wallet, error);
  if (reply == NULL || cli_is_error (reply))
    return g_steal_pointer (&reply);
  address = cli_value_text (rpc_json_get (reply, "result"));
  params = make_generate_params (command->words, address, error);
  if (params == NULL)
    return NULL;
  blocks = call_plainly (command, "generatetoaddress", g_steal_pointer (&params), error);
  if (blocks == NULL || cli_is_error (blocks))
    return g_steal_pointer (&blocks);
  result = rpc_json_new_object ();
  rpc_json_set (result, "address", rpc_json_new_string (address));
  rpc_json_set (result, "blocks", rpc_json_ref (rpc_json_get (blocks, "result")));
  return cli_command_reply (result);
}

#include "common/log.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* verifychain: repeats the start-up checks on demand. */

static RpcJson *
run_verifychain (RpcCall *call, GError **error)
{
  gint64 level, depth;
  GError *problem = NULL;
  gboolean complete;

  if (!rpc_call_int (call, 0, 3, G_MININT32, G_MAXINT32, &level, error)
      || !rpc_call_int (call, 1, 6, G_MININT32, G_MAXINT32, &depth, error))
    return NULL;
  if (node_chain_verify (node_rpc_context (call)->chain, (guint) CLAMP (level, 0, 4), (guint32) MAX (depth, 0),
                         call->cancellable, &complete, &problem))
    return rpc_json_new_bool (complete);
  if (problem->domain == G_IO_ERROR) {
    node_rpc_fail_closed (error, problem);
    return NULL;
  }
  common_error ("Verification error: %s", problem->message);
  g_error_free (problem);
  return rpc_json_new_bool (FALSE);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "verifychain",
    run_verifychain,
    "Verifies the last blocks and the coins. true when everything was checked and is valid; the log has the failures.",
    { { "checklevel", RPC_ARG_INT, FALSE, "How thorough that is: 0 to 4 (default: 3)" },
      { "nblocks", RPC_ARG_INT, FALSE, "The number of blocks; 0 for all (default: 6)" } },
    .result = "bool" },
};

void
node_rpc_add_verification (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

#include "common/log.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* verifychain: the start-up checks again, on demand. */

typedef struct {
  gint64 level;
  gint64 depth;
} Depth;

static RpcJson *
verify (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const Depth *wanted = data;
  g_autoptr (GError) problem = NULL;
  gboolean complete;

  if (!node_chain_verify (chain, (guint) CLAMP (wanted->level, 0, 4), (guint32) MAX (wanted->depth, 0),
                          call->cancellable, &complete, &problem)) {
    common_error ("Verification error: %s", problem->message);
    return rpc_json_new_bool (FALSE);
  }
  return rpc_json_new_bool (complete);
}

static RpcJson *
run_verifychain (RpcCall *call, GError **error)
{
  Depth wanted;

  if (!rpc_call_int (call, 0, 3, G_MININT32, G_MAXINT32, &wanted.level, error)
      || !rpc_call_int (call, 1, 6, G_MININT32, G_MAXINT32, &wanted.depth, error))
    return NULL;
  return node_rpc_run (call, NODE_JOB_BACKGROUND, verify, &wanted, error);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "verifychain",
    run_verifychain,
    "Checks the last blocks against the files and the coins. true when all of it was checked and holds; the log tells "
    "what does not.",
    { { "checklevel", RPC_ARG_INT, FALSE, "How thoroughly: 0 to 4 (default: 3)" },
      { "nblocks", RPC_ARG_INT, FALSE, "How many blocks; 0 for all (default: 6)" } } },
};

void
node_rpc_add_verification (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

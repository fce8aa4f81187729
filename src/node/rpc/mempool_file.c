/* savemempool, importmempool. */
#include "node/mempool/keep.h"
#include "node/mempool/persist.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

#include "common/log.h"

/* The longest time for which an import delays other jobs of the chain thread. */
#define SLICE_US 10000

static RpcJson *
run_savemempool (RpcCall *call, GError **error)
{
  NodeMempoolKeep *keep = node_rpc_context (call)->keep;
  g_autoptr (GError) problem = NULL;
  RpcJson *json;

  if (!node_mempool_keep_save (keep, &problem)) {
    if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
      return rpc_fail (error, RPC_MISC_ERROR, "%s", problem->message);
    common_warn ("Failed to dump mempool: %s", problem->message);
    return rpc_fail (error, RPC_MISC_ERROR, "Unable to dump mempool to disk");
  }
  json = rpc_json_new_object ();
  rpc_json_set (json, "filename", rpc_json_new_string (node_mempool_keep_path (keep)));
  return json;
}

typedef struct {
  NodeMempoolLoadOptions options;
  NodeMempoolLoad *load;
  NodeMempoolLoadState state;
} Import;

static gboolean
read_import_flag (const RpcJson *options, const char *name, gboolean *value, GError **error)
{
  const RpcJson *given = rpc_json_get (options, name);

  return rpc_json_type (given) == RPC_JSON_NULL || rpc_bool_from_json (given, value, error);
}

static gboolean
read_import_options (const RpcJson *options, NodeMempoolLoadOptions *read, GError **error)
{
  return read_import_flag (options, "use_current_time", &read->use_current_time, error)
         && read_import_flag (options, "apply_fee_delta_priority", &read->apply_deltas, error)
         && read_import_flag (options, "apply_unbroadcast_set", &read->apply_unbroadcast, error);
}

static RpcJson *
begin_import (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  Import *import = data;
  g_autoptr (GError) problem = NULL;

  if (node_chain_is_initial_download (chain))
    return rpc_fail (error, RPC_CLIENT_IN_INITIAL_DOWNLOAD,
                     "Can only import the mempool after the block download and sync is done.");
  if (!read_import_options (call->args[1], &import->options, error))
    return NULL;
  import->load = node_mempool_load_new (mempool, rpc_call_string (call, 0), &import->options, &problem);
  if (import->load != NULL)
    return NULL;
  common_warn ("Failed to import the mempool: %s", problem->message);
  return rpc_fail (error, RPC_MISC_ERROR, "Unable to import mempool file, see debug log for details.");
}

static RpcJson *
import_slice (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  Import *import = data;
  g_autoptr (GError) problem = NULL;

  import->state = node_mempool_load_run (import->load, SLICE_US, &problem);
  if (import->state != NODE_MEMPOOL_LOAD_FAILED)
    return NULL;
  common_warn ("Failed to import the mempool: %s", problem->message);
  return rpc_fail (error, RPC_MISC_ERROR, "Unable to import mempool file, see debug log for details.");
}

static RpcJson *
run_importmempool (RpcCall *call, GError **error)
{
  Import import = { .options = { .use_current_time = TRUE } };
  g_autoptr (GError) problem = NULL;

  node_rpc_run (call, NODE_JOB_BACKGROUND, begin_import, &import, error);
  if (import.load == NULL)
    return NULL;
  do
    node_rpc_run (call, NODE_JOB_BACKGROUND, import_slice, &import, &problem);
  while (import.state == NODE_MEMPOOL_LOAD_MORE && problem == NULL);
  node_mempool_load_free (import.load);
  if (problem == NULL)
    return rpc_json_new_object ();
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "importmempool",
    run_importmempool,
    "Imports a mempool file. A file from an untrusted source can be harmful, especially with the options.",
    { { "filepath", RPC_ARG_STRING, TRUE, "The path of a mempool.dat" },
      { "options", RPC_ARG_OPTIONS, FALSE,
        "use_current_time (default: true), apply_fee_delta_priority (default: false), apply_unbroadcast_set (default: "
        "false)",
        .shape = "{use_current_time?: bool = true, apply_fee_delta_priority?: bool = false, apply_unbroadcast_set?: "
                 "bool = false}",
        .shown = "options" } },
    .result = "{}" },
  { "Blockchain", "savemempool", run_savemempool,
    "Saves the mempool to mempool.dat, from which it is loaded at the next start.\n\n{ \"filename\" }    (object) The "
    "file",
    .result = "{filename: str}" },
};

void
node_rpc_add_mempool_file (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

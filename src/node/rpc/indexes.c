#include "node/index/filter_index.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* The state of the indexes, and block filters. */

static RpcJson *
run_getindexinfo (RpcCall *call, GError **error)
{
  const char *wanted = rpc_call_string (call, 0);
  RpcJson *json = rpc_json_new_object ();

  for (guint kind = 0; kind < NODE_N_INDEXES; kind++) {
    NodeIndex *index = node_indexes_get (node_rpc_context (call)->indexes, kind);
    NodeIndexState state;
    RpcJson *entry;

    if (index == NULL)
      continue;
    state = node_index_get_state (index);
    if (wanted != NULL && *wanted != '\0' && !g_str_equal (wanted, state.name))
      continue;
    entry = rpc_json_new_object ();
    rpc_json_set (entry, "synced", rpc_json_new_bool (state.synced));
    rpc_json_set (entry, "best_block_height", rpc_json_new_int (state.height));
    rpc_json_set (json, state.name, entry);
  }
  return json;
}

typedef struct {
  const NodeBlock *block;
  gboolean was_connected;
} FilterQuery;

static RpcJson *
find_filter_block (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  FilterQuery *query = data;

  query->block = node_rpc_find_block (call, chain, 0, error);
  if (query->block == NULL)
    return NULL;
  query->was_connected = (query->block->status & NODE_BLOCK_FAILED) == 0
                         && (query->block->status & NODE_BLOCK_VALID_MASK) >= NODE_BLOCK_VALID_SCRIPTS;
  return rpc_json_new_null ();
}

static RpcJson *
fail_filter (const FilterQuery *query, gboolean ready, GError **error)
{
  if (!query->was_connected)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Filter not found. Block was not connected to active chain.");
  if (!ready)
    return rpc_fail (error, RPC_MISC_ERROR,
                     "Filter not found. Block filters are still in the process of being indexed.");
  return rpc_fail (error, RPC_INTERNAL_ERROR,
                   "Filter not found. This error is unexpected and indicates index corruption.");
}

static RpcJson *
run_getblockfilter (RpcCall *call, GError **error)
{
  const char *type = call->args[1] != NULL ? rpc_call_string (call, 1) : "basic";
  NodeIndex *index = node_indexes_get (node_rpc_context (call)->indexes, NODE_INDEX_FILTER);
  g_autoptr (RpcJson) found_block = NULL;
  g_autoptr (GBytes) filter = NULL;
  FilterQuery query = { 0 };
  NodeFilterRecord record;
  gboolean ready, found = FALSE;
  guint8 hash32[32];
  RpcJson *json;

  if (!rpc_call_hash (call, 0, hash32, error))
    return NULL;
  if (!g_str_equal (type, "basic"))
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Unknown filtertype");
  if (index == NULL)
    return rpc_fail (error, RPC_MISC_ERROR, "Index is not enabled for filtertype %s", type);
  found_block = node_rpc_on_chain (call, find_filter_block, &query, error);
  if (found_block == NULL)
    return NULL;
  ready = node_index_wait_synced (index);
  if (node_filter_index_get (index, query.block, &record, &found, NULL) && found)
    filter = node_filter_index_read (index, &record, NULL);
  if (filter == NULL)
    return fail_filter (&query, ready, error);
  json = rpc_json_new_object ();
  rpc_json_set (json, "filter", rpc_json_new_hex (g_bytes_get_data (filter, NULL), g_bytes_get_size (filter)));
  rpc_json_set (json, "header", rpc_json_new_hash (record.header32));
  return json;
}

static const RpcMethod methods[] = {
  { "Util",
    "getindexinfo",
    run_getindexinfo,
    "Returns the state of the enabled indexes.",
    { { "index_name", RPC_ARG_STRING, FALSE, "The name of an index (default: all)" } },
    .result = "{*: {synced: bool, best_block_height: num}}" },
  { "Blockchain",
    "getblockfilter",
    run_getblockfilter,
    "Returns the compact filter of a block (BIP 158) and its filter header. Needs -blockfilterindex.",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The hash of the block" },
      { "filtertype", RPC_ARG_STRING, FALSE, "The type of filter", .fallback = "\"basic\"" } },
    .result = "{filter: hex, header: hex}" },
};

void
node_rpc_add_indexes (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

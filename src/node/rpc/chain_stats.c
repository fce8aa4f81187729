#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/header_json.h"

/* getchaintxstats: the number of transactions in a window of blocks. */

#define MONTH_S (30 * 24 * 60 * 60)

static RpcJson *
make_stats (const NodeBlock *last, const NodeBlock *first)
{
  gint64 count = (gint64) last->height - first->height;
  gint64 interval = node_block_median_time_past (last) - node_block_median_time_past (first);
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "time", rpc_json_new_int (last->header.time));
  if (last->chain_tx != 0)
    rpc_json_set (json, "txcount", rpc_json_new_int ((gint64) last->chain_tx));
  rpc_json_set (json, "window_final_block_hash", rpc_json_new_hash (last->hash32));
  rpc_json_set (json, "window_final_block_height", rpc_json_new_int (last->height));
  rpc_json_set (json, "window_block_count", rpc_json_new_int (count));
  if (count == 0)
    return json;
  rpc_json_set (json, "window_interval", rpc_json_new_int (interval));
  if (last->chain_tx != 0 && first->chain_tx != 0) {
    guint64 txs = last->chain_tx - first->chain_tx;
    rpc_json_set (json, "window_tx_count", rpc_json_new_int ((gint64) txs));
    if (interval > 0)
      rpc_json_set (json, "txrate", rpc_json_new_double ((double) txs / (double) interval));
  }
  return json;
}

static RpcJson *
get_stats (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const NodeBlock *last = node_chain_tip (chain);
  gint64 count = MONTH_S / node_chain_params (chain)->pow_spacing_s;

  if (call->args[1] != NULL) {
    last = node_rpc_find_block (call, chain, 1, error);
    if (last == NULL)
      return NULL;
    if (!node_chain_contains (chain, last))
      return rpc_fail (error, RPC_INVALID_PARAMETER, "Block is not in main chain");
  }
  if (call->args[0] == NULL) {
    count = MAX (0, MIN (count, (gint64) last->height - 1));
  } else {
    if (!rpc_call_int (call, 0, 0, G_MININT32, G_MAXINT32, &count, error))
      return NULL;
    if (count < 0 || (count > 0 && count >= last->height))
      return rpc_fail (error, RPC_INVALID_PARAMETER,
                       "Invalid block count: should be between 0 and the block's height - 1");
  }
  return make_stats (last, node_block_ancestor (last, last->height - (guint32) count));
}

static RpcJson *
run_getchaintxstats (RpcCall *call, GError **error)
{
  return node_rpc_on_chain (call, get_stats, NULL, error);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "getchaintxstats",
    run_getchaintxstats,
    "Returns statistics about the transactions in a window of blocks.",
    { { "nblocks", RPC_ARG_INT, FALSE, "The number of blocks in the window (default: one month)" },
      { "blockhash", RPC_ARG_HEX, FALSE, "The last block of the window (default: the tip)" } },
    .result = "{time: time, txcount?: num, window_final_block_hash: hex, window_final_block_height: num, "
              "window_block_count: num, window_interval?: num, window_tx_count?: num, txrate?: num}" },
};

void
node_rpc_add_chain_stats (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

#include "node/rpc/read_block.h"

#include "common/log.h"

/* It was stored once: its number of transactions is known, but not their data. */
static gboolean
is_pruned (const NodeRpcPlace *place)
{
  return (place->status & NODE_BLOCK_HAVE_DATA) == 0 && place->n_tx > 0;
}

BtcBlock *
node_rpc_read_block (RpcCall *call, const NodeRpcPlace *place, GError **error)
{
  NodeChain *chain = node_rpc_context (call)->chain;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BtcBlock) block = NULL;
  g_autofree char *path = NULL;

  if ((place->status & NODE_BLOCK_HAVE_DATA) == 0)
    return rpc_fail (error, RPC_MISC_ERROR, "Block not available (%s)",
                     is_pruned (place) ? "pruned data" : "not fully downloaded");
  bytes = node_block_files_read_block (node_chain_files (chain), place->file, place->data_pos, &problem);
  if (bytes == NULL) {
    common_error ("%s", problem->message);
    return rpc_fail (error, RPC_MISC_ERROR, "Block not found on disk. %s", problem->message);
  }
  block = btc_block_new_prefix (bytes);
  if (block != NULL && node_block_is_intact (place->block, block, node_chain_params (chain)))
    return g_steal_pointer (&block);
  path = node_block_files_dup_path (node_chain_files (chain), place->file, FALSE);
  common_error ("%s is damaged: block %u is not there as it was stored", path, place->block->height);
  return rpc_fail (error, RPC_MISC_ERROR, "Block not found on disk. %s is damaged. " NODE_BLOCKS_ADVICE, path);
}

BtcCoin *
node_rpc_read_spent (RpcCall *call,
                     const NodeRpcPlace *place,
                     const BtcBlock *block,
                     GByteArray *scripts,
                     GError **error)
{
  NodeBlockFiles *files = node_chain_files (node_rpc_context (call)->chain);
  g_autofree BtcCoin *coins = g_new0 (BtcCoin, block->n_inputs + 1);
  g_autoptr (GBytes) undo = NULL;
  g_autoptr (GError) problem = NULL;

  if (place->block->prev == NULL)
    return g_steal_pointer (&coins);
  if ((place->status & NODE_BLOCK_HAVE_UNDO) == 0)
    return rpc_fail (error, RPC_MISC_ERROR, "Undo data not available%s", is_pruned (place) ? " (pruned data)" : "");
  undo = node_block_files_read_undo (files, place->file, place->undo_pos, place->block->prev->hash32, &problem);
  if (undo == NULL)
    common_error ("%s", problem->message);
  if (undo == NULL || !node_undo_parse (block, undo, coins, scripts))
    return rpc_fail (error, RPC_INTERNAL_ERROR, "Can't read undo data from disk");
  return g_steal_pointer (&coins);
}

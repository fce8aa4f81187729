#include "node/rpc/read_block.h"

#include <string.h>

/* It was there once: all its transactions are known by number, and none of them is stored. */
static gboolean
is_pruned (const NodeRpcPlace *place)
{
  return (place->status & NODE_BLOCK_HAVE_DATA) == 0 && place->n_tx > 0;
}

GBytes *
node_rpc_read_block_bytes (RpcCall *call, const NodeRpcPlace *place, GError **error)
{
  NodeBlockFiles *files = node_chain_files (node_app_chain (node_rpc_app (call)));
  g_autoptr (GError) problem = NULL;
  GBytes *bytes;

  if ((place->status & NODE_BLOCK_HAVE_DATA) == 0)
    return rpc_fail (error, RPC_MISC_ERROR, "Block not available (%s)",
                     is_pruned (place) ? "pruned data" : "not fully downloaded");
  bytes = node_block_files_read_block (files, place->file, place->data_pos, &problem);
  if (bytes == NULL)
    rpc_fail (error, RPC_MISC_ERROR, "Block not found on disk. %s", problem->message);
  return bytes;
}

BtcBlock *
node_rpc_read_block (RpcCall *call, const NodeRpcPlace *place, GError **error)
{
  g_autoptr (GBytes) bytes = node_rpc_read_block_bytes (call, place, error);
  g_autoptr (BtcBlock) block = NULL;

  if (bytes == NULL)
    return NULL;
  block = btc_block_new (bytes);
  if (block == NULL || memcmp (block->hash32, place->block->hash32, 32) != 0)
    return rpc_fail (error, RPC_MISC_ERROR, "Block not found on disk. The file is damaged.");
  return g_steal_pointer (&block);
}

BtcCoin *
node_rpc_read_spent (RpcCall *call,
                     const NodeRpcPlace *place,
                     const BtcBlock *block,
                     GByteArray *scripts,
                     GError **error)
{
  NodeBlockFiles *files = node_chain_files (node_app_chain (node_rpc_app (call)));
  g_autofree BtcCoin *coins = g_new0 (BtcCoin, block->n_inputs + 1);
  g_autoptr (GBytes) undo = NULL;

  if (place->block->prev == NULL)
    return g_steal_pointer (&coins);
  if ((place->status & NODE_BLOCK_HAVE_UNDO) == 0)
    return rpc_fail (error, RPC_MISC_ERROR, "Undo data not available%s", is_pruned (place) ? " (pruned data)" : "");
  undo = node_block_files_read_undo (files, place->file, place->undo_pos, place->block->prev->hash32, NULL);
  if (undo == NULL || !node_undo_parse (block, undo, coins, scripts))
    return rpc_fail (error, RPC_INTERNAL_ERROR, "Can't read undo data from disk");
  return g_steal_pointer (&coins);
}

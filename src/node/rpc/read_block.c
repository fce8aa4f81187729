#include "node/rpc/read_block.h"

#include "common/log.h"

gboolean
node_rpc_pin_block (NodeChain *chain, const NodeBlock *block, NodeBlockPin *pin, GError **error)
{
  if (node_block_tree_pin (node_chain_tree (chain), block, pin, NULL))
    return TRUE;
  /* A block whose data was stored once still has its number of transactions. */
  return rpc_refuse (error, RPC_MISC_ERROR, "Block not available (%s)",
                     pin->record.n_tx > 0 ? "pruned data" : "not fully downloaded");
}

BtcBlock *
node_rpc_read_pinned (const NodeBlockPin *pin, GError **error)
{
  g_autoptr (GError) problem = NULL;
  BtcBlock *block = node_block_pin_read_block (pin, &problem);

  if (block != NULL)
    return block;
  common_error ("%s", problem->message);
  return rpc_fail (error, RPC_MISC_ERROR, "Block not found on disk. %s", problem->message);
}

BtcCoin *
node_rpc_read_spent (const NodeBlockPin *pin, const BtcBlock *block, GByteArray *scripts, GError **error)
{
  g_autofree BtcCoin *coins = g_new0 (BtcCoin, block->n_inputs + 1);
  g_autoptr (GError) problem = NULL;

  if (node_block_pin_read_undo (pin, block, coins, scripts, &problem))
    return g_steal_pointer (&coins);
  if (g_error_matches (problem, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED))
    return rpc_fail (error, RPC_MISC_ERROR, "Undo data not available");
  common_error ("%s", problem->message);
  return rpc_fail (error, RPC_INTERNAL_ERROR, "Can't read undo data from disk");
}

gboolean
node_rpc_read_spent_if_stored (const NodeBlockPin *pin,
                               const BtcBlock *block,
                               BtcCoin **spent,
                               GByteArray *scripts,
                               GError **error)
{
  *spent = NULL;
  if ((pin->record.status & NODE_BLOCK_HAVE_UNDO) == 0)
    return TRUE;
  *spent = node_rpc_read_spent (pin, block, scripts, NULL);
  return *spent != NULL
         || rpc_refuse (error, RPC_INTERNAL_ERROR,
                        "Undo data expected but can't be read. This could be due to disk corruption or a conflict "
                        "with a pruning event.");
}

BtcBlock *
node_rpc_read_block (RpcCall *call, const NodeBlock *index, GError **error)
{
  g_auto (NodeBlockPin) pin = { 0 };

  return node_rpc_pin_block (node_rpc_context (call)->chain, index, &pin, error) ? node_rpc_read_pinned (&pin, error)
                                                                                 : NULL;
}

BtcBlock *
node_rpc_read_block_and_spent (RpcCall *call,
                               const NodeBlock *index,
                               BtcCoin **spent,
                               GByteArray *scripts,
                               GError **error)
{
  g_auto (NodeBlockPin) pin = { 0 };
  g_autoptr (BtcBlock) block = NULL;

  *spent = NULL;
  if (!node_rpc_pin_block (node_rpc_context (call)->chain, index, &pin, error))
    return NULL;
  block = node_rpc_read_pinned (&pin, error);
  *spent = block != NULL ? node_rpc_read_spent (&pin, block, scripts, error) : NULL;
  return *spent != NULL ? g_steal_pointer (&block) : NULL;
}

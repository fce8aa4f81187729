#include "node/rpc/header_json.h"

#include "common/hex.h"

double
node_rpc_difficulty (guint32 bits)
{
  int shift = (int) (bits >> 24) - 29;
  double difficulty = (bits & 0x00ffffff) == 0 ? 0 : (double) 0x0000ffff / (double) (bits & 0x00ffffff);

  for (; shift < 0; shift++)
    difficulty *= 256.0;
  for (; shift > 0; shift--)
    difficulty /= 256.0;
  return difficulty;
}

RpcJson *
node_rpc_new_bits (guint32 bits)
{
  g_autofree char *text = g_strdup_printf ("%08x", bits);
  return rpc_json_new_string (text);
}

RpcJson *
node_rpc_new_work (const BtcUint256 *work)
{
  guint8 bytes32[32];

  btc_uint256_to_be (work, bytes32);
  return rpc_json_new_hex (bytes32, sizeof bytes32);
}

RpcJson *
node_rpc_new_target (guint32 bits)
{
  BtcUint256 target;

  btc_uint256_from_compact (&target, bits, NULL, NULL);
  return node_rpc_new_work (&target);
}

void
node_rpc_place_init (NodeRpcPlace *place, NodeChain *chain, const NodeTip *tip, const NodeBlock *block)
{
  NodeBlockRecord record;

  node_block_tree_get_record (node_chain_tree (chain), block, &record, NULL);
  *place = (NodeRpcPlace){ .block = block, .confirmations = -1, .n_tx = record.n_tx };
  if (!node_block_descends (tip->block, block))
    return;
  place->confirmations = (gint64) tip->block->height - block->height + 1;
  if (block != tip->block)
    place->next = node_block_ancestor (tip->block, block->height + 1);
}

void
node_rpc_header_add_json (RpcJson *object, const NodeRpcPlace *place)
{
  const NodeBlock *block = place->block;
  g_autofree char *version = g_strdup_printf ("%08x", (guint32) block->header.version);

  rpc_json_set (object, "hash", rpc_json_new_hash (block->hash32));
  rpc_json_set (object, "confirmations", rpc_json_new_int (place->confirmations));
  rpc_json_set (object, "height", rpc_json_new_int (block->height));
  rpc_json_set (object, "version", rpc_json_new_int (block->header.version));
  rpc_json_set (object, "versionHex", rpc_json_new_string (version));
  rpc_json_set (object, "merkleroot", rpc_json_new_hash (block->header.merkle_root32));
  rpc_json_set (object, "time", rpc_json_new_int (block->header.time));
  rpc_json_set (object, "mediantime", rpc_json_new_int (node_block_median_time_past (block)));
  rpc_json_set (object, "nonce", rpc_json_new_int (block->header.nonce));
  rpc_json_set (object, "bits", node_rpc_new_bits (block->header.bits));
  rpc_json_set (object, "target", node_rpc_new_target (block->header.bits));
  rpc_json_set (object, "difficulty", rpc_json_new_double (node_rpc_difficulty (block->header.bits)));
  rpc_json_set (object, "chainwork", node_rpc_new_work (&block->chain_work));
  rpc_json_set (object, "nTx", rpc_json_new_int (place->n_tx));
  if (block->prev != NULL)
    rpc_json_set (object, "previousblockhash", rpc_json_new_hash (block->prev->hash32));
  if (place->next != NULL)
    rpc_json_set (object, "nextblockhash", rpc_json_new_hash (place->next->hash32));
}

void
node_rpc_add_signet_challenge (RpcJson *json, NodeChain *chain)
{
  GBytes *challenge = node_chain_params (chain)->signet_challenge;

  if (challenge != NULL)
    rpc_json_set (json, "signet_challenge",
                  rpc_json_new_hex (g_bytes_get_data (challenge, NULL), g_bytes_get_size (challenge)));
}

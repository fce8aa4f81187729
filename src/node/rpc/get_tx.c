#include <string.h>

#include "node/index/tx_index.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/read_block.h"
#include "node/rpc/header_json.h"
#include "rpc/tx/tx_json.h"
#include "rpc/tx/tx_shape.h"

/* getrawtransaction: from the mempool, from a given block, or from the index. */

typedef struct {
  guint8 txid32[32];
  gint64 verbosity;
  gboolean block_named;
  guint8 block32[32]; /* with block_named */
  /* What was found. */
  BtcTx *tx;
  gboolean in_block;  /* and then */
  NodeRpcPlace place; /* of the block */
  NodeBlockPin pin;   /* of the given block, if any */
  gboolean active;
  guint32 vsize_adjusted; /* of a mempool transaction */
} TxQuery;

static gboolean
set_place (RpcCall *call, TxQuery *query, const NodeBlock *block, GError **error)
{
  g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);

  if (tip == NULL)
    return FALSE;
  query->in_block = TRUE;
  node_rpc_place_init (&query->place, node_rpc_context (call)->chain, tip, block);
  query->active = query->place.confirmations > 0;
  return TRUE;
}

static RpcJson *
look_up_waiting (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  TxQuery *query = data;
  const NodeMempoolEntry *entry;

  entry = node_mempool_find (mempool, query->txid32);
  if (entry != NULL) {
    query->tx = btc_tx_ref (entry->tx);
    query->vsize_adjusted = entry->vsize;
  }
  return rpc_json_new_null ();
}

static gboolean
is_genesis_tx (RpcCall *call, const TxQuery *query)
{
  BtcHeader genesis;

  btc_header_parse (&genesis, node_rpc_context (call)->params->genesis_bytes);
  return memcmp (query->txid32, genesis.merkle_root32, 32) == 0;
}

/* Reading one transaction takes a fraction of the time for its block. NULL when it is not in the index, or in another
 * block. */
static BtcTx *
find_by_index (NodeIndex *index, const TxQuery *query, const NodeBlock *block)
{
  NodeTxIndexResult result;
  gboolean found = FALSE;

  if (index == NULL || !node_tx_index_find (index, query->txid32, &result, &found, NULL) || !found)
    return NULL;
  if (result.block == block)
    return result.tx;
  btc_tx_unref (result.tx);
  return NULL;
}

static gboolean
find_in_block (RpcCall *call, TxQuery *query, GError **error)
{
  const NodeBlock *index = node_chain_find (node_rpc_context (call)->chain, query->block32);
  g_autoptr (BtcBlock) block = NULL;

  if (index == NULL)
    return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "Block hash not found");
  if (!set_place (call, query, index, error))
    return FALSE;
  if (!node_block_tree_pin (node_chain_tree (node_rpc_context (call)->chain), index, &query->pin, NULL))
    return rpc_refuse (error, RPC_MISC_ERROR, "Block not available");
  query->tx = find_by_index (node_indexes_get (node_rpc_context (call)->indexes, NODE_INDEX_TX), query, index);
  if (query->tx != NULL)
    return TRUE;
  block = node_rpc_read_pinned (&query->pin, error);
  if (block == NULL)
    return FALSE;
  for (guint32 i = 0; i < block->n_txs && query->tx == NULL; i++)
    if (memcmp (block->txs[i].txid32, query->txid32, 32) == 0)
      query->tx = btc_tx_dup (&block->txs[i]);
  return query->tx != NULL
         || rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY,
                        "No such transaction found in the provided block. Use gettransaction for wallet transactions.");
}

static gboolean
get_tx_find_in_index (RpcCall *call, NodeIndex *index, gboolean ready, TxQuery *query, GError **error)
{
  g_autoptr (GError) problem = NULL;
  NodeTxIndexResult result;
  gboolean found = FALSE;

  if (index == NULL)
    return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY,
                       "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain "
                       "transaction queries. Use gettransaction for wallet transactions.");
  if (!node_tx_index_find (index, query->txid32, &result, &found, &problem))
    return rpc_refuse (error, RPC_INTERNAL_ERROR, "%s", problem->message);
  if (found) {
    query->tx = result.tx;
    return set_place (call, query, result.block, error);
  }
  if (!ready)
    return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY,
                       "No such mempool transaction. Blockchain transactions are still in the process of being "
                       "indexed. Use gettransaction for wallet transactions.");
  return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY,
                     "No such mempool or blockchain transaction. Use gettransaction for wallet transactions.");
}

static gboolean
find_tx (RpcCall *call, TxQuery *query, GError **error)
{
  NodeIndex *index = node_indexes_get (node_rpc_context (call)->indexes, NODE_INDEX_TX);
  gboolean ready = FALSE;
  g_autoptr (RpcJson) done = NULL;

  if (is_genesis_tx (call, query))
    return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY,
                       "The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved");
  if (query->block_named)
    return find_in_block (call, query, error);
  /* Before the mempool is searched, so that transactions of a new block are found in one of the two. */
  if (index != NULL)
    ready = node_index_wait_synced (index);
  done = node_rpc_on_chain (call, look_up_waiting, query, error);
  if (done == NULL)
    return FALSE;
  return query->tx != NULL || get_tx_find_in_index (call, index, ready, query, error);
}

/* Adds the fields of the transaction itself; with verbosity 2 also its prevouts, if known. */
static gboolean
add_tx (RpcCall *call, TxQuery *query, RpcJson *json, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  NodeBlockTree *tree = node_chain_tree (node_rpc_context (call)->chain);
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  g_autoptr (BtcBlock) block = NULL;
  g_autofree BtcCoin *spent = NULL;
  gsize at = 0;

  if (query->verbosity <= 1 || !query->in_block || btc_tx_is_coinbase (query->tx)
      || (query->pin.tree == NULL && !node_block_tree_pin (tree, query->place.block, &query->pin, NULL))) {
    rpc_tx_add_json (json, query->tx, NULL, FALSE, TRUE, network);
    return TRUE;
  }
  block = node_rpc_read_pinned (&query->pin, NULL);
  spent = block != NULL ? node_rpc_read_spent (&query->pin, block, scripts, NULL) : NULL;
  if (spent == NULL)
    return rpc_refuse (error, RPC_INTERNAL_ERROR,
                       "Undo data expected but can't be read. This could be due to disk corruption or a conflict with "
                       "a pruning event.");
  for (guint32 i = 1; i < block->n_txs && memcmp (block->txs[i].txid32, query->txid32, 32) != 0; i++)
    at += block->txs[i].n_in;
  rpc_tx_add_json (json, query->tx, spent + at, TRUE, TRUE, network);
  return TRUE;
}

static RpcJson *
show_tx (RpcCall *call, TxQuery *query, GError **error)
{
  g_autoptr (RpcJson) json = NULL;

  if (query->verbosity <= 0)
    return rpc_tx_new_hex (query->tx);
  json = rpc_json_new_object ();
  if (query->block_named)
    rpc_json_set (json, "in_active_chain", rpc_json_new_bool (query->active));
  if (!query->in_block)
    rpc_json_set (json, "vsize_adjusted", rpc_json_new_int (query->vsize_adjusted));
  if (!add_tx (call, query, json, error))
    return NULL;
  if (query->in_block) {
    const NodeBlock *block = query->place.block;

    rpc_json_set (json, "blockhash", rpc_json_new_hash (block->hash32));
    rpc_json_set (json, "confirmations", rpc_json_new_int (MAX (query->place.confirmations, 0)));
    if (query->active) {
      rpc_json_set (json, "time", rpc_json_new_int (block->header.time));
      rpc_json_set (json, "blocktime", rpc_json_new_int (block->header.time));
    }
  }
  return g_steal_pointer (&json);
}

static gboolean
read_query (RpcCall *call, TxQuery *query, GError **error)
{
  if (!rpc_hash_from_json (call->args[0], "parameter 1", query->txid32, error))
    return FALSE;
  if (!rpc_call_verbosity (call, 1, 0, &query->verbosity, error))
    return FALSE;
  query->block_named = call->args[2] != NULL;
  return !query->block_named || rpc_hash_from_json (call->args[2], "parameter 3", query->block32, error);
}

static RpcJson *
run_getrawtransaction (RpcCall *call, GError **error)
{
  TxQuery query = { 0 };
  RpcJson *json = NULL;

  if (!read_query (call, &query, error))
    return NULL;
  if (find_tx (call, &query, error))
    json = show_tx (call, &query, error);
  g_clear_pointer (&query.tx, btc_tx_unref);
  node_block_pin_clear (&query.pin);
  return json;
}

static const RpcMethod methods[] = {
  { "Rawtransactions",
    "getrawtransaction",
    run_getrawtransaction,
    "Returns a transaction from the mempool, from a given block, or with -txindex from any block: in hex with "
    "verbosity 0, as an object with 1, and with the outputs that it spends with 2.",
    { { "txid", RPC_ARG_HEX, TRUE, "The transaction ID" },
      { "verbosity|verbose", RPC_ARG_ANY, FALSE, "0 to 2", .fallback = "0" },
      { "blockhash", RPC_ARG_HEX, FALSE, "The hash of the block to search" } },
    .result = "str | {in_active_chain?: bool, blockhash?: hex, vsize_adjusted?: num, confirmations?: num, blocktime?: "
              "time, time?: num, hex: hex, " RPC_SHAPE_TX (
                  "") "} | {in_active_chain?: bool, blockhash?: hex, vsize_adjusted?: num, confirmations?: num, "
                      "blocktime?: time, time?: num, hex: hex, fee?: num, " RPC_SHAPE_TX (RPC_SHAPE_PREVOUT) "}" },
};

void
node_rpc_add_get_tx (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

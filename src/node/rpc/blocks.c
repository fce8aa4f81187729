#include <string.h>

#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/header_json.h"
#include "node/rpc/read_block.h"
#include "rpc/tx/tx_json.h"
#include "rpc/tx/tx_shape.h"

/* Blocks and headers of the last published chain. */

/* NAME: of the argument in messages. */
static gboolean
blocks_find_place (RpcCall *call, const char *name, NodeRpcPlace *place, GError **error)
{
  NodeChain *chain = node_rpc_context (call)->chain;
  const NodeBlock *block = node_rpc_find_block_named (call, chain, 0, name, error);
  g_autoptr (NodeTip) tip = block != NULL ? node_rpc_ref_tip (call, error) : NULL;

  if (tip == NULL)
    return FALSE;
  node_rpc_place_init (place, chain, tip, block);
  return TRUE;
}

static RpcJson *
run_getblockheader (RpcCall *call, GError **error)
{
  NodeRpcPlace place;
  RpcJson *json;

  if (!blocks_find_place (call, "hash", &place, error))
    return NULL;
  if (!rpc_call_bool (call, 1, TRUE)) {
    guint8 bytes80[BTC_HEADER_SIZE];
    btc_header_serialize (&place.block->header, bytes80);
    return rpc_json_new_hex (bytes80, sizeof bytes80);
  }
  json = rpc_json_new_object ();
  node_rpc_header_add_json (json, &place);
  return json;
}

static RpcJson *
make_coinbase (const BtcTx *tx)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "version", rpc_json_new_int (tx->version));
  rpc_json_set (json, "locktime", rpc_json_new_int (tx->locktime));
  rpc_json_set (json, "sequence", rpc_json_new_int (tx->in[0].sequence));
  rpc_json_set (json, "coinbase", rpc_json_new_hex (tx->in[0].script_sig.data, tx->in[0].script_sig.len));
  if (tx->in[0].witness_count > 0) {
    BtcSpan item = btc_tx_in_witness_item (&tx->in[0], 0);
    rpc_json_set (json, "witness", rpc_json_new_hex (item.data, item.len));
  }
  return json;
}

static RpcJson *
make_transactions (RpcCall *call, const NodeBlockPin *pin, const BtcBlock *block, gint64 verbosity, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  g_autofree BtcCoin *spent = NULL;
  RpcJson *list;
  gsize next = 0;

  if (verbosity > 1 && !node_rpc_read_spent_if_stored (pin, block, &spent, scripts, error))
    return NULL;
  list = rpc_json_new_array ();
  for (guint32 i = 0; i < block->n_txs; i++) {
    const BtcTx *tx = &block->txs[i];
    RpcJson *json;
    if (verbosity <= 1) {
      rpc_json_append (list, rpc_json_new_hash (tx->txid32));
      continue;
    }
    json = rpc_json_new_object ();
    rpc_tx_add_json (json, tx, spent != NULL && i > 0 ? &spent[next] : NULL, verbosity > 2, TRUE, network);
    rpc_json_append (list, rpc_json_pack (json));
    next += i > 0 ? tx->n_in : 0;
  }
  return list;
}

static RpcJson *
run_getblock (RpcCall *call, GError **error)
{
  NodeRpcPlace place;
  gint64 verbosity;
  guint8 hash32[32];
  g_auto (NodeBlockPin) pin = { 0 };
  g_autoptr (BtcBlock) block = NULL;
  RpcJson *json, *txs;

  if (!rpc_call_hash (call, 0, hash32, error) || !rpc_call_verbosity (call, 1, 1, &verbosity, error)
      || !blocks_find_place (call, "blockhash", &place, error))
    return NULL;
  if (!node_rpc_pin_block (node_rpc_context (call)->chain, place.block, &pin, error))
    return NULL;
  block = node_rpc_read_pinned (&pin, error);
  if (block == NULL)
    return NULL;
  if (verbosity <= 0)
    return rpc_json_new_hex (g_bytes_get_data (block->bytes, NULL), g_bytes_get_size (block->bytes));
  txs = make_transactions (call, &pin, block, verbosity, error);
  if (txs == NULL)
    return NULL;
  json = rpc_json_new_object ();
  node_rpc_header_add_json (json, &place);
  rpc_json_set (json, "strippedsize", rpc_json_new_int (block->stripped_size));
  rpc_json_set (json, "size", rpc_json_new_int ((gint64) g_bytes_get_size (block->bytes)));
  rpc_json_set (json, "weight", rpc_json_new_int (btc_block_weight (block)));
  rpc_json_set (json, "coinbase_tx", make_coinbase (&block->txs[0]));
  rpc_json_set (json, "tx", txs);
  return json;
}

/* The shape of a block with transactions of shape TX. */
#define BLOCK(tx)                                                                                                      \
  "{hash: hex, confirmations: num, size: num, strippedsize: num, weight: num, coinbase_tx: {version: num, locktime: "  \
  "num, sequence: num, coinbase: hex, witness?: hex}, height: num, version: num, versionHex: hex, merkleroot: hex, "   \
  "tx: [" tx "], time: time, mediantime: time, nonce: num, bits: hex, target: hex, difficulty: num, chainwork: hex, "  \
  "nTx: num, previousblockhash?: hex, nextblockhash?: hex}"

static const RpcMethod methods[] = {
  { "Blockchain",
    "getblock",
    run_getblock,
    "Returns a block: in hex with verbosity 0, as an object with the transaction IDs with 1, with the transactions "
    "with 2, and with the outputs that they spend with 3.",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The hash of the block" },
      { "verbosity|verbose", RPC_ARG_ANY, FALSE, "0 to 3", .fallback = "1" } },
    .result = "hex | " BLOCK ("hex") " | " BLOCK ("{" RPC_SHAPE_TX ("") ", fee?: num, hex: hex}") " | " BLOCK (
        "{" RPC_SHAPE_TX (RPC_SHAPE_PREVOUT) ", fee?: num, hex: hex}") },
  { "Blockchain",
    "getblockheader",
    run_getblockheader,
    "Returns a block header.",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The hash of the block" },
      { "verbose", RPC_ARG_BOOL, FALSE, "false for the header in hex", .fallback = "true" } },
    .result = "{hash: hex, confirmations: num, height: num, version: num, versionHex: hex, merkleroot: hex, time: "
              "time, mediantime: time, nonce: num, bits: hex, target: hex, difficulty: num, chainwork: hex, nTx: num, "
              "previousblockhash?: hex, nextblockhash?: hex} | hex" },
};

void
node_rpc_add_blocks (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

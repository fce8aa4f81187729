#include "node/mempool/order.h"
#include "node/mempool/walk.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/read_block.h"
#include "node/rpc/scan_objects.h"
#include "rpc/tx/script_json.h"
#include "rpc/tx/tx_shape.h"

/* getdescriptoractivity: receives and spends of scripts, in given blocks and in the mempool. */

typedef struct {
  GHashTable *needles;
  BtcNetwork network;
  GPtrArray *blocks; /* NodeBlock, the lowest first */
  RpcJson *events;
  NodeChain *chain; /* for the coins that mempool transactions spend */
} Query;

static RpcJson *
add_event (const Query *query, const char *type, gint64 sat, const NodeBlock *block)
{
  RpcJson *event = rpc_json_new_object ();

  rpc_json_set (event, "type", rpc_json_new_string (type));
  rpc_json_set (event, "amount", rpc_json_new_amount (sat));
  if (block != NULL) {
    rpc_json_set (event, "blockhash", rpc_json_new_hash (block->hash32));
    rpc_json_set (event, "height", rpc_json_new_int (block->height));
  }
  rpc_json_append (query->events, event);
  return event;
}

/* SPENT has a coin for each input. BLOCK is NULL for a mempool transaction. */
static void
add_spends (const Query *query, const BtcTx *tx, const BtcCoin *spent, const NodeBlock *block)
{
  for (guint32 i = 0; i < tx->n_in; i++) {
    const BtcOutpoint *prevout = &tx->in[i].prevout;
    RpcJson *event;

    if (node_scan_find (query->needles, spent[i].out.script) == NULL)
      continue;
    event = add_event (query, "spend", spent[i].out.value_sat, block);
    rpc_json_set (event, "spend_txid", rpc_json_new_hash (tx->txid32));
    rpc_json_set (event, "spend_vin", rpc_json_new_int (i));
    rpc_json_set (event, "prevout_txid", rpc_json_new_hash (prevout->txid32));
    rpc_json_set (event, "prevout_vout", rpc_json_new_int (prevout->n));
    rpc_json_set (event, "prevout_spk", rpc_script_to_json (spent[i].out.script, query->network, TRUE));
  }
}

static void
add_receives (const Query *query, const BtcTx *tx, const NodeBlock *block)
{
  for (guint32 i = 0; i < tx->n_out; i++) {
    RpcJson *event;

    if (node_scan_find (query->needles, tx->out[i].script) == NULL)
      continue;
    event = add_event (query, "receive", tx->out[i].value_sat, block);
    rpc_json_set (event, "txid", rpc_json_new_hash (tx->txid32));
    rpc_json_set (event, "vout", rpc_json_new_int (i));
    rpc_json_set (event, "output_spk", rpc_script_to_json (tx->out[i].script, query->network, TRUE));
  }
}

static int
activity_compare_heights (gconstpointer a, gconstpointer b)
{
  guint32 first = (*(const NodeBlock *const *) a)->height, second = (*(const NodeBlock *const *) b)->height;
  return first < second ? -1 : first > second;
}

/* The blocks must be in the last published chain. */
static gboolean
find_blocks (RpcCall *call, Query *query, GError **error)
{
  NodeChain *chain = node_rpc_context (call)->chain;
  g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);

  if (tip == NULL)
    return FALSE;

  for (gsize i = 0; i < rpc_json_len (call->args[0]); i++) {
    guint8 hash32[32];
    const NodeBlock *block;

    if (!rpc_hash_from_json (rpc_json_at (call->args[0], i), "blockhash", hash32, error))
      return FALSE;
    block = node_chain_find (chain, hash32);
    if (block == NULL)
      return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "Block not found");
    if (!node_block_descends (tip->block, block))
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Block is not in main chain");
    g_ptr_array_add (query->blocks, (gpointer) block);
  }
  g_ptr_array_sort (query->blocks, activity_compare_heights);
  return TRUE;
}

static gboolean
activity_check_block (RpcCall *call, const Query *query, const NodeBlock *index, GError **error)
{
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  g_autofree BtcCoin *spent = NULL;
  g_autoptr (BtcBlock) block = node_rpc_read_block_and_spent (call, index, &spent, scripts, error);
  const BtcCoin *next = spent;

  if (block == NULL)
    return FALSE;
  for (guint32 i = 0; i < block->n_txs; i++) {
    const BtcTx *tx = &block->txs[i];
    if (i > 0) {
      add_spends (query, tx, next, index);
      next += tx->n_in;
    }
    add_receives (query, tx, index);
  }
  return TRUE;
}

static gboolean
scan_activity_blocks (RpcCall *call, const Query *query, GError **error)
{
  const NodeBlock *last = NULL;

  for (guint i = 0; i < query->blocks->len; i++) {
    const NodeBlock *block = g_ptr_array_index (query->blocks, i);
    if (block != last && !activity_check_block (call, query, block, error))
      return FALSE;
    last = block;
  }
  return TRUE;
}

/* The coins that TX spends, their scripts in SCRIPTS; NULL with ERROR when they cannot be read. */
static BtcCoin *
activity_find_coins (NodeCoins *set, NodeMempool *mempool, const BtcTx *tx, GPtrArray *scripts, GError **error)
{
  g_autofree BtcCoin *coins = g_new0 (BtcCoin, tx->n_in);
  g_autoptr (GByteArray) space = g_byte_array_new ();

  for (guint32 i = 0; i < tx->n_in; i++) {
    gboolean found = node_mempool_get_coin (mempool, &tx->in[i].prevout, &coins[i]);
    BtcSpan *script = &coins[i].out.script;
    if (!found && !node_coins_peek (set, &tx->in[i].prevout, &coins[i], space, &found, error))
      return NULL;
    script->data = g_memdup2 (script->data, script->len);
    g_ptr_array_add (scripts, (gpointer) script->data);
  }
  return g_steal_pointer (&coins);
}

static gboolean
scan_activity_entry (NodeMempool *mempool, NodeMempoolEntry *entry, gpointer data, GError **error)
{
  Query *query = data;
  g_autoptr (GPtrArray) scripts = g_ptr_array_new_with_free_func (g_free);
  g_autofree BtcCoin *spent = activity_find_coins (node_chain_coins (query->chain), mempool, entry->tx, scripts, error);

  if (spent == NULL)
    return FALSE;
  add_spends (query, entry->tx, spent, NULL);
  add_receives (query, entry->tx, NULL);
  return TRUE;
}

static gboolean
scan_activity_mempool (RpcCall *call, Query *query, GError **error)
{
  NodeMempool *mempool = node_rpc_context (call)->mempool;
  GError *problem = NULL;
  g_autoptr (GArray) ids = node_mempool_walk_begin (mempool, NULL, call->cancellable, &problem);

  query->chain = node_rpc_context (call)->chain;
  if (ids != NULL && node_mempool_sort_mined (mempool, ids, call->cancellable, &problem)
      && node_mempool_walk (mempool, ids, scan_activity_entry, query, call->cancellable, &problem))
    return TRUE;
  return problem->domain == G_IO_ERROR ? node_rpc_fail_closed (error, problem)
                                       : node_rpc_fail_disk (error, problem) != NULL;
}

static RpcJson *
run_getdescriptoractivity (RpcCall *call, GError **error)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new ();
  g_autoptr (RpcJson) events = rpc_json_new_array ();
  g_autoptr (GHashTable) needles = NULL;
  Query query = { .blocks = blocks, .events = events };
  RpcJson *json;

  query.network = node_rpc_context (call)->params->network->network;
  if (!find_blocks (call, &query, error))
    return NULL;
  needles = query.needles = node_scan_parse (call->args[1], query.network, error);
  if (needles == NULL || !scan_activity_blocks (call, &query, error))
    return NULL;
  if (rpc_call_bool (call, 2, TRUE) && !scan_activity_mempool (call, &query, error))
    return NULL;
  json = rpc_json_new_object ();
  rpc_json_set (json, "activity", g_steal_pointer (&events));
  return json;
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "getdescriptoractivity",
    run_getdescriptoractivity,
    "Lists what descriptors received and spent in the given blocks, which scanblocks finds.",
    { { "blockhashes", RPC_ARG_ARRAY, TRUE, "Hashes of blocks of the chain, in any order", .shape = "[hex]",
        .shown = "[\"blockhash\",...]" },
      { "scanobjects", RPC_ARG_ARRAY, TRUE,
        "Descriptors, or objects with \"desc\" and \"range\": the last index, or [first, last], of the keys to derive "
        "(default: 1000)",
        .shape = "[str, {desc: str, range?: range = 1000}]", .shown = "[scanobjects,...]" },
      { "include_mempool", RPC_ARG_BOOL, FALSE, "Include the mempool", .fallback = "true" } },
    .result = "{activity: [{type: str, amount: amount, blockhash?: hex, height?: num, spend_txid: hex, spend_vin: num, "
              "prevout_txid: hex, prevout_vout: num, prevout_spk: " RPC_SHAPE_SCRIPT
              "}, {type: str, amount: amount, blockhash?: hex, height?: num, txid: hex, vout: num, "
              "output_spk: " RPC_SHAPE_SCRIPT "}]}" },
};

void
node_rpc_add_activity (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

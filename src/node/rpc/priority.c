#include "common/hex.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* Fees that somebody wants to see counted as others than they are. */

typedef struct {
  guint8 txid32[32];
  gint64 delta_sat;
} Order;

static RpcJson *
prioritise (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const Order *order = data;
  const NodeMempoolEntry *entry = node_mempool_find (mempool, order->txid32);

  /* Dust is only let in where nobody pays for its being mined, and that must not be made up for later. */
  if (entry != NULL && node_mempool_options (mempool)->require_standard && node_mempool_has_dust (mempool, entry->tx))
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Priority is not supported for transactions with dust outputs.");
  node_mempool_prioritise (mempool, order->txid32, order->delta_sat);
  return rpc_json_new_bool (TRUE);
}

static RpcJson *
run_prioritisetransaction (RpcCall *call, GError **error)
{
  Order order;
  double dummy;

  if (!rpc_call_hash (call, 0, order.txid32, error) || !rpc_int_from_json (call->args[2], &order.delta_sat, error))
    return NULL;
  if (call->args[1] != NULL && (!rpc_json_double (call->args[1], &dummy) || dummy != 0))
    return rpc_fail (error, RPC_INVALID_PARAMETER,
                     "Priority is no longer supported, dummy argument to prioritisetransaction must be 0.");
  return node_rpc_run (call, NODE_JOB_TRANSACTIONS, prioritise, &order, error);
}

static void
add_delta (gpointer data, const guint8 txid32[32], gint64 delta_sat, const NodeMempoolEntry *entry)
{
  g_autofree char *txid = common_hex_encode_reversed (txid32, 32);
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "fee_delta", rpc_json_new_int (delta_sat));
  rpc_json_set (json, "in_mempool", rpc_json_new_bool (entry != NULL));
  if (entry != NULL)
    rpc_json_set (json, "modified_fee", rpc_json_new_int (entry->fee_sat + entry->fee_delta_sat));
  rpc_json_set (data, txid, json);
}

static RpcJson *
list (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  RpcJson *json = rpc_json_new_object ();

  node_mempool_foreach_delta (mempool, add_delta, json);
  return json;
}

static RpcJson *
run_getprioritisedtransactions (RpcCall *call, GError **error)
{
  return node_rpc_on_chain (call, list, NULL, error);
}

static const RpcMethod methods[] = {
  { "Mining",
    "prioritisetransaction",
    run_prioritisetransaction,
    "Makes the fee of a transaction count as higher or lower where transactions are chosen for a block.\n\ntrue",
    { { "txid", RPC_ARG_HEX, TRUE, "The transaction's id" },
      { "dummy", RPC_ARG_NUMBER, FALSE, "Zero; for older programs" },
      { "fee_delta", RPC_ARG_INT, TRUE, "By how much, in satoshi; added to what was said before" } } },
  { "Mining", "getprioritisedtransactions", run_getprioritisedtransactions,
    "Lists the transactions of prioritisetransaction.\n\n"
    "{ \"txid\": { \"fee_delta\", \"in_mempool\", \"modified_fee\" }, ... }" },
};

void
node_rpc_add_priority (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

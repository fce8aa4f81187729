#include <string.h>

#include "common/hex.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* Fee deltas of transactions. */

typedef struct {
  guint8 txid32[32];
  gint64 delta_sat;
} Order;

static RpcJson *
prioritise (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const Order *order = data;
  const NodeMempoolEntry *entry = node_mempool_find (mempool, order->txid32);

  /* Transactions with dust are accepted only without a fee, and must not get an incentive to be mined later. */
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

typedef struct {
  guint8 txid32[32];
  gint64 delta_sat;
  gint64 modified_fee_sat;
  gboolean waits;
} Priority;

static void
add_priority (gpointer data, const guint8 txid32[32], gint64 delta_sat, const NodeMempoolEntry *entry)
{
  Priority priority = { .delta_sat = delta_sat, .waits = entry != NULL };

  memcpy (priority.txid32, txid32, 32);
  if (entry != NULL)
    priority.modified_fee_sat = node_mempool_entry_fee (entry);
  g_array_append_val ((GArray *) data, priority);
}

static int
compare_priorities (gconstpointer a, gconstpointer b)
{
  return memcmp (((const Priority *) a)->txid32, ((const Priority *) b)->txid32, 32);
}

static RpcJson *
copy_priorities (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  node_mempool_foreach_delta (mempool, add_priority, data);
  return rpc_json_new_null ();
}

static RpcJson *
run_getprioritisedtransactions (RpcCall *call, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Priority));
  g_autoptr (RpcJson) copied = node_rpc_on_chain (call, copy_priorities, all, error);
  RpcJson *list;

  if (copied == NULL)
    return NULL;
  g_array_sort (all, compare_priorities);
  list = rpc_json_new_object ();
  for (guint i = 0; i < all->len; i++) {
    const Priority *priority = &g_array_index (all, Priority, i);
    g_autofree char *txid = common_hex_encode_reversed (priority->txid32, 32);
    RpcJson *json = rpc_json_new_object ();

    rpc_json_set (json, "fee_delta", rpc_json_new_int (priority->delta_sat));
    rpc_json_set (json, "in_mempool", rpc_json_new_bool (priority->waits));
    if (priority->waits)
      rpc_json_set (json, "modified_fee", rpc_json_new_int (priority->modified_fee_sat));
    rpc_json_set (list, txid, json);
  }
  return list;
}

static const RpcMethod methods[] = {
  { "Mining",
    "prioritisetransaction",
    run_prioritisetransaction,
    "Changes the fee with which a transaction is considered for a block.\n\ntrue",
    { { "txid", RPC_ARG_HEX, TRUE, "The transaction ID" },
      { "dummy", RPC_ARG_NUMBER, FALSE, "Must be zero; for compatibility" },
      { "fee_delta", RPC_ARG_INT, TRUE, "The fee delta in satoshi; added to earlier ones" } },
    .result = "bool" },
  { "Mining", "getprioritisedtransactions", run_getprioritisedtransactions,
    "Lists the fee deltas of prioritisetransaction.\n\n{ \"txid\": { \"fee_delta\", \"in_mempool\", \"modified_fee\" "
    "}, ... }",
    .result = "{*: {fee_delta: num, in_mempool: bool, modified_fee?: num}}" },
};

void
node_rpc_add_priority (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

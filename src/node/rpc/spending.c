#include <string.h>

#include "node/index/spender_index.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "rpc/tx/tx_json.h"

/* The spenders of given outputs: in the mempool, or, with an index, in the chain. */

typedef struct {
  BtcOutpoint outpoint;
  BtcTx *tx; /* NULL: no spender known */
  gboolean in_block;
  guint8 block32[32];
} Spend;

static void
clear_spend (gpointer data)
{
  g_clear_pointer (&((Spend *) data)->tx, btc_tx_unref);
}

static gboolean
check_field (const RpcJson *object, const char *name, RpcJsonType type, gboolean required, GError **error)
{
  const RpcJson *value = rpc_json_get (object, name);

  if (rpc_json_type (value) == RPC_JSON_NULL)
    return !required || rpc_refuse (error, RPC_TYPE_ERROR, "Missing %s", name);
  return rpc_json_type (value) == type
         || rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type %s for field %s is not of expected type %s",
                        rpc_json_type_name (rpc_json_type (value)), name, rpc_json_type_name (type));
}

static gboolean
check_object_keys (const RpcJson *object, const char *a, const char *b, GError **error)
{
  for (gsize i = 0; i < rpc_json_len (object); i++) {
    const char *name = rpc_json_name_at (object, i);
    if (!g_str_equal (name, a) && !g_str_equal (name, b))
      return rpc_refuse (error, RPC_TYPE_ERROR, "Unexpected key %s", name);
  }
  return TRUE;
}

static gboolean
parse_output (const RpcJson *json, Spend *spend, GError **error)
{
  gint64 n;

  if (rpc_json_type (json) != RPC_JSON_OBJECT)
    return rpc_fail_type (error, json, "object") != NULL;
  if (!check_field (json, "txid", RPC_JSON_STRING, TRUE, error)
      || !check_field (json, "vout", RPC_JSON_NUMBER, TRUE, error) || !check_object_keys (json, "txid", "vout", error)
      || !rpc_hash_from_json (rpc_json_get (json, "txid"), "txid", spend->outpoint.txid32, error)
      || !rpc_int32_from_json (rpc_json_get (json, "vout"), &n, error))
    return FALSE;
  if (n < 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, vout cannot be negative");
  spend->outpoint.n = (guint32) n;
  return TRUE;
}

static GArray *
parse_outputs (const RpcJson *list, GError **error)
{
  g_autoptr (GArray) spends = g_array_new (FALSE, TRUE, sizeof (Spend));

  g_array_set_clear_func (spends, clear_spend);
  g_array_set_size (spends, (guint) rpc_json_len (list));
  for (guint i = 0; i < spends->len; i++)
    if (!parse_output (rpc_json_at (list, i), &g_array_index (spends, Spend, i), error))
      return NULL;
  return g_steal_pointer (&spends);
}

/* The number of outpoints that are looked up in one job. */
#define SPENDS_AT_ONCE 1000

typedef struct {
  GArray *spends;
  guint next;
} Lookup;

static RpcJson *
look_up_spends (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  Lookup *lookup = data;
  guint end = MIN (lookup->spends->len, lookup->next + SPENDS_AT_ONCE);

  for (; lookup->next < end; lookup->next++) {
    Spend *spend = &g_array_index (lookup->spends, Spend, lookup->next);
    const NodeMempoolEntry *entry = node_mempool_find_spender (mempool, &spend->outpoint);

    if (entry != NULL)
      spend->tx = btc_tx_ref (entry->tx);
  }
  return rpc_json_new_null ();
}

static gboolean
find_in_mempool (RpcCall *call, GArray *spends, GError **error)
{
  Lookup lookup = { spends, 0 };

  while (lookup.next < spends->len) {
    g_autoptr (RpcJson) done = node_rpc_on_chain (call, look_up_spends, &lookup, error);

    if (done == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
spending_find_in_index (NodeIndex *index, GArray *spends, GError **error)
{
  gboolean ready = FALSE;

  for (guint i = 0; i < spends->len; i++) {
    Spend *spend = &g_array_index (spends, Spend, i);
    g_autoptr (GError) problem = NULL;
    NodeSpender spender;

    if (spend->tx != NULL)
      continue;
    ready = ready || (index != NULL && node_index_wait_synced (index));
    if (!ready)
      return rpc_refuse (error, RPC_MISC_ERROR, "Mempool lacks a relevant spend, and txospenderindex is unavailable.");
    if (!node_spender_index_find (index, &spend->outpoint, &spender, &problem))
      return rpc_refuse (error, RPC_MISC_ERROR, "IO error finding spending tx: %s", problem->message);
    spend->tx = spender.tx;
    spend->in_block = spender.tx != NULL;
    memcpy (spend->block32, spender.block32, 32);
  }
  return TRUE;
}

/* OUTPUTS: as they were requested. */
static RpcJson *
spends_to_json (const GArray *spends, const RpcJson *outputs, gboolean with_tx)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < spends->len; i++) {
    const Spend *spend = &g_array_index (spends, Spend, i);
    const RpcJson *output = rpc_json_at (outputs, i);
    RpcJson *json = rpc_json_new_object ();

    for (gsize k = 0; k < rpc_json_len (output); k++)
      rpc_json_set (json, rpc_json_name_at (output, k), rpc_json_ref (rpc_json_at (output, k)));
    if (spend->tx != NULL)
      rpc_json_set (json, "spendingtxid", rpc_json_new_hash (spend->tx->txid32));
    if (spend->tx != NULL && with_tx)
      rpc_json_set (json, "spendingtx", rpc_tx_new_hex (spend->tx));
    if (spend->in_block)
      rpc_json_set (json, "blockhash", rpc_json_new_hash (spend->block32));
    rpc_json_append (list, json);
  }
  return list;
}

typedef struct {
  gboolean mempool_only;
  gboolean with_tx;
} SpendOptions;

static gboolean
read_spend_options (const RpcJson *options, SpendOptions *read, GError **error)
{
  const RpcJson *mempool_only = rpc_json_get (options, "mempool_only");
  const RpcJson *with_tx = rpc_json_get (options, "return_spending_tx");

  return check_field (options, "mempool_only", RPC_JSON_BOOL, FALSE, error)
         && check_field (options, "return_spending_tx", RPC_JSON_BOOL, FALSE, error)
         && check_object_keys (options, "mempool_only", "return_spending_tx", error)
         && (mempool_only == NULL || rpc_bool_from_json (mempool_only, &read->mempool_only, error))
         && (with_tx == NULL || rpc_bool_from_json (with_tx, &read->with_tx, error));
}

static RpcJson *
run_gettxspendingprevout (RpcCall *call, GError **error)
{
  NodeIndex *index = node_indexes_get (node_rpc_context (call)->indexes, NODE_INDEX_SPENDER);
  SpendOptions options = { .mempool_only = index == NULL };
  g_autoptr (GArray) spends = NULL;

  if (rpc_json_len (call->args[0]) == 0)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid parameter, outputs are missing");
  if (call->args[1] != NULL && !read_spend_options (call->args[1], &options, error))
    return NULL;
  spends = parse_outputs (call->args[0], error);
  if (spends == NULL || !find_in_mempool (call, spends, error))
    return NULL;
  if (!options.mempool_only && !spending_find_in_index (index, spends, error))
    return NULL;
  return spends_to_json (spends, call->args[0], options.with_tx);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "gettxspendingprevout",
    run_gettxspendingprevout,
    "Returns the transactions that spend the given outputs: in the mempool and, with -txospenderindex, those of the "
    "chain.",
    { { "outputs", RPC_ARG_ARRAY, TRUE, "Objects with \"txid\" and \"vout\"", .shape = "[{txid: hex, vout: num}]" },
      { "options", RPC_ARG_OPTIONS, FALSE,
        "mempool_only: search the mempool only (default: true without the index); return_spending_tx: return the "
        "transactions in hex, too (default: false)",
        .shape = "{mempool_only?: bool, return_spending_tx?: bool}" } },
    .result = "[{txid: hex, vout: num, spendingtxid?: hex, spendingtx?: hex, blockhash?: hex}]" },
};

void
node_rpc_add_spending (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

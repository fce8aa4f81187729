#include "bitcoin/primitives/amount.h"
#include "node/mempool/clusters.h"
#include "node/mempool/walk.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* The clusters of the mempool, and the order in which they would be mined. */

static RpcJson *
make_chunk (const NodeMempoolChunk *chunk)
{
  RpcJson *json = rpc_json_new_object (), *txs = rpc_json_new_array ();

  rpc_json_set (json, "chunkfee", rpc_json_new_amount (chunk->fee_sat));
  rpc_json_set (json, "chunkweight", rpc_json_new_int ((gint64) chunk->weight));
  for (guint i = 0; i < chunk->entries->len; i++)
    rpc_json_append (txs, rpc_json_new_hash (((NodeMempoolEntry *) g_ptr_array_index (chunk->entries, i))->tx->txid32));
  rpc_json_set (json, "txs", txs);
  return json;
}

static RpcJson *
get_cluster (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  NodeMempoolEntry *entry = node_mempool_find (mempool, data);
  g_autoptr (GPtrArray) chunks = NULL;
  RpcJson *json, *list;
  guint64 weight = 0;
  guint n_txs = 0;

  if (entry == NULL)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Transaction not in mempool");
  chunks = node_mempool_dup_chunks (mempool, entry);
  list = rpc_json_new_array ();
  for (guint i = 0; i < chunks->len; i++) {
    const NodeMempoolChunk *chunk = g_ptr_array_index (chunks, i);
    rpc_json_append (list, make_chunk (chunk));
    weight += chunk->weight;
    n_txs += chunk->entries->len;
  }
  json = rpc_json_new_object ();
  rpc_json_set (json, "clusterweight", rpc_json_new_int ((gint64) weight));
  rpc_json_set (json, "txcount", rpc_json_new_int (n_txs));
  rpc_json_set (json, "chunks", list);
  return json;
}

static RpcJson *
run_getmempoolcluster (RpcCall *call, GError **error)
{
  guint8 txid32[32];

  return rpc_call_hash (call, 0, txid32, error) ? node_rpc_on_chain (call, get_cluster, txid32, error) : NULL;
}

static RpcJson *
make_point (guint64 weight, gint64 fee_sat)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "weight", rpc_json_new_int ((gint64) weight));
  rpc_json_set (json, "fee", rpc_json_new_amount (fee_sat));
  return json;
}

typedef struct {
  GArray *chunks;   /* NodeMempoolChunk, without their entries */
  GHashTable *seen; /* GBytes: the IDs of the transactions in the chunks */
} Diagram;

/* Adds the chunks of ENTRY's cluster, unless they were added before. */
static gboolean
diagram_add (NodeMempool *mempool, NodeMempoolEntry *entry, gpointer data, GError **error)
{
  g_autoptr (GBytes) id = g_bytes_new (entry->tx->txid32, 32);
  g_autoptr (GPtrArray) chunks = NULL;
  Diagram *diagram = data;

  if (g_hash_table_contains (diagram->seen, id))
    return TRUE;
  chunks = node_mempool_dup_chunks (mempool, entry);
  for (guint i = 0; i < chunks->len; i++) {
    NodeMempoolChunk chunk = *(const NodeMempoolChunk *) g_ptr_array_index (chunks, i);

    for (guint k = 0; k < chunk.entries->len; k++) {
      const NodeMempoolEntry *member = g_ptr_array_index (chunk.entries, k);
      g_hash_table_add (diagram->seen, g_bytes_new (member->tx->txid32, 32));
    }
    chunk.entries = NULL;
    g_array_append_val (diagram->chunks, chunk);
  }
  return TRUE;
}

static int
compare_chunks (gconstpointer a, gconstpointer b)
{
  return node_mempool_chunk_compare (a, b);
}

static RpcJson *
make_diagram (GArray *chunks)
{
  RpcJson *list = rpc_json_new_array ();
  guint64 weight = 0;
  gint64 fee_sat = 0;

  g_array_sort (chunks, compare_chunks);
  rpc_json_append (list, make_point (0, 0));
  for (guint i = 0; i < chunks->len; i++) {
    const NodeMempoolChunk *chunk = &g_array_index (chunks, NodeMempoolChunk, i);
    weight += chunk->weight;
    fee_sat = btc_amount_add_saturated (fee_sat, chunk->fee_sat);
    rpc_json_append (list, make_point (weight, fee_sat));
  }
  return list;
}

static RpcJson *
run_getmempoolfeeratediagram (RpcCall *call, GError **error)
{
  NodeMempool *mempool = node_rpc_context (call)->mempool;
  g_autoptr (GArray) chunks = g_array_new (FALSE, FALSE, sizeof (NodeMempoolChunk)), ids = NULL;
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  Diagram diagram = { chunks, seen };
  GError *problem = NULL;

  ids = node_mempool_walk_begin (mempool, NULL, call->cancellable, &problem);
  if (ids != NULL && node_mempool_walk (mempool, ids, diagram_add, &diagram, call->cancellable, &problem))
    return make_diagram (chunks);
  node_rpc_fail_closed (error, problem);
  return NULL;
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "getmempoolcluster",
    run_getmempoolcluster,
    "Returns the mempool cluster of a transaction, in the chunks in which it would be mined.\n\n{ \"clusterweight\", "
    "\"txcount\", \"chunks\": [ { \"chunkfee\", \"chunkweight\", \"txs\" }, ... ] }",
    { { "txid", RPC_ARG_HEX, TRUE, "The transaction ID" } },
    .result = "{clusterweight: num, txcount: num, chunks: [{chunkfee: num, chunkweight: num, txs: [hex]}]}" },
  { "hidden", "getmempoolfeeratediagram", run_getmempoolfeeratediagram,
    "Returns the fee rate diagram of the mempool: cumulative weight and fee.\n\n[ { \"weight\", \"fee\" }, ... ]",
    .result = "[{weight: num, fee: num}]" },
};

void
node_rpc_add_clusters (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

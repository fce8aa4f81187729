#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "node/mempool/order.h"
#include "node/mempool/walk.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

#define MAX_BIP125_SEQUENCE 0xfffffffd

/* The chunks of entries, for the results of a call. */
typedef struct {
  gboolean with_bip125; /* the call is in the deprecated form */
  GHashTable *by_entry; /* NodeMempoolChunk, borrowed */
  GPtrArray *clusters;  /* arrays of them */
} Chunks;

static RpcJson *
make_txids (const GPtrArray *entries)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < entries->len; i++)
    rpc_json_append (list, rpc_json_new_hash (((NodeMempoolEntry *) g_ptr_array_index (entries, i))->tx->txid32));
  return list;
}

/* By the hex of their IDs. */
static int
compare_shown_ids (gconstpointer a, gconstpointer b)
{
  const guint8 *first = (*(const NodeMempoolEntry *const *) a)->tx->txid32;
  const guint8 *second = (*(const NodeMempoolEntry *const *) b)->tx->txid32;

  for (guint i = 32; i > 0; i--)
    if (first[i - 1] != second[i - 1])
      return first[i - 1] < second[i - 1] ? -1 : 1;
  return 0;
}

/* By their IDs. */
static int
mempool_compare_ids (gconstpointer a, gconstpointer b)
{
  return memcmp ((*(const NodeMempoolEntry *const *) a)->tx->txid32, (*(const NodeMempoolEntry *const *) b)->tx->txid32,
                 32);
}

static RpcJson *
make_sorted_txids (const GPtrArray *entries, GCompareFunc compare)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_copy ((GPtrArray *) entries, NULL, NULL);

  g_ptr_array_sort (sorted, compare);
  return make_txids (sorted);
}

/* ENTRY with RELATIVES: their number, size and fees. */
static void
sum_relatives (const NodeMempoolEntry *entry, const GPtrArray *relatives, gint64 *count, gint64 *vsize, gint64 *fee_sat)
{
  *count = 1 + (gint64) relatives->len;
  *vsize = entry->vsize;
  *fee_sat = node_mempool_entry_fee (entry);
  for (guint i = 0; i < relatives->len; i++) {
    const NodeMempoolEntry *other = g_ptr_array_index (relatives, i);
    *vsize += other->vsize;
    *fee_sat = btc_amount_add_saturated (*fee_sat, node_mempool_entry_fee (other));
  }
}

/* The chunk of ENTRY. The chunks of its whole cluster are cached in FOUND. */
static const NodeMempoolChunk *
find_chunk (NodeMempool *mempool, NodeMempoolEntry *entry, Chunks *found)
{
  if (!g_hash_table_contains (found->by_entry, entry)) {
    GPtrArray *chunks = node_mempool_dup_chunks (mempool, entry);

    g_ptr_array_add (found->clusters, chunks);
    for (guint i = 0; i < chunks->len; i++) {
      NodeMempoolChunk *chunk = g_ptr_array_index (chunks, i);
      for (guint k = 0; k < chunk->entries->len; k++)
        g_hash_table_insert (found->by_entry, g_ptr_array_index (chunk->entries, k), chunk);
    }
  }
  return g_hash_table_lookup (found->by_entry, entry);
}

static void
chunks_init (Chunks *found, const RpcMethod *method)
{
  found->with_bip125 = method->deprecated != NULL;
  found->by_entry = g_hash_table_new (NULL, NULL);
  found->clusters = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
}

static void
chunks_clear (Chunks *found)
{
  g_hash_table_unref (found->by_entry);
  g_ptr_array_unref (found->clusters);
}

static gboolean
signals_bip125 (const BtcTx *tx)
{
  for (guint32 i = 0; i < tx->n_in; i++)
    if (tx->in[i].sequence <= MAX_BIP125_SEQUENCE)
      return TRUE;
  return FALSE;
}

/* Whether ENTRY or one of its ANCESTORS signals that it may be replaced. */
static gboolean
is_replaceable (const NodeMempoolEntry *entry, const GPtrArray *ancestors)
{
  gboolean signals = signals_bip125 (entry->tx);

  for (guint i = 0; i < ancestors->len && !signals; i++)
    signals = signals_bip125 (((NodeMempoolEntry *) g_ptr_array_index (ancestors, i))->tx);
  return signals;
}

static RpcJson *
make_entry_fees (const NodeMempoolEntry *entry, gint64 ancestor_sat, gint64 descendant_sat, gint64 chunk_sat)
{
  RpcJson *fees = rpc_json_new_object ();

  rpc_json_set (fees, "base", rpc_json_new_amount (entry->fee_sat));
  rpc_json_set (fees, "modified", rpc_json_new_amount (node_mempool_entry_fee (entry)));
  rpc_json_set (fees, "ancestor", rpc_json_new_amount (ancestor_sat));
  rpc_json_set (fees, "descendant", rpc_json_new_amount (descendant_sat));
  rpc_json_set (fees, "chunk", rpc_json_new_amount (chunk_sat));
  return fees;
}

static RpcJson *
make_entry (NodeMempool *mempool, NodeMempoolEntry *entry, Chunks *found)
{
  const NodeMempoolChunk *chunk = find_chunk (mempool, entry, found);
  g_autoptr (GPtrArray) ancestors = node_mempool_dup_ancestors (mempool, entry);
  g_autoptr (GPtrArray) descendants = node_mempool_dup_descendants (mempool, entry);
  gint64 up_count, up_size, up_fee, down_count, down_size, down_fee;
  RpcJson *json = rpc_json_new_object ();

  sum_relatives (entry, ancestors, &up_count, &up_size, &up_fee);
  sum_relatives (entry, descendants, &down_count, &down_size, &down_fee);
  rpc_json_set (json, "vsize_adjusted", rpc_json_new_int (entry->vsize));
  rpc_json_set (json, "vsize", rpc_json_new_int (entry->vsize));
  rpc_json_set (json, "vsize_bip141", rpc_json_new_int (btc_tx_vsize (entry->tx)));
  rpc_json_set (json, "weight", rpc_json_new_int (entry->weight));
  rpc_json_set (json, "time", rpc_json_new_int (entry->time_s));
  rpc_json_set (json, "height", rpc_json_new_int (entry->height));
  rpc_json_set (json, "descendantcount", rpc_json_new_int (down_count));
  rpc_json_set (json, "descendantsize", rpc_json_new_int (down_size));
  rpc_json_set (json, "ancestorcount", rpc_json_new_int (up_count));
  rpc_json_set (json, "ancestorsize", rpc_json_new_int (up_size));
  rpc_json_set (json, "wtxid", rpc_json_new_hash (entry->tx->wtxid32));
  rpc_json_set (json, "chunkweight", rpc_json_new_int ((gint64) chunk->weight));
  rpc_json_set (json, "fees", make_entry_fees (entry, up_fee, down_fee, chunk->fee_sat));
  rpc_json_set (json, "depends", make_sorted_txids (entry->parents, compare_shown_ids));
  rpc_json_set (json, "spentby", make_sorted_txids (entry->children, mempool_compare_ids));
  rpc_json_set (json, "unbroadcast", rpc_json_new_bool (entry->unbroadcast));
  if (found->with_bip125)
    rpc_json_set (json, "bip125-replaceable", rpc_json_new_bool (is_replaceable (entry, ancestors)));
  return json;
}

static NodeMempoolEntry *
find_entry (RpcCall *call, NodeMempool *mempool, GError **error)
{
  guint8 txid32[32];
  NodeMempoolEntry *entry;

  if (!rpc_call_hash (call, 0, txid32, error))
    return NULL;
  entry = node_mempool_find (mempool, txid32);
  if (entry == NULL)
    rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Transaction not in mempool");
  return entry;
}

static RpcJson *
get_entry (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  NodeMempoolEntry *entry = find_entry (call, mempool, error);
  Chunks found;
  RpcJson *json;

  if (entry == NULL)
    return NULL;
  chunks_init (&found, call->method);
  json = make_entry (mempool, entry, &found);
  chunks_clear (&found);
  return json;
}

static RpcJson *
run_getmempoolentry (RpcCall *call, GError **error)
{
  return node_rpc_on_chain (call, get_entry, NULL, error);
}

typedef GPtrArray *(*RelativesFunc) (NodeMempool *mempool, NodeMempoolEntry *entry);

typedef struct {
  RelativesFunc func;
  GArray *ids; /* NodeMempoolId */
} Relatives;

static RpcJson *
relatives_find (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  Relatives *relatives = data;
  NodeMempoolEntry *entry = find_entry (call, mempool, error);
  g_autoptr (GPtrArray) entries = entry != NULL ? relatives->func (mempool, entry) : NULL;

  if (entries == NULL)
    return NULL;
  for (guint i = 0; i < entries->len; i++) {
    NodeMempoolId id = { .sequence = ((NodeMempoolEntry *) g_ptr_array_index (entries, i))->sequence };

    memcpy (id.txid32, ((NodeMempoolEntry *) g_ptr_array_index (entries, i))->tx->txid32, 32);
    g_array_append_val (relatives->ids, id);
  }
  return rpc_json_new_null ();
}

static int
compare_listed_ids (gconstpointer a, gconstpointer b)
{
  return memcmp (((const NodeMempoolId *) a)->txid32, ((const NodeMempoolId *) b)->txid32, 32);
}

static RpcJson *
make_ids (const GArray *ids)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < ids->len; i++)
    rpc_json_append (list, rpc_json_new_hash (g_array_index (ids, NodeMempoolId, i).txid32));
  return list;
}

/* Of node_mempool_walk(). */
typedef struct {
  const RpcMethod *method;
  RpcJson *all;
} VerboseList;

static gboolean
add_entry (NodeMempool *mempool, NodeMempoolEntry *entry, gpointer data, GError **error)
{
  VerboseList *list = data;
  g_autoptr (RpcJson) id = rpc_json_new_hash (entry->tx->txid32);
  Chunks found;

  chunks_init (&found, list->method);
  rpc_json_set (list->all, rpc_json_string (id), make_entry (mempool, entry, &found));
  chunks_clear (&found);
  return TRUE;
}

/* An object with the data of each of IDS, by ID. */
static RpcJson *
list_verbose (RpcCall *call, const GArray *ids, NodeMempoolWalkFunc add, GError **error)
{
  g_autoptr (RpcJson) all = rpc_json_new_object ();
  VerboseList list = { call->method, all };
  GError *problem = NULL;

  if (node_mempool_walk (node_rpc_context (call)->mempool, ids, add, &list, call->cancellable, &problem))
    return g_steal_pointer (&all);
  node_rpc_fail_closed (error, problem);
  return NULL;
}

static RpcJson *
relatives_list (RpcCall *call, RelativesFunc func, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (NodeMempoolId));
  Relatives relatives = { func, ids };
  g_autoptr (RpcJson) found = node_rpc_on_chain (call, relatives_find, &relatives, error);

  if (found == NULL)
    return NULL;
  g_array_sort (ids, compare_listed_ids);
  return rpc_call_bool (call, 1, FALSE) ? list_verbose (call, ids, add_entry, error) : make_ids (ids);
}

static RpcJson *
run_getmempoolancestors (RpcCall *call, GError **error)
{
  return relatives_list (call, node_mempool_dup_ancestors, error);
}

static RpcJson *
run_getmempooldescendants (RpcCall *call, GError **error)
{
  return relatives_list (call, node_mempool_dup_descendants, error);
}

/* Adds ENTRY and the rest of its cluster, whose chunks are computed together. */
static gboolean
add_cluster (NodeMempool *mempool, NodeMempoolEntry *entry, gpointer data, GError **error)
{
  g_autoptr (RpcJson) first = rpc_json_new_hash (entry->tx->txid32);
  VerboseList *list = data;
  const NodeMempoolChunk *chunk;
  Chunks found;

  if (rpc_json_get (list->all, rpc_json_string (first)) != NULL)
    return TRUE;
  chunks_init (&found, list->method);
  find_chunk (mempool, entry, &found);
  for (guint i = 0; i < ((GPtrArray *) found.clusters->pdata[0])->len; i++) {
    chunk = g_ptr_array_index ((GPtrArray *) found.clusters->pdata[0], i);
    for (guint k = 0; k < chunk->entries->len; k++) {
      NodeMempoolEntry *member = g_ptr_array_index (chunk->entries, k);
      g_autoptr (RpcJson) id = rpc_json_new_hash (member->tx->txid32);

      if (rpc_json_get (list->all, rpc_json_string (id)) == NULL)
        rpc_json_set (list->all, rpc_json_string (id), make_entry (mempool, member, &found));
    }
  }
  chunks_clear (&found);
  return TRUE;
}

/* Clusters are added as a whole: only then are their members put into the order of IDS. */
static RpcJson *
list_all_verbose (RpcCall *call, const GArray *ids, GError **error)
{
  g_autoptr (RpcJson) by_cluster = list_verbose (call, ids, add_cluster, error);
  RpcJson *sorted;

  if (by_cluster == NULL)
    return NULL;
  sorted = rpc_json_new_object ();
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (RpcJson) id = rpc_json_new_hash (g_array_index (ids, NodeMempoolId, i).txid32);
    RpcJson *entry = rpc_json_get (by_cluster, rpc_json_string (id));

    if (entry != NULL)
      rpc_json_set (sorted, rpc_json_string (id), rpc_json_ref (entry));
  }
  return sorted;
}

static RpcJson *
run_getrawmempool (RpcCall *call, GError **error)
{
  gboolean verbose = rpc_call_bool (call, 0, FALSE), with_sequence = rpc_call_bool (call, 1, FALSE);
  NodeMempool *mempool = node_rpc_context (call)->mempool;
  g_autoptr (GArray) ids = NULL;
  GError *problem = NULL;
  RpcJson *list, *json;
  guint64 sequence;

  if (verbose && with_sequence)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Verbose results cannot contain mempool sequence values.");
  ids = node_mempool_walk_begin (mempool, &sequence, call->cancellable, &problem);
  if (ids == NULL || !node_mempool_sort_mined (mempool, ids, call->cancellable, &problem)) {
    node_rpc_fail_closed (error, problem);
    return NULL;
  }
  if (verbose)
    return list_all_verbose (call, ids, error);
  list = make_ids (ids);
  if (!with_sequence)
    return list;
  json = rpc_json_new_object ();
  rpc_json_set (json, "txids", list);
  rpc_json_set (json, "mempool_sequence", rpc_json_new_int ((gint64) sequence));
  return json;
}

static RpcJson *
get_mempool_info (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const NodeMempoolOptions *options = node_mempool_options (mempool);
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "loaded", rpc_json_new_bool (node_mempool_load_state (mempool) == NODE_MEMPOOL_LOADED));
  rpc_json_set (json, "size", rpc_json_new_int (node_mempool_count (mempool)));
  rpc_json_set (json, "bytes", rpc_json_new_int ((gint64) node_mempool_vbytes (mempool)));
  rpc_json_set (json, "usage", rpc_json_new_int ((gint64) node_mempool_usage (mempool)));
  rpc_json_set (json, "total_fee", rpc_json_new_amount (node_mempool_total_fee (mempool)));
  rpc_json_set (json, "maxmempool", rpc_json_new_int ((gint64) options->max_bytes));
  rpc_json_set (json, "mempoolminfee", rpc_json_new_amount (node_mempool_min_fee_rate (mempool)));
  rpc_json_set (json, "minrelaytxfee", rpc_json_new_amount (options->min_relay_sat_per_kvb));
  rpc_json_set (json, "incrementalrelayfee", rpc_json_new_amount (options->incremental_sat_per_kvb));
  rpc_json_set (json, "unbroadcastcount", rpc_json_new_int (node_mempool_unbroadcast_count (mempool)));
  rpc_json_set (json, "permitbaremultisig", rpc_json_new_bool (options->permit_bare_multisig));
  rpc_json_set (json, "maxdatacarriersize", rpc_json_new_int (options->max_datacarrier_bytes));
  rpc_json_set (json, "limitclustercount", rpc_json_new_int (options->cluster_count));
  rpc_json_set (json, "limitclustersize", rpc_json_new_int (options->cluster_vsize));
  rpc_json_set (json, "optimal", rpc_json_new_bool (node_mempool_is_optimal (mempool)));
  if (call->method->deprecated != NULL)
    rpc_json_set (json, "fullrbf", rpc_json_new_bool (TRUE));
  return json;
}

static RpcJson *
run_getmempoolinfo (RpcCall *call, GError **error)
{
  return node_rpc_on_chain (call, get_mempool_info, NULL, error);
}

#define ENTRY(MORE)                                                                                                    \
  "{vsize: num, vsize_bip141: num, vsize_adjusted: num, weight: num, time: time, height: num, descendantcount: num, "  \
  "descendantsize: num, ancestorcount: num, ancestorsize: num, chunkweight: num, wtxid: hex, fees: {base: amount, "    \
  "modified: amount, ancestor: amount, descendant: amount, chunk: amount}, depends: [hex], spentby: [hex], "           \
  "unbroadcast: bool" MORE "}"
#define TXID                                                                                                           \
  {                                                                                                                    \
    "txid", RPC_ARG_HEX, TRUE, "The transaction ID"                                                                    \
  }
#define VERBOSE                                                                                                        \
  {                                                                                                                    \
    "verbose", RPC_ARG_BOOL, FALSE, "true for an object with details", .fallback = "false"                             \
  }

#define MEMPOOL_INFO(MORE, FORM)                                                                                       \
  {                                                                                                                    \
    "Blockchain", "getmempoolinfo", run_getmempoolinfo, "Returns the state of the mempool.",                           \
        .result                                                                                                        \
        = "{loaded: bool, size: num, bytes: num, usage: num, total_fee: amount, maxmempool: num, mempoolminfee: "      \
          "amount, minrelaytxfee: amount, incrementalrelayfee: num, unbroadcastcount: num, permitbaremultisig: "       \
          "bool, maxdatacarriersize: num, limitclustercount: num, limitclustersize: num, optimal: bool" MORE "}",      \
        .deprecated = FORM                                                                                             \
  }

#define ANCESTORS(MORE, FORM)                                                                                          \
  {                                                                                                                    \
    "Blockchain", "getmempoolancestors", run_getmempoolancestors, "Lists the mempool ancestors of a transaction.",     \
        { TXID, VERBOSE }, .result = "[hex] | {*: " ENTRY (MORE) "}", .deprecated = FORM                               \
  }

#define DESCENDANTS(MORE, FORM)                                                                                        \
  {                                                                                                                    \
    "Blockchain", "getmempooldescendants", run_getmempooldescendants,                                                  \
        "Lists the mempool descendants of a transaction.", { TXID, VERBOSE },                                          \
        .result = "[hex] | {*: " ENTRY (MORE) "}", .deprecated = FORM                                                  \
  }

#define MEMPOOL_ENTRY(MORE, FORM)                                                                                      \
  {                                                                                                                    \
    "Blockchain", "getmempoolentry", run_getmempoolentry, "Returns the mempool data of a transaction.", { TXID },      \
        .result = ENTRY (MORE), .deprecated = FORM                                                                     \
  }

#define RAW_MEMPOOL(MORE, FORM)                                                                                        \
  {                                                                                                                    \
    "Blockchain", "getrawmempool", run_getrawmempool,                                                                  \
        "Lists all transactions in the mempool, in the order in which they would be mined.",                           \
        { VERBOSE,                                                                                                     \
          { "mempool_sequence", RPC_ARG_BOOL, FALSE, "Include the mempool sequence number", .fallback = "false" } },   \
        .result = "[hex] | {*: " ENTRY (MORE) "} | {txids: [hex], mempool_sequence: num}", .deprecated = FORM          \
  }

static const RpcMethod methods[] = {
  ANCESTORS ("", NULL),     ANCESTORS (", bip125-replaceable: bool", "bip125"),
  DESCENDANTS ("", NULL),   DESCENDANTS (", bip125-replaceable: bool", "bip125"),
  MEMPOOL_ENTRY ("", NULL), MEMPOOL_ENTRY (", bip125-replaceable: bool", "bip125"),
  MEMPOOL_INFO ("", NULL),  MEMPOOL_INFO (", fullrbf: bool", "fullrbf"),
  RAW_MEMPOOL ("", NULL),   RAW_MEMPOOL (", bip125-replaceable: bool", "bip125"),
};

void
node_rpc_add_mempool (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

#include <string.h>

#include "bitcoin/primitives/block_filter.h"
#include "node/index/filter_index.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/read_block.h"
#include "node/rpc/scan_objects.h"

/* scanblocks: the blocks that may be relevant to some scripts, by their filters. One scan at a time; other calls return
 * its progress or abort it. */

static gint scanning;        /* atomic */
static gint abort_wanted;    /* atomic */
static gint progress_value;  /* atomic, percent */
static gint progress_height; /* atomic */

typedef struct {
  NodeIndex *index;
  GHashTable *needles;
  GArray *scripts; /* BtcSpan, of the needles */
  gboolean check;  /* check the blocks, too */
  RpcJson *found;
  NodeTip *tip; /* of the chain that is scanned */
  /* heights */
  gint64 first;
  gint64 last;
} Scan;

static gboolean
pays_or_spends (GHashTable *needles, const BtcBlock *block, const BtcCoin *spent)
{
  gsize n_spent = block->n_inputs - (block->n_txs > 0 ? block->txs[0].n_in : 0);

  for (guint32 i = 0; i < block->n_txs; i++)
    for (guint32 k = 0; k < block->txs[i].n_out; k++)
      if (node_scan_find (needles, block->txs[i].out[k].script) != NULL)
        return TRUE;
  for (gsize i = 0; i < n_spent; i++)
    if (node_scan_find (needles, spent[i].out.script) != NULL)
      return TRUE;
  return FALSE;
}

/* *REALLY: the match of the filter is not a false positive. */
static gboolean
scan_check_block (RpcCall *call, const Scan *scan, const NodeBlock *index, gboolean *really, GError **error)
{
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  g_autofree BtcCoin *spent = NULL;
  g_autoptr (BtcBlock) block = node_rpc_read_block_and_spent (call, index, &spent, scripts, error);

  if (block == NULL)
    return FALSE;
  *really = pays_or_spends (scan->needles, block, spent);
  return TRUE;
}

static gboolean
scan_block (RpcCall *call, Scan *scan, const NodeBlock *block, GError **error)
{
  g_autoptr (GBytes) filter = NULL;
  NodeFilterRecord record;
  gboolean found = FALSE, match = FALSE;
  BtcSpan span;

  /* Blocks that are not indexed yet are skipped. */
  if (!node_filter_index_get (scan->index, block, &record, &found, NULL) || !found)
    return TRUE;
  filter = node_filter_index_read (scan->index, &record, NULL);
  if (filter == NULL)
    return TRUE;
  span.data = g_bytes_get_data (filter, &span.len);
  if (!btc_block_filter_match_any (block->hash32, span, (const BtcSpan *) (gpointer) scan->scripts->data,
                                   scan->scripts->len, &match)
      || !match)
    return TRUE;
  if (scan->check && !scan_check_block (call, scan, block, &match, error))
    return FALSE;
  if (match)
    rpc_json_append (scan->found, rpc_json_new_hash (block->hash32));
  return TRUE;
}

/* *LAST: the height of the last scanned block. *COMPLETED FALSE: the scan was aborted. */
static gboolean
scan_range (RpcCall *call, Scan *scan, gint64 *last, gboolean *completed, GError **error)
{
  *completed = TRUE;
  *last = scan->first;
  for (gint64 height = scan->first; height <= scan->last && *completed; height++) {
    if (!scan_block (call, scan, node_block_ancestor (scan->tip->block, (guint32) height), error))
      return FALSE;
    *last = height;
    g_atomic_int_set (&progress_height, (gint) height);
    g_atomic_int_set (&progress_value, (gint) (100 * (height - scan->first) / MAX (scan->last - scan->first, 1)));
    *completed = !g_atomic_int_get (&abort_wanted) && !g_cancellable_is_cancelled (call->cancellable);
  }
  return TRUE;
}

static gboolean
read_range (RpcCall *call, Scan *scan, GError **error)
{
  gint64 height = scan->tip->block->height;

  if (!rpc_call_int (call, 2, 0, G_MININT32, G_MAXINT32, &scan->first, error))
    return FALSE;
  if (scan->first < 0 || scan->first > height)
    return rpc_refuse (error, RPC_MISC_ERROR, "Invalid start_height");
  if (!rpc_call_int (call, 3, height, G_MININT32, G_MAXINT32, &scan->last, error))
    return FALSE;
  if (scan->last < scan->first || scan->last > height)
    return rpc_refuse (error, RPC_MISC_ERROR, "Invalid stop_height");
  return TRUE;
}

static GArray *
list_scripts (GHashTable *needles)
{
  GArray *scripts = g_array_new (FALSE, FALSE, sizeof (BtcSpan));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, needles);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const NodeScanNeedle *needle = key;
    BtcSpan span;
    span.data = g_bytes_get_data (needle->script, &span.len);
    g_array_append_val (scripts, span);
  }
  return scripts;
}

static RpcJson *
start_scan_blocks (RpcCall *call, GError **error)
{
  const char *type = call->args[4] != NULL ? rpc_call_string (call, 4) : "basic";
  NodeIndex *index = node_indexes_get (node_rpc_context (call)->indexes, NODE_INDEX_FILTER);
  g_autoptr (RpcJson) found = rpc_json_new_array ();
  g_autoptr (GHashTable) needles = NULL;
  g_autoptr (GArray) scripts = NULL;
  g_autoptr (NodeTip) tip = NULL;
  const RpcJson *check;
  Scan scan = { .index = index, .found = found };
  gboolean completed;
  gint64 last;
  RpcJson *json;

  if (call->args[1] == NULL)
    return rpc_fail (error, RPC_MISC_ERROR, "scanobjects argument is required for the start action");
  if (!g_str_equal (type, "basic"))
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Unknown filtertype");
  check = rpc_json_get (call->args[5], "filter_false_positives");
  if (check != NULL && !rpc_bool_from_json (check, &scan.check, error))
    return NULL;
  if (index == NULL)
    return rpc_fail (error, RPC_MISC_ERROR, "Index is not enabled for filtertype %s", type);
  tip = scan.tip = node_rpc_ref_tip (call, error);
  if (tip == NULL || !read_range (call, &scan, error))
    return NULL;
  needles = scan.needles = node_scan_parse (call->args[1], node_rpc_context (call)->params->network->network, error);
  if (needles == NULL)
    return NULL;
  scripts = scan.scripts = list_scripts (needles);
  if (!scan_range (call, &scan, &last, &completed, error))
    return NULL;
  json = rpc_json_new_object ();
  rpc_json_set (json, "from_height", rpc_json_new_int (scan.first));
  rpc_json_set (json, "to_height", rpc_json_new_int (last));
  rpc_json_set (json, "relevant_blocks", g_steal_pointer (&found));
  rpc_json_set (json, "completed", rpc_json_new_bool (completed));
  return json;
}

static RpcJson *
get_scan_status (void)
{
  RpcJson *json;

  if (!g_atomic_int_get (&scanning))
    return rpc_json_new_null ();
  json = rpc_json_new_object ();
  rpc_json_set (json, "progress", rpc_json_new_int (g_atomic_int_get (&progress_value)));
  rpc_json_set (json, "current_height", rpc_json_new_int (g_atomic_int_get (&progress_height)));
  return json;
}

static RpcJson *
run_scanblocks (RpcCall *call, GError **error)
{
  const char *action = rpc_call_string (call, 0);
  gboolean running = g_atomic_int_get (&scanning);
  RpcJson *json;

  if (g_str_equal (action, "status"))
    return get_scan_status ();
  if (g_str_equal (action, "abort")) {
    g_atomic_int_set (&abort_wanted, running);
    return rpc_json_new_bool (running);
  }
  if (!g_str_equal (action, "start"))
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid action '%s'", action);
  if (!g_atomic_int_compare_and_exchange (&scanning, 0, 1))
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Scan already in progress, use action \"abort\" or \"status\"");
  g_atomic_int_set (&abort_wanted, 0);
  g_atomic_int_set (&progress_value, 0);
  json = start_scan_blocks (call, error);
  g_atomic_int_set (&scanning, 0);
  return json;
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "scanblocks",
    run_scanblocks,
    "Lists the blocks that may be relevant to descriptors, by their filters. Needs -blockfilterindex. May take "
    "minutes.",
    { { "action", RPC_ARG_STRING, TRUE, "\"start\", \"abort\", or \"status\" for the progress" },
      { "scanobjects", RPC_ARG_ARRAY, FALSE,
        "Descriptors, or objects with \"desc\" and \"range\": the last index, or [first, last], of the keys to derive "
        "(default: 1000)",
        .shape = "[str, {desc: str, range?: range = 1000}]", .shown = "[scanobjects,...]" },
      { "start_height", RPC_ARG_INT, FALSE, "The height of the first block", .fallback = "0" },
      { "stop_height", RPC_ARG_INT, FALSE, "The height of the last block (default: the tip)" },
      { "filtertype", RPC_ARG_STRING, FALSE, "The type of filter", .fallback = "\"basic\"" },
      { "options", RPC_ARG_OPTIONS, FALSE,
        "filter_false_positives: check the blocks, too, which is slower (default: false)",
        .shape = "{filter_false_positives?: bool = false}", .shown = "options" } },
    .result = "null | {from_height: num, to_height: num, relevant_blocks: [hex], completed: bool} | {progress: num, "
              "current_height: num} | bool" },
};

void
node_rpc_add_scan_blocks (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

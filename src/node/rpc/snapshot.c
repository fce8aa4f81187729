#include <string.h>

#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/dump_file.h"
#include "node/store/utxo_snapshot.h"

/* dumptxoutset: the UTXO set as a file for loadtxoutset. */

/* Used by one rollback at a time; the next one removes the remains of an interrupted one. */
#define ROLLBACK_FOLDER "chainstate_rollback"
#define ROLLBACK_BYTES ((gsize) 64 << 20)
static gint rollback_folder_taken; /* atomic */

typedef struct {
  const NodeBlock *target;
  const NodeBlock *tip;
  NodeCoins *coins;
  NodeCoins *view;     /* NULL: the coins of the tip are dumped */
  gboolean has_folder; /* it owns the folder for rollbacks */
  NodeCoinsCursor *count;
  NodeCoinsCursor *write;
  guint64 chain_tx;
} Dump;

static void
dump_clear (Dump *dump)
{
  g_clear_pointer (&dump->count, node_coins_cursor_free);
  g_clear_pointer (&dump->write, node_coins_cursor_free);
  g_clear_pointer (&dump->view, node_coins_close);
  if (dump->has_folder)
    g_atomic_int_set (&rollback_folder_taken, 0);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Dump, dump_clear)

/* The block that the arguments specify: TIP unless they name an earlier one. */
static const NodeBlock *
find_target (RpcCall *call, NodeChain *chain, const NodeBlock *tip, GError **error)
{
  const char *type = rpc_call_string (call, 1);
  const RpcJson *rollback = call->args[2] != NULL ? rpc_json_get (call->args[2], "rollback") : NULL;

  if (type == NULL)
    type = "";
  if (rollback != NULL) {
    if (*type != '\0' && !g_str_equal (type, "rollback"))
      return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid snapshot type \"%s\" specified with rollback option",
                       type);
    return node_rpc_find_hash_or_height (chain, node_chain_tip (chain), rollback, error);
  }
  if (g_str_equal (type, "rollback")) {
    const BtcParams *params = node_chain_params (chain);
    g_autoptr (RpcJson) height = rpc_json_new_int (params->assume_utxo[params->n_assume_utxo - 1].height);
    return node_rpc_find_hash_or_height (chain, node_chain_tip (chain), height, error);
  }
  if (g_str_equal (type, "latest"))
    return tip;
  return rpc_fail (error, RPC_INVALID_PARAMETER,
                   "Invalid snapshot type \"%s\" specified. Please specify \"rollback\" or \"latest\"", type);
}

static RpcJson *
check_target (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  return find_target (call, chain, node_chain_tip (chain), error) != NULL ? rpc_json_new_null () : NULL;
}

static RpcJson *
open_dump (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const NodeBlock *tip = node_chain_coins_tip (chain);
  Dump *dump = data;

  dump->target = find_target (call, chain, tip, error);
  if (dump->target == NULL)
    return NULL;
  dump->chain_tx = dump->target->chain_tx;
  dump->coins = node_chain_coins (chain);
  dump->tip = tip;
  if (dump->target == dump->tip) {
    dump->count = node_coins_cursor_new (dump->coins);
    dump->write = node_coins_cursor_new (dump->coins);
    return rpc_json_new_null ();
  }
  if (!node_block_descends (tip, dump->target))
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Block is not in main chain");
  for (const NodeBlock *block = dump->tip; block != dump->target; block = block->prev)
    if ((block->status & NODE_BLOCK_HAVE_DATA) == 0 || (block->status & NODE_BLOCK_HAVE_UNDO) == 0)
      return rpc_fail (error, RPC_MISC_ERROR,
                       "Could not roll back to requested height since necessary block data is already pruned.");
  dump->view = node_chain_new_view (chain);
  return rpc_json_new_null ();
}

/* The changes of many blocks do not fit into memory, so they are stored in a database that is deleted with the view. */
static gboolean
use_folder (RpcCall *call, Dump *dump, GError **error)
{
  const RpcJson *in_memory = call->args[2] != NULL ? rpc_json_get (call->args[2], "in_memory") : NULL;
  g_autofree char *path = g_build_filename (node_rpc_context (call)->program->network_dir, ROLLBACK_FOLDER, NULL);

  if (rpc_json_bool (in_memory))
    return TRUE;
  dump->has_folder = g_atomic_int_compare_and_exchange (&rollback_folder_taken, 0, 1);
  if (dump->has_folder)
    return node_coins_view_use_disk (dump->view, path, ROLLBACK_BYTES, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                       "Another rollback is in progress. Wait until it has finished");
  return FALSE;
}

/* Rolls back to the requested coins, on this thread. */
static gboolean
roll_back (RpcCall *call, Dump *dump, GError **error)
{
  if (!use_folder (call, dump, error)
      || !node_chain_roll_back_view (node_rpc_context (call)->chain, dump->view, dump->tip, dump->target,
                                     call->cancellable, error))
    return FALSE;
  dump->count = node_coins_cursor_new_over (dump->view, error);
  dump->write = dump->count != NULL ? node_coins_cursor_new_over (dump->view, error) : NULL;
  return dump->write != NULL;
}

static gboolean
dump_continue (guint64 txouts, gpointer cancellable)
{
  return !g_cancellable_is_cancelled (cancellable);
}

static gboolean
write_file (RpcCall *call, Dump *dump, const NodeCoinsStats *stats, FILE *file, GError **error)
{
  NodeSnapshotHeader header = { .coins = stats->txouts };

  memcpy (header.base32, dump->target->hash32, 32);
  return node_snapshot_write (file, node_rpc_context (call)->params->magic, &header, dump->write, dump_continue,
                              call->cancellable, error);
}

static RpcJson *
dump_to_json (const Dump *dump, const NodeCoinsStats *stats, const char *path)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "coins_written", rpc_json_new_int ((gint64) stats->txouts));
  rpc_json_set (json, "base_hash", rpc_json_new_hash (dump->target->hash32));
  rpc_json_set (json, "base_height", rpc_json_new_int (dump->target->height));
  rpc_json_set (json, "path", rpc_json_new_string (path));
  rpc_json_set (json, "txoutset_hash", rpc_json_new_hash (stats->hash32));
  rpc_json_set (json, "nchaintx", rpc_json_new_int ((gint64) dump->chain_tx));
  return json;
}

static RpcJson *
write_dump (RpcCall *call, NodeDumpFile *file, GError **error)
{
  g_auto (Dump) dump = { 0 };
  g_autoptr (RpcJson) opened = node_rpc_run_flushed (call, open_dump, &dump, error);
  g_autoptr (GError) problem = NULL;
  NodeCoinsStats stats;

  if (opened == NULL)
    return NULL;
  if ((dump.view != NULL && !roll_back (call, &dump, &problem))
      || !node_coins_stats (dump.coins, dump.count, NODE_COINS_HASH_SERIALIZED, dump_continue, call->cancellable,
                            &stats, &problem)
      || !write_file (call, &dump, &stats, file->file, &problem))
    return node_rpc_fail_disk (error, g_steal_pointer (&problem));
  return node_dump_file_commit (file, error) ? dump_to_json (&dump, &stats, file->path) : NULL;
}

static RpcJson *
run_dumptxoutset (RpcCall *call, GError **error)
{
  const char *folder = node_rpc_context (call)->program->network_dir;
  const char *name = rpc_call_string (call, 0);
  g_autofree char *path = g_path_is_absolute (name) ? g_strdup (name) : g_build_filename (folder, name, NULL);
  g_autoptr (RpcJson) checked = node_rpc_on_chain (call, check_target, NULL, error);
  g_auto (NodeDumpFile) file = { 0 };

  if (checked == NULL || !node_dump_file_open (&file, path, call->cancellable, error))
    return NULL;
  return write_dump (call, &file, error);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "dumptxoutset",
    run_dumptxoutset,
    "Writes the UTXO set to a file, as of now or after an earlier block.",
    { { "path", RPC_ARG_STRING, TRUE,
        "The file, which must not exist; relative to the data directory unless absolute" },
      { "type", RPC_ARG_STRING, FALSE, "\"latest\", or \"rollback\" for the last block whose coins can be loaded",
        .fallback = "\"\"" },
      { "options", RPC_ARG_OPTIONS, FALSE,
        "{ \"rollback\": the height or hash of an earlier block, \"in_memory\": keep the changes of the blocks above "
        "it in memory, not in a temporary folder (default: false) }",
        .shape = "{rollback?: int | str, in_memory?: bool = false}" } },
    .result = "{coins_written: num, base_hash: hex, base_height: num, path: str, txoutset_hash: hex, nchaintx: num}" },
};

void
node_rpc_add_snapshot (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

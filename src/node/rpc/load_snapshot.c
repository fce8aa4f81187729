#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/chain/snapshot.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* loadtxoutset: the chain continues from a UTXO snapshot in a file. */

typedef struct {
  const char *path;
  NodeSnapshotHeader header;
  NodeSnapshotLoad *load;
} Request;

static RpcJson *
load_snapshot_refuse (const Request *request, const char *before, const char *why, GError **error)
{
  return rpc_fail (error, RPC_INTERNAL_ERROR, "Unable to load UTXO snapshot: %s%s. (%s)", before, why, request->path);
}

static RpcJson *
load_snapshot_begin (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  g_autoptr (GError) problem = NULL;
  Request *request = data;

  request->load = node_snapshot_load_begin (chain, &request->header, &problem);
  if (request->load == NULL)
    return load_snapshot_refuse (request, "", problem->message, error);
  if (node_mempool_count (mempool) > 0)
    return load_snapshot_refuse (request, "", "Can't activate a snapshot when mempool not empty", error);
  return rpc_json_new_null ();
}

static RpcJson *
load_snapshot_activate (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  g_autoptr (GError) problem = NULL;
  Request *request = data;
  const NodeBlock *base = node_snapshot_load_activate (request->load, &problem);
  RpcJson *json;

  if (base == NULL)
    return load_snapshot_refuse (request, "", problem->message, error);
  /* Transactions may have been accepted while the coins were read. */
  node_mempool_recheck (mempool);
  json = rpc_json_new_object ();
  rpc_json_set (json, "coins_loaded", rpc_json_new_int ((gint64) request->header.coins));
  rpc_json_set (json, "tip_hash", rpc_json_new_hash (base->hash32));
  rpc_json_set (json, "base_height", rpc_json_new_int (base->height));
  rpc_json_set (json, "path", rpc_json_new_string (request->path));
  return json;
}

static void
load_snapshot_end (NodeChain *chain, gpointer data)
{
  node_snapshot_load_free (data);
}

static RpcJson *
load_snapshot_run (RpcCall *call, Request *request, FILE *file, GError **error)
{
  g_autoptr (RpcJson) begun = node_rpc_run (call, NODE_JOB_BACKGROUND, load_snapshot_begin, request, error);
  g_autoptr (GError) problem = NULL;
  struct stat info = { 0 };

  if (begun == NULL)
    return NULL;
  if (fstat (fileno (file), &info) != 0)
    info.st_size = 0;
  if (!node_snapshot_load_run (request->load, file, (guint64) info.st_size, call->cancellable, &problem))
    return load_snapshot_refuse (request, "Population failed: ", problem->message, error);
  return node_rpc_run (call, NODE_JOB_BACKGROUND, load_snapshot_activate, request, error);
}

/* A pipe or a device could block indefinitely: it is opened without blocking, and rejected. Reading a folder fails.
 * NULL: PATH cannot be opened. */
static FILE *
load_snapshot_open (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info;

  if (fd < 0)
    return NULL;
  if (fstat (fd, &info) != 0 || !(S_ISREG (info.st_mode) || S_ISDIR (info.st_mode))) {
    close (fd);
    return NULL;
  }
  return fdopen (fd, "rb");
}

static RpcJson *
run_loadtxoutset (RpcCall *call, GError **error)
{
  const char *folder = node_rpc_context (call)->program->network_dir;
  const BtcParams *params = node_rpc_context (call)->params;
  const char *name = rpc_call_string (call, 0);
  gboolean as_is = *name == '\0' || g_path_is_absolute (name);
  g_autofree char *path = as_is ? g_strdup (name) : g_build_filename (folder, name, NULL);
  Request request = { .path = path };
  g_autoptr (GError) problem = NULL;
  FILE *file = load_snapshot_open (path);
  RpcJson *json;

  if (file == NULL)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Couldn't open file %s for reading.", path);
  if (!node_snapshot_read_header (file, params->magic, params->network->name, &request.header, &problem)) {
    fclose (file);
    return rpc_fail (error, RPC_DESERIALIZATION_ERROR, "Unable to parse metadata: %s", problem->message);
  }
  json = load_snapshot_run (call, &request, file, error);
  /* Also if the client has disconnected or the node is stopping, since the chain waits for this. */
  node_chain_run (node_rpc_context (call)->chain, NODE_JOB_STOP, load_snapshot_end, request.load, NULL, NULL);
  fclose (file);
  return json;
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "loadtxoutset",
    run_loadtxoutset,
    "Loads a UTXO snapshot of dumptxoutset: the chain continues from its block at once, while the blocks up to it are "
    "checked in the background. Only snapshots of blocks with a built-in hash are accepted.\n\n{ \"coins_loaded\", "
    "\"tip_hash\", \"base_height\", \"path\" }",
    { { "path", RPC_ARG_STRING, TRUE, "The file; relative to the data directory unless absolute" } },
    .result = "{coins_loaded: num, tip_hash: hex, base_height: num, path: str}" },
};

void
node_rpc_add_load_snapshot (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}

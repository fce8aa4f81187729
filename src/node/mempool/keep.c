#include "node/mempool/keep.h"

#include "common/log.h"
#include "node/mempool/persist.h"
#include "node/mempool/private.h"

/* The longest time for which loading delays other jobs of the chain thread. */
#define SLICE_US 10000

struct _NodeMempoolKeep {
  NodeChain *chain;
  NodeMempool *mempool;
  char *path;
  gboolean enabled;
  gboolean plain;
  int stopping;          /* atomic */
  NodeMempoolLoad *load; /* chain thread */
  void (*loaded) (gpointer data);
  gpointer data;
};

NodeMempoolKeep *
node_mempool_keep_new (NodeChain *chain, NodeMempool *mempool, const char *path, gboolean enabled, gboolean plain)
{
  NodeMempoolKeep *keep = g_new0 (NodeMempoolKeep, 1);

  keep->chain = chain;
  keep->mempool = mempool;
  keep->path = g_strdup (path);
  keep->enabled = enabled;
  keep->plain = plain;
  return keep;
}

void
node_mempool_keep_free (NodeMempoolKeep *keep)
{
  if (keep == NULL)
    return;
  node_mempool_load_free (keep->load);
  g_free (keep->path);
  g_free (keep);
}

static void
keep_finish (NodeMempoolKeep *keep)
{
  g_clear_pointer (&keep->load, node_mempool_load_free);
  node_mempool_set_load_state (keep->mempool, NODE_MEMPOOL_LOADED);
  keep->loaded (keep->data);
}

static void
keep_run_slice (NodeChain *chain, gpointer data)
{
  NodeMempoolKeep *keep = data;
  g_autoptr (GError) error = NULL;

  if (g_atomic_int_get (&keep->stopping))
    return;
  switch (node_mempool_load_run (keep->load, SLICE_US, &error)) {
  case NODE_MEMPOOL_LOAD_MORE:
    node_chain_post (chain, keep_run_slice, keep, NULL);
    return;
  case NODE_MEMPOOL_LOAD_DONE:
    break;
  case NODE_MEMPOOL_LOAD_FAILED:
    common_info ("Failed to deserialize mempool data on file: %s. Continuing anyway.", error->message);
    break;
  }
  keep_finish (keep);
}

void
node_mempool_keep_start (NodeMempoolKeep *keep, void (*loaded) (gpointer data), gpointer data)
{
  static const NodeMempoolLoadOptions options = { .apply_deltas = TRUE, .apply_unbroadcast = TRUE };
  g_autoptr (GError) error = NULL;

  keep->loaded = loaded;
  keep->data = data;
  if (keep->enabled) {
    keep->load = node_mempool_load_new (keep->mempool, keep->path, &options, &error);
    if (keep->load == NULL && g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      common_info ("Failed to open mempool file. Continuing anyway.");
    else if (keep->load == NULL)
      common_warn ("%s. Continuing anyway.", error->message);
  }
  if (keep->load == NULL) {
    keep_finish (keep);
    return;
  }
  node_mempool_set_load_state (keep->mempool, NODE_MEMPOOL_LOADING);
  node_chain_post (keep->chain, keep_run_slice, keep, NULL);
}

void
node_mempool_keep_stop (NodeMempoolKeep *keep)
{
  g_atomic_int_set (&keep->stopping, 1);
}

typedef struct {
  NodeMempool *mempool;
  NodeMempoolSnapshot *snapshot; /* NULL: it is not loaded */
} Taking;

static void
keep_take_snapshot (NodeChain *chain, gpointer data)
{
  Taking *taking = data;

  if (node_mempool_load_state (taking->mempool) == NODE_MEMPOOL_LOADED)
    taking->snapshot = node_mempool_snapshot_new (taking->mempool);
}

static gboolean
keep_save (NodeMempoolKeep *keep, NodeJobClass job_class, gboolean *loaded, GError **error)
{
  Taking taking = { .mempool = keep->mempool };
  g_autoptr (NodeMempoolSnapshot) snapshot = NULL;

  *loaded = FALSE;
  if (!node_chain_run (keep->chain, job_class, keep_take_snapshot, &taking, NULL, error))
    return FALSE;
  snapshot = taking.snapshot;
  *loaded = snapshot != NULL;
  if (snapshot == NULL) {
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN, "The mempool was not loaded yet");
    return FALSE;
  }
  return node_mempool_dump (snapshot, keep->path, keep->plain, error);
}

gboolean
node_mempool_keep_save (NodeMempoolKeep *keep, GError **error)
{
  gboolean loaded;

  return keep_save (keep, NODE_JOB_BACKGROUND, &loaded, error);
}

void
node_mempool_keep_save_last (NodeMempoolKeep *keep)
{
  g_autoptr (GError) error = NULL;
  gboolean loaded;

  if (keep->enabled && !keep_save (keep, NODE_JOB_STOP, &loaded, &error) && loaded)
    common_warn ("Failed to dump mempool: %s. Continuing anyway.", error->message);
}

const char *
node_mempool_keep_path (NodeMempoolKeep *keep)
{
  return keep->path;
}

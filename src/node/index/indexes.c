#include "node/index/indexes.h"

#include "common/log.h"
#include "node/index/coinstats_index.h"
#include "node/index/filter_index.h"
#include "node/index/private.h"
#include "node/index/spender_index.h"
#include "node/index/tx_index.h"

/* How much of -dbcache an index gets for its database, in percent, and at most. */
#define CACHE_MAX ((gsize) 1 << 30)
#define CACHE_MIN ((gsize) 2 << 20)

typedef NodeIndex *(*NewFunc) (NodeChain *chain, const char *folder, const NodeIndexOwner *owner);

static const struct {
  NewFunc make;
  guint cache_percent;
} kinds[NODE_N_INDEXES] = {
  [NODE_INDEX_TX] = { node_tx_index_new, 10 },
  [NODE_INDEX_COINSTATS] = { node_coinstats_index_new, 0 },
  [NODE_INDEX_SPENDER] = { node_spender_index_new, 5 },
  [NODE_INDEX_FILTER] = { node_filter_index_new, 5 },
};

struct _NodeIndexes {
  NodeIndex *index[NODE_N_INDEXES];
  gsize dbcache_bytes;
  gboolean wipe;
  gint loaded; /* atomic */
};

static void
wake_all (NodeIndexes *self, const NodeBlock *flushed)
{
  for (guint i = 0; i < NODE_N_INDEXES; i++)
    if (self->index[i] != NULL)
      node_index_wake (self->index[i], flushed);
}

static void
indexes_on_tip_changed (gpointer data, NodeTip *tip)
{
  wake_all (data, NULL);
}

static void
on_validated (gpointer data, const NodeBlock *index)
{
  wake_all (data, NULL);
}

static void
on_flushed (gpointer data, const NodeBlock *index)
{
  wake_all (data, index);
}

NodeIndexes *
node_indexes_new (NodeChain *chain, const NodeIndexesOptions *options)
{
  static const NodeChainListener listener
      = { .tip_changed = indexes_on_tip_changed, .validated = on_validated, .flushed = on_flushed };
  NodeIndexes *self = g_new0 (NodeIndexes, 1);
  g_autofree char *folder = g_build_filename (options->datadir, "indexes", NULL);

  self->dbcache_bytes = options->dbcache_bytes;
  self->wipe = options->wipe;
  for (guint i = 0; i < NODE_N_INDEXES; i++)
    if (options->enabled[i])
      self->index[i] = kinds[i].make (chain, folder, &options->owner);
  node_chain_add_listener (chain, &listener, self);
  return self;
}

gboolean
node_indexes_load (NodeIndexes *self, GError **error)
{
  for (guint i = 0; i < NODE_N_INDEXES; i++) {
    gsize cache = CLAMP (self->dbcache_bytes / 100 * kinds[i].cache_percent, CACHE_MIN, CACHE_MAX);

    if (self->index[i] != NULL && !node_index_load (self->index[i], cache, self->wipe, error))
      return FALSE;
  }
  for (guint i = 0; i < NODE_N_INDEXES; i++)
    if (self->index[i] != NULL)
      node_index_start (self->index[i]);
  g_atomic_int_set (&self->loaded, 1);
  return TRUE;
}

void
node_indexes_stop (NodeIndexes *self)
{
  for (guint i = 0; i < NODE_N_INDEXES; i++)
    if (self->index[i] != NULL)
      node_index_stop (self->index[i]);
}

void
node_indexes_free (NodeIndexes *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < NODE_N_INDEXES; i++)
    node_index_free (self->index[i]);
  g_free (self);
}

NodeIndex *
node_indexes_get (NodeIndexes *self, NodeIndexKind kind)
{
  return g_atomic_int_get (&self->loaded) ? self->index[kind] : NULL;
}

void
node_indexes_wait_committed (NodeIndexes *self, const NodeBlock *block)
{
  for (guint i = 0; i < NODE_N_INDEXES; i++) {
    NodeIndex *index = node_indexes_get (self, i);

    if (index != NULL)
      node_index_wait_committed (index, block);
  }
}

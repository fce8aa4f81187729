#include "node/chain/verify.h"

#include "node/chain/flush.h"
#include "node/chain/parts.h"
#include "node/chainstate/rollback.h"
#include "node/chainstate/verify.h"

/* Verifies the last blocks, and rolls coins back. Both use views of the coins on disk, on the caller's thread, while
 * the chain continues. */

typedef struct {
  NodeChain *chain;
  gboolean below;    /* the set of coins below a snapshot, not that of the tip */
  const char *stage; /* for progress reports to the listeners, on the chain thread; NULL: none */
  GCancellable *cancellable;

  NodeCoins *view; /* with TIP as its best block; NULL: nothing to verify */
  NodeBlock *tip;
  gboolean allow_missing; /* data of old blocks */
} VerifyTask;

static void
verify_begin (NodeChain *chain, gpointer data)
{
  VerifyTask *task = data;
  NodeChainstate *state = task->below ? chain->below : &chain->state;

  if (state->flushed_tip == NULL || state->flushed_tip->height == 0)
    return;
  task->tip = (NodeBlock *) state->flushed_tip;
  task->allow_missing = node_block_tree_has_pruned (chain->tree) || chain->state.base != NULL;
  task->view = node_coins_view_new (state->coins);
}

static gboolean
verify_report_progress (gpointer data, double fraction, guint64 n_blocks)
{
  const VerifyTask *task = data;

  if (task->stage != NULL)
    node_report_progress (task->chain, task->stage, fraction, n_blocks);
  return !node_chain_is_stopping (task->chain) && !g_cancellable_is_cancelled (task->cancellable);
}

static gboolean
verify_state (VerifyTask *task, guint level, guint32 depth, gboolean *complete, GError **error)
{
  NodeVerifyOptions options = {
    .tree = task->chain->tree,
    .params = task->chain->params,
    .level = level,
    .depth = depth,
    .progress = verify_report_progress,
    .sigcache = task->chain->sigcache,
    .script_threads = task->chain->options.script_threads,
    .data = task,
  };
  gboolean good;

  *complete = TRUE;
  if (!node_chain_run_flushed (task->chain, verify_begin, task, task->cancellable, error))
    return FALSE;
  if (task->view == NULL)
    return TRUE;
  options.view = task->view;
  options.tip = task->tip;
  options.allow_missing = task->allow_missing;
  good = node_verify (&options, complete, error);
  node_coins_close (task->view);
  return good;
}

gboolean
node_chain_verify (NodeChain *chain,
                   guint level,
                   guint32 depth,
                   GCancellable *cancellable,
                   gboolean *complete,
                   GError **error)
{
  VerifyTask task = { .chain = chain, .cancellable = cancellable };

  return verify_state (&task, level, depth, complete, error);
}

gboolean
node_verify_last_blocks (NodeChain *chain, GError **error)
{
  const NodeChainOptions *options = &chain->options;
  VerifyTask task = { .chain = chain, .stage = "verifying" };
  VerifyTask look_below = { .chain = chain, .below = TRUE, .stage = "verifying" };
  gboolean complete;

  node_report_progress (chain, "verifying", 0, 0);
  if (!verify_state (&task, options->check_level, options->check_blocks, &complete, error))
    return FALSE;
  return chain->below == NULL
         || verify_state (&look_below, options->check_level, options->check_blocks, &complete, error);
}

NodeCoins *
node_chain_new_view (NodeChain *chain)
{
  return node_coins_view_new (chain->state.coins);
}

gboolean
node_chain_roll_back_view (NodeChain *chain,
                           NodeCoins *view,
                           const NodeBlock *from,
                           const NodeBlock *to,
                           GCancellable *cancellable,
                           GError **error)
{
  VerifyTask task = { .chain = chain, .cancellable = cancellable };

  g_return_val_if_fail (chain != NULL && view != NULL && node_block_descends (from, to), FALSE);
  return node_roll_back (chain->tree, view, from, to, verify_report_progress, &task, error);
}

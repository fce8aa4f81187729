#include "node/chain/verify.h"

#include "node/chain/flush.h"
#include "node/chain/parts.h"
#include "node/chainstate/rollback.h"
#include "node/chainstate/verify.h"

/* Verifies the last blocks again, and rolls coins back. Both work in views of the coins on disk, on the thread of the
 * caller, while the chain continues. */

typedef struct {
  NodeChain *chain;
  gboolean below;    /* the set of coins below a snapshot, not that of the tip */
  const char *stage; /* reported to the listeners, on the chain thread; NULL: nothing is */
  GCancellable *cancellable;

  NodeCoins *view; /* with TIP as its best block; NULL: nothing to verify */
  NodeBlock *tip;
  gboolean may_lack; /* data of old blocks */
} LookBack;

static void
look_back_begin (NodeChain *chain, gpointer data)
{
  LookBack *look = data;
  NodeChainstate *state = look->below ? chain->below : &chain->state;

  if (state->flushed_tip == NULL || state->flushed_tip->height == 0)
    return;
  look->tip = (NodeBlock *) state->flushed_tip;
  look->may_lack = node_block_tree_has_pruned (chain->tree) || chain->state.base != NULL;
  look->view = node_coins_view_new (state->coins);
}

static gboolean
look_back_progress (gpointer data, double fraction, guint64 n_blocks)
{
  const LookBack *look = data;

  if (look->stage != NULL)
    node_report_progress (look->chain, look->stage, fraction, n_blocks);
  return !node_chain_is_stopping (look->chain) && !g_cancellable_is_cancelled (look->cancellable);
}

static gboolean
verify_state (LookBack *look, guint level, guint32 depth, gboolean *complete, GError **error)
{
  NodeVerifyOptions options = {
    .tree = look->chain->tree,
    .params = look->chain->params,
    .level = level,
    .depth = depth,
    .progress = look_back_progress,
    .sigcache = look->chain->sigcache,
    .script_threads = look->chain->options.script_threads,
    .data = look,
  };
  gboolean good;

  *complete = TRUE;
  if (!node_chain_run_flushed (look->chain, look_back_begin, look, look->cancellable, error))
    return FALSE;
  if (look->view == NULL)
    return TRUE;
  options.view = look->view;
  options.tip = look->tip;
  options.may_lack = look->may_lack;
  good = node_verify (&options, complete, error);
  node_coins_close (look->view);
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
  LookBack look = { .chain = chain, .cancellable = cancellable };

  return verify_state (&look, level, depth, complete, error);
}

gboolean
node_verify_last_blocks (NodeChain *chain, GError **error)
{
  const NodeChainOptions *options = &chain->options;
  LookBack look = { .chain = chain, .stage = "verifying" };
  LookBack look_below = { .chain = chain, .below = TRUE, .stage = "verifying" };
  gboolean complete;

  node_report_progress (chain, "verifying", 0, 0);
  if (!verify_state (&look, options->check_level, options->check_blocks, &complete, error))
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
  LookBack look = { .chain = chain, .cancellable = cancellable };

  g_return_val_if_fail (chain != NULL && view != NULL && node_block_descends (from, to), FALSE);
  return node_roll_back (chain->tree, view, from, to, look_back_progress, &look, error);
}

#include "common/log.h"
#include "node/chain/private.h"

/* Are the last blocks what they were, and do the coins fit them? The levels add up: 0 the blocks can be read, 1 they are
 * valid by themselves, 2 their undo data can be read, 3 they can be taken out of the coins, 4 they can be connected
 * again. All of it happens in a view of the coins on disk; nothing is changed. */

typedef struct {
  NodeChain *chain;
  NodeCoins *view; /* stands for TIP */
  NodeBlock *tip;
  guint level;
  guint32 depth;
  gboolean tell; /* the listeners, how far it is */
  GCancellable *cancellable;
} Verification;

static gboolean
bad (GError **error, const NodeBlock *block, const char *what)
{
  g_autofree char *hash = node_block_dup_hash (block->hash32);

  g_set_error (
      error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
      "The stored data of block %u (%s) does not hold: %s. Restart with -reindex-chainstate to build the coins "
      "anew, or with -reindex to read the block files anew, too.",
      block->height, hash, what);
  return FALSE;
}

static gboolean
check_one (NodeChain *chain, NodeCoins *view, const NodeBlock *index, guint level, gboolean disconnect, GError **error)
{
  g_autoptr (BtcBlock) block = node_block_tree_read_block (chain->tree, index, error);
  BtcVerdict verdict;
  gboolean clean = TRUE;

  if (block == NULL)
    return FALSE;
  if (level >= 1 && !node_block_check (block, chain->params, &verdict))
    return bad (error, index, verdict.reason);
  if (level >= 2 && !disconnect) {
    g_autoptr (GArray) coins = NULL;
    g_autoptr (GByteArray) scripts = NULL;

    if (!node_block_tree_read_undo (chain->tree, index, block, &coins, &scripts, error))
      return FALSE;
  }
  if (disconnect && !node_disconnect_block (chain, view, block, index, &clean, error))
    return FALSE;
  return clean || bad (error, index, "the coins do not fit it");
}

static gboolean
reconnect (NodeChain *chain, NodeCoins *view, NodeBlock *index, GError **error)
{
  g_autoptr (BtcBlock) block = node_block_tree_read_block (chain->tree, index, error);
  BtcVerdict verdict;

  if (block == NULL || !node_connect_block (chain, view, block, index, FALSE, &verdict, error))
    return FALSE;
  return verdict.verdict == BTC_VERDICT_OK || bad (error, index, verdict.reason);
}

/* Each block is seen once, and once more where it is connected again. */
static void
tell_verified (const Verification *v, guint32 seen)
{
  if (v->tell)
    node_report_progress (v->chain, "verifying", (double) seen / ((double) v->depth * (v->level >= 4 ? 2 : 1)), seen);
}

static gboolean
verify_is_over (const Verification *v)
{
  return node_chain_is_stopping (v->chain) || g_cancellable_is_cancelled (v->cancellable);
}

/* BLOCK is the last one that was not taken out of the view. */
static gboolean
reconnect_above (const Verification *v, NodeBlock *block, guint32 seen, GError **error)
{
  while (block != v->tip && !verify_is_over (v)) {
    block = node_block_ancestor (v->tip, block->height + 1);
    if (!reconnect (v->chain, v->view, block, error))
      return FALSE;
    tell_verified (v, ++seen);
  }
  return TRUE;
}

/* Data that was pruned, or is not expected below a snapshot. A block that was pruned and came again has no undo data. */
static gboolean
verify_is_missing (const Verification *v, const NodeBlock *block)
{
  guint32 needed = v->level >= 2 ? NODE_BLOCK_HAVE_DATA | NODE_BLOCK_HAVE_UNDO : NODE_BLOCK_HAVE_DATA;

  return (block->status & needed) != needed
         && (node_block_tree_has_pruned (v->chain->tree) || v->chain->snapshot_base != NULL);
}

static gboolean
verify (const Verification *v, gboolean *complete, GError **error)
{
  NodeBlock *block = v->tip;
  gboolean room = TRUE;
  guint32 checked = 0;

  *complete = TRUE;
  for (; checked < v->depth && block->height > 0; block = block->prev, tell_verified (v, ++checked)) {
    if (verify_is_over (v))
      break;
    if (verify_is_missing (v, block)) {
      common_info ("Block verification stopping at height %u (no data). This could be due to pruning or use of an "
                   "assumeutxo snapshot.",
                   block->height);
      *complete = FALSE;
      break;
    }
    room = room && !node_coins_needs_flush (v->view);
    if (!check_one (v->chain, v->view, block, v->level, v->level >= 3 && room, error))
      return FALSE;
  }
  if (!room)
    common_warn ("Skipped verification of level >=3 (insufficient database cache size). Consider increasing -dbcache.");
  if (v->level >= 4 && room && !reconnect_above (v, block, checked, error))
    return FALSE;
  *complete = *complete && room && !verify_is_over (v);
  common_info ("Verification: checked last %u blocks at level %u", checked, v->level);
  return TRUE;
}

/* COINS stand for TIP. */
static gboolean
verify_in_view (NodeChain *chain,
                NodeCoins *coins,
                NodeBlock *tip,
                guint level,
                guint32 depth,
                gboolean tell,
                GCancellable *cancellable,
                gboolean *complete,
                GError **error)
{
  Verification v
      = { .chain = chain, .tip = tip, .level = level, .depth = depth, .tell = tell, .cancellable = cancellable };
  gboolean ok;

  *complete = TRUE;
  if (tip == NULL || tip->height == 0)
    return TRUE;
  if (depth == 0 || depth > tip->height)
    v.depth = tip->height;
  if (!node_flush_all (chain, error))
    return FALSE;
  common_info ("Verifying last %u blocks at level %u", v.depth, level);
  v.view = node_coins_view_new (coins);
  ok = verify (&v, complete, error);
  node_coins_close (v.view);
  return ok;
}

gboolean
node_chain_verify (NodeChain *chain,
                   guint level,
                   guint32 depth,
                   GCancellable *cancellable,
                   gboolean *complete,
                   GError **error)
{
  return verify_in_view (chain, chain->state.coins, node_chain_tip (chain), level, depth, FALSE, cancellable, complete,
                         error);
}

gboolean
node_verify_last_blocks (NodeChain *chain, GError **error)
{
  gboolean complete;

  node_report_progress (chain, "verifying", 0, 0);
  if (!verify_in_view (chain, chain->state.coins, node_chain_tip (chain), chain->options.check_level,
                       chain->options.check_blocks, TRUE, NULL, &complete, error))
    return FALSE;
  return chain->background == NULL
         || verify_in_view (chain, node_background_state (chain)->coins, node_background_tip (chain),
                            chain->options.check_level, chain->options.check_blocks, TRUE, NULL, &complete, error);
}

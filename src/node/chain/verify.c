#include "common/log.h"
#include "node/chain/private.h"

/* Are the last blocks what they were, and do the coins fit them? The levels add up: 0 the blocks can be read, 1 they are
 * valid by themselves, 2 their undo data can be read, 3 they can be taken out of the coins, 4 they can be connected
 * again. All of it happens in a view of the coins on disk; nothing is changed. */

typedef struct {
  NodeChain *chain;
  NodeCoins *coins; /* NULL: those of the tip */
  NodeCoins *view;  /* of COINS; stands for TIP */
  NodeBlock *tip;
  guint level;
  guint32 depth;
  gboolean may_lack; /* data of old blocks */
  gboolean tell;     /* the listeners, how far it is */
  GCancellable *cancellable;
  GError *error; /* why there is no view */
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

typedef struct {
  const Verification *v;
  BtcBlock *block;
  NodeBlock *index;
  gboolean ok;
  BtcVerdict verdict;
  GError *error;
} Reconnection;

static void
reconnect_job (NodeChain *chain, gpointer data)
{
  Reconnection *r = data;

  r->ok = node_connect_block (chain, r->v->view, r->block, r->index, FALSE, &r->verdict, &r->error);
}

/* What connects blocks is the chain thread's: a job for each. */
static gboolean
reconnect (const Verification *v, NodeBlock *index, GError **error)
{
  g_autoptr (BtcBlock) block = node_block_tree_read_block (v->chain->tree, index, error);
  Reconnection r = { .v = v, .block = block, .index = index };

  if (block == NULL || !node_chain_run (v->chain, NODE_JOB_BACKGROUND, reconnect_job, &r, v->cancellable, error))
    return FALSE;
  if (!r.ok) {
    g_propagate_error (error, r.error);
    return FALSE;
  }
  return r.verdict.verdict == BTC_VERDICT_OK || bad (error, index, r.verdict.reason);
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
    if (!reconnect (v, block, error))
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
  NodeBlockRecord record;

  node_block_tree_get_record (v->chain->tree, block, &record, NULL);
  return v->may_lack && (record.status & needed) != needed;
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

static void
verify_begin (NodeChain *chain, gpointer data)
{
  Verification *v = data;

  if (v->coins == NULL) {
    v->coins = chain->state.coins;
    v->tip = node_chain_tip (chain);
  }
  if (v->tip == NULL || v->tip->height == 0 || !node_flush_all (chain, &v->error))
    return;
  v->may_lack = node_block_tree_has_pruned (chain->tree) || chain->snapshot_base != NULL;
  v->view = node_coins_view_new (v->coins);
}

/* V has no view yet. */
static gboolean
verify_in_view (Verification *v, gboolean *complete, GError **error)
{
  gboolean ok;

  *complete = TRUE;
  if (!node_chain_run (v->chain, NODE_JOB_BACKGROUND, verify_begin, v, v->cancellable, error))
    return FALSE;
  if (v->tip == NULL || v->tip->height == 0)
    return TRUE;
  if (v->view == NULL) {
    g_propagate_error (error, v->error);
    return FALSE;
  }
  if (v->depth == 0 || v->depth > v->tip->height)
    v->depth = v->tip->height;
  common_info ("Verifying last %u blocks at level %u", v->depth, v->level);
  ok = verify (v, complete, error);
  node_coins_close (v->view);
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
  Verification v = { .chain = chain, .level = level, .depth = depth, .cancellable = cancellable };

  return verify_in_view (&v, complete, error);
}

gboolean
node_verify_last_blocks (NodeChain *chain, GError **error)
{
  const NodeChainOptions *options = &chain->options;
  Verification v = { .chain = chain, .level = options->check_level, .depth = options->check_blocks, .tell = TRUE };
  gboolean complete;

  node_report_progress (chain, "verifying", 0, 0);
  if (!verify_in_view (&v, &complete, error))
    return FALSE;
  if (chain->background == NULL)
    return TRUE;
  v = (Verification){ .chain = chain,
                      .coins = node_background_state (chain)->coins,
                      .tip = node_background_tip (chain),
                      .level = options->check_level,
                      .depth = options->check_blocks,
                      .tell = TRUE };
  return verify_in_view (&v, &complete, error);
}

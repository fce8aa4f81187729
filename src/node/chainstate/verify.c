#include "node/chainstate/verify.h"

#include "common/log.h"
#include "node/chainstate/connector.h"
#include "node/chainstate/disconnect.h"

/* Verifies the last blocks and the coins. Each level includes those below: 0 the blocks can be read, 1 they pass the
 * rules that need no coins, 2 their undo data can be read, 3 they can be disconnected, 4 they can be connected again.
 * All of it happens in a view of the coins on disk; nothing is changed. */

typedef struct {
  const NodeVerifyOptions *options;
  guint32 depth;
  gboolean ended;           /* cancelled */
  NodeConnector *connector; /* for level 4 */
} Verification;

static gboolean
verify_fail (GError **error, const NodeBlock *block, const char *what)
{
  g_autofree char *hash = node_block_dup_hash (block->hash32);

  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "The stored data of block %u (%s) is not valid: %s. Restart with -reindex-chainstate to rebuild "
               "the coins, or with -reindex to read the block files again, too.",
               block->height, hash, what);
  return FALSE;
}

static gboolean
check_one (const Verification *v, const NodeBlock *index, gboolean disconnect, GError **error)
{
  g_autoptr (BtcBlock) block = node_block_tree_read_block (v->options->tree, index, error);
  BtcVerdict verdict;
  gboolean clean = TRUE;

  if (block == NULL)
    return FALSE;
  if (v->options->level >= 1 && !node_block_check (block, v->options->params, &verdict))
    return verify_fail (error, index, verdict.reason);
  if (v->options->level >= 2 && !disconnect) {
    g_autoptr (GArray) coins = NULL;
    g_autoptr (GByteArray) scripts = NULL;

    if (!node_block_tree_read_undo (v->options->tree, index, block, &coins, &scripts, error))
      return FALSE;
  }
  if (disconnect && !node_disconnect_block (v->options->tree, v->options->view, block, index, &clean, error))
    return FALSE;
  return clean || verify_fail (error, index, "the coins do not match it");
}

static gboolean
verify_reconnect (const Verification *v, NodeBlock *index, GError **error)
{
  g_autoptr (BtcBlock) block = node_block_tree_read_block (v->options->tree, index, error);
  BtcVerdict verdict;

  if (block == NULL || !node_connector_try (v->connector, v->options->view, block, index, FALSE, &verdict, error))
    return FALSE;
  return verdict.verdict == BTC_VERDICT_OK || verify_fail (error, index, verdict.reason);
}

/* Each block is counted once, and again when it is reconnected. */
static void
note_verified (Verification *v, guint32 seen)
{
  double all = (double) v->depth * (v->options->level >= 4 ? 2 : 1);

  v->ended = !v->options->progress (v->options->data, (double) seen / all, seen);
}

/* BLOCK is the last one that was not disconnected in the view. */
static gboolean
reconnect_above (Verification *v, NodeBlock *block, guint32 seen, GError **error)
{
  NodeHealth health = { 0 };
  g_autoptr (NodeConnector) connector = NULL;

  v->connector = connector = node_connector_new (v->options->tree, v->options->params, &health, v->options->sigcache,
                                                 v->options->script_threads);
  while (block != v->options->tip && !v->ended) {
    block = node_block_ancestor (v->options->tip, block->height + 1);
    if (!verify_reconnect (v, block, error))
      return FALSE;
    note_verified (v, ++seen);
  }
  return TRUE;
}

/* Data that was pruned, or is not expected below a snapshot. A block that was pruned and received again has no undo
 * data. */
static gboolean
verify_is_missing (const Verification *v, const NodeBlock *block)
{
  guint32 needed = v->options->level >= 2 ? NODE_BLOCK_HAVE_DATA | NODE_BLOCK_HAVE_UNDO : NODE_BLOCK_HAVE_DATA;
  NodeBlockRecord record;

  node_block_tree_get_record (v->options->tree, block, &record, NULL);
  return v->options->allow_missing && (record.status & needed) != needed;
}

static gboolean
verify_blocks (Verification *v, gboolean *complete, GError **error)
{
  NodeBlock *block = v->options->tip;
  gboolean room = TRUE;
  guint32 checked = 0;

  for (note_verified (v, 0); checked < v->depth && block->height > 0 && !v->ended; block = block->prev) {
    if (verify_is_missing (v, block)) {
      common_info ("Block verification stopping at height %u (no data). This could be due to pruning or use of an "
                   "assumeutxo snapshot.",
                   block->height);
      *complete = FALSE;
      break;
    }
    room = room && !node_coins_needs_flush (v->options->view);
    if (!check_one (v, block, v->options->level >= 3 && room, error))
      return FALSE;
    note_verified (v, ++checked);
  }
  if (!room)
    common_warn ("Skipped verification of level >=3 (insufficient database cache size). Consider increasing -dbcache.");
  if (v->options->level >= 4 && room && !reconnect_above (v, block, checked, error))
    return FALSE;
  *complete = *complete && room && !v->ended;
  common_info ("Verification: checked last %u blocks at level %u", checked, v->options->level);
  return TRUE;
}

gboolean
node_verify (const NodeVerifyOptions *options, gboolean *complete, GError **error)
{
  Verification v = { .options = options, .depth = options->depth };

  *complete = TRUE;
  if (v.depth == 0 || v.depth > options->tip->height)
    v.depth = options->tip->height;
  common_info ("Verifying last %u blocks at level %u", v.depth, options->level);
  return verify_blocks (&v, complete, error);
}

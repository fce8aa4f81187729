#include "node/chain/load_coins.h"

#include "common/log.h"
#include "node/chain/active.h"
#include "node/chain/flush.h"
#include "node/chain/parts.h"
#include "node/chain/reindex.h"
#include "node/store/chainstate_folder.h"

/* Start-up: opens the coins, and with them the tip. With a snapshot there are two sets of coins: the snapshot's are
 * those of the tip, and the others are advanced in the background. If the background had reached the snapshot's block
 * before, this checks whether the snapshot is valid, and its coins replace those of the background. */

gboolean
node_load_snapshot_base (NodeChain *chain, guint8 base32[32], gboolean *found, GError **error)
{
  g_autofree char *path = node_chainstate_dup_path (chain->datadir, TRUE);
  g_autofree char *hash = NULL;

  if (!node_chainstate_tidy (chain->datadir, error)
      || !node_chainstate_read_base (chain->datadir, base32, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  if (chain->options.reindex || chain->options.reindex_chainstate) {
    *found = FALSE;
    common_info ("[snapshot] deleting snapshot chainstate due to reindexing");
    return node_chainstate_remove_snapshot (chain->datadir, error);
  }
  if (node_background_known (chain, base32) == NULL) {
    hash = node_block_dup_hash (base32);
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT,
                 "A fatal internal error occurred, see debug.log for details: Assumeutxo data not found for the given "
                 "blockhash '%s'.",
                 hash);
    common_error (
        "[snapshot] this version has no hash for a snapshot of block %s. Delete the folder %s to continue without it",
        hash, path);
    return FALSE;
  }
  common_info ("[snapshot] detected active snapshot chainstate (%s) - loading", path);
  return TRUE;
}

static gboolean
replay_progress (gpointer data, double fraction, guint64 n_blocks)
{
  NodeChain *chain = data;

  node_report_progress (chain, "loading", fraction, n_blocks);
  return !node_chain_is_stopping (chain);
}

static gboolean
load_state (NodeChain *chain, gboolean snapshot, NodeChainstate *state, GError **error)
{
  g_autofree char *path = node_chainstate_dup_path (chain->datadir, snapshot);
  NodeChainstateOptions options = {
    .path = path,
    .wipe = chain->options.reindex || chain->options.reindex_chainstate,
    .may_be_unknown = node_chain_is_reindexing (chain),
    .batch_bytes = chain->options.batch_bytes,
    .progress = replay_progress,
    .data = chain,
  };

  node_chain_get_cache_bytes (chain, &options.db_cache_bytes, &options.cache_bytes);
  node_flush_init_state (chain, state);
  if (!node_chainstate_open (state, &options, error) || !node_reindex_order_done (chain, error))
    return FALSE;
  /* Among blocks of equal work the tip of the last run stays the tip. */
  for (NodeBlock *block = state->tip; block != NULL; block = block->prev)
    block->sequence = 0;
  return TRUE;
}

static gboolean
load_tip_coins (NodeChain *chain, GError **error)
{
  NodeChainstate *state = &chain->state;

  if (!load_state (chain, state->base != NULL, state, error))
    return FALSE;
  if (state->tip != NULL)
    node_active_fill (chain, state->tip);
  else if (state->base != NULL)
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "The coins of the snapshot are missing. " NODE_CHAINSTATE_ADVICE);
  return state->tip != NULL || state->base == NULL;
}

/* The background's coins. They may still be empty: then the background begins after the genesis block. */
static gboolean
load_background_coins (NodeChain *chain, GError **error)
{
  NodeChainstate state = { NULL };
  gboolean good = load_state (chain, FALSE, &state, error);

  if (state.tip == NULL)
    state.tip = node_chain_at (chain, 0);
  node_background_begin (chain, &state);
  return good;
}

static gboolean
load_coins_continue (guint64 txouts, gpointer data)
{
  return !node_chain_is_stopping (data);
}

/* The background was complete in the last run: checks the snapshot. */
static gboolean
check_snapshot (NodeChain *chain, GError **error)
{
  g_autoptr (NodeCoinsCursor) cursor = node_coins_cursor_new (chain->below->coins);
  NodeCoinsStats stats;

  common_info ("[snapshot] computing UTXO stats for background chainstate to validate snapshot - this could take a few "
               "minutes");
  node_report_progress (chain, "verifying", 0, 0);
  if (!node_coins_stats (chain->below->coins, cursor, NODE_COINS_HASH_SERIALIZED, load_coins_continue, chain, &stats,
                         error))
    return FALSE;
  if (node_background_check (chain, stats.hash32))
    return TRUE;
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT,
               "UTXO snapshot failed to validate. Restart to resume normal initial block download, or try loading a "
               "different snapshot.");
  return FALSE;
}

/* The coins of the snapshot become the only ones. */
static gboolean
promote_snapshot (NodeChain *chain, GError **error)
{
  common_info ("[snapshot] cleaning up unneeded background chainstate, then reinitializing");
  node_chainstate_close (&chain->state);
  node_background_close_retired (chain);
  if (!node_chainstate_promote_snapshot (chain->datadir, error))
    return FALSE;
  chain->state.base = NULL;
  node_block_files_split (node_block_tree_files (chain->tree), G_MAXUINT32);
  return load_tip_coins (chain, error);
}

gboolean
node_load_coins (NodeChain *chain, GError **error)
{
  if (!load_tip_coins (chain, error))
    return FALSE;
  if (chain->state.base == NULL)
    return TRUE;
  if (!load_background_coins (chain, error))
    return FALSE;
  return chain->below->tip != chain->state.base || (check_snapshot (chain, error) && promote_snapshot (chain, error));
}

#include "node/chainstate/chainstate.h"
#include "node/chainstate/replay.h"

#include <string.h>

/* Opens the coins of a folder, and finds their best block. */

static const guint8 no_block32[32];

static gboolean
open_folder (NodeChainstate *state, const NodeChainstateOptions *options, gboolean wipe, GError **error)
{
  const NodeCoinsOptions coins_options = {
    .path = options->path,
    .wipe = wipe,
    .db_cache_bytes = options->db_cache_bytes,
    .cache_bytes = options->cache_bytes,
    .batch_bytes = options->batch_bytes,
  };

  g_clear_pointer (&state->coins, node_coins_close);
  state->db_cache_bytes = options->db_cache_bytes;
  state->coins = node_coins_open (&coins_options, error);
  return state->coins != NULL;
}

static gboolean
open_is_known (NodeChainstate *state, const guint8 hash32[32])
{
  return memcmp (hash32, no_block32, 32) == 0 || node_block_tree_find (state->tree, hash32) != NULL;
}

/* BEST32 becomes the best block of the coins; zeros: there are none. */
static gboolean
open_and_replay (NodeChainstate *state, const NodeChainstateOptions *options, guint8 best32[32], GError **error)
{
  guint8 new32[32], old32[32];
  gboolean replay;

  if (!open_folder (state, options, options->wipe, error)
      || !node_coins_get_best (state->coins, best32, &replay, new32, old32, error))
    return FALSE;
  /* An interrupted reindex of the reference can leave the old coins. */
  if (options->may_be_unknown
      && (!open_is_known (state, best32) || !open_is_known (state, new32) || !open_is_known (state, old32))) {
    memset (best32, 0, 32);
    return open_folder (state, options, TRUE, error);
  }
  if (!replay)
    return TRUE;
  memcpy (best32, new32, 32);
  return node_replay (state->tree, state->coins, new32, old32, options->progress, options->data, error);
}

gboolean
node_chainstate_open (NodeChainstate *state, const NodeChainstateOptions *options, GError **error)
{
  guint8 best32[32];
  NodeBlock *tip = NULL;

  if (!open_and_replay (state, options, best32, error))
    return FALSE;
  if (memcmp (best32, no_block32, 32) != 0) {
    tip = node_block_tree_find (state->tree, best32);
    if (tip == NULL) {
      g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                   "The block index is damaged: it does not have the best block of the coins. " NODE_BLOCKS_ADVICE);
      return FALSE;
    }
  }
  node_chainstate_begin (state, tip);
  return TRUE;
}

#include "common/log.h"
#include "node/chain/private.h"

/* The check at start-up: are the last blocks what they were, and do the coins fit them? -checklevel adds up:
 * 0 the blocks can be read, 1 they are valid by themselves, 2 their undo data can be read, 3 they can be taken out of
 * the coins, 4 they can be connected again. Nothing of it reaches the disk. */

static gboolean
bad (GError **error, const NodeBlock *block, const char *what)
{
  g_autofree char *hash = node_report_hash (block->hash32);

  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT, "block %u (%s): %s", block->height, hash, what);
  return FALSE;
}

static gboolean
check_one (NodeChain *chain, const NodeBlock *index, gboolean disconnect, GError **error)
{
  g_autoptr (BtcBlock) block = node_chain_read_block (chain, index, error);
  guint level = chain->options.check_level;
  BtcVerdict verdict;
  gboolean clean = TRUE;

  if (block == NULL)
    return FALSE;
  if (level >= 1 && !node_accept_check (block, chain->params, &verdict))
    return bad (error, index, verdict.reason);
  if (level >= 2 && !disconnect) {
    g_autoptr (GArray) coins = NULL;
    g_autoptr (GByteArray) scripts = NULL;

    if (!node_chain_read_undo (chain, index, block, &coins, &scripts, error))
      return FALSE;
  }
  if (disconnect && !node_disconnect_block (chain, block, index, &clean, error))
    return FALSE;
  return clean || bad (error, index, "the coins do not fit it");
}

static gboolean
reconnect (NodeChain *chain, NodeBlock *index, GError **error)
{
  g_autoptr (BtcBlock) block = node_chain_read_block (chain, index, error);
  BtcVerdict verdict;

  if (block == NULL || !node_connect_block (chain, block, index, FALSE, NULL, &verdict, error))
    return FALSE;
  return verdict.verdict == BTC_VERDICT_OK || bad (error, index, verdict.reason);
}

gboolean
node_verify_last_blocks (NodeChain *chain, GError **error)
{
  NodeBlock *tip = node_chain_tip (chain), *block = tip;
  guint32 depth = chain->options.check_blocks;
  gboolean room = TRUE;
  guint32 checked = 0;

  if (tip == NULL || tip->height == 0)
    return TRUE;
  if (depth == 0 || depth > tip->height)
    depth = tip->height;
  common_info ("Verifying last %u blocks at level %u", depth, chain->options.check_level);
  for (; checked < depth && block->height > 0; block = block->prev, checked++) {
    if (g_atomic_int_get (&chain->stopping))
      break;
    if (!(block->status & NODE_BLOCK_HAVE_DATA)) {
      common_info ("Block verification stopping at height %u (no data)", block->height);
      break;
    }
    room = room && !node_coins_needs_flush (chain->coins);
    node_report_progress (chain, "verifying", (double) checked / depth, 0);
    if (!check_one (chain, block, chain->options.check_level >= 3 && room, error))
      return FALSE;
  }
  if (!room)
    common_warn ("Skipped verification of level >=3 (insufficient database cache size). Consider increasing -dbcache.");
  while (chain->options.check_level >= 4 && room && block != tip) {
    block = node_chain_at (chain, block->height + 1);
    if (!reconnect (chain, block, error))
      return FALSE;
  }
  common_info ("Verification: checked last %u blocks at level %u", checked, chain->options.check_level);
  /* The coins in memory were moved about; those on the disk are the truth. */
  return chain->options.check_level < 3 || node_load_open_coins (chain, FALSE, error);
}

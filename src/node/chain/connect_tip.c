#include "common/log.h"
#include "node/chain/private.h"

#include <string.h>

/* The active chain grows by one block. While its scripts are being checked, the block after it is begun ("ahead"): it
 * waits in chain->ahead for its turn, or is taken back when there is none. Ahead is a matter of one node_activate(). */

BtcBlock *
node_connect_get_data (NodeChain *chain,
                       NodeReadAhead *ahead,
                       const NodeBlock *index,
                       BtcBlock *hint,
                       BtcVerdict *verdict,
                       GError **error)
{
  btc_verdict_clear (verdict);
  if (hint != NULL && memcmp (hint->hash32, index->hash32, 32) == 0)
    return btc_block_ref (hint);
  if (index->prev == NULL && !(index->status & NODE_BLOCK_HAVE_DATA)) {
    g_autoptr (GBytes) bytes = g_bytes_new (chain->params->genesis_bytes, chain->params->genesis_len);
    return btc_block_new (bytes);
  }
  return node_read_ahead_take (ahead, index, verdict, error);
}

gboolean
node_connect_changed_on_disk (NodeChain *chain, const NodeBlock *index, const BtcBlock *block, const BtcBlock *hint)
{
  return block != hint && (index->status & NODE_BLOCK_HAVE_DATA) && !node_block_is_intact (index, block, chain->params);
}

void
node_connect_refuse (NodeChain *chain, NodeBlock *index, const BtcVerdict *verdict)
{
  g_autofree char *hash = node_block_dup_hash (index->hash32);
  g_autofree char *text = btc_verdict_dup_text (verdict);

  common_info ("Block validation error: %s", text);
  common_error ("ConnectTip: ConnectBlock %s failed, %s", hash, text);
  node_block_log_rejected (index->hash32, index->height, verdict);
  if (chain->watched == index)
    *chain->watched_verdict = *verdict;
  else if (chain->watched != NULL && node_block_descends (chain->watched, index))
    btc_verdict_fail (chain->watched_verdict, BTC_VERDICT_INVALID_PREV, "bad-prevblk", "block %s: %s", hash, text);
  if (verdict->verdict == BTC_VERDICT_MUTATED)
    node_candidates_remove (chain, index);
  else
    node_activate_mark_failed (chain, index);
}

static void
tell_connected (NodeChain *chain, const NodeBlock *index, BtcBlock *block, const BtcCoin *spent)
{
  for (guint i = 0; i < chain->listeners->len; i++) {
    ChainListener *l = &g_array_index (chain->listeners, ChainListener, i);

    if (l->listener.connected != NULL)
      l->listener.connected (l->data, index, block, spent);
  }
}

static gboolean
commit (NodeChain *chain, NodeConnect *connect, NodeBlock *index, GError **error)
{
  if (!node_connect_write_undo (connect, error)) {
    node_health_break (&chain->health);
    return FALSE;
  }
  node_block_tree_raise_validity (chain->tree, index, NODE_BLOCK_VALID_SCRIPTS);
  node_tip_set (chain, index);
  node_tip_log (chain);
  tell_connected (chain, index, node_connect_get_block (connect), node_connect_get_spent (connect));
  /* With a block ahead the coins stand for no block of the chain. */
  return chain->ahead != NULL || node_flush_if_needed (chain, error);
}

/* *VERDICT is about what the block is by itself; when it is not OK nothing was begun. */
static gboolean
begin (NodeChain *chain, NodeConnect *connect, NodeBlock *index, BtcBlock *hint, BtcVerdict *verdict, GError **error)
{
  g_autoptr (BtcBlock) block = node_connect_get_data (chain, chain->state.read_ahead, index, hint, verdict, error);

  if (block == NULL)
    return FALSE;
  return verdict->verdict != BTC_VERDICT_OK
         || node_connect_begin (connect, chain->state.coins, block, index, FALSE, error);
}

/* Begins what follows CONNECT on the way to TARGET, when that saves time. Trouble that leaves the coins as they were is
 * met again when its turn comes. */
static gboolean
begin_ahead (NodeChain *chain, NodeConnect *connect, const NodeBlock *target, BtcBlock *hint, GError **error)
{
  const NodeBlock *index = node_connect_get_index (connect);
  NodeConnect *other = chain->connects[connect == chain->connects[0] ? 1 : 0];
  g_autoptr (GError) local = NULL;
  BtcVerdict verdict;

  if (index->height >= target->height || !node_connect_is_checking (connect) || node_flush_is_due (chain))
    return TRUE;
  if (begin (chain, other, node_block_ancestor (target, index->height + 1), hint, &verdict, &local)) {
    if (verdict.verdict == BTC_VERDICT_OK)
      chain->ahead = other;
    return TRUE;
  }
  if (!node_health_is_broken (&chain->health))
    return TRUE;
  node_connect_wait (connect);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
node_connect_tip_drop_ahead (NodeChain *chain, GError **error)
{
  NodeConnect *ahead = g_steal_pointer (&chain->ahead);

  return ahead == NULL || node_connect_take_back (ahead, error);
}

gboolean
node_connect_tip (NodeChain *chain,
                  const NodeBlock *target,
                  gboolean go_ahead,
                  BtcBlock *hint,
                  gboolean *refused,
                  GError **error)
{
  NodeBlock *index = node_block_ancestor (target, chain->active->len);
  NodeConnect *connect;
  BtcVerdict verdict;

  *refused = FALSE;
  btc_verdict_clear (&verdict);
  if (chain->ahead != NULL && node_connect_get_index (chain->ahead) != index
      && !node_connect_tip_drop_ahead (chain, error))
    return FALSE;
  connect = g_steal_pointer (&chain->ahead);
  if (connect == NULL) {
    connect = chain->connects[0];
    if (!begin (chain, connect, index, hint, &verdict, error))
      return FALSE;
  }
  if (verdict.verdict == BTC_VERDICT_OK) {
    if (go_ahead && !begin_ahead (chain, connect, target, hint, error))
      return FALSE;
    verdict = *node_connect_wait (connect);
    if (verdict.verdict != BTC_VERDICT_OK) {
      if (!node_connect_tip_drop_ahead (chain, error) || !node_connect_take_back (connect, error))
        return FALSE;
      if (node_connect_changed_on_disk (chain, index, node_connect_get_block (connect), hint))
        return node_block_tree_fail_damaged (chain->tree, index, index->file, error);
    }
  }
  if (verdict.verdict == BTC_VERDICT_OK)
    return commit (chain, connect, index, error);
  *refused = TRUE;
  node_connect_refuse (chain, index, &verdict);
  return TRUE;
}

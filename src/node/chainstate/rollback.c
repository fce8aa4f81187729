#include "node/chainstate/rollback.h"

#include "node/chainstate/disconnect.h"

#include <gio/gio.h>

/* Rolls a view back to the coins after an earlier block; the tip does not change. */

static gboolean
roll_back_block (NodeBlockTree *tree, NodeCoins *view, const NodeBlock *index, GError **error)
{
  g_autoptr (BtcBlock) block = node_block_tree_read_block (tree, index, error);
  gboolean clean;

  if (block == NULL || !node_disconnect_block (tree, view, block, index, &clean, error))
    return FALSE;
  if (clean)
    return node_coins_view_spill (view, error);
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "The coins do not match block %u. " NODE_CHAINSTATE_ADVICE, index->height);
  return FALSE;
}

gboolean
node_roll_back (NodeBlockTree *tree,
                NodeCoins *view,
                const NodeBlock *from,
                const NodeBlock *to,
                NodeProgressFunc progress,
                gpointer data,
                GError **error)
{
  double all = MAX (from->height - to->height, 1);

  for (const NodeBlock *index = from; index != to; index = index->prev) {
    guint32 done = from->height - index->height;

    if (!progress (data, done / all, done)) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The rollback was interrupted");
      return FALSE;
    }
    if (!roll_back_block (tree, view, index, error))
      return FALSE;
  }
  return TRUE;
}

#include "node/blocktree/tree_private.h"

#include "common/clock.h"
#include "node/store/space.h"

#include <string.h>

/* Writing, in this order: block and undo files, then the index that points into them. A crash between the two leaves data
 * that nothing points to yet. */

static GArray *
write_dup_records (NodeBlockTree *tree)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);
  GArray *records = g_array_new (FALSE, FALSE, sizeof (NodeBlockRecord));

  for (guint i = 0; i < tree->dirty->len; i++) {
    NodeBlock *block = g_ptr_array_index (tree->dirty, i);
    NodeBlockRecord record;

    node_block_tree_get_record (tree, block, &record, NULL);
    g_array_append_val (records, record);
    block->dirty = FALSE;
  }
  g_ptr_array_set_size (tree->dirty, 0);
  return records;
}

static gboolean
write_index (NodeBlockTree *tree, GError **error)
{
  g_autoptr (GArray) records = NULL;
  g_autoptr (GArray) numbers = NULL;
  g_autoptr (GArray) infos = NULL;

  if (!node_store_check_space (tree->options.blocksdir, 0, error)
      || !node_block_files_flush (tree->files, FALSE, error))
    return FALSE;
  records = write_dup_records (tree);
  node_block_files_take_dirty (tree->files, &numbers, &infos);
  return (records->len == 0 && infos->len == 0)
         || node_block_index_db_write (tree->index_db, (const NodeBlockRecord *) (gconstpointer) records->data,
                                       records->len, (const guint32 *) (gconstpointer) numbers->data,
                                       (const NodeBlockFileInfo *) (gconstpointer) infos->data, infos->len,
                                       node_block_files_get_last (tree->files), error);
}

gboolean
node_block_tree_write (NodeBlockTree *tree, GError **error)
{
  if (!write_index (tree, error)) {
    node_health_break (tree->options.health);
    return FALSE;
  }
  tree->last_write_us = common_clock_monotonic_us ();
  return TRUE;
}

gint64
node_block_tree_get_last_write_us (NodeBlockTree *tree)
{
  return tree->last_write_us;
}

gboolean
node_block_tree_finish_files (NodeBlockTree *tree, GError **error)
{
  return node_block_files_flush (tree->files, TRUE, error);
}

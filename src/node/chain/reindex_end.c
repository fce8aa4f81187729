#include "node/chain/reindex_end.h"

#include <sys/stat.h>

#include "common/log.h"
#include "node/chain/accept.h"
#include "node/chain/activate.h"
#include "node/chain/parts.h"

/* A file may be longer than its last record; the space behind it can be reused. */
static void
correct_sizes (NodeChain *chain, const GArray *file_ends)
{
  NodeBlockFiles *files = node_block_tree_files (chain->tree);

  node_block_tree_lock_files (chain->tree);
  for (guint file = 0; file < file_ends->len; file++) {
    g_autofree char *path = node_block_files_dup_path (files, (gint32) file, FALSE);
    NodeBlockFileInfo info;
    struct stat on_disk;

    node_block_files_get_info (files, file, &info);
    if (stat (path, &on_disk) == 0 && info.size == (guint32) on_disk.st_size) {
      info.size = (guint32) g_array_index (file_ends, guint64, file);
      node_block_files_set_info (files, file, &info);
    }
  }
  node_block_tree_unlock_files (chain->tree);
}

void
node_reindex_end (NodeChain *chain, const GArray *file_ends)
{
  g_autoptr (GError) error = NULL;

  correct_sizes (chain, file_ends);
  node_busy_set (chain, NODE_BUSY_REINDEXING, FALSE);
  common_info ("Reindexing finished");
  if (!node_accept_genesis (chain, &error) || !node_activate (chain, NULL, TRUE, &error)
      || !node_flush_all (chain, &error) || !node_block_tree_end_reindex (chain->tree, &error))
    node_report_fatal (chain, error);
}

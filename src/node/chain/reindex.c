#include "node/chain/reindex.h"

#include "common/file.h"
#include "common/log.h"
#include "node/chain/import.h"
#include "node/chain/parts.h"
#include "node/store/crash.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* -reindex: the block index, and with it the coins, are rebuilt from the existing block files. A flag in the index
 * marks the reindex as unfinished, so that the next start resumes it. Until the flag can be stored in the emptied
 * index, the file blocks/.reindex has the same meaning. */

#define ORDER_FILE ".reindex"

static char *
dup_order_path (NodeChain *chain)
{
  return g_build_filename (chain->datadir, "blocks", ORDER_FILE, NULL);
}

gboolean
node_reindex_note_order (NodeChain *chain, GError **error)
{
  g_autofree char *path = dup_order_path (chain);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) local = NULL;
  gboolean found = g_file_test (path, G_FILE_TEST_EXISTS);

  if (found && !chain->options.reindex)
    common_info ("Continuing an interrupted reindex");
  chain->options.reindex |= found;
  if (found || !chain->options.reindex)
    return TRUE;
  node_store_crash_point ();
  if (!common_file_make_folder (folder, &local) || !common_file_replace (path, "", 0, 0600, &local))
    return node_store_take_file_error (error, g_steal_pointer (&local));
  node_store_crash_point ();
  return TRUE;
}

gboolean
node_reindex_order_done (NodeChain *chain, GError **error)
{
  g_autofree char *path = dup_order_path (chain);

  node_store_crash_point ();
  if (chain->options.reindex && unlink (path) != 0 && errno != ENOENT)
    return node_store_error_from_errno (error, errno, "delete", path);
  node_store_crash_point ();
  return TRUE;
}

void
node_reindex_start (NodeChain *chain)
{
  NodeImport *import = node_import_new (chain, TRUE, NULL, NULL);

  for (gint32 file = 0;; file++) {
    g_autofree char *path = node_block_files_dup_path (node_block_tree_files (chain->tree), file, FALSE);
    NodeBlockFileInfo info;
    struct stat on_disk;

    if (stat (path, &on_disk) != 0)
      break;
    /* New blocks are appended behind the existing data, so that they do not overwrite blocks that were not read yet. */
    node_block_files_get_info (node_block_tree_files (chain->tree), (guint32) file, &info);
    info.size = MAX (info.size, (guint32) on_disk.st_size);
    node_block_files_set_info (node_block_tree_files (chain->tree), (guint32) file, &info);
    node_import_add_path (import, path);
  }
  common_info ("Reindexing %u block files", node_import_n_paths (import));
  node_import_start (import);
}

#include "node/blocktree/tree_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"

/* Start-up: loads the tree from the index, or starts an empty one. Chain thread; no other thread uses the tree yet. */

static gboolean
load_fail_damaged (GError **error, const char *what)
{
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT, "The block index is damaged: %s. " NODE_BLOCKS_ADVICE,
               what);
  return FALSE;
}

gboolean
node_block_tree_open_files (NodeBlockTree *tree, GError **error)
{
  g_autofree char *blocks = g_build_filename (tree->options.blocksdir, "blocks", NULL);
  BtcSpan genesis = { tree->params->genesis_bytes, tree->params->genesis_len };
  NodeBlockFilesOptions options = {
    .folder = blocks,
    .use_xor = tree->options.blocks_xor,
    .fast_prune = tree->options.fast_prune,
  };

  memcpy (options.magic, tree->params->magic, 4);
  tree->files = node_block_files_open (&options, error);
  return tree->files != NULL && node_block_files_check_key (tree->files, genesis, error);
}

static gboolean
load_open_index (NodeBlockTree *tree, gboolean reindex, GError **error)
{
  g_autofree char *blocks = g_build_filename (tree->options.blocksdir, "blocks", NULL);
  g_autofree char *index = g_build_filename (tree->options.datadir, "blocks", "index", NULL);

  if (reindex && tree->options.prune && !node_block_files_clean_for_reindex (blocks, error))
    return FALSE;
  tree->index_db = node_block_index_db_open (index, 2 << 20, reindex, error);
  return tree->index_db != NULL;
}

static gboolean
load_take_record (const NodeBlockRecord *record, gpointer data, GError **error)
{
  NodeBlockTree *tree = data;
  NodeBlock *block;
  BtcVerdict verdict;
  guint8 hash32[32];

  btc_header_hash (&record->header, hash32);
  if (memcmp (hash32, record->hash32, 32) != 0
      || !btc_header_check_pow (&record->header, hash32, tree->params, &verdict))
    return load_fail_damaged (error, "it contains a header without valid proof of work");
  block = node_block_tree_insert (tree, &record->header, hash32);
  block->height = record->height;
  block->status = record->status;
  block->n_tx = record->n_tx;
  block->data_pos = record->data_pos;
  block->undo_pos = record->undo_pos;
  if (record->status & (NODE_BLOCK_HAVE_DATA | NODE_BLOCK_HAVE_UNDO))
    block->file = record->file;
  return TRUE;
}

static int
load_compare_height (gconstpointer a, gconstpointer b)
{
  const NodeBlock *x = *(NodeBlock *const *) a, *y = *(NodeBlock *const *) b;
  return x->height < y->height ? -1 : x->height > y->height;
}

static void
load_inherit_marks (NodeBlockTree *tree, NodeBlock *block)
{
  guint32 status = block->status;

  if (status & NODE_BLOCK_FAILED_CHILD)
    status = (status & ~(guint32) NODE_BLOCK_FAILED_CHILD) | NODE_BLOCK_FAILED;
  if (block->prev != NULL && (block->prev->status & NODE_BLOCK_FAILED))
    status |= NODE_BLOCK_FAILED;
  if (status != block->status) {
    block->status = status;
    node_block_tree_mark_dirty (tree, block);
  }
  if (status & NODE_BLOCK_FAILED)
    node_block_tree_note_invalid (tree, block);
}

/* Links the blocks of the index, lowest first. */
static gboolean
load_link (NodeBlockTree *tree, const NodeBlock *base, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (g_hash_table_size (tree->blocks));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tree->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (sorted, value);
  g_ptr_array_sort (sorted, load_compare_height);
  for (guint i = 0; i < sorted->len; i++) {
    NodeBlock *block = g_ptr_array_index (sorted, i);
    NodeBlock *prev = NULL;
    guint32 height = block->height;

    if (height > 0) {
      prev = g_hash_table_lookup (tree->blocks, block->header.prev32);
      if (prev == NULL || prev->height + 1 != height)
        return load_fail_damaged (error, "a block is missing");
    } else if (memcmp (block->hash32, tree->params->genesis_hash32, 32) != 0) {
      return load_fail_damaged (error, "it begins with the genesis block of another network");
    }
    node_block_link (block, prev);
    block->sequence = tree->next_sequence;
    load_inherit_marks (tree, block);
    if (block->n_tx > 0 && block != base) {
      if (prev == NULL)
        block->chain_tx = block->n_tx;
      else if (prev->chain_tx > 0)
        block->chain_tx = prev->chain_tx + block->n_tx;
    }
  }
  tree->next_sequence++;
  return TRUE;
}

static gboolean
load_file_infos (NodeBlockTree *tree, GError **error)
{
  gint32 last;

  if (!node_block_index_db_get_last_file (tree->index_db, &last, error))
    return FALSE;
  for (guint32 file = 0;; file++) {
    NodeBlockFileInfo info;
    gboolean found;

    if (!node_block_index_db_get_file_info (tree->index_db, file, &info, &found, error))
      return FALSE;
    if (found)
      node_block_files_set_info (tree->files, file, &info);
    else if ((gint64) file > last)
      return TRUE;
  }
}

static gboolean
load_check_files_exist (NodeBlockTree *tree, GError **error)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, tree->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NodeBlock *block = value;
    if (block->status & NODE_BLOCK_HAVE_DATA)
      g_hash_table_add (numbers, GINT_TO_POINTER (block->file));
  }
  g_hash_table_iter_init (&iter, numbers);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    g_autofree char *path = node_block_files_dup_path (tree->files, GPOINTER_TO_INT (key), FALSE);

    if (access (path, R_OK) != 0) {
      if (errno != ENOENT)
        return node_store_error_from_errno (error, errno, "read", path);
      g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                   "The file %s is missing. Restore it if you have a copy. " NODE_BLOCKS_ADVICE, path);
      return FALSE;
    }
  }
  return TRUE;
}

/* The base block of a snapshot. Blocks above it are linked even if blocks below it are missing. */
static gboolean
load_find_base (NodeBlockTree *tree, const guint8 base32[32], guint64 base_tx, NodeBlock **base, GError **error)
{
  *base = g_hash_table_lookup (tree->blocks, base32);
  if (*base == NULL)
    return load_fail_damaged (error, "the block of the snapshot is not in the block index");
  (*base)->chain_tx = base_tx;
  node_block_files_split (tree->files, (*base)->height);
  return TRUE;
}

static gboolean
load_flags (NodeBlockTree *tree, gboolean *reindexing, GError **error)
{
  if (!node_block_index_db_get_flag (tree->index_db, NODE_BLOCK_TREE_PRUNED_FLAG, &tree->have_pruned, error)
      || !node_block_index_db_get_reindexing (tree->index_db, reindexing, error))
    return FALSE;
  if (!tree->have_pruned)
    return TRUE;
  common_info ("Loading block index db: Block files have previously been pruned");
  if (!tree->options.prune) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT,
                 "You need to rebuild the database using -reindex to go back to unpruned mode.  This will redownload "
                 "the entire blockchain");
    return FALSE;
  }
  /* Files that are no longer in the index, but were not deleted before the program was killed. */
  for (gint32 file = 0; file < node_block_files_get_last (tree->files); file++) {
    NodeBlockFileInfo info;

    if (node_block_files_get_info (tree->files, (guint32) file, &info) && info.size == 0)
      node_block_files_remove (tree->files, (guint32) file);
  }
  return TRUE;
}

/* FALSE if there are block files but no index, since they would be overwritten. A single genesis block is accepted,
 * since an interrupted first start leaves it. */
static gboolean
load_check_indexed (NodeBlockTree *tree, GError **error)
{
  g_autofree char *folder = g_build_filename (tree->options.blocksdir, "blocks", NULL);
  gboolean unindexed;

  if (g_hash_table_size (tree->blocks) > 0)
    return TRUE;
  if (!node_block_files_find_more (tree->files, tree->params->genesis_len, &unindexed, error))
    return FALSE;
  if (!unindexed)
    return TRUE;
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "There are block files in %s, but the block index is missing. Restore it if you have "
               "a copy. " NODE_BLOCKS_ADVICE,
               folder);
  return FALSE;
}

gboolean
node_block_tree_load (NodeBlockTree *tree,
                      gboolean reindex,
                      const guint8 *base32,
                      guint64 base_tx,
                      NodeBlock **base,
                      gboolean *reindexing,
                      GError **error)
{
  *base = NULL;
  *reindexing = TRUE;
  if (!load_open_index (tree, reindex, error))
    return FALSE;
  if (reindex)
    return node_block_index_db_set_reindexing (tree->index_db, TRUE, error);
  return node_block_index_db_load (tree->index_db, load_take_record, tree, error)
         && (base32 == NULL || load_find_base (tree, base32, base_tx, base, error)) && load_link (tree, *base, error)
         && load_file_infos (tree, error) && load_flags (tree, reindexing, error)
         && load_check_files_exist (tree, error) && (*reindexing || load_check_indexed (tree, error));
}

gboolean
node_block_tree_end_reindex (NodeBlockTree *tree, GError **error)
{
  return node_block_index_db_set_reindexing (tree->index_db, FALSE, error);
}

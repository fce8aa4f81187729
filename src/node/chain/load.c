#include "common/clock.h"
#include "common/log.h"
#include "node/chain/private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Start-up: from the files of the last run, or from nothing, to a chain that has a tip. */

static gboolean
corrupt (GError **error, const char *what)
{
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT, "The block index is damaged: %s. " NODE_BLOCKS_ADVICE,
               what);
  return FALSE;
}

static gboolean
open_files (NodeChain *chain, GError **error)
{
  g_autofree char *blocks = g_build_filename (chain->blocksdir, "blocks", NULL);
  BtcSpan genesis = { chain->params->genesis_bytes, chain->params->genesis_len };
  NodeBlockFilesOptions options = {
    .folder = blocks,
    .use_xor = chain->options.blocks_xor,
    .fast_prune = chain->options.fast_prune,
  };

  memcpy (options.magic, chain->params->magic, 4);
  chain->files = node_block_files_open (&options, error);
  return chain->files != NULL && node_block_files_check_key (chain->files, genesis, error);
}

static gboolean
open_index (NodeChain *chain, GError **error)
{
  g_autofree char *blocks = g_build_filename (chain->blocksdir, "blocks", NULL);
  g_autofree char *index = g_build_filename (chain->datadir, "blocks", "index", NULL);

  if (chain->options.reindex && chain->options.prune_target > 0 && !node_block_files_clean_for_reindex (blocks, error))
    return FALSE;
  chain->index_db = node_block_index_db_open (index, 2 << 20, chain->options.reindex, error);
  return chain->index_db != NULL;
}

static gboolean
load_record (const NodeBlockRecord *record, gpointer data, GError **error)
{
  NodeChain *chain = data;
  NodeBlock *block;
  BtcVerdict verdict;
  guint8 hash32[32];

  btc_header_hash (&record->header, hash32);
  if (memcmp (hash32, record->hash32, 32) != 0
      || !btc_header_check_pow (&record->header, hash32, chain->params, &verdict))
    return corrupt (error, "it holds a header without proof of work");
  block = node_tree_insert (chain, &record->header, hash32);
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
compare_height (gconstpointer a, gconstpointer b)
{
  const NodeBlock *x = *(NodeBlock *const *) a, *y = *(NodeBlock *const *) b;
  return x->height < y->height ? -1 : x->height > y->height;
}

static void
load_marks (NodeChain *chain, NodeBlock *block)
{
  guint32 status = block->status;

  if (status & NODE_BLOCK_FAILED_CHILD)
    status = (status & ~(guint32) NODE_BLOCK_FAILED_CHILD) | NODE_BLOCK_FAILED;
  if (block->prev != NULL && (block->prev->status & NODE_BLOCK_FAILED))
    status |= NODE_BLOCK_FAILED;
  if (status != block->status) {
    block->status = status;
    node_tree_mark_dirty (chain, block);
  }
  if ((status & NODE_BLOCK_FAILED)
      && (chain->best_invalid == NULL || node_block_compare_work (block, chain->best_invalid) > 0))
    chain->best_invalid = block;
}

/* Links the blocks of the index, lowest first. */
static gboolean
link_tree (NodeChain *chain, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (g_hash_table_size (chain->blocks));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, chain->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (sorted, value);
  g_ptr_array_sort (sorted, compare_height);
  for (guint i = 0; i < sorted->len; i++) {
    NodeBlock *block = g_ptr_array_index (sorted, i);
    NodeBlock *prev = NULL;
    guint32 height = block->height;

    if (height > 0) {
      prev = node_chain_find (chain, block->header.prev32);
      if (prev == NULL || prev->height + 1 != height)
        return corrupt (error, "a block is missing");
    } else if (memcmp (block->hash32, chain->params->genesis_hash32, 32) != 0) {
      return corrupt (error, "it begins with the genesis block of another network");
    }
    node_tree_link (block, prev);
    block->sequence = chain->next_sequence;
    load_marks (chain, block);
    if (block->n_tx > 0 && block != chain->snapshot_base) {
      if (prev == NULL)
        block->chain_tx = block->n_tx;
      else if (prev->chain_tx > 0)
        block->chain_tx = prev->chain_tx + block->n_tx;
      else if (block->status & NODE_BLOCK_HAVE_DATA)
        node_candidates_add_unlinked (chain, block);
    }
  }
  chain->next_sequence++;
  return TRUE;
}

static gboolean
load_file_infos (NodeChain *chain, GError **error)
{
  gint32 last;

  if (!node_block_index_db_get_last_file (chain->index_db, &last, error))
    return FALSE;
  for (guint32 file = 0;; file++) {
    NodeBlockFileInfo info;
    gboolean found;

    if (!node_block_index_db_get_file_info (chain->index_db, file, &info, &found, error))
      return FALSE;
    if (found)
      node_block_files_set_info (chain->files, file, &info);
    else if ((gint64) file > last)
      return TRUE;
  }
}

static gboolean
check_files_exist (NodeChain *chain, GError **error)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, chain->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NodeBlock *block = value;
    if (block->status & NODE_BLOCK_HAVE_DATA)
      g_hash_table_add (numbers, GINT_TO_POINTER (block->file));
  }
  g_hash_table_iter_init (&iter, numbers);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    g_autofree char *path = node_block_files_dup_path (chain->files, GPOINTER_TO_INT (key), FALSE);

    if (access (path, R_OK) != 0) {
      if (errno != ENOENT)
        return node_store_error_from_errno (error, errno, "read", path);
      g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                   "The file %s is missing. Put it back, if you have it. " NODE_BLOCKS_ADVICE, path);
      return FALSE;
    }
  }
  return TRUE;
}

/* The block of the snapshot whose coins are there, if any. What is above it can be linked although nothing may be known
 * yet of what is below. */
static gboolean
find_snapshot_base (NodeChain *chain, const guint8 base32[32], GError **error)
{
  chain->snapshot_base = node_chain_find (chain, base32);
  if (chain->snapshot_base == NULL)
    return corrupt (error, "the block of the snapshot is not in the block index");
  chain->snapshot_base->chain_tx = node_snapshot_known (chain, base32)->chain_tx;
  node_block_files_split (chain->files, chain->snapshot_base->height);
  return TRUE;
}

static gboolean
load_index (NodeChain *chain, const guint8 *base32, GError **error)
{
  gboolean reindexing = FALSE;

  if (chain->options.reindex) {
    if (!node_block_index_db_set_reindexing (chain->index_db, TRUE, error))
      return FALSE;
  } else if (!node_block_index_db_load (chain->index_db, load_record, chain, error)
             || (base32 != NULL && !find_snapshot_base (chain, base32, error)) || !link_tree (chain, error)
             || !load_file_infos (chain, error) || !node_prune_load (chain, error) || !check_files_exist (chain, error)
             || !node_block_index_db_get_reindexing (chain->index_db, &reindexing, error)) {
    return FALSE;
  }
  chain->reindexing = chain->options.reindex || reindexing;
  return TRUE;
}

/* FALSE: block files without an index of them, which must not be written over. The genesis block alone is what a first
 * start leaves that was cut off. */
static gboolean
check_indexed (NodeChain *chain, GError **error)
{
  g_autofree char *folder = g_build_filename (chain->blocksdir, "blocks", NULL);
  gboolean unindexed;

  if (chain->reindexing || g_hash_table_size (chain->blocks) > 0)
    return TRUE;
  if (!node_block_files_find_more (chain->files, chain->params->genesis_len, &unindexed, error))
    return FALSE;
  if (!unindexed)
    return TRUE;
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "There are block files in %s, but the block index is missing. Put it back, if you have "
               "it. " NODE_BLOCKS_ADVICE,
               folder);
  return FALSE;
}

/* A clock that is wrong would make all that follows wrong. */
static gboolean
check_time (NodeChain *chain, GError **error)
{
  if (node_chain_tip (chain)->header.time <= common_clock_now () + BTC_MAX_FUTURE_BLOCK_TIME)
    return TRUE;
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT,
               "The block database contains a block which appears to be from the future. This may be due to your "
               "computer's date and time being set incorrectly. Only rebuild the block database if you are sure that "
               "your computer's date and time are correct.\nPlease restart with -reindex or -reindex-chainstate to "
               "recover.");
  return FALSE;
}

/* On test networks the height from which on witnesses are checked may have become a lower one. */
static gboolean
check_witnesses (NodeChain *chain, GError **error)
{
  guint32 from = chain->params->buried_height[BTC_BURIED_SEGWIT];

  for (const NodeBlock *block = node_chain_tip (chain); block != NULL && block->height >= from; block = block->prev) {
    if (block->status & NODE_BLOCK_OPT_WITNESS)
      continue;
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT,
                 "Witness data for blocks after height %u requires validation. Please restart with -reindex..\nPlease "
                 "restart with -reindex or -reindex-chainstate to recover.",
                 from);
    return FALSE;
  }
  return TRUE;
}

static void
log_loaded (NodeChain *chain)
{
  NodeBlock *tip = node_chain_tip (chain);
  g_autofree char *hash = node_report_hash (tip->hash32);
  g_autofree char *date = node_report_date (tip->header.time);

  common_info ("Loaded best chain: hashBestChain=%s height=%u date=%s", hash, tip->height, date);
}

static gboolean
load (NodeChain *chain, GError **error)
{
  guint8 base32[32];
  gboolean snapshot, is_new;

  /* Precious blocks count down from here, arrivals up. Zero is the active chain of the last run. */
  chain->next_sequence = (guint64) 1 << 32;
  chain->precious_sequence = chain->next_sequence - 1;
  node_report_progress (chain, "loading", 0, 0);
  if (!open_files (chain, error) || !node_reindex_note_order (chain, error)
      || !node_load_snapshot_base (chain, base32, &snapshot, error) || !open_index (chain, error)
      || !load_index (chain, snapshot ? base32 : NULL, error) || !check_indexed (chain, error)
      || !node_load_coins (chain, error))
    return FALSE;
  is_new = node_chain_tip (chain) == NULL && !chain->reindexing;
  node_tree_find_best_header (chain);
  node_candidates_rebuild (chain);
  node_background_share_cache (chain);
  chain->last_index_flush_us = common_clock_monotonic_us ();
  if (node_chain_tip (chain) != NULL) {
    log_loaded (chain);
    if (!check_witnesses (chain, error) || !check_time (chain, error) || !node_verify_last_blocks (chain, error))
      return FALSE;
  }
  /* At once: block files without an index are taken for damage. */
  if (!node_accept_genesis (chain, error) || (is_new && !node_chain_save (chain, error)))
    return FALSE;
  if (chain->reindexing)
    node_reindex_start (chain);
  if (!node_activate (chain, NULL, TRUE, error) || !node_prune_if_needed (chain, error))
    return FALSE;
  node_tip_publish (chain);
  if (chain->reindexing || chain->activation_posted)
    node_report_progress (chain, chain->reindexing ? "reindexing" : "connecting", 0, 0);
  else
    node_report_progress (chain, "ready", 1, 0);
  return TRUE;
}

gboolean
node_chain_load (NodeChain *chain, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *message = NULL;

  g_return_val_if_fail (chain != NULL && chain->files == NULL, FALSE);
  if (load (chain, &local))
    return TRUE;
  /* What could not be loaded must not be written over. */
  chain->broken = TRUE;
  message = node_store_dup_message (local);
  g_set_error_literal (error, local->domain, local->code, message);
  return FALSE;
}

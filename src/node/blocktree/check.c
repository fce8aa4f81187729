#include "node/blocktree/tree_private.h"

#include <string.h>

/* -checkblockindex: checks that the block tree is consistent. Each block is compared only with its predecessor, so one
 * pass in any order is enough. */

typedef struct {
  NodeBlockTree *tree;
  const NodeBlock *base; /* of a snapshot, may be NULL */
  guint n_dirty;
  /* Of the block before, since many share them. */
  guint32 bits;
  BtcUint256 work; /* of BITS */
  gint32 file;     /* -1: none yet */
  NodeBlockFileInfo info;
} TreeCheck;

/* What is wrong with BLOCK; NULL: nothing. */
typedef const char *(*TreeCheckFunc) (TreeCheck *check, const NodeBlock *block);

static guint32
tree_check_validity (const NodeBlock *block)
{
  return block->status & NODE_BLOCK_VALID_MASK;
}

static const char *
tree_check_genesis (TreeCheck *check, const NodeBlock *block)
{
  if (memcmp (block->hash32, check->tree->params->genesis_hash32, 32) != 0)
    return "has no previous block";
  return block->height == 0 && block->skip == NULL ? NULL : "has a wrong height";
}

static gboolean
tree_check_has_work (TreeCheck *check, const NodeBlock *block)
{
  BtcUint256 work;

  if (check->bits != block->header.bits)
    btc_header_work (block->header.bits, &check->work);
  check->bits = block->header.bits;
  btc_uint256_add (&work, &check->work, &block->prev->chain_work);
  return btc_uint256_compare (&work, &block->chain_work) == 0;
}

static const char *
tree_check_place (TreeCheck *check, const NodeBlock *block)
{
  const NodeBlock *prev = block->prev;

  if (prev == NULL)
    return tree_check_genesis (check, block);
  if (g_hash_table_lookup (check->tree->blocks, block->header.prev32) != prev)
    return "has another previous block than its header";
  if (block->height != prev->height + 1)
    return "has a wrong height";
  if (block->skip == NULL || block->skip->height >= block->height)
    return "has a wrong shortcut to its ancestors";
  if (block->time_max != MAX (prev->time_max, block->header.time))
    return "has a wrong highest time";
  return tree_check_has_work (check, block) ? NULL : "has a wrong chain work";
}

/* A block is at least as valid as the blocks after it, from the genesis block or the base of a snapshot on. */
static const char *
tree_check_marks (TreeCheck *check, const NodeBlock *block)
{
  const NodeBlock *prev = block->prev;
  guint32 valid = tree_check_validity (block);

  if (valid < NODE_BLOCK_VALID_TREE || valid > NODE_BLOCK_VALID_SCRIPTS)
    return "has no valid header";
  if (prev == NULL)
    return NULL;
  if ((prev->status & NODE_BLOCK_FAILED) && !(block->status & NODE_BLOCK_FAILED))
    return "is not marked as invalid, although the previous one is";
  if (prev->prev != NULL && prev != check->base && valid >= NODE_BLOCK_VALID_CHAIN
      && tree_check_validity (prev) < valid)
    return "was connected without the previous one";
  return NULL;
}

/* While a reindex has not found the genesis block yet, only the number of its transactions is known. */
static const char *
tree_check_data (TreeCheck *check, const NodeBlock *block)
{
  gboolean has_data = (block->status & NODE_BLOCK_HAVE_DATA) != 0;

  if ((block->status & NODE_BLOCK_HAVE_UNDO) && !has_data)
    return "has undo data without data";
  if (has_data && block->n_tx == 0)
    return "has data without transactions";
  if (block->prev == NULL)
    return NULL;
  if (!has_data && block->n_tx > 0 && !check->tree->have_pruned)
    return "has transactions without data";
  if (tree_check_validity (block) >= NODE_BLOCK_VALID_TRANSACTIONS && block->n_tx == 0 && block != check->base)
    return "was checked without its transactions";
  if (tree_check_validity (block) < NODE_BLOCK_VALID_TRANSACTIONS && block->n_tx > 0
      && !(block->status & NODE_BLOCK_FAILED))
    return "has transactions that were not checked";
  return NULL;
}

/* FALSE: there is no such file. */
static gboolean
tree_check_find_file (TreeCheck *check, gint32 file)
{
  if (file < 0 || check->tree->files == NULL)
    return FALSE;
  if (file != check->file && !node_block_files_get_info (check->tree->files, (guint32) file, &check->info))
    return FALSE;
  check->file = file;
  return TRUE;
}

static const char *
tree_check_position (TreeCheck *check, const NodeBlock *block)
{
  if (!(block->status & NODE_BLOCK_HAVE_DATA))
    return block->data_pos == 0 && block->undo_pos == 0 ? NULL : "has a position without data";
  if (!tree_check_find_file (check, block->file))
    return "is in an unknown file";
  if (block->data_pos == 0 || block->data_pos >= check->info.size)
    return "is outside of its file";
  if (block->status & NODE_BLOCK_HAVE_UNDO)
    return block->undo_pos > 0 && block->undo_pos < check->info.undo_size ? NULL : "has undo data outside of its file";
  return block->undo_pos == 0 ? NULL : "has a position without undo data";
}

static const char *
tree_check_counts (TreeCheck *check, const NodeBlock *block)
{
  const NodeBlock *prev = block->prev;
  guint64 below = prev != NULL ? prev->chain_tx : 0, next = check->tree->next_sequence;
  gboolean is_linked = block->n_tx > 0 && (prev == NULL || below > 0);

  if (is_linked ? block->chain_tx != below + block->n_tx : (block->chain_tx > 0) != (block == check->base))
    return "has a wrong number of transactions up to it";
  if (block->sequence > next || (is_linked && block->sequence == next))
    return "has a wrong order of arrival";
  return NULL;
}

static const char *
tree_check_best (TreeCheck *check, const NodeBlock *block)
{
  const NodeBlock *best = check->tree->best_header;

  if (block->status & NODE_BLOCK_FAILED)
    return block != best ? NULL : "is the best header, and invalid";
  return best != NULL && node_block_compare_work (block, best) <= 0 ? NULL : "is better than the best header";
}

static const char *
tree_check_block (TreeCheck *check, const NodeBlock *block)
{
  static const TreeCheckFunc funcs[] = { tree_check_place,    tree_check_marks,  tree_check_data,
                                         tree_check_position, tree_check_counts, tree_check_best };

  for (guint i = 0; i < G_N_ELEMENTS (funcs); i++) {
    const char *what = funcs[i](check, block);
    if (what != NULL)
      return what;
  }
  return NULL;
}

static char *
tree_check_dup_problem (TreeCheck *check)
{
  const NodeBlock *invalid = check->tree->best_invalid;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, check->tree->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const NodeBlock *block = value;
    const char *what = tree_check_block (check, block);

    check->n_dirty += block->dirty ? 1 : 0;
    if (what != NULL) {
      g_autofree char *hash = node_block_dup_hash (block->hash32);
      return g_strdup_printf ("block %s %s", hash, what);
    }
  }
  if (check->n_dirty != check->tree->dirty->len)
    return g_strdup ("a changed block would not be written");
  if (invalid != NULL && !(invalid->status & NODE_BLOCK_FAILED))
    return g_strdup ("the best invalid block is not marked as invalid");
  return NULL;
}

char *
node_block_tree_dup_problem (NodeBlockTree *tree, const NodeBlock *base)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);
  TreeCheck check = { .tree = tree, .base = base, .file = -1 };

  return tree_check_dup_problem (&check);
}

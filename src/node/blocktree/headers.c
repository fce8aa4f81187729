#include "node/blocktree/tree_private.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"

/* Headers: the rules that need neither blocks nor coins, and adding them to the tree. */

void
node_block_tree_add_header_listener (NodeBlockTree *tree, NodeBestHeaderFunc func, gpointer data)
{
  HeaderListener listener = { func, data };

  g_return_if_fail (tree != NULL && func != NULL);
  g_array_append_val (tree->header_listeners, listener);
}

void
node_block_tree_announce_header (NodeBlockTree *tree)
{
  gboolean changed;

  g_rec_mutex_lock (&tree->lock);
  changed = tree->best_header != tree->announced_header;
  tree->announced_header = tree->best_header;
  g_rec_mutex_unlock (&tree->lock);
  for (guint i = 0; changed && i < tree->header_listeners->len; i++) {
    const HeaderListener *listener = &g_array_index (tree->header_listeners, HeaderListener, i);

    listener->func (listener->data);
  }
}

NodeBlock *
node_block_tree_add (NodeBlockTree *tree, const BtcHeader *header, const guint8 hash32[32], NodeBlock *prev)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);
  NodeBlock *block = node_block_tree_insert (tree, header, hash32);

  node_block_link (block, prev);
  block->sequence = tree->next_sequence; /* replaced when the data is received */
  block->status = NODE_BLOCK_VALID_TREE;
  node_block_tree_mark_dirty (tree, block);
  if (prev != NULL && (prev->status & NODE_BLOCK_FAILED))
    return block;
  if (tree->best_header == NULL || node_block_compare_work (block, tree->best_header) > 0)
    tree->best_header = block;
  return block;
}

/* Under the lock. */
static gboolean
headers_find_or_add (NodeBlockTree *tree,
                     const BtcHeader *header,
                     const guint8 hash32[32],
                     gboolean late,
                     NodeBlock **index,
                     BtcVerdict *verdict)
{
  NodeBlock *known = g_hash_table_lookup (tree->blocks, hash32);
  NodeBlock *prev;
  BtcPrevContext context;
  g_autofree char *hash = NULL;

  *index = known;
  if (known != NULL) {
    if ((known->status & NODE_BLOCK_FAILED) == 0)
      return TRUE;
    hash = node_block_dup_hash (hash32);
    return btc_verdict_fail (verdict, BTC_VERDICT_CACHED_INVALID, "duplicate-invalid",
                             "block %s was previously marked invalid", hash);
  }
  if (!btc_header_check_pow (header, hash32, tree->params, verdict))
    return FALSE;
  prev = g_hash_table_lookup (tree->blocks, header->prev32);
  if (prev == NULL)
    return btc_verdict_fail (verdict, BTC_VERDICT_MISSING_PREV, "prev-blk-not-found", "%s", "");
  if ((prev->status & NODE_BLOCK_FAILED) && !late)
    return btc_verdict_fail (verdict, BTC_VERDICT_INVALID_PREV, "bad-prevblk", "%s", "");
  context = node_block_prev_context (prev);
  if (!btc_header_check_contextual (header, &context, common_clock_now (), tree->params, verdict))
    return FALSE;
  *index = node_block_tree_add (tree, header, hash32, prev);
  return TRUE;
}

static gboolean
headers_accept_one (NodeBlockTree *tree,
                    const BtcHeader *header,
                    const guint8 hash32[32],
                    gboolean late,
                    NodeBlock **index,
                    BtcVerdict *verdict)
{
  g_autofree char *hash = NULL, *text = NULL;
  gboolean good;

  g_rec_mutex_lock (&tree->lock);
  good = headers_find_or_add (tree, header, hash32, late, index, verdict);
  g_rec_mutex_unlock (&tree->lock);
  if (good)
    return TRUE;
  hash = node_block_dup_hash (hash32);
  text = btc_verdict_dup_text (verdict);
  common_debug (COMMON_LOG_VALIDATION, "header rejected: %s, %s", hash, text);
  return FALSE;
}

gboolean
node_block_tree_accept_header (NodeBlockTree *tree,
                               const BtcHeader *header,
                               const guint8 hash32[32],
                               gboolean late,
                               NodeBlock **index,
                               BtcVerdict *verdict)
{
  gboolean good = headers_accept_one (tree, header, hash32, late, index, verdict);

  node_block_tree_announce_header (tree);
  return good;
}

/* Whether the chain work up to the last header is at least MIN_WORK. The proof of work of the headers was checked. */
static gboolean
headers_have_work (const NodeBlock *prev, const BtcHeader *headers, guint n, const BtcUint256 *min_work)
{
  BtcUint256 total = prev->chain_work;

  for (guint i = 0; i < n; i++) {
    BtcUint256 work;

    btc_header_work (headers[i].bits, &work);
    btc_uint256_add (&total, &total, &work);
  }
  return btc_uint256_compare (&total, min_work) >= 0;
}

/* The number of leading headers that have valid proof of work and form a chain. */
static guint
headers_check_alone (NodeBlockTree *tree, const BtcHeader *headers, guint n, guint8 (*hashes)[32], BtcVerdict *verdict)
{
  for (guint i = 0; i < n; i++) {
    btc_header_hash (&headers[i], hashes[i]);
    if (i > 0 && memcmp (headers[i].prev32, hashes[i - 1], 32) != 0) {
      btc_verdict_fail (verdict, BTC_VERDICT_MISSING_PREV, "prev-blk-not-found", "%s", "");
      return i;
    }
    if (!btc_header_check_pow (&headers[i], hashes[i], tree->params, verdict))
      return i;
  }
  return n;
}

guint
node_block_tree_accept_headers (NodeBlockTree *tree,
                                const BtcHeader *headers,
                                guint n,
                                const BtcUint256 *min_work,
                                NodeBlock **last,
                                BtcVerdict *verdict)
{
  g_autofree guint8 (*hashes)[32] = NULL;
  NodeBlock *prev, *index = NULL;
  guint good;

  g_return_val_if_fail (tree != NULL && n <= NODE_BLOCK_TREE_MAX_HEADERS, 0);
  btc_verdict_clear (verdict);
  if (last != NULL)
    *last = NULL;
  if (n == 0)
    return 0;
  hashes = g_malloc_n (n, 32);
  good = headers_check_alone (tree, headers, n, hashes, verdict);
  prev = node_block_tree_find (tree, headers[0].prev32);
  if (good == n && min_work != NULL && prev != NULL && !headers_have_work (prev, headers, n, min_work)) {
    btc_verdict_fail (verdict, BTC_VERDICT_HEADER_LOW_WORK, "too-little-chainwork", "%s", "");
    return 0;
  }
  for (guint i = 0; i < good; i++) {
    BtcVerdict one;

    btc_verdict_clear (&one);
    if (!headers_accept_one (tree, &headers[i], hashes[i], FALSE, &index, &one)) {
      *verdict = one;
      good = i;
    } else if (last != NULL) {
      *last = index;
    }
  }
  node_block_tree_announce_header (tree);
  return good;
}

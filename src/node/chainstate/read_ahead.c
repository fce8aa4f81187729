#include "node/chainstate/read_ahead.h"

#include <string.h>

/* Reads and checks the blocks that will be connected next, and fetches the coins that they spend, on other threads. */

#define AHEAD 16

typedef struct {
  const NodeBlock *index;
  gboolean started;
  gboolean done;
  BtcBlock *block; /* NULL: it could not be read, or is invalid */
} Slot;

struct _NodeReadAhead {
  NodeBlockTree *tree;
  const BtcParams *params;
  NodeCoins *coins;
  GPtrArray *threads;
  GMutex lock;
  GCond wanted;
  GCond ready;
  gboolean quit;
  GQueue slots; /* Slot, in the order of height */
};

static void
free_slot (Slot *slot)
{
  g_clear_pointer (&slot->block, btc_block_unref);
  g_free (slot);
}

/* Coins created by the blocks read ahead are not on disk; looking them up is cheap. */
void
node_read_ahead_coins (NodeCoins *coins, const BtcBlock *block)
{
  g_autofree BtcOutpoint *outpoints = g_new (BtcOutpoint, block->n_inputs + 1);
  gsize n = 0;

  for (guint32 i = 1; i < block->n_txs; i++)
    for (guint32 in = 0; in < block->txs[i].n_in; in++)
      outpoints[n++] = block->txs[i].in[in].prevout;
  node_coins_prefetch (coins, outpoints, n);
}

static void
read_slot (NodeReadAhead *ahead, Slot *slot)
{
  g_autoptr (GBytes) bytes = node_block_tree_read_raw (ahead->tree, slot->index, NULL);
  g_autoptr (BtcBlock) block = bytes != NULL ? btc_block_new_prefix (bytes) : NULL;
  BtcVerdict verdict;

  /* It is read again when it is needed; errors are detected and reported then. */
  if (block == NULL || memcmp (block->hash32, slot->index->hash32, 32) != 0
      || !node_block_check (block, ahead->params, &verdict))
    return;
  node_read_ahead_coins (ahead->coins, block);
  slot->block = g_steal_pointer (&block);
}

static Slot *
find_unstarted (NodeReadAhead *ahead)
{
  for (GList *l = ahead->slots.head; l != NULL; l = l->next)
    if (!((Slot *) l->data)->started)
      return l->data;
  return NULL;
}

static gpointer
read_ahead_main (gpointer data)
{
  NodeReadAhead *ahead = data;

  g_mutex_lock (&ahead->lock);
  while (!ahead->quit) {
    Slot *slot = find_unstarted (ahead);

    if (slot == NULL) {
      g_cond_wait (&ahead->wanted, &ahead->lock);
      continue;
    }
    slot->started = TRUE;
    g_mutex_unlock (&ahead->lock);
    read_slot (ahead, slot);
    g_mutex_lock (&ahead->lock);
    slot->done = TRUE;
    g_cond_broadcast (&ahead->ready);
  }
  g_mutex_unlock (&ahead->lock);
  return NULL;
}

NodeReadAhead *
node_read_ahead_new (NodeBlockTree *tree, const BtcParams *params, NodeCoins *coins, guint n_threads)
{
  NodeReadAhead *ahead = g_new0 (NodeReadAhead, 1);

  ahead->tree = tree;
  ahead->params = params;
  ahead->coins = coins;
  g_mutex_init (&ahead->lock);
  g_cond_init (&ahead->wanted);
  g_cond_init (&ahead->ready);
  g_queue_init (&ahead->slots);
  ahead->threads = g_ptr_array_new_with_free_func ((GDestroyNotify) g_thread_join);
  for (guint i = 0; i < n_threads; i++)
    g_ptr_array_add (ahead->threads, g_thread_new ("readahead", read_ahead_main, ahead));
  return ahead;
}

void
node_read_ahead_free (NodeReadAhead *ahead)
{
  g_mutex_lock (&ahead->lock);
  ahead->quit = TRUE;
  g_cond_broadcast (&ahead->wanted);
  g_mutex_unlock (&ahead->lock);
  g_ptr_array_unref (ahead->threads);
  g_queue_clear_full (&ahead->slots, (GDestroyNotify) free_slot);
  g_mutex_clear (&ahead->lock);
  g_cond_clear (&ahead->wanted);
  g_cond_clear (&ahead->ready);
  g_free (ahead);
}

/* Drops slots that are no longer needed. A slot that is being read stays until that is done. */
static void
drop_stale (NodeReadAhead *ahead, const NodeBlock *target, guint32 from_height)
{
  GList *next;

  for (GList *l = ahead->slots.head; l != NULL; l = next) {
    Slot *slot = l->data;
    gboolean on_way = slot->index->height >= from_height && node_block_descends (target, slot->index);

    next = l->next;
    if (!on_way && (slot->done || !slot->started)) {
      g_queue_delete_link (&ahead->slots, l);
      free_slot (slot);
    }
  }
}

void
node_read_ahead_request (NodeReadAhead *ahead, const NodeBlock *target, guint32 from_height)
{
  guint32 next = from_height;
  gboolean added = FALSE;

  /* A single block is connected from memory, or read when it is needed. */
  if (target->height <= from_height || ahead->threads->len == 0)
    return;
  g_mutex_lock (&ahead->lock);
  drop_stale (ahead, target, from_height);
  if (ahead->slots.tail != NULL)
    next = MAX (next, ((Slot *) ahead->slots.tail->data)->index->height + 1);
  for (; next <= target->height && next < from_height + AHEAD; next++) {
    const NodeBlock *block = node_block_ancestor (target, next);
    Slot *slot;

    if (!(block->status & NODE_BLOCK_HAVE_DATA))
      break;
    slot = g_new0 (Slot, 1);
    slot->index = block;
    g_queue_push_tail (&ahead->slots, slot);
    added = TRUE;
  }
  if (added)
    g_cond_broadcast (&ahead->wanted);
  g_mutex_unlock (&ahead->lock);
}

static BtcBlock *
read_now (NodeReadAhead *ahead, const NodeBlock *index, BtcVerdict *verdict, GError **error)
{
  BtcBlock *block = node_block_tree_read_block (ahead->tree, index, error);

  if (block != NULL)
    node_block_check (block, ahead->params, verdict);
  return block;
}

BtcBlock *
node_read_ahead_take (NodeReadAhead *ahead, const NodeBlock *index, BtcVerdict *verdict, GError **error)
{
  BtcBlock *block = NULL;
  GList *link;

  g_mutex_lock (&ahead->lock);
  for (link = ahead->slots.head; link != NULL; link = link->next)
    if (((Slot *) link->data)->index == index)
      break;
  if (link != NULL) {
    Slot *slot = link->data;

    while (slot->started && !slot->done)
      g_cond_wait (&ahead->ready, &ahead->lock);
    g_queue_unlink (&ahead->slots, link);
    g_list_free_1 (link);
    if (slot->done)
      block = g_steal_pointer (&slot->block);
    free_slot (slot);
  }
  g_mutex_unlock (&ahead->lock);
  /* Also after a failure on that thread: now the caller gets the error or the verdict. */
  if (block == NULL)
    return read_now (ahead, index, verdict, error);
  btc_verdict_clear (verdict);
  return block;
}

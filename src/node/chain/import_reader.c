#include "node/chain/import_reader.h"

#include "common/log.h"

#include <string.h>

#define QUEUE_BYTES ((gsize) 32 << 20)
#define QUEUE_BLOCKS 256

struct _NodeImportReader {
  const BtcParams *params;
  const GPtrArray *paths;
  guint8 xor_key[8];
  gboolean masked;
  gboolean own;
  void (*wake) (gpointer data);
  gpointer data;

  GThread *thread;
  guint32 file;        /* the thread's */
  NodeCoins *prefetch; /* atomic */

  GMutex lock;
  GCond room;
  /* Under lock. */
  GQueue items; /* NodeImportItem */
  gsize bytes;
  gboolean woken;
  gboolean quit;
  gboolean ended;
  GError *error;
};

NodeImportItem *
node_import_item_new (BtcBlock *block, const BtcParams *params, guint32 file, guint64 pos)
{
  NodeImportItem *item = g_new0 (NodeImportItem, 1);

  item->block = block;
  item->file = file;
  item->pos = pos;
  node_block_check (block, params, &item->verdict);
  return item;
}

void
node_import_item_free (NodeImportItem *item)
{
  btc_block_unref (item->block);
  g_free (item);
}

/* ---- on the thread ---- */

/* With the lock held. */
static void
wake_chain (NodeImportReader *reader)
{
  if (!reader->woken)
    reader->wake (reader->data);
  reader->woken = TRUE;
}

static gboolean
reader_may_continue (NodeImportReader *reader)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&reader->lock);

  return !reader->quit;
}

/* Waits for space in the queue. FALSE: the reader is being stopped. */
static gboolean
reader_push (NodeImportReader *reader, NodeImportItem *item)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&reader->lock);

  while (!reader->quit && reader->items.length > 0
         && (reader->bytes > QUEUE_BYTES || reader->items.length >= QUEUE_BLOCKS))
    g_cond_wait (&reader->room, &reader->lock);
  g_queue_push_tail (&reader->items, item);
  reader->bytes += g_bytes_get_size (item->block->bytes);
  wake_chain (reader);
  return !reader->quit;
}

static gboolean
found_block (GBytes *bytes, guint64 pos, gpointer data)
{
  NodeImportReader *reader = data;
  BtcBlock *block = btc_block_new (bytes);
  NodeCoins *prefetch;
  NodeImportItem *item;

  if (block == NULL) {
    common_debug (COMMON_LOG_REINDEX, "unexpected data at file offset %" G_GUINT64_FORMAT ", continuing", pos);
    return reader_may_continue (reader);
  }
  item = node_import_item_new (block, reader->params, reader->file, pos);
  prefetch = g_atomic_pointer_get (&reader->prefetch);
  if (prefetch != NULL)
    node_read_ahead_coins (prefetch, block);
  return reader_push (reader, item);
}

static gboolean
read_files (NodeImportReader *reader, GError **error)
{
  for (reader->file = 0; reader->file < reader->paths->len && reader_may_continue (reader); reader->file++) {
    const char *path = g_ptr_array_index (reader->paths, reader->file);

    if (reader->own)
      common_info ("Reindexing block file %s (%u of %u)", path, reader->file + 1, reader->paths->len);
    if (!node_block_files_scan (path, reader->params->magic, reader->masked ? reader->xor_key : NULL, found_block,
                                reader, error))
      return FALSE;
  }
  return TRUE;
}

static gpointer
import_reader_main (gpointer data)
{
  NodeImportReader *reader = data;
  GError *error = NULL;

  read_files (reader, &error);
  g_mutex_lock (&reader->lock);
  reader->ended = TRUE;
  reader->error = error;
  wake_chain (reader);
  g_mutex_unlock (&reader->lock);
  return NULL;
}

/* ---- on the chain thread ---- */

NodeImportReader *
node_import_reader_new (const BtcParams *params,
                        const GPtrArray *paths,
                        const guint8 xor_key[8],
                        gboolean own,
                        void (*wake) (gpointer data),
                        gpointer data)
{
  NodeImportReader *reader = g_new0 (NodeImportReader, 1);

  reader->params = params;
  reader->paths = paths;
  reader->masked = xor_key != NULL;
  if (xor_key != NULL)
    memcpy (reader->xor_key, xor_key, 8);
  reader->own = own;
  reader->wake = wake;
  reader->data = data;
  g_mutex_init (&reader->lock);
  g_cond_init (&reader->room);
  g_queue_init (&reader->items);
  reader->thread = g_thread_new ("import", import_reader_main, reader);
  return reader;
}

NodeImportItem *
node_import_reader_pop (NodeImportReader *reader, gboolean *end, const GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&reader->lock);
  NodeImportItem *item = g_queue_pop_head (&reader->items);

  if (item != NULL) {
    reader->bytes -= g_bytes_get_size (item->block->bytes);
    g_cond_signal (&reader->room);
  } else {
    reader->woken = FALSE;
  }
  *end = item == NULL && reader->ended;
  *error = *end ? reader->error : NULL;
  return item;
}

void
node_import_reader_set_prefetch (NodeImportReader *reader, NodeCoins *coins)
{
  g_atomic_pointer_set (&reader->prefetch, coins);
}

void
node_import_reader_free (NodeImportReader *reader)
{
  if (reader == NULL)
    return;
  g_mutex_lock (&reader->lock);
  reader->quit = TRUE;
  g_cond_broadcast (&reader->room);
  g_mutex_unlock (&reader->lock);
  g_thread_join (reader->thread);
  g_queue_clear_full (&reader->items, (GDestroyNotify) node_import_item_free);
  g_mutex_clear (&reader->lock);
  g_cond_clear (&reader->room);
  g_clear_error (&reader->error);
  g_free (reader);
}

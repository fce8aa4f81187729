#include "node/chain/import.h"

#include "bitcoin/primitives/hash_key.h"
#include "common/clock.h"
#include "common/log.h"
#include "node/chain/accept.h"
#include "node/chain/activate.h"
#include "node/chain/busy.h"
#include "node/chain/import_reader.h"
#include "node/chain/maintain.h"
#include "node/chain/parts.h"
#include "node/chain/reindex_end.h"

#include <gio/gio.h>

#include <string.h>
#include <sys/stat.h>

/* Imports files of blocks. The chain thread processes the blocks found by the reader in short jobs, so that other jobs
 * can run in between. A block whose parent is unknown is remembered by its position, and read again when the parent has
 * been accepted. */

#define SLICE_US (20 * 1000)
#define PROGRESS_US (100 * 1000)

/* The position of a block whose parent is missing. */
typedef struct {
  guint32 file;
  guint64 pos;
  guint32 len;
} Place;

typedef struct {
  guint8 hash32[32];
} Hash;

struct _NodeImport {
  NodeChain *chain;
  GPtrArray *paths;
  gboolean own; /* the chain's own block files, to be indexed where they are */
  guint8 key[8];
  NodeImportDone done;
  gpointer data;
  guint64 total_bytes;

  NodeImportReader *reader; /* while it is running */
  GHashTable *waiting;      /* parent hash → GArray of Place */
  GQueue ready;             /* Place: blocks whose parent has been accepted */
  guint n_waiting;          /* waiting or ready */
  GHashTable *rejected;     /* hashes */
  GHashTable *failed;       /* NodeBlock: those marked as failed before the import began */
  gboolean defer;           /* connect after reading all files: what -assumevalid covers is unknown until then */
  guint n_loaded, n_rejected;
  guint64 bytes_done;
  GArray *file_starts; /* guint64: total size of the preceding files */
  GArray *file_ends;   /* guint64: end of the last record */
  gint64 start_us, reported_us;
};

struct _NodeImports {
  GQueue queue; /* NodeImport; the head is the running one */
};

NodeImports *
node_imports_new (void)
{
  NodeImports *imports = g_new0 (NodeImports, 1);

  g_queue_init (&imports->queue);
  return imports;
}

void
node_imports_free (NodeImports *imports)
{
  g_free (imports);
}

NodeImport *
node_import_new (NodeChain *chain, gboolean own, NodeImportDone done, gpointer data)
{
  NodeImport *import = g_new0 (NodeImport, 1);

  import->chain = chain;
  import->own = own;
  import->done = done;
  import->data = data;
  import->paths = g_ptr_array_new_with_free_func (g_free);
  import->waiting = g_hash_table_new_full (btc_hash32_hash, btc_hash32_equal, g_free, (GDestroyNotify) g_array_unref);
  import->rejected = g_hash_table_new_full (btc_hash32_hash, btc_hash32_equal, g_free, NULL);
  import->failed = g_hash_table_new (NULL, NULL);
  import->file_starts = g_array_new (FALSE, TRUE, sizeof (guint64));
  import->file_ends = g_array_new (FALSE, TRUE, sizeof (guint64));
  return import;
}

void
node_import_add_path (NodeImport *import, const char *path)
{
  struct stat info;
  guint64 zero = 0;

  g_ptr_array_add (import->paths, g_strdup (path));
  g_array_append_val (import->file_starts, import->total_bytes);
  g_array_append_val (import->file_ends, zero);
  if (stat (path, &info) == 0)
    import->total_bytes += (guint64) info.st_size;
}

guint
node_import_n_paths (NodeImport *import)
{
  return import->paths->len;
}

static void
note_invalid (NodeImport *import, const BtcBlock *block)
{
  g_hash_table_add (import->rejected, g_memdup2 (block->hash32, 32));
  import->n_rejected++;
}

static void
import_refuse (NodeImport *import, const BtcBlock *block, const BtcVerdict *verdict)
{
  const NodeBlock *prev = node_block_tree_find (import->chain->tree, block->header.prev32);

  node_block_log_rejected (block->hash32, prev != NULL ? prev->height + 1 : 0, verdict);
  note_invalid (import, block);
}

static void
import_hold (NodeImport *import, const BtcBlock *block, guint32 file, guint64 pos)
{
  GArray *places = g_hash_table_lookup (import->waiting, block->header.prev32);
  Place place = { file, pos, (guint32) g_bytes_get_size (block->bytes) };
  g_autofree char *hash = node_block_dup_hash (block->hash32);

  common_debug (COMMON_LOG_REINDEX, "LoadExternalBlockFile: Out of order block %s, parent not known", hash);
  if (places == NULL) {
    places = g_array_new (FALSE, FALSE, sizeof (Place));
    g_hash_table_insert (import->waiting, g_memdup2 (block->header.prev32, 32), places);
  }
  g_array_append_val (places, place);
  import->n_waiting++;
}

/* Reads the block at PLACE again; NULL when it can no longer be read. */
static BtcBlock *
read_again (NodeImport *import, const Place *place, GError **error)
{
  const char *path = g_ptr_array_index (import->paths, place->file);
  g_autoptr (GBytes) bytes = NULL;
  BtcBlock *block = NULL;

  bytes = node_block_files_read_range (path, import->own ? import->key : NULL, place->pos, place->len, error);
  if (bytes == NULL)
    return NULL;
  block = btc_block_new (bytes);
  if (block == NULL)
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO, "%s changed while it was read", path);
  return block;
}

static gboolean
connect_now (NodeImport *import, BtcBlock *block, NodeBlock *index, BtcVerdict *verdict, GError **error)
{
  NodeChain *chain = import->chain;

  if (import->defer)
    return node_maintain (chain, &chain->state, error);
  return node_accept_activate (chain, block, index, verdict, error);
}

/* Whether BLOCK passed the rules that need no coins, but failed when this import connected it. Its descendants are then
 * accepted like other blocks and marked as failed, so that the tree is the same whether blocks are connected while the
 * file is read or afterwards. */
static gboolean
failed_late (NodeImport *import, const NodeBlock *block)
{
  return block != NULL && (block->status & NODE_BLOCK_FAILED)
         && (block->status & NODE_BLOCK_VALID_MASK) >= NODE_BLOCK_VALID_TRANSACTIONS
         && !g_hash_table_contains (import->failed, block);
}

static void
fail_with_parent (NodeImport *import, NodeBlock *index, const BtcBlock *block, BtcVerdict *verdict)
{
  NodeChain *chain = import->chain;

  node_candidates_remove (chain, index);
  node_block_tree_change_status (chain->tree, index, NODE_BLOCK_FAILED, 0);
  node_block_tree_note_invalid (chain->tree, index);
  btc_verdict_fail (verdict, BTC_VERDICT_INVALID_PREV, "bad-prevblk", NULL);
  import_refuse (import, block, verdict);
}

/* Connects a stored block. If the data of an ancestor is missing because it was invalid, the block is kept, but not
 * connected. */
static gboolean
connect_stored (NodeImport *import, BtcBlock *block, NodeBlock *index, BtcVerdict *verdict, GError **error)
{
  if (!connect_now (import, block, index, verdict, error))
    return FALSE;
  import->n_loaded++;
  /* The reason was logged when the block was connected. */
  if (verdict->verdict != BTC_VERDICT_OK) {
    note_invalid (import, block);
  } else if (!import->own && index->chain_tx == 0 && g_hash_table_contains (import->rejected, block->header.prev32)) {
    BtcVerdict waits;

    btc_verdict_fail (&waits, BTC_VERDICT_INVALID_PREV, "bad-prevblk", "kept until its parent is available");
    import_refuse (import, block, &waits);
  }
  return TRUE;
}

/* Processes one block. *TAKEN: its children can be processed now (even if they will be invalid). */
static gboolean
import_take_block (NodeImport *import, NodeImportItem *item, gboolean *taken, GError **error)
{
  NodeChain *chain = import->chain;
  BtcBlock *block = item->block;
  NodeAcceptHow how = { .requested = TRUE, .checked = TRUE, .mark = TRUE, .file = -1 };
  gboolean is_genesis = memcmp (block->hash32, chain->params->genesis_hash32, 32) == 0;
  const NodeBlock *prev = node_block_tree_find (chain->tree, block->header.prev32);
  NodeBlock *index;
  gboolean is_new;

  *taken = FALSE;
  if (!is_genesis && prev == NULL && !g_hash_table_contains (import->rejected, block->header.prev32)
      && item->verdict.verdict != BTC_VERDICT_INVALID_HEADER) {
    import_hold (import, block, item->file, item->pos);
    return TRUE;
  }
  *taken = TRUE;
  /* Invalid proof of work, whatever its parent is. */
  if (prev == NULL && item->verdict.verdict == BTC_VERDICT_INVALID_HEADER) {
    import_refuse (import, block, &item->verdict);
    return TRUE;
  }
  /* The parent's header is invalid, so this one cannot be added to the tree. */
  if (!is_genesis && prev == NULL) {
    btc_verdict_fail (&item->verdict, BTC_VERDICT_INVALID_PREV, "bad-prevblk", NULL);
    import_refuse (import, block, &item->verdict);
    return TRUE;
  }
  if (import->own) {
    how.file = (gint32) item->file;
    how.pos = (guint32) item->pos;
  }
  how.late = failed_late (import, prev);
  if (!node_accept_store (chain, block, &how, &index, &is_new, &item->verdict, error))
    return FALSE;
  if (item->verdict.verdict == BTC_VERDICT_OK)
    g_hash_table_remove (import->rejected, block->hash32);
  if (item->verdict.verdict != BTC_VERDICT_OK)
    import_refuse (import, block, &item->verdict);
  else if (is_new && how.late)
    fail_with_parent (import, index, block, &item->verdict);
  else if (is_new)
    return connect_stored (import, block, index, &item->verdict, error);
  return TRUE;
}

/* Processes ITEM, and frees it; the blocks that waited for it are then ready. */
static gboolean
process_item (NodeImport *import, NodeImportItem *item, GError **error)
{
  gboolean taken, ok = import_take_block (import, item, &taken, error);
  const GArray *places = ok && taken ? g_hash_table_lookup (import->waiting, item->block->hash32) : NULL;

  for (guint i = 0; places != NULL && i < places->len; i++)
    g_queue_push_tail (&import->ready, g_memdup2 (&g_array_index (places, Place, i), sizeof (Place)));
  if (places != NULL)
    g_hash_table_remove (import->waiting, item->block->hash32);
  node_import_item_free (item);
  return ok;
}

/* Processes one of the ready blocks. */
static gboolean
process_ready (NodeImport *import, GError **error)
{
  g_autofree Place *place = g_queue_pop_head (&import->ready);
  BtcBlock *block = read_again (import, place, error);

  common_debug (COMMON_LOG_REINDEX, "LoadExternalBlockFile: Processing out of order child");
  import->n_waiting--;
  return block != NULL
         && process_item (import, node_import_item_new (block, import->chain->params, place->file, place->pos), error);
}

static void
import_report_progress (NodeImport *import, gboolean always)
{
  gint64 now = common_clock_monotonic_us ();
  double fraction = import->total_bytes > 0 ? (double) import->bytes_done / (double) import->total_bytes : 1.0;

  if (!always && now - import->reported_us < PROGRESS_US)
    return;
  import->reported_us = now;
  node_report_progress (import->chain, import->own ? "reindexing" : "importing", fraction, import->n_loaded);
}

static void
free_import (NodeImport *import)
{
  g_hash_table_unref (import->waiting);
  g_queue_clear_full (&import->ready, g_free);
  g_hash_table_unref (import->rejected);
  g_hash_table_unref (import->failed);
  g_array_unref (import->file_starts);
  g_array_unref (import->file_ends);
  g_ptr_array_unref (import->paths);
  g_free (import);
}

static void import_pump (NodeChain *chain, gpointer data);

/* On the reader's thread. */
static void
post_pump (gpointer data)
{
  NodeImport *import = data;

  node_chain_post (import->chain, import_pump, import, NULL);
}

static void
import_begin (NodeImport *import)
{
  NodeChain *chain = import->chain;
  static const guint8 none[32];
  g_autoptr (GPtrArray) all = node_block_tree_dup_blocks (chain->tree);

  for (guint i = 0; i < all->len; i++)
    if (((NodeBlock *) g_ptr_array_index (all, i))->status & NODE_BLOCK_FAILED)
      g_hash_table_add (import->failed, g_ptr_array_index (all, i));
  import->defer = memcmp (chain->params->assume_valid32, none, 32) != 0
                  && node_block_tree_find (chain->tree, chain->params->assume_valid32) == NULL;
  import->start_us = common_clock_monotonic_us ();
  if (import->own)
    node_block_files_get_xor_key (node_block_tree_files (import->chain->tree), import->key);
  import->reader = node_import_reader_new (chain->params, import->paths, import->own ? import->key : NULL, import->own,
                                           post_pump, import);
}

/* Logs why blocks were not imported: the first missing parent. */
static void
log_missing_parent (NodeImport *import)
{
  const Place *first = NULL;
  const guint8 *parent32 = NULL;
  g_autofree char *hash = NULL;
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, import->waiting);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const Place *place = &g_array_index ((GArray *) value, Place, 0);

    if (first == NULL || place->file < first->file || (place->file == first->file && place->pos < first->pos)) {
      first = place;
      parent32 = key;
    }
  }
  if (first == NULL)
    return;
  hash = node_block_dup_hash (parent32);
  common_info ("%u blocks were skipped, the first at file offset %" G_GUINT64_FORMAT
               ": they build on block %s, which is missing or cannot be read",
               import->n_waiting, first->pos, hash);
}

/* Ends the running import, notifies its owner, and starts the next. */
static void
import_finish (NodeImport *import, const GError *error)
{
  NodeChain *chain = import->chain;
  double seconds = (double) (common_clock_monotonic_us () - import->start_us) / G_USEC_PER_SEC;
  gboolean others_wait;

  g_clear_pointer (&import->reader, node_import_reader_free);
  common_info ("Loaded %u blocks from external file in %.0fms (%.1f MB/s); rejected: %u; without a known parent: %u",
               import->n_loaded, seconds * 1000, import->total_bytes / 1e6 / MAX (seconds, 0.001), import->n_rejected,
               import->n_waiting);
  log_missing_parent (import);
  g_queue_remove (&chain->imports->queue, import);
  node_busy_set (chain, NODE_BUSY_IMPORTING, chain->imports->queue.head != NULL);
  /* An import that DONE adds starts at once if no other is queued. */
  others_wait = chain->imports->queue.head != NULL;
  if (import->own && error == NULL)
    node_reindex_end (chain, import->file_ends);
  if (chain->state.coins != NULL && node_chain_tip (chain) != NULL && !node_chain_is_stopping (chain))
    node_tip_publish (chain);
  if (!others_wait)
    node_report_progress (chain, "ready", 1, 0);
  if (import->done != NULL)
    import->done (chain, import->data, error);
  free_import (import);
  if (others_wait && !node_chain_is_stopping (chain))
    import_begin (chain->imports->queue.head->data);
}

static void
import_fail (NodeImport *import, const GError *error)
{
  node_report_fatal (import->chain, error);
  import_finish (import, error);
}

/* The reader has no more blocks. */
static void
import_end_reading (NodeImport *import)
{
  NodeChain *chain = import->chain;
  g_autoptr (GError) error = NULL;

  if (import->defer) {
    import->defer = FALSE;
    if (!node_activate (chain, NULL, TRUE, &error)) {
      import_fail (import, error);
      return;
    }
  }
  /* The last blocks may still be being connected. */
  if (node_busy_is (chain, NODE_BUSY_ACTIVATING) && !node_report_is_fatal (chain)) {
    node_chain_post (chain, import_pump, import, NULL);
    return;
  }
  import->bytes_done = import->total_bytes;
  import_report_progress (import, TRUE);
  import_finish (import, NULL);
}

static gboolean
process_next (NodeImport *import, NodeImportItem *item, GError **error)
{
  guint64 record_end = item->pos + g_bytes_get_size (item->block->bytes);
  guint file = item->file;

  import->bytes_done = g_array_index (import->file_starts, guint64, file) + record_end;
  g_array_index (import->file_ends, guint64, file) = record_end;
  if (!process_item (import, item, error))
    return FALSE;
  import_report_progress (import, FALSE);
  return TRUE;
}

static void
set_prefetch (NodeImport *import)
{
  NodeChain *chain = import->chain;
  /* With two sets of coins it is unknown which of them a block is for. */
  gboolean worth_it = chain->below == NULL && chain->state.flushed_tip != NULL && chain->state.flushed_tip->height > 0;

  node_import_reader_set_prefetch (import->reader,
                                   worth_it && chain->options.read_ahead_threads >= 0 ? chain->state.coins : NULL);
}

/* Processes one more block. *MORE FALSE: the reader has none now. */
static gboolean
import_step (NodeImport *import, gboolean *more, gboolean *end, const GError **read_error, GError **error)
{
  NodeImportItem *item;

  *more = TRUE;
  if (import->ready.head != NULL)
    return process_ready (import, error);
  item = node_import_reader_pop (import->reader, end, read_error);
  *more = item != NULL;
  return item == NULL || process_next (import, item, error);
}

static void
import_pump (NodeChain *chain, gpointer data)
{
  NodeImport *import = data;
  gint64 end_us = common_clock_monotonic_us () + SLICE_US;
  const GError *read_error = NULL;
  g_autoptr (GError) error = NULL;
  gboolean end = FALSE, more;

  if (node_chain_is_stopping (chain) || chain->imports->queue.head == NULL
      || chain->imports->queue.head->data != import)
    return;
  set_prefetch (import);
  do {
    if (!import_step (import, &more, &end, &read_error, &error)) {
      import_fail (import, error);
      return;
    }
    if (more && common_clock_monotonic_us () > end_us) {
      node_chain_post (chain, import_pump, import, NULL);
      return;
    }
  } while (more);
  if (read_error != NULL) {
    error = g_error_copy (read_error);
    import_fail (import, error);
  } else if (end) {
    import_end_reading (import);
  }
}

void
node_import_start (NodeImport *import)
{
  NodeChain *chain = import->chain;

  g_queue_push_tail (&chain->imports->queue, import);
  node_busy_set (chain, NODE_BUSY_IMPORTING, TRUE);
  if (chain->imports->queue.length == 1)
    import_begin (import);
}

void
node_chain_import (NodeChain *chain, const char *path, NodeImportDone done, gpointer data)
{
  NodeImport *import;

  g_return_if_fail (chain != NULL && path != NULL);
  import = node_import_new (chain, FALSE, done, data);
  node_import_add_path (import, path);
  node_import_start (import);
}

void
node_import_stop_all (NodeChain *chain)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the node is closing");

  while (chain->imports->queue.head != NULL)
    import_finish (chain->imports->queue.head->data, error);
}

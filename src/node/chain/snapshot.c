#include "node/chain/snapshot.h"

#include "common/clock.h"
#include "common/file.h"
#include "common/log.h"
#include "node/chain/activate.h"
#include "node/chain/active.h"
#include "node/chain/busy.h"
#include "node/chain/cache.h"
#include "node/chain/flush.h"
#include "node/chain/parts.h"
#include "node/store/chainstate_folder.h"

#include <string.h>

/* Loads a snapshot. Its coins are written to a separate folder, which becomes valid only when the file with the hash of
 * the base block is added: a failure before that leaves the node unchanged. */

#define PROGRESS_US (100 * 1000)
#define LOG_EVERY 1000000
#define MIN_FREE_BYTES ((guint64) 50 << 20)
/* Coins that are only added, in the order of the database, do not benefit from a larger cache, and small writes
 * complete quickly at shutdown. */
#define LOAD_CACHE_BYTES ((gsize) 64 << 20)
/* Reading the file is the first part of the work, reading all coins again for their hash the second. */
#define FILE_SHARE 0.8

struct _NodeSnapshotLoad {
  NodeChain *chain;
  NodeSnapshotHeader header;
  NodeBlock *base;
  const BtcAssumeUtxo *known;
  NodeCoins *coins; /* owned by the running thread while it runs */
  gsize db_cache_bytes;
  GCancellable *cancellable;
  gboolean hashing;
  gint64 reported_us;
};

struct _NodeSnapshotLoads {
  GMutex lock;
  GCond ended;
  gboolean open; /* under lock: between begin and free of one */
};

NodeSnapshotLoads *
node_snapshot_loads_new (void)
{
  NodeSnapshotLoads *loads = g_new0 (NodeSnapshotLoads, 1);

  g_mutex_init (&loads->lock);
  g_cond_init (&loads->ended);
  return loads;
}

void
node_snapshot_loads_free (NodeSnapshotLoads *loads)
{
  g_mutex_clear (&loads->lock);
  g_cond_clear (&loads->ended);
  g_free (loads);
}

/* ---- chain thread: may it be loaded? ---- */

static gboolean
refuse_unknown (NodeChain *chain, const char *hash, GError **error)
{
  g_autoptr (GString) heights = g_string_new (NULL);

  for (gsize i = 0; i < chain->params->n_assume_utxo; i++)
    g_string_append_printf (heights, "%s%u", i > 0 ? ", " : "", chain->params->assume_utxo[i].height);
  return node_snapshot_refuse (
      error,
      "assumeutxo block hash in snapshot metadata not recognized (hash: %s). The following snapshot heights are "
      "available: %s",
      hash, heights->str);
}

static gboolean
snapshot_check (NodeChain *chain, const guint8 base32[32], GError **error)
{
  g_autofree char *hash = node_block_dup_hash (base32);
  NodeBlock *base = node_block_tree_find (chain->tree, base32);
  const NodeBlock *best = node_block_tree_get_best_header (chain->tree);

  if (node_chain_is_stopping (chain))
    return node_snapshot_refuse (error, "The node is stopping");
  if (chain->state.base != NULL)
    return node_snapshot_refuse (error, "Can't activate a snapshot-based chainstate more than once");
  if (node_busy_is (chain, NODE_BUSY_LOADING_SNAPSHOT))
    return node_snapshot_refuse (error, "Another snapshot is being loaded");
  if (node_background_known (chain, base32) == NULL)
    return refuse_unknown (chain, hash, error);
  if (base == NULL)
    return node_snapshot_refuse (
        error,
        "The base block header (%s) must appear in the headers chain. Make sure all headers are syncing, and "
        "call loadtxoutset again",
        hash);
  if (base->status & NODE_BLOCK_FAILED)
    return node_snapshot_refuse (error, "The base block header (%s) is part of an invalid chain", hash);
  if (best == NULL || !node_block_descends (best, base))
    return node_snapshot_refuse (
        error, "A forked headers-chain with more work than the chain with the snapshot base block header exists. "
               "Please proceed to sync without AssumeUtxo.");
  return TRUE;
}

/* The loaded coins take up to LOAD_CACHE_BYTES of the cache, so the cached coins of the tip are flushed first. */
static gboolean
open_coins (NodeSnapshotLoad *load, GError **error)
{
  NodeChain *chain = load->chain;
  g_autofree char *path = node_chainstate_dup_path (chain->datadir, TRUE);
  NodeCoinsOptions options = { .path = path, .batch_bytes = chain->options.batch_bytes };
  gsize total;

  node_chain_get_cache_bytes (chain, &options.db_cache_bytes, &total);
  options.cache_bytes = MIN (total / 2, LOAD_CACHE_BYTES);
  if (!node_chainstate_remove_snapshot (chain->datadir, error) || !node_chain_flush (chain, error))
    return FALSE;
  node_coins_set_cache_bytes (chain->state.coins, total - options.cache_bytes - options.db_cache_bytes);
  load->db_cache_bytes = options.db_cache_bytes;
  load->coins = node_coins_open (&options, error);
  return load->coins != NULL;
}

NodeSnapshotLoad *
node_snapshot_load_begin (NodeChain *chain, const NodeSnapshotHeader *header, GError **error)
{
  NodeSnapshotLoad *load;

  g_return_val_if_fail (chain != NULL && header != NULL, NULL);
  if (!snapshot_check (chain, header->base32, error))
    return NULL;
  load = g_new0 (NodeSnapshotLoad, 1);
  load->chain = chain;
  load->header = *header;
  load->base = node_block_tree_find (chain->tree, header->base32);
  load->known = node_background_known (chain, load->base->hash32);
  node_busy_set (chain, NODE_BUSY_LOADING_SNAPSHOT, TRUE);
  g_mutex_lock (&chain->snapshot_loads->lock);
  chain->snapshot_loads->open = TRUE;
  g_mutex_unlock (&chain->snapshot_loads->lock);
  return load;
}

void
node_snapshot_load_free (NodeSnapshotLoad *load)
{
  NodeChain *chain;
  g_autoptr (GError) error = NULL;

  if (load == NULL)
    return;
  chain = load->chain;
  g_clear_pointer (&load->coins, node_coins_close);
  node_busy_set (chain, NODE_BUSY_LOADING_SNAPSHOT, FALSE);
  if (chain->state.base == NULL && !node_chainstate_remove_snapshot (chain->datadir, &error))
    common_warn ("Failed to remove snapshot chainstate dir: %s. It will be retried at the next start.", error->message);
  node_cache_share (chain);
  if (!node_chain_is_stopping (chain))
    node_busy_report_idle (chain);
  g_free (load);
  g_mutex_lock (&chain->snapshot_loads->lock);
  chain->snapshot_loads->open = FALSE;
  g_cond_signal (&chain->snapshot_loads->ended);
  g_mutex_unlock (&chain->snapshot_loads->lock);
}

void
node_snapshot_wait_for_end (NodeChain *chain)
{
  g_assert (node_chain_is_stopping (chain));
  g_mutex_lock (&chain->snapshot_loads->lock);
  while (chain->snapshot_loads->open)
    g_cond_wait (&chain->snapshot_loads->ended, &chain->snapshot_loads->lock);
  g_mutex_unlock (&chain->snapshot_loads->lock);
}

/* ---- the running thread ---- */

static void
snapshot_report (NodeChain *chain, gpointer data)
{
  if (node_busy_is (chain, NODE_BUSY_LOADING_SNAPSHOT))
    node_report_progress (chain, "snapshot", *(double *) data, 0);
}

static gboolean
is_stopped (NodeSnapshotLoad *load)
{
  return g_cancellable_is_cancelled (load->cancellable) || node_chain_is_stopping (load->chain);
}

static gboolean
snapshot_continue (guint64 n_coins, gpointer data)
{
  NodeSnapshotLoad *load = data;
  gint64 now = common_clock_monotonic_us ();
  double part = (double) n_coins / (double) MAX (load->header.coins, 1);
  double fraction = MIN (load->hashing ? FILE_SHARE + (1 - FILE_SHARE) * part : FILE_SHARE * part, 1.0);

  if (now - load->reported_us > PROGRESS_US) {
    load->reported_us = now;
    node_chain_post (load->chain, snapshot_report, g_memdup2 (&fraction, sizeof fraction), g_free);
  }
  return !is_stopped (load);
}

static gboolean
reading_continue (guint64 n_coins, gpointer data)
{
  NodeSnapshotLoad *load = data;

  /* About every million coins: this is called every few thousand. */
  if (n_coins % LOG_EVERY < 8192 && n_coins >= LOG_EVERY)
    common_info ("[snapshot] %" G_GUINT64_FORMAT " coins loaded (%.2f%%, %.2f MB)", n_coins,
                 (double) n_coins * 100 / (double) MAX (load->header.coins, 1),
                 (double) node_coins_memory (load->coins) / 1e6);
  return snapshot_continue (n_coins, data);
}

/* The database takes about as much as the file. */
static gboolean
check_space (NodeSnapshotLoad *load, guint64 file_bytes, GError **error)
{
  guint64 free_bytes = common_file_free_space (load->chain->datadir);

  if (free_bytes >= file_bytes + MIN_FREE_BYTES)
    return TRUE;
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FULL,
               "Disk space is too low! The coins need about %" G_GUINT64_FORMAT " MiB, %s has %" G_GUINT64_FORMAT
               " MiB left",
               (file_bytes >> 20) + 1, load->chain->datadir, free_bytes >> 20);
  return FALSE;
}

typedef struct {
  NodeSnapshotLoad *load;
  gboolean good;
  GError **error;
} Opening;

static void
open_on_chain (NodeChain *chain, gpointer data)
{
  Opening *opening = data;
  NodeSnapshotLoad *load = opening->load;

  if (node_block_compare_work (load->base, node_chain_tip (chain)) <= 0)
    node_snapshot_refuse (opening->error, "Work does not exceed active chainstate");
  else
    opening->good = open_coins (load, opening->error);
}

static gboolean
check_hash (NodeSnapshotLoad *load, GError **error)
{
  g_autoptr (NodeCoinsCursor) cursor = node_coins_cursor_new (load->coins);
  g_autofree char *hash = NULL;
  NodeCoinsStats stats;

  load->hashing = TRUE;
  if (!node_coins_stats (load->coins, cursor, NODE_COINS_HASH_SERIALIZED, snapshot_continue, load, &stats, error))
    return FALSE;
  hash = node_block_dup_hash (stats.hash32);
  if (!g_str_equal (hash, load->known->hash_serialized))
    return node_snapshot_refuse (error, "Bad snapshot content hash: expected %s, got %s", load->known->hash_serialized,
                                 hash);
  return TRUE;
}

static gboolean
snapshot_read (NodeSnapshotLoad *load, FILE *file, guint64 file_bytes, GError **error)
{
  g_autofree char *hash = node_block_dup_hash (load->base->hash32);
  Opening opening = { load, FALSE, error };

  if (!check_space (load, file_bytes, error))
    return FALSE;
  if (!node_chain_run (load->chain, NODE_JOB_BACKGROUND, open_on_chain, &opening, load->cancellable, error)
      || !opening.good)
    return FALSE;
  common_info ("[snapshot] loading %" G_GUINT64_FORMAT " coins from snapshot %s", load->header.coins, hash);
  if (!node_snapshot_read_coins (file, &load->header, load->base->height, load->coins, reading_continue, load, error))
    return FALSE;
  common_info ("[snapshot] loaded %" G_GUINT64_FORMAT " (%.2f MB) coins from snapshot %s", load->header.coins,
               (double) node_coins_memory (load->coins) / 1e6, hash);
  return node_coins_flush (load->coins, load->base->hash32, TRUE, error) && check_hash (load, error);
}

gboolean
node_snapshot_load_run (NodeSnapshotLoad *load,
                        FILE *file,
                        guint64 file_bytes,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean good;

  load->cancellable = cancellable;
  good = snapshot_read (load, file, file_bytes, &local);
  if (is_stopped (load)
      && (good
          || (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED)
              || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CLOSED))))
    return node_snapshot_refuse (error, "Aborting after an interrupt was requested");
  if (good)
    common_info ("[snapshot] validated snapshot");
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return good;
}

/* ---- chain thread: activation ---- */

/* Without this mark other programs assume that the block's witnesses were never checked. */
static void
mark_witness (NodeChain *chain, NodeBlock *base)
{
  for (NodeBlock *block = base; block->height > 0 && block->height >= chain->params->buried_height[BTC_BURIED_SEGWIT];
       block = block->prev) {
    if (block->status & NODE_BLOCK_OPT_WITNESS)
      continue;
    node_block_tree_change_status (chain->tree, block, NODE_BLOCK_OPT_WITNESS, 0);
  }
}

/* The coins of the tip become the background's, and the snapshot's become those of the tip. */
static void
exchange_states (NodeSnapshotLoad *load)
{
  NodeChain *chain = load->chain;
  NodeChainstate old = chain->state;

  chain->state = (NodeChainstate){
    .coins = g_steal_pointer (&load->coins),
    .base = load->base,
    .role = old.role,
    .db_cache_bytes = load->db_cache_bytes,
  };
  node_flush_init_state (chain, &chain->state);
  node_chainstate_begin (&chain->state, load->base);
  node_background_begin (chain, &old);
  node_block_tree_set_chain_tx (chain->tree, load->base, load->known->chain_tx);
  node_active_fill (chain, load->base);
  node_block_files_split (node_block_tree_files (chain->tree), load->base->height);
  node_candidates_rebuild (chain);
  node_candidates_received_children (chain, load->base);
}

/* Checked again, since loading took minutes. */
static gboolean
still_wanted (NodeSnapshotLoad *load, GError **error)
{
  g_autofree char *hash = node_block_dup_hash (load->base->hash32);
  NodeChain *chain = load->chain;

  if (node_health_is_broken (&chain->health) || node_report_is_fatal (chain) || node_chain_is_stopping (chain))
    return node_snapshot_refuse (error, "The node is stopping");
  if (load->base->status & NODE_BLOCK_FAILED)
    return node_snapshot_refuse (error, "The base block header (%s) is part of an invalid chain", hash);
  return node_block_compare_work (load->base, node_chain_tip (chain)) > 0
         || node_snapshot_refuse (error, "work does not exceed active chainstate");
}

const NodeBlock *
node_snapshot_load_activate (NodeSnapshotLoad *load, GError **error)
{
  NodeChain *chain = load->chain;
  g_autofree char *hash = node_block_dup_hash (load->base->hash32);
  g_autoptr (GError) local = NULL;

  if (!still_wanted (load, error))
    return NULL;
  mark_witness (chain, load->base);
  if (!node_chain_flush (chain, error) || !node_chainstate_write_base (chain->datadir, load->base->hash32, error))
    return NULL;
  exchange_states (load);
  common_info ("[snapshot] successfully activated snapshot %s", hash);
  node_busy_set (chain, NODE_BUSY_LOADING_SNAPSHOT, FALSE);
  node_cache_share (chain);
  node_tip_log (chain);
  node_tip_publish (chain);
  if (node_activate (chain, NULL, TRUE, &local))
    return load->base;
  node_report_fatal (chain, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

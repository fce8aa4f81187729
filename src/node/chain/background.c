#include "common/clock.h"
#include "common/log.h"
#include "node/chain/private.h"
#include "node/store/chainstate_folder.h"

#include <string.h>

/* While the chain goes on above a snapshot, the blocks below it are connected to the coins that were there before, up to
 * the snapshot's block. Then the hash of these coins tells whether the snapshot was right. If so the background is over
 * (its folder goes at the next start); if not, nothing that came from the snapshot may be used any more: its coins are
 * put aside and the program ends; the next start goes on with the coins that were made from the blocks. */

#define SLICE_US (250 * 1000)
#define PROGRESS_US (100 * 1000)
/* How far it is when all blocks are connected, and the coins are still to be read. */
#define ALL_CONNECTED 0.999

struct _NodeBackground {
  NodeChainstate state;
  NodeBlock *tip;
  NodeBlock *target;
  gboolean posted; /* a job that goes on is */

  gint64 told_us;

  /* The thread that reads all coins at the end, and what it found. */
  GThread *reader;
  NodeCoinsCursor *cursor;
  gint stop; /* atomic */
  NodeCoinsStats stats;
  GError *error;
};

void
node_background_begin (NodeChain *chain, NodeChainstate *state, NodeBlock *tip)
{
  NodeBackground *background = g_new0 (NodeBackground, 1);

  g_assert (chain->background == NULL && chain->snapshot_base != NULL);
  background->state = *state;
  background->tip = tip;
  background->target = chain->snapshot_base;
  chain->background = background;
}

static void
join_reader (NodeBackground *background)
{
  g_atomic_int_set (&background->stop, 1);
  g_clear_pointer (&background->reader, g_thread_join);
  g_clear_pointer (&background->cursor, node_coins_cursor_free);
}

void
node_background_free (NodeChain *chain)
{
  NodeBackground *background = chain->background;

  if (background == NULL)
    return;
  join_reader (background);
  g_clear_pointer (&background->state.read_ahead, node_read_ahead_free);
  g_clear_pointer (&background->state.coins, node_coins_close);
  g_clear_error (&background->error);
  g_clear_pointer (&chain->background, g_free);
}

NodeChainstate *
node_background_state (NodeChain *chain)
{
  return &chain->background->state;
}

NodeBlock *
node_background_tip (NodeChain *chain)
{
  return chain->background->tip;
}

gboolean
node_background_flush (NodeChain *chain, gboolean empty, GError **error)
{
  return node_flush_state (chain, &chain->background->state, chain->background->tip, empty, error);
}

void
node_background_share_cache (NodeChain *chain)
{
  gsize db, total, small;

  if (chain->state.coins == NULL || chain->loading_snapshot)
    return;
  node_chain_get_cache_bytes (chain, &db, &total);
  if (chain->background == NULL) {
    node_coins_set_cache_bytes (chain->state.coins, total);
    return;
  }
  /* The other database has a share of its own. */
  total -= db;
  small = total / 20;
  node_coins_set_cache_bytes (chain->state.coins, chain->initial_download ? total - small : small);
  node_coins_set_cache_bytes (chain->background->state.coins, chain->initial_download ? small : total - small);
}

guint
node_chain_get_states (NodeChain *chain, NodeChainstateInfo infos[2])
{
  guint n = 0;

  if (chain->background != NULL)
    infos[n++] = (NodeChainstateInfo){
      .tip = chain->background->tip,
      .target = chain->background->target,
      .validated = TRUE,
      .db_cache_bytes = chain->background->state.db_cache_bytes,
      .coins_cache_bytes = node_coins_get_cache_bytes (chain->background->state.coins),
    };
  infos[n++] = (NodeChainstateInfo){
    .tip = node_chain_tip (chain),
    .snapshot = chain->snapshot_base,
    .validated = chain->background == NULL,
    .db_cache_bytes = chain->state.db_cache_bytes,
    .coins_cache_bytes = node_coins_get_cache_bytes (chain->state.coins),
  };
  return n;
}

/* ---- the end ---- */

/* The snapshot is wrong. */
static void
reject (NodeChain *chain)
{
  guint32 checked = chain->background->tip->height;
  g_autofree char *text = g_strdup_printf (
      "Moneyrocket failed to validate the -assumeutxo snapshot state. This indicates a hardware problem, or a bug in "
      "the "
      "software, or a bad software modification that allowed an invalid snapshot to be loaded. As a result of this, "
      "the "
      "node will shut down and stop using any state that was built on the snapshot, resetting the chain height from %u "
      "to %u. On the next restart, the node will resume syncing from %u without using any snapshot data. The invalid "
      "snapshot chainstate will be left on disk in case it is helpful in diagnosing the issue that caused this error.",
      node_chain_tip (chain)->height, checked, checked);
  g_autofree char *whole = NULL;
  g_autoptr (GError) error = NULL;

  common_error ("[snapshot] deleting snapshot, reverting to validated chain, and stopping node");
  /* What was written on behalf of wrong coins must not be believed later. */
  node_block_tree_forget_validity_above (chain->tree, chain->snapshot_base);
  if (!node_background_flush (chain, FALSE, &error) || !node_block_tree_write (chain->tree, &error)
      || !node_chainstate_reject_snapshot (chain->datadir, &error))
    whole = g_strconcat (text, "\n", error->message, NULL);
  /* From here on nothing is written any more. */
  node_health_break (&chain->health);
  node_report_fatal_text (chain, whole != NULL ? whole : text);
}

/* The snapshot is right. Whoever reads the coins of the background may go on: they are closed with the chain. */
static void
finish (NodeChain *chain)
{
  g_autofree char *hash = node_block_dup_hash (chain->snapshot_base->hash32);

  common_info ("[snapshot] snapshot beginning at %s has been fully validated", hash);
  chain->retired = g_steal_pointer (&chain->background->state.coins);
  node_background_free (chain);
  node_background_share_cache (chain);
  node_candidates_rebuild (chain);
  node_report_progress (chain, "background", 1, chain->snapshot_base->height);
}

gboolean
node_background_judge (NodeChain *chain, const guint8 hash32[32])
{
  const BtcAssumeUtxo *known = node_snapshot_known (chain, chain->snapshot_base->hash32);
  g_autofree char *hash = node_block_dup_hash (hash32);

  if (g_str_equal (hash, known->hash_serialized)) {
    finish (chain);
    return TRUE;
  }
  common_warn ("[snapshot] hash mismatch: actual=%s, expected=%s", hash, known->hash_serialized);
  reject (chain);
  return FALSE;
}

static gboolean
reader_goes_on (guint64 txouts, gpointer data)
{
  return !g_atomic_int_get (&((NodeBackground *) data)->stop);
}

/* Everybody hears that the blocks up to the tip are checked now. */
static void
announce_end (NodeChain *chain)
{
  g_autoptr (GError) error = NULL;

  node_tip_publish (chain);
  node_flush_tell (chain);
  if (!node_activate (chain, NULL, TRUE, &error))
    node_report_fatal (chain, error);
}

static void
on_read (NodeChain *chain, gpointer data)
{
  NodeBackground *background = chain->background;

  if (background == NULL || background->reader == NULL || g_atomic_int_get (&chain->stopping))
    return;
  join_reader (background);
  if (background->error != NULL)
    node_report_fatal (chain, background->error);
  else if (!chain->fatal_told && node_background_judge (chain, background->stats.hash32))
    announce_end (chain);
}

static gpointer
read_coins (gpointer data)
{
  NodeChain *chain = data;
  NodeBackground *background = chain->background;

  node_coins_stats (background->state.coins, background->cursor, NODE_COINS_HASH_SERIALIZED, reader_goes_on, background,
                    &background->stats, &background->error);
  node_chain_post (chain, on_read, NULL, NULL);
  return NULL;
}

/* The tip is the target: are the coins what they must be? */
static gboolean
begin_reading (NodeChain *chain, GError **error)
{
  NodeBackground *background = chain->background;

  if (background->reader != NULL)
    return TRUE;
  if (!node_background_flush (chain, TRUE, error))
    return FALSE;
  common_info ("[snapshot] computing UTXO stats for background chainstate to validate snapshot - this could take a few "
               "minutes");
  background->cursor = node_coins_cursor_new (background->state.coins);
  background->reader = g_thread_new ("snapshot", read_coins, chain);
  return TRUE;
}

/* ---- the way ---- */

static void
tell_progress (NodeChain *chain)
{
  NodeBackground *background = chain->background;
  double fraction = (double) background->tip->chain_tx / (double) MAX (background->target->chain_tx, 1);
  gint64 now = common_clock_monotonic_us ();

  if (now - background->told_us < PROGRESS_US && background->tip != background->target)
    return;
  background->told_us = now;
  /* It is over when the coins were found right, too. */
  node_report_progress (chain, "background", MIN (fraction, ALL_CONNECTED), background->tip->height);
}

static void
log_tip (NodeChain *chain)
{
  const NodeBackground *background = chain->background;
  const NodeBlock *tip = background->tip;
  g_autofree char *hash = node_block_dup_hash (tip->hash32);
  g_autofree char *date = node_block_dup_date (tip->header.time);

  common_info ("[background validation] UpdateTip: new best=%s height=%u version=0x%08x log2_work=%f "
               "tx=%" G_GUINT64_FORMAT " date='%s' progress=%f cache=%.1fMiB(%" G_GUINT64_FORMAT "txo)",
               hash, tip->height, (guint32) tip->header.version, node_block_log2_work (tip), tip->chain_tx, date,
               (double) tip->chain_tx / (double) MAX (background->target->chain_tx, 1),
               node_coins_memory (background->state.coins) / 1048576.0, node_coins_cached (background->state.coins));
}

static gboolean
moved (NodeChain *chain, NodeBlock *tip, GError **error)
{
  NodeBackground *background = chain->background;

  background->tip = tip;
  log_tip (chain);
  tell_progress (chain);
  return node_flush_state_if_needed (chain, &background->state, tip, error);
}

/* The blocks before were of another branch. */
static gboolean
go_back (NodeChain *chain, GError **error)
{
  NodeBackground *background = chain->background;
  NodeBlock *index = background->tip;
  g_autoptr (BtcBlock) block = node_block_tree_read_block (chain->tree, index, error);
  gboolean clean;

  if (block == NULL)
    return FALSE;
  if (!node_disconnect_block (chain, background->state.coins, block, index, &clean, error)) {
    node_health_break (&chain->health);
    return FALSE;
  }
  if (!clean) {
    node_health_break (&chain->health);
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "The coins do not fit block %u. " NODE_CHAINSTATE_ADVICE, index->height);
    return FALSE;
  }
  return moved (chain, index->prev, error);
}

/* *REFUSED: a block below the snapshot breaks a rule, and thus the snapshot is worth nothing. */
static gboolean
connect_next (NodeChain *chain, NodeBlock *index, BtcBlock *hint, gboolean *refused, GError **error)
{
  NodeBackground *background = chain->background;
  g_autoptr (BtcBlock) block = NULL;
  BtcVerdict verdict;

  *refused = FALSE;
  node_read_ahead_request (background->state.read_ahead, background->target, index->height);
  block = node_connect_get_data (chain, background->state.read_ahead, index, hint, &verdict, error);
  if (block == NULL)
    return FALSE;
  if (verdict.verdict == BTC_VERDICT_OK
      && !node_connect_block (chain, background->state.coins, block, index, FALSE, &verdict, error))
    return FALSE;
  if (verdict.verdict != BTC_VERDICT_OK && node_connect_changed_on_disk (chain, index, block, hint))
    return node_block_tree_fail_damaged (chain->tree, index, index->file, error);
  if (verdict.verdict != BTC_VERDICT_OK) {
    *refused = TRUE;
    node_connect_refuse (chain, index, &verdict);
    reject (chain);
    return TRUE;
  }
  if (!node_connect_write_undo (chain->connects[0], error)) {
    node_health_break (&chain->health);
    return FALSE;
  }
  node_block_tree_raise_validity (chain->tree, index, NODE_BLOCK_VALID_SCRIPTS);
  return moved (chain, index, error);
}

static void
go_on (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (chain->background == NULL)
    return;
  chain->background->posted = FALSE;
  if (!g_atomic_int_get (&chain->stopping) && !chain->fatal_told
      && !node_background_advance (chain, NULL, TRUE, &error))
    node_report_fatal (chain, error);
}

/* One step; *MORE: there may be another. */
static gboolean
step (NodeChain *chain, BtcBlock *hint, gboolean *more, GError **error)
{
  NodeBackground *background = chain->background;
  const NodeBlock *fork = node_block_fork (background->tip, background->target);
  NodeBlock *next = fork != background->target ? node_block_ancestor (background->target, fork->height + 1) : NULL;
  gboolean refused;

  *more = next != NULL && (next->status & NODE_BLOCK_HAVE_DATA);
  if (!*more)
    return TRUE;
  if (background->tip != fork)
    return go_back (chain, error);
  if (!connect_next (chain, next, hint, &refused, error))
    return FALSE;
  *more = !refused;
  return TRUE;
}

gboolean
node_background_advance (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error)
{
  NodeBackground *background = chain->background;
  const NodeBlock *start = background->tip;
  gint64 end = common_clock_monotonic_us () + SLICE_US;
  gboolean more = TRUE;

  while (more && !node_health_is_broken (&chain->health) && !chain->fatal_told
         && !g_atomic_int_get (&chain->stopping)) {
    if (slice && common_clock_monotonic_us () > end) {
      if (!background->posted)
        node_chain_post (chain, go_on, NULL, NULL);
      background->posted = TRUE;
      break;
    }
    if (!step (chain, hint, &more, error))
      return FALSE;
  }
  if (background->tip != start)
    node_tip_publish_validated (chain);
  if (background->tip == background->target && !node_health_is_broken (&chain->health) && !chain->fatal_told)
    return begin_reading (chain, error);
  return TRUE;
}

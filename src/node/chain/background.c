#include "node/chain/background.h"

#include "common/clock.h"
#include "common/log.h"
#include "node/chain/cache.h"
#include "node/chain/flush.h"
#include "node/chain/maintain.h"
#include "node/chain/parts.h"
#include "node/chain/submitter.h"
#include "node/store/chainstate_folder.h"

#include <string.h>

/* While the chain continues above a snapshot, the blocks below it are connected to the coins that were there before, up to
 * the snapshot's block. Then the hash of these coins shows whether the snapshot was valid. If so the background is over
 * (its folder goes at the next start); if not, nothing that came from the snapshot may be used any more: its coins are
 * put aside and the program ends; the next start continues with the coins that were made from the blocks. */

#define SLICE_US (250 * 1000)
#define PROGRESS_US (100 * 1000)
/* How far it is when all blocks are connected, and the coins are still to be read. */
#define ALL_CONNECTED 0.999

struct _NodeBackground {
  NodeChainstate state; /* while there is one: chain->below */
  gboolean posted;      /* a job that continues it is */
  gint64 told_us;
  NodeCoins *retired; /* of one that has ended; readers may still walk them */

  /* The thread that reads all coins at the end, and what it found. */
  GThread *reader;
  NodeCoinsCursor *cursor;
  gint stop; /* atomic */
  gint read; /* atomic: the thread has come to its end, and nobody has looked yet */
  NodeCoinsStats stats;
  GError *error;
};

NodeBackground *
node_background_new (void)
{
  return g_new0 (NodeBackground, 1);
}

void
node_background_free (NodeBackground *background)
{
  g_free (background);
}

const BtcAssumeUtxo *
node_background_known (NodeChain *chain, const guint8 hash32[32])
{
  return btc_assume_utxo_find (chain->params->assume_utxo, chain->params->n_assume_utxo, hash32);
}

void
node_background_begin (NodeChain *chain, const NodeChainstate *state)
{
  NodeBackground *background = chain->background;

  g_assert (chain->below == NULL && chain->state.base != NULL);
  *background = (NodeBackground){ .state = *state, .retired = background->retired };
  background->state.target = chain->state.base;
  chain->below = &background->state;
}

static void
join_reader (NodeBackground *background)
{
  g_atomic_int_set (&background->stop, 1);
  g_clear_pointer (&background->reader, g_thread_join);
  g_clear_pointer (&background->cursor, node_coins_cursor_free);
}

void
node_background_close (NodeChain *chain)
{
  NodeBackground *background = chain->background;

  if (chain->below == NULL)
    return;
  join_reader (background);
  node_chainstate_close (&background->state);
  g_clear_error (&background->error);
  chain->below = NULL;
}

void
node_background_close_retired (NodeChain *chain)
{
  g_clear_pointer (&chain->background->retired, node_coins_close);
}

/* ---- the end ---- */

/* The snapshot is wrong. */
static void
reject (NodeChain *chain)
{
  guint32 checked = chain->below->tip->height;
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
  node_block_tree_forget_validity_above (chain->tree, chain->state.base);
  if (!node_flush_state (chain, chain->below, FALSE, &error) || !node_block_tree_write (chain->tree, &error)
      || !node_chainstate_reject_snapshot (chain->datadir, &error))
    whole = g_strconcat (text, "\n", error->message, NULL);
  /* From here on nothing is written any more. */
  node_health_break (&chain->health);
  node_report_fatal_text (chain, whole != NULL ? whole : text);
}

/* The snapshot is right. Whoever reads the coins of the background may continue: they are closed with the chain. */
static void
finish (NodeChain *chain)
{
  g_autofree char *hash = node_block_dup_hash (chain->state.base->hash32);

  common_info ("[snapshot] snapshot beginning at %s has been fully validated", hash);
  chain->background->retired = g_steal_pointer (&chain->below->coins);
  node_background_close (chain);
  node_cache_share (chain);
  node_candidates_rebuild (chain);
  node_report_progress (chain, "background", 1, chain->state.base->height);
}

gboolean
node_background_judge (NodeChain *chain, const guint8 hash32[32])
{
  const BtcAssumeUtxo *known = node_background_known (chain, chain->state.base->hash32);
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

gboolean
node_background_judge_read (NodeChain *chain)
{
  NodeBackground *background = chain->background;

  if (chain->below == NULL || !g_atomic_int_get (&background->read))
    return FALSE;
  join_reader (background);
  g_atomic_int_set (&background->read, 0);
  if (background->error != NULL) {
    node_report_fatal (chain, background->error);
    return FALSE;
  }
  if (!node_background_judge (chain, background->stats.hash32))
    return FALSE;
  /* The blocks up to the tip are checked now. */
  node_tip_publish (chain);
  node_flush_tell (chain);
  return TRUE;
}

static gpointer
read_coins (gpointer data)
{
  NodeChain *chain = data;
  NodeBackground *background = chain->background;

  node_coins_stats (background->state.coins, background->cursor, NODE_COINS_HASH_SERIALIZED, reader_goes_on, background,
                    &background->stats, &background->error);
  g_atomic_int_set (&background->read, 1);
  node_jobs_wake_pending (chain, NODE_JOB_BACKGROUND);
  return NULL;
}

/* The tip is the target: are the coins what they must be? */
static gboolean
begin_reading (NodeChain *chain, GError **error)
{
  NodeBackground *background = chain->background;

  if (background->reader != NULL)
    return TRUE;
  if (!node_flush_state (chain, chain->below, TRUE, error))
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
  double fraction = (double) background->state.tip->chain_tx / (double) MAX (background->state.target->chain_tx, 1);
  gint64 now = common_clock_monotonic_us ();

  if (now - background->told_us < PROGRESS_US && background->state.tip != background->state.target)
    return;
  background->told_us = now;
  /* It is over when the coins were found right, too. */
  node_report_progress (chain, "background", MIN (fraction, ALL_CONNECTED), background->state.tip->height);
}

static void
log_background_tip (const NodeChainstate *state)
{
  const NodeBlock *tip = state->tip;
  g_autofree char *hash = node_block_dup_hash (tip->hash32);
  g_autofree char *date = node_block_dup_date (tip->header.time);

  common_info ("[background validation] UpdateTip: new best=%s height=%u version=0x%08x log2_work=%f "
               "tx=%" G_GUINT64_FORMAT " date='%s' progress=%f cache=%.1fMiB(%" G_GUINT64_FORMAT "txo)",
               hash, tip->height, (guint32) tip->header.version, node_block_log2_work (tip), tip->chain_tx, date,
               (double) tip->chain_tx / (double) MAX (state->target->chain_tx, 1),
               node_coins_memory (state->coins) / 1048576.0, node_coins_cached (state->coins));
}

static gboolean
background_moved (NodeChain *chain, GError **error)
{
  log_background_tip (chain->below);
  tell_progress (chain);
  return node_maintain (chain, chain->below, error);
}

/* The blocks before were of another branch. */
static gboolean
go_back (NodeChain *chain, GError **error)
{
  g_autoptr (BtcBlock) block = NULL;

  return node_chainstate_disconnect_tip (chain->below, &block, error) && background_moved (chain, error);
}

/* *REFUSED: a block below the snapshot breaks a rule, and thus the snapshot is worth nothing. */
static gboolean
connect_below (NodeChain *chain, BtcBlock *hint, gboolean *refused, GError **error)
{
  NodeConnected connected;

  if (!node_connector_step (chain->connector, chain->below, chain->below->target, FALSE, hint, &connected, error))
    return FALSE;
  *refused = connected.verdict.verdict != BTC_VERDICT_OK;
  if (!*refused) {
    node_submitters_connected (chain, connected.index);
    return background_moved (chain, error);
  }
  node_refuse_block (chain, connected.index, &connected.verdict);
  reject (chain);
  return TRUE;
}

static void
go_on (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;

  chain->background->posted = FALSE;
  if (chain->below == NULL)
    return;
  if (!node_chain_is_stopping (chain) && !node_report_is_fatal (chain)
      && !node_background_advance (chain, NULL, TRUE, &error))
    node_report_fatal (chain, error);
}

/* One step; *MORE: there may be another. */
static gboolean
background_step (NodeChain *chain, BtcBlock *hint, gboolean *more, GError **error)
{
  const NodeChainstate *state = chain->below;
  const NodeBlock *fork = node_block_fork (state->tip, state->target);
  const NodeBlock *next = fork != state->target ? node_block_ancestor (state->target, fork->height + 1) : NULL;
  gboolean refused;

  *more = next != NULL && (next->status & NODE_BLOCK_HAVE_DATA);
  if (!*more)
    return TRUE;
  if (state->tip != fork)
    return go_back (chain, error);
  if (!connect_below (chain, hint, &refused, error))
    return FALSE;
  *more = !refused;
  return TRUE;
}

gboolean
node_background_advance (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error)
{
  NodeBackground *background = chain->background;
  const NodeBlock *start = background->state.tip;
  gint64 end = common_clock_monotonic_us () + SLICE_US;
  gboolean more = TRUE;

  while (more && !node_health_is_broken (&chain->health) && !node_report_is_fatal (chain)
         && !node_chain_is_stopping (chain)) {
    if (slice && common_clock_monotonic_us () > end) {
      if (!background->posted)
        node_chain_post (chain, go_on, NULL, NULL);
      background->posted = TRUE;
      break;
    }
    if (!background_step (chain, hint, &more, error))
      return FALSE;
  }
  if (background->state.tip != start)
    node_tip_publish_validated (chain);
  if (background->state.tip == background->state.target && !node_health_is_broken (&chain->health)
      && !node_report_is_fatal (chain))
    return begin_reading (chain, error);
  return TRUE;
}

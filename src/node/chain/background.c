#include "node/chain/background.h"

#include "common/clock.h"
#include "common/log.h"
#include "node/chain/advance.h"
#include "node/chain/cache.h"
#include "node/chain/flush.h"
#include "node/chain/parts.h"

#include <string.h>

/* While the chain continues above a snapshot, the blocks below it are connected to the previous coins, up to the base
 * block of the snapshot. The hash of these coins then shows whether the snapshot was valid. If so, the background is
 * complete (its folder is deleted at the next start). If not, nothing that was derived from the snapshot may be used
 * any more: its folder is renamed and the program exits; the next start continues with the coins of the background. */

#define SLICE_US (250 * 1000)
#define PROGRESS_US (100 * 1000)
/* The progress when all blocks are connected, but the coins have not been hashed yet. */
#define ALL_CONNECTED 0.999

struct _NodeBackground {
  NodeChainstate state; /* chain->below, while there is a background chainstate */
  gboolean posted;      /* a job to continue is pending */
  gint64 reported_us;
  NodeCoins *retired; /* of a background that has ended; cursors may still use them */

  /* The thread that reads and hashes all coins at the end, and its result. */
  GThread *reader;
  NodeChainJob reader_ended; /* a job */
  NodeCoinsCursor *cursor;
  gint stop; /* atomic */
  gint read; /* atomic: the thread has ended, and its result is pending */
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
  background->state.role = (NodeChainstateRole){ .target = chain->state.base, .refusal = NODE_REFUSAL_OF_SNAPSHOT };
  chain->state.role.prune_from = chain->state.base->height + 1;
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

/* The snapshot is valid. Readers of the background's coins may continue: the coins are closed with the chain. */
static void
background_finish (NodeChain *chain)
{
  g_autofree char *hash = node_block_dup_hash (chain->state.base->hash32);

  common_info ("[snapshot] snapshot beginning at %s has been fully validated", hash);
  chain->background->retired = g_steal_pointer (&chain->below->coins);
  node_background_close (chain);
  chain->state.role.prune_from = 0;
  node_cache_share (chain);
  node_candidates_rebuild (chain);
  node_report_progress (chain, "background", 1, chain->state.base->height);
}

gboolean
node_background_check (NodeChain *chain, const guint8 hash32[32])
{
  const BtcAssumeUtxo *known = node_background_known (chain, chain->state.base->hash32);
  g_autofree char *hash = node_block_dup_hash (hash32);

  if (g_str_equal (hash, known->hash_serialized)) {
    background_finish (chain);
    return TRUE;
  }
  common_warn ("[snapshot] hash mismatch: actual=%s, expected=%s", hash, known->hash_serialized);
  node_refuse_snapshot (chain);
  return FALSE;
}

static gboolean
background_reader_continue (guint64 txouts, gpointer data)
{
  return !g_atomic_int_get (&((NodeBackground *) data)->stop);
}

gboolean
node_background_check_read (NodeChain *chain)
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
  if (!node_background_check (chain, background->stats.hash32))
    return FALSE;
  /* All blocks up to the tip are now validated. */
  node_tip_publish (chain);
  node_flush_notify (chain);
  return TRUE;
}

static gpointer
background_read_coins (gpointer data)
{
  NodeChain *chain = data;
  NodeBackground *background = chain->background;

  node_coins_stats (background->state.coins, background->cursor, NODE_COINS_HASH_SERIALIZED, background_reader_continue,
                    background, &background->stats, &background->error);
  g_atomic_int_set (&background->read, 1);
  node_chain_post (chain, background->reader_ended, NULL, NULL);
  return NULL;
}

gboolean
node_background_begin_reading (NodeChain *chain, NodeChainJob ended, GError **error)
{
  NodeBackground *background = chain->background;

  if (chain->below == NULL || background->state.tip != background->state.role.target || background->reader != NULL
      || node_health_is_broken (&chain->health) || node_report_is_fatal (chain))
    return TRUE;
  if (!node_flush_state (chain, chain->below, TRUE, error))
    return FALSE;
  common_info ("[snapshot] computing UTXO stats for background chainstate to validate snapshot - this could take a few "
               "minutes");
  background->cursor = node_coins_cursor_new (background->state.coins);
  background->reader_ended = ended;
  background->reader = g_thread_new ("snapshot", background_read_coins, chain);
  return TRUE;
}

/* ---- progress ---- */

static void
background_report_progress (NodeChain *chain)
{
  NodeBackground *background = chain->background;
  double fraction
      = (double) background->state.tip->chain_tx / (double) MAX (background->state.role.target->chain_tx, 1);
  gint64 now = common_clock_monotonic_us ();

  if (now - background->reported_us < PROGRESS_US && background->state.tip != background->state.role.target)
    return;
  background->reported_us = now;
  /* Complete only when the coins have been found valid, too. */
  node_report_progress (chain, "background", MIN (fraction, ALL_CONNECTED), background->state.tip->height);
}

static void
background_resume (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;

  chain->background->posted = FALSE;
  if (chain->below == NULL)
    return;
  if (!node_chain_is_stopping (chain) && !node_report_is_fatal (chain)
      && !node_background_advance (chain, NULL, TRUE, &error))
    node_report_fatal (chain, error);
}

/* One step; *MORE: there may be more to do. */
static gboolean
background_step (NodeChain *chain, BtcBlock *hint, gboolean *more, GError **error)
{
  const NodeChainstate *state = chain->below;
  const NodeBlock *fork = node_block_fork (state->tip, state->role.target);
  const NodeBlock *next
      = fork != state->role.target ? node_block_ancestor (state->role.target, fork->height + 1) : NULL;
  gboolean rejected = FALSE;

  *more = next != NULL && (next->status & NODE_BLOCK_HAVE_DATA);
  if (!*more)
    return TRUE;
  /* The connected blocks may be on another branch. */
  if (state->tip != fork
          ? !node_advance_disconnect (chain, chain->below, error)
          : !node_advance_connect (chain, chain->below, state->role.target, FALSE, hint, &rejected, error))
    return FALSE;
  if (!rejected)
    background_report_progress (chain);
  *more = !rejected;
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
        node_chain_post (chain, background_resume, NULL, NULL);
      background->posted = TRUE;
      break;
    }
    if (!background_step (chain, hint, &more, error))
      return FALSE;
  }
  if (background->state.tip != start)
    node_tip_publish_validated (chain);
  return TRUE;
}

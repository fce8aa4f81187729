#include "wallet/follow/follower_private.h"

#include <string.h>

#include "common/log.h"

static void
step_free_pointer (gpointer data)
{
  wallet_step_free (data);
}

/* Wallet thread: the reply has arrived. */
static void
on_step_done (gpointer data)
{
  WalletStep *step = data;
  WalletFollower *follower = step->follower;

  follower->busy = FALSE;
  if (follower->tracker == NULL)
    return;
  /* The reply of an earlier node process is ignored. */
  if (step->epoch == wallet_source_get_epoch (follower->source)) {
    if (step->result != NULL)
      wallet_follow_take (follower, step);
    else
      g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "the node is not running");
    wallet_follow_report (follower, step->kind, step->error);
  }
  wallet_follower_wake (follower);
}

/* Main context. */
static gboolean
on_step_settled (gpointer data)
{
  WalletStep *step = data;

  if (!wallet_source_post (step->follower->source, on_step_done, step, step_free_pointer))
    wallet_step_free (step);
  return G_SOURCE_REMOVE;
}

/* Main context. GLib still accesses a task after its callback has returned, so it is passed to the wallet thread
 * afterwards. */
static void
on_step_replied (GObject *source, GAsyncResult *result, gpointer data)
{
  WalletStep *step = data;

  step->result = g_object_ref (result);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_step_settled, step, NULL);
}

/* Main context. */
static gboolean
on_step_start (gpointer data)
{
  WalletStep *step = data;
  WalletSource *source = step->follower->source;

  if (wallet_source_is_closed (source))
    wallet_step_free (step);
  else if (wallet_chain_is_available (wallet_source_get_chain (source)))
    wallet_step_send (step, on_step_replied);
  else
    wallet_source_post (source, on_step_done, step, step_free_pointer);
  return G_SOURCE_REMOVE;
}

static void
follower_unref_pointer (gpointer data)
{
  wallet_follower_unref (data);
}

/* Wallet thread. */
static void
on_timer_due (gpointer data)
{
  WalletFollower *follower = data;

  follower->timer_us = G_MAXINT64;
  wallet_follower_wake (follower);
}

/* Main context. */
static gboolean
on_timer (gpointer data)
{
  WalletFollower *follower = data;

  if (!wallet_source_post (follower->source, on_timer_due, follower, follower_unref_pointer))
    wallet_follower_unref (follower);
  return G_SOURCE_REMOVE;
}

/* A later timer that is already set is kept, and does nothing. */
static void
start_timer (WalletFollower *follower)
{
  gint64 wait_us = follower->wait_until_us - g_get_monotonic_time ();

  if (follower->timer_us <= follower->wait_until_us)
    return;
  follower->timer_us = follower->wait_until_us;
  g_timeout_add (wait_us > 0 ? (guint) (wait_us / 1000) + 1 : 1, on_timer, wallet_follower_ref (follower));
}

void
wallet_follower_wake (WalletFollower *follower)
{
  WalletStep *step;

  if (follower->busy || follower->tracker == NULL || wallet_source_is_closed (follower->source))
    return;
  step = wallet_follow_plan (follower);
  wallet_source_changed (follower->source);
  if (step != NULL) {
    follower->busy = TRUE;
    g_idle_add_full (G_PRIORITY_DEFAULT, on_step_start, step, NULL);
  } else if (follower->wait_until_us != G_MAXINT64) {
    start_timer (follower);
  }
}

void
wallet_follower_wake_for_news (WalletFollower *follower)
{
  for (guint i = 0; i < WALLET_N_STEPS; i++)
    if (follower->pauses[i].away)
      follower->pauses[i] = (WalletPause){ 0 };
  wallet_follower_wake (follower);
}

/* A new wallet starts at the tip, if that is known. */
static void
start_at_tip (WalletFollower *follower)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  WalletChainTip tip;

  if (!wallet_source_get_tip (follower->source, &tip))
    return;
  wallet_tracker_set_place (follower->tracker, tip.height, tip.hash32, batch);
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
}

WalletFollower *
wallet_follower_new (WalletSource *source, const char *name, WalletTracker *tracker, gboolean fresh)
{
  WalletFollower *follower = g_new0 (WalletFollower, 1);

  g_atomic_ref_count_init (&follower->references);
  follower->source = wallet_source_ref (source);
  follower->name = g_strdup (name);
  follower->tracker = tracker;
  follower->submit = g_byte_array_new ();
  follower->resend_due = TRUE;
  follower->problem = BUS_N_ERRORS;
  follower->timer_us = G_MAXINT64;
  if (fresh)
    start_at_tip (follower);
  return follower;
}

void
wallet_follower_close (WalletFollower *follower)
{
  follower->tracker = NULL;
  follower->scan.active = FALSE;
  wallet_follower_unref (follower);
}

void
wallet_follower_set_broadcast (WalletFollower *follower, gboolean broadcast)
{
  follower->quiet = !broadcast;
}

void
wallet_follower_resend (WalletFollower *follower)
{
  follower->resend_due = TRUE;
  wallet_follower_wake (follower);
}

void
wallet_follower_take_events (WalletFollower *follower, WalletChainEvents *events)
{
  wallet_follow_apply_events (follower, events);
  if (follower->busy)
    wallet_source_changed (follower->source);
  wallet_follower_wake_for_news (follower);
}

gboolean
wallet_follower_is_behind (WalletFollower *follower)
{
  return follower->behind;
}

BusError
wallet_follower_get_problem (WalletFollower *follower)
{
  return follower->problem;
}

void
wallet_follower_get_seen (WalletFollower *follower, const WalletChainTip *tip, WalletSeen *seen)
{
  guint8 place32[32];
  gint32 place = wallet_tracker_get_place (follower->tracker, place32);
  gboolean same_node = follower->epoch == wallet_source_get_epoch (follower->source);

  seen->blocks
      = same_node && follower->anchored && follower->submitted && place >= 0 && memcmp (place32, tip->hash32, 32) == 0;
  seen->mempool = same_node && follower->mempool_seen && follower->mempool_sequence >= tip->mempool_sequence;
  seen->loading = follower->mempool_seen && !follower->mempool_complete;
}

gboolean
wallet_follower_scan (WalletFollower *follower, gint32 start, gint32 stop)
{
  if (follower->scan.active)
    return FALSE;
  follower->scan = (WalletScan){ .active = TRUE, .start = start, .stop = stop, .next = start };
  follower->scan.begun_us = g_get_monotonic_time ();
  follower->scan_after_known = FALSE;
  common_info ("A rescan of the wallet \"%s\" begins at block %d.", follower->name, start);
  wallet_follower_wake (follower);
  return TRUE;
}

void
wallet_follower_abort_scan (WalletFollower *follower)
{
  if (!follower->scan.active)
    return;
  /* At once, even if the node has not replied: its reply is then ignored. */
  follower->scan.aborted = TRUE;
  follower->scan.active = FALSE;
  common_info ("The rescan of the wallet \"%s\" was aborted at block %d.", follower->name, follower->scan.next);
  wallet_source_changed (follower->source);
}

const WalletScan *
wallet_follower_get_scan (WalletFollower *follower)
{
  return &follower->scan;
}

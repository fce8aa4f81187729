/* Failed steps are retried with exponential back-off, independently for each kind of step, so that a block that cannot
 * be read does not keep the wallet from reading the mempool. */
#include "common/log.h"
#include "wallet/follow/follower_private.h"

#define AWAY_PAUSE_US G_USEC_PER_SEC
#define FIRST_PAUSE_US G_USEC_PER_SEC
#define LAST_PAUSE_US (64 * G_USEC_PER_SEC)

gboolean
wallet_follow_may_try (WalletFollower *follower, WalletStepKind kind)
{
  gint64 until_us = follower->pauses[kind].until_us;

  if (until_us <= g_get_monotonic_time ())
    return TRUE;
  follower->wait_until_us = MIN (follower->wait_until_us, until_us);
  return FALSE;
}

static gboolean
pause_is_unavailable (const GError *error)
{
  return g_error_matches (error, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE)
         || g_error_matches (error, BUS_ERROR, BUS_ERROR_NOT_READY)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
set_problem (WalletFollower *follower, BusError problem, const char *message)
{
  if (follower->problem == problem)
    return;
  if (problem == BUS_ERROR_PRUNED)
    common_warn ("The wallet \"%s\" needs blocks that are pruned: %s. It shows the state before these blocks.",
                 follower->name, message);
  else if (problem != BUS_N_ERRORS)
    common_warn ("The wallet \"%s\" cannot follow the chain: %s.", follower->name, message);
  else
    common_info ("The wallet \"%s\" follows the chain again.", follower->name);
  follower->problem = problem;
}

void
wallet_follow_report (WalletFollower *follower, WalletStepKind kind, const GError *error)
{
  WalletPause *pause = &follower->pauses[kind];
  gint64 length_us = FIRST_PAUSE_US;

  if (error == NULL) {
    gboolean failed = FALSE;
    *pause = (WalletPause){ 0 };
    for (guint i = 0; i < WALLET_N_STEPS; i++)
      failed |= follower->pauses[i].failures > 0;
    if (!failed)
      set_problem (follower, BUS_N_ERRORS, NULL);
    return;
  }
  follower->resend_due = TRUE;
  pause->away = pause_is_unavailable (error);
  if (pause->away) {
    common_debug (COMMON_LOG_WALLETDB, "A request to the node failed: %s", error->message);
    pause->until_us = g_get_monotonic_time () + AWAY_PAUSE_US;
    return;
  }
  for (guint i = 0; i < pause->failures && length_us < LAST_PAUSE_US; i++)
    length_us *= 2;
  pause->failures++;
  pause->until_us = g_get_monotonic_time () + length_us;
  set_problem (follower, error->domain == BUS_ERROR ? (BusError) error->code : BUS_ERROR_FAILED, error->message);
}

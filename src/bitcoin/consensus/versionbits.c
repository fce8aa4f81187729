/* BIP 9. All blocks of a period have the same state, which follows from the state and the last block of the previous
 * period. */
#include "bitcoin/consensus/versionbits.h"

#define TOP_MASK 0xe0000000u
#define TOP_BITS 0x20000000u

const char *
btc_deployment_state_name (BtcDeploymentState state)
{
  switch (state) {
  case BTC_DEPLOYMENT_DEFINED:
    return "defined";
  case BTC_DEPLOYMENT_STARTED:
    return "started";
  case BTC_DEPLOYMENT_LOCKED_IN:
    return "locked_in";
  case BTC_DEPLOYMENT_ACTIVE:
    return "active";
  case BTC_DEPLOYMENT_FAILED:
    return "failed";
  }
  return "invalid";
}

/* The median time past of the block at HEIGHT, which is END or one of its ancestors. */
static gint64
median_time (const BtcPrevContext *end, guint32 height)
{
  guint32 times[BTC_MEDIAN_TIME_SPAN];
  gsize n = 0;

  for (; n < BTC_MEDIAN_TIME_SPAN && n <= height; n++)
    times[n] = end->ancestor (end->data, height - (guint32) n)->time;
  return btc_median_time (times, n);
}

static gboolean
block_signals (const BtcDeployment *deployment, const BtcHeader *header)
{
  guint32 version = (guint32) header->version;

  return (version & TOP_MASK) == TOP_BITS && (version >> deployment->bit & 1) != 0;
}

/* The blocks from FIRST to LAST that signal. */
static guint32
count_signals (const BtcDeployment *deployment, const BtcPrevContext *end, guint32 first, guint32 last)
{
  guint32 count = 0;

  for (guint32 height = first; height <= last; height++)
    count += block_signals (deployment, end->ancestor (end->data, height)) ? 1 : 0;
  return count;
}

/* The state of the period after the one that ends with the block at LAST, which has STATE. */
static BtcDeploymentState
next_state (const BtcDeployment *deployment, BtcDeploymentState state, const BtcPrevContext *end, guint32 last)
{
  switch (state) {
  case BTC_DEPLOYMENT_DEFINED:
    return median_time (end, last) >= deployment->start_time_s ? BTC_DEPLOYMENT_STARTED : state;
  case BTC_DEPLOYMENT_STARTED:
    if (count_signals (deployment, end, last + 1 - deployment->period, last) >= deployment->threshold)
      return BTC_DEPLOYMENT_LOCKED_IN;
    return median_time (end, last) >= deployment->timeout_s ? BTC_DEPLOYMENT_FAILED : state;
  case BTC_DEPLOYMENT_LOCKED_IN:
    return last + 1 >= deployment->min_activation_height ? BTC_DEPLOYMENT_ACTIVE : state;
  case BTC_DEPLOYMENT_ACTIVE:
  case BTC_DEPLOYMENT_FAILED:
    break;
  }
  return state;
}

BtcDeploymentState
btc_deployment_state_after (const BtcDeployment *deployment, const BtcPrevContext *prev, guint32 *since)
{
  BtcDeploymentState state = BTC_DEPLOYMENT_DEFINED;
  guint32 first = 0, height = prev != NULL ? prev->height + 1 : 0;

  if (since != NULL)
    *since = 0;
  if (deployment->start_time_s == BTC_DEPLOYMENT_ALWAYS_ACTIVE)
    return BTC_DEPLOYMENT_ACTIVE;
  if (deployment->start_time_s == BTC_DEPLOYMENT_NEVER_ACTIVE)
    return BTC_DEPLOYMENT_FAILED;
  for (guint32 begin = deployment->period; begin <= height; begin += deployment->period) {
    BtcDeploymentState next = next_state (deployment, state, prev, begin - 1);

    if (next != state)
      first = begin;
    state = next;
    if (state == BTC_DEPLOYMENT_ACTIVE || state == BTC_DEPLOYMENT_FAILED)
      break;
  }
  if (since != NULL)
    *since = first;
  return state;
}

void
btc_deployment_statistics (const BtcDeployment *deployment,
                           const BtcPrevContext *block,
                           BtcDeploymentStatistics *statistics,
                           GString *signalling)
{
  guint32 first = block->height - block->height % deployment->period;

  statistics->elapsed = block->height - first + 1;
  statistics->count = count_signals (deployment, block, first, block->height);
  statistics->possible = deployment->period - deployment->threshold >= statistics->elapsed - statistics->count;
  for (guint32 height = first; signalling != NULL && height <= block->height; height++)
    g_string_append_c (signalling, block_signals (deployment, block->ancestor (block->data, height)) ? '#' : '-');
}

gint32
btc_deployment_block_version (const BtcParams *params, const BtcPrevContext *prev)
{
  BtcDeploymentState state = btc_deployment_state_after (&params->testdummy, prev, NULL);
  guint32 version = TOP_BITS;

  if (state == BTC_DEPLOYMENT_STARTED || state == BTC_DEPLOYMENT_LOCKED_IN)
    version |= 1u << params->testdummy.bit;
  return (gint32) version;
}

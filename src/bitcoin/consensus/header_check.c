/* Header rules that depend on the preceding headers. */
#include "bitcoin/consensus/block_check.h"

#include <string.h>

gint64
btc_median_time (const guint32 *times, gsize n)
{
  guint32 sorted[BTC_MEDIAN_TIME_SPAN];

  g_return_val_if_fail (n > 0 && n <= BTC_MEDIAN_TIME_SPAN, 0);

  for (gsize i = 0; i < n; i++) {
    gsize at = i;

    for (; at > 0 && sorted[at - 1] > times[i]; at--)
      sorted[at] = sorted[at - 1];
    sorted[at] = times[i];
  }
  return sorted[n / 2];
}

/* BIPs 34, 66 and 65 each made an older version of blocks invalid. */
static gboolean
check_version (const BtcHeader *header, guint32 height, const BtcParams *params, BtcVerdict *verdict)
{
  g_autofree char *reason = NULL;

  if (!((header->version < 2 && btc_params_buried_active (params, BTC_BURIED_BIP34, height))
        || (header->version < 3 && btc_params_buried_active (params, BTC_BURIED_DERSIG, height))
        || (header->version < 4 && btc_params_buried_active (params, BTC_BURIED_CLTV, height))))
    return TRUE;
  /* Reasons are static strings. Interning them is safe, since each new one costs the proof of work of a header. */
  reason = g_strdup_printf ("bad-version(0x%08x)", (guint32) header->version);
  return btc_verdict_fail (verdict, BTC_VERDICT_INVALID_HEADER, g_intern_string (reason),
                           "rejected nVersion=0x%08x block", (guint32) header->version);
}

gboolean
btc_header_check_contextual (const BtcHeader *header,
                             const BtcPrevContext *prev,
                             gint64 now_s,
                             const BtcParams *params,
                             BtcVerdict *verdict)
{
  guint32 height = prev->height + 1;

  if (header->bits != btc_next_work_required (prev, header, params))
    return btc_verdict_fail (verdict, BTC_VERDICT_INVALID_HEADER, "bad-diffbits", "incorrect proof of work");
  if ((gint64) header->time <= prev->median_time_past)
    return btc_verdict_fail (verdict, BTC_VERDICT_INVALID_HEADER, "time-too-old", "block's timestamp is too early");
  /* BIP 94: the first block of an interval cannot turn the clock back. */
  if (params->bip94_timewarp && height % btc_params_retarget_interval (params) == 0
      && (gint64) header->time < (gint64) prev->header->time - BTC_MAX_TIMEWARP_S)
    return btc_verdict_fail (verdict, BTC_VERDICT_INVALID_HEADER, "time-timewarp-attack",
                             "block's timestamp is too early on diff adjustment block");
  if ((gint64) header->time > now_s + BTC_MAX_FUTURE_BLOCK_TIME)
    return btc_verdict_fail (verdict, BTC_VERDICT_TIME_FUTURE, "time-too-new", "block timestamp too far in the future");
  return check_version (header, height, params, verdict);
}

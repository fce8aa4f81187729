/* Lock times: absolute ones, with BIP 113's clock, and BIP 68's relative ones. */
#include "bitcoin/consensus/tx_check.h"

#define SEQUENCE_TIME_SHIFT 9 /* BIP 68: units of 512 seconds */

gboolean
btc_tx_is_final (const BtcTx *tx, guint32 height, gint64 time_s)
{
  gint64 now = tx->locktime < BTC_LOCKTIME_THRESHOLD ? (gint64) height : time_s;

  if (tx->locktime == 0 || (gint64) tx->locktime < now)
    return TRUE;
  /* The lock time has no effect when every input is final. */
  for (guint32 i = 0; i < tx->n_in; i++)
    if (tx->in[i].sequence != BTC_SEQUENCE_FINAL)
      return FALSE;
  return TRUE;
}

void
btc_tx_sequence_locks (const BtcTx *tx,
                       gboolean enforce,
                       const guint32 *coin_heights,
                       const gint64 *coin_mtp,
                       gint64 *min_height,
                       gint64 *min_time)
{
  *min_height = -1;
  *min_time = -1;
  /* The version is compared as an unsigned number: 0x80000000 and above do have relative locks. */
  if (!enforce || tx->version < 2)
    return;
  for (guint32 i = 0; i < tx->n_in; i++) {
    guint32 sequence = tx->in[i].sequence;
    gint64 units = sequence & BTC_SEQUENCE_MASK;

    if (sequence & BTC_SEQUENCE_DISABLE)
      continue;
    /* The result is the last height or time at which it is still locked, as with nLockTime: hence the -1. */
    if (sequence & BTC_SEQUENCE_IS_TIME)
      *min_time = MAX (*min_time, coin_mtp[i] + (units << SEQUENCE_TIME_SHIFT) - 1);
    else
      *min_height = MAX (*min_height, (gint64) coin_heights[i] + units - 1);
  }
}

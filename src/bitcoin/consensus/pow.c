/* Proof of work: targets, the next difficulty with its exceptions on test networks, work. */
#include "bitcoin/consensus/block_check.h"

gboolean
btc_bits_to_target (guint32 bits, const BtcParams *params, BtcUint256 *target)
{
  gboolean negative, overflow;

  btc_uint256_from_compact (target, bits, &negative, &overflow);
  return !negative && !overflow && !btc_uint256_is_zero (target)
         && btc_uint256_compare (target, &params->pow_limit) <= 0;
}

gboolean
btc_header_check_pow (const BtcHeader *header, const guint8 hash32[32], const BtcParams *params, BtcVerdict *verdict)
{
  BtcUint256 target, hash;

  btc_uint256_from_le (&hash, hash32);
  if (!btc_bits_to_target (header->bits, params, &target) || btc_uint256_compare (&hash, &target) > 0)
    return btc_verdict_fail (verdict, BTC_VERDICT_INVALID_HEADER, "high-hash", "proof of work failed");
  return TRUE;
}

void
btc_header_work (guint32 bits, BtcUint256 *work)
{
  static const BtcUint256 one = { { 1, 0, 0, 0 } };
  BtcUint256 target, inverse, divisor;
  gboolean negative, overflow;

  btc_uint256_from_compact (&target, bits, &negative, &overflow);
  if (negative || overflow || btc_uint256_is_zero (&target)) {
    btc_uint256_from_u64 (work, 0);
    return;
  }
  /* 2^256 has one bit too many: 2^256 / (t + 1) is (2^256 - 1 - t) / (t + 1) + 1. */
  for (guint i = 0; i < 4; i++)
    inverse.limb[i] = ~target.limb[i];
  btc_uint256_add (&divisor, &target, &one);
  btc_uint256_div (work, &inverse, &divisor);
  btc_uint256_add (work, work, &one);
}

/* TARGET * TIMESPAN_S / the target timespan, at most the limit. Multiplies first, modulo 2^256. */
static void
scale_target (BtcUint256 *target, gint64 timespan_s, const BtcParams *params)
{
  BtcUint256 should;

  btc_uint256_from_u64 (&should, params->pow_timespan_s);
  btc_uint256_mul_u32 (target, target, (guint32) timespan_s);
  btc_uint256_div (target, target, &should);
  if (btc_uint256_compare (target, &params->pow_limit) > 0)
    *target = params->pow_limit;
}

/* At the end of an interval: PREV is its last block. The timespan is one block too short, which is now a consensus
 * rule. */
static guint32
pow_retarget (const BtcPrevContext *prev, const BtcParams *params)
{
  const BtcHeader *first;
  gint64 timespan_s;
  BtcUint256 target;

  if (params->pow_no_retarget)
    return prev->header->bits;
  first = prev->ancestor (prev->data, prev->height - (btc_params_retarget_interval (params) - 1));
  g_assert (first != NULL);
  timespan_s = (gint64) prev->header->time - first->time;
  timespan_s = CLAMP (timespan_s, (gint64) params->pow_timespan_s / 4, (gint64) params->pow_timespan_s * 4);
  /* BIP 94: the first block of an interval cannot have used the 20 minute exception. */
  btc_uint256_from_compact (&target, params->bip94_timewarp ? first->bits : prev->header->bits, NULL, NULL);
  scale_target (&target, timespan_s, params);
  return btc_uint256_to_compact (&target);
}

/* Test networks: the difficulty of the last block that did not use the 20 minute exception. */
static guint32
last_real_bits (const BtcPrevContext *prev, guint32 limit_bits, guint32 interval)
{
  const BtcHeader *header = prev->header;

  for (guint32 height = prev->height; height % interval != 0 && header->bits == limit_bits;) {
    height--;
    header = prev->ancestor (prev->data, height);
    g_assert (header != NULL);
  }
  return header->bits;
}

guint32
btc_next_work_required (const BtcPrevContext *prev, const BtcHeader *header, const BtcParams *params)
{
  guint32 interval = btc_params_retarget_interval (params);
  guint32 limit_bits;

  if ((prev->height + 1) % interval == 0)
    return pow_retarget (prev, params);
  if (!params->pow_min_difficulty)
    return prev->header->bits;
  limit_bits = btc_uint256_to_compact (&params->pow_limit);
  if ((gint64) header->time > (gint64) prev->header->time + 2 * (gint64) params->pow_spacing_s)
    return limit_bits;
  return last_real_bits (prev, limit_bits, interval);
}

/* SCALED (from OLD_BITS by TIMESPAN_S) after conversion to nBits and back. */
static void
bound_target (guint32 old_bits, gint64 timespan_s, const BtcParams *params, BtcUint256 *scaled)
{
  btc_uint256_from_compact (scaled, old_bits, NULL, NULL);
  scale_target (scaled, timespan_s, params);
  btc_uint256_from_compact (scaled, btc_uint256_to_compact (scaled), NULL, NULL);
}

gboolean
btc_permitted_difficulty_transition (const BtcParams *params, guint32 height, guint32 old_bits, guint32 new_bits)
{
  BtcUint256 target, easiest, hardest;

  if (params->pow_min_difficulty)
    return TRUE;
  if (height % btc_params_retarget_interval (params) != 0)
    return old_bits == new_bits;
  btc_uint256_from_compact (&target, new_bits, NULL, NULL);
  bound_target (old_bits, (gint64) params->pow_timespan_s * 4, params, &easiest);
  bound_target (old_bits, (gint64) params->pow_timespan_s / 4, params, &hardest);
  return btc_uint256_compare (&target, &easiest) <= 0 && btc_uint256_compare (&target, &hardest) >= 0;
}

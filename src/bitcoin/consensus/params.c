/* What follows from the parameters of a network. The parameters themselves are in networks.c. */
#include "bitcoin/consensus/params.h"
#include "bitcoin/primitives/amount.h"

#include "common/hex.h"

#include <string.h>

/* From this height on, a coinbase from before BIP 34 whose script happens to begin with its block's height could be
 * repeated. */
#define BIP34_IMPLIES_BIP30_LIMIT 1983702

guint32
btc_params_retarget_interval (const BtcParams *params)
{
  return params->pow_timespan_s / params->pow_spacing_s;
}

gboolean
btc_params_buried_active (const BtcParams *params, BtcBuried rule, guint32 height)
{
  return height >= params->buried_height[rule];
}

static gboolean
is_hash (const guint8 hash32[32], const char *reversed_hex)
{
  guint8 wanted32[32];

  return common_hex_decode_reversed (reversed_hex, wanted32, 32) && memcmp (hash32, wanted32, 32) == 0;
}

gboolean
btc_params_bip30_repeat (guint32 height, const guint8 hash32[32])
{
  return (height == 91842 && is_hash (hash32, "00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec"))
         || (height == 91880 && is_hash (hash32, "00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721"));
}

gboolean
btc_params_bip30_applies (const BtcParams *params, guint32 height, const guint8 hash32[32], const guint8 *at_bip34_32)
{
  gboolean repeat = btc_params_bip30_repeat (height, hash32);
  gboolean known_chain = at_bip34_32 != NULL && memcmp (at_bip34_32, params->bip34_hash32, 32) == 0;

  return (!repeat && !known_chain) || height >= BIP34_IMPLIES_BIP30_LIMIT;
}

gboolean
btc_params_bip30_lost (guint32 height, const guint8 hash32[32])
{
  return (height == 91722 && is_hash (hash32, "00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e"))
         || (height == 91812 && is_hash (hash32, "00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f"));
}

static gboolean
is_exception (const guint8 exception32[32], const guint8 hash32[32])
{
  static const guint8 none32[32] = { 0 };

  return memcmp (exception32, none32, 32) != 0 && memcmp (exception32, hash32, 32) == 0;
}

BtcVerifyFlags
btc_params_script_flags (const BtcParams *params, guint32 height, const guint8 hash32[32])
{
  /* BIPs 16, 141 and 341 are enforced from the genesis block on, except for the few blocks that violate them. */
  BtcVerifyFlags flags = BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS | BTC_VERIFY_TAPROOT;

  if (is_exception (params->p2sh_exception32, hash32))
    flags = BTC_VERIFY_NONE;
  else if (is_exception (params->taproot_exception32, hash32))
    flags = BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS;
  if (btc_params_buried_active (params, BTC_BURIED_DERSIG, height)) /* BIP 66 */
    flags |= BTC_VERIFY_DERSIG;
  if (btc_params_buried_active (params, BTC_BURIED_CLTV, height)) /* BIP 65 */
    flags |= BTC_VERIFY_CHECKLOCKTIMEVERIFY;
  if (btc_params_buried_active (params, BTC_BURIED_CSV, height)) /* BIP 112 */
    flags |= BTC_VERIFY_CHECKSEQUENCEVERIFY;
  if (btc_params_buried_active (params, BTC_BURIED_SEGWIT, height)) /* BIP 147 */
    flags |= BTC_VERIFY_NULLDUMMY;
  return flags;
}

gint64
btc_params_subsidy_sat (const BtcParams *params, guint32 height)
{
  guint32 halvings = height / params->halving_interval;

  return halvings >= 64 ? 0 : (50 * BTC_COIN) >> halvings; /* BIP 42 */
}

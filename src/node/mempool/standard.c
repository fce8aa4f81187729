#include "node/mempool/private.h"

#include "bitcoin/script/script.h"

/* Relay policy: standard transactions, stricter than consensus. */

#define MAX_VERSION 3
#define MAX_WEIGHT 400000
#define MAX_SCRIPT_SIG 1650
#define MAX_P2SH_SIGOPS 15
#define MAX_LEGACY_SIGOPS 2500 /* BIP 54 */
#define MAX_MULTISIG_KEYS 3
#define MAX_DUST_OUTPUTS 1
#define MAX_P2WSH_ITEMS 100
#define MAX_P2WSH_ITEM 80
#define MAX_P2WSH_SCRIPT 3600
#define MAX_TAPSCRIPT_ITEM 80
#define ANNEX_TAG 0x50
#define LEAF_MASK 0xfe
#define LEAF_TAPSCRIPT 0xc0

static gboolean
standard_fail (BtcVerdict *verdict, const char *reason)
{
  return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, reason, "%s", "");
}

static gboolean
check_output (const BtcTxOut *out, const NodeMempoolOptions *options, guint32 *data_left, BtcVerdict *verdict)
{
  BtcScriptType type = btc_script_classify (out->script, NULL);
  BtcSpan keys[BTC_MAX_MULTISIG_KEYS];
  guint required, n_keys;

  if (type == BTC_SCRIPT_NONSTANDARD)
    return standard_fail (verdict, "scriptpubkey");
  if (type == BTC_SCRIPT_MULTISIG) {
    if (!btc_script_match_multisig (out->script, &required, keys, &n_keys) || n_keys < 1 || n_keys > MAX_MULTISIG_KEYS
        || required < 1 || required > n_keys)
      return standard_fail (verdict, "scriptpubkey");
    return options->permit_bare_multisig || standard_fail (verdict, "bare-multisig");
  }
  if (type == BTC_SCRIPT_NULL_DATA) {
    if (out->script.len > *data_left)
      return standard_fail (verdict, "datacarrier");
    *data_left -= (guint32) out->script.len;
  }
  return TRUE;
}

/* An output that costs more to spend than it is worth, at the dust rate. */
gboolean
node_standard_is_dust (const BtcTxOut *out, gint64 rate)
{
  BtcSpan program;
  guint version;
  gint64 size = 8 + (gint64) btc_compact_len (out->script.len) + (gint64) out->script.len;

  if (btc_script_is_unspendable (out->script))
    return FALSE;
  size += btc_script_is_witness_program (out->script, &version, &program) ? 32 + 4 + 1 + 107 / 4 + 4
                                                                          : 32 + 4 + 1 + 107 + 4;
  return out->value_sat < (rate * size + 999) / 1000;
}

guint
node_standard_count_dust (const BtcTx *tx, gint64 dust_sat_per_kvb)
{
  guint n = 0;
  for (guint32 i = 0; i < tx->n_out; i++)
    n += node_standard_is_dust (&tx->out[i], dust_sat_per_kvb) ? 1 : 0;
  return n;
}

gboolean
node_standard_check_tx (const BtcTx *tx, const NodeMempoolOptions *options, BtcVerdict *verdict)
{
  guint32 data_left = options->max_datacarrier_bytes;

  if (tx->version < 1 || tx->version > MAX_VERSION)
    return standard_fail (verdict, "version");
  if (btc_tx_weight (tx) > MAX_WEIGHT)
    return standard_fail (verdict, "tx-size");
  for (guint32 i = 0; i < tx->n_in; i++) {
    if (tx->in[i].script_sig.len > MAX_SCRIPT_SIG)
      return standard_fail (verdict, "scriptsig-size");
    if (!btc_script_is_push_only (tx->in[i].script_sig))
      return standard_fail (verdict, "scriptsig-not-pushonly");
  }
  for (guint32 i = 0; i < tx->n_out; i++)
    if (!check_output (&tx->out[i], options, &data_left, verdict))
      return FALSE;
  return node_standard_count_dust (tx, options->dust_sat_per_kvb) <= MAX_DUST_OUTPUTS
         || standard_fail (verdict, "dust");
}

static gboolean
fail_input (BtcVerdict *verdict, guint32 input, const char *what)
{
  return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, "bad-txns-nonstandard-inputs", "input %u %s", input, what);
}

/* BIP 54: signature checks outside of witnesses, for each spent script and each redeem script. */
static guint
count_legacy_sigops (const BtcTx *tx, const BtcCoin *spent)
{
  guint n = 0;

  for (guint32 i = 0; i < tx->n_in; i++) {
    BtcSpan redeem;
    n += btc_script_count_sigops (tx->in[i].script_sig, TRUE);
    n += btc_script_count_sigops (spent[i].out.script, TRUE);
    if (btc_script_is_p2sh (spent[i].out.script) && btc_script_last_push (tx->in[i].script_sig, &redeem))
      n += btc_script_count_sigops (redeem, TRUE);
  }
  return n;
}

gboolean
node_standard_check_inputs (const BtcTx *tx, const BtcCoin *spent, BtcVerdict *verdict)
{
  if (count_legacy_sigops (tx, spent) > MAX_LEGACY_SIGOPS)
    return btc_verdict_fail (verdict, BTC_VERDICT_POLICY, "bad-txns-nonstandard-inputs",
                             "non-witness sigops exceed bip54 limit");
  for (guint32 i = 0; i < tx->n_in; i++) {
    BtcScriptType type = btc_script_classify (spent[i].out.script, NULL);
    BtcSpan redeem;
    if (type == BTC_SCRIPT_NONSTANDARD)
      return fail_input (verdict, i, "script unknown");
    if (type == BTC_SCRIPT_WITNESS_UNKNOWN)
      return fail_input (verdict, i, "witness program is undefined");
    if (type != BTC_SCRIPT_SCRIPTHASH)
      continue;
    if (!btc_script_last_push (tx->in[i].script_sig, &redeem))
      return fail_input (verdict, i, "P2SH redeemscript missing");
    if (btc_script_count_sigops (redeem, TRUE) > MAX_P2SH_SIGOPS)
      return fail_input (verdict, i, "p2sh redeemscript sigops exceed limit");
  }
  return TRUE;
}

static gboolean
witness_script_is_small (const BtcTxIn *in)
{
  guint32 n = in->witness_count - 1;

  if (btc_tx_in_witness_item (in, n).len > MAX_P2WSH_SCRIPT || n > MAX_P2WSH_ITEMS)
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    if (btc_tx_in_witness_item (in, i).len > MAX_P2WSH_ITEM)
      return FALSE;
  return TRUE;
}

static gboolean
taproot_is_standard (const BtcTxIn *in)
{
  guint32 n = in->witness_count;
  BtcSpan last = btc_tx_in_witness_item (in, n - 1);

  if (n < 2)
    return TRUE; /* a key path spend */
  if (last.len == 0 || last.data[0] == ANNEX_TAG)
    return FALSE;
  if ((last.data[0] & LEAF_MASK) != LEAF_TAPSCRIPT)
    return TRUE;
  for (guint32 i = 0; i + 2 < n; i++)
    if (btc_tx_in_witness_item (in, i).len > MAX_TAPSCRIPT_ITEM)
      return FALSE;
  return TRUE;
}

static gboolean
witness_is_standard (const BtcTxIn *in, BtcSpan script)
{
  gboolean p2sh = btc_script_is_p2sh (script);
  BtcSpan program;
  guint version;

  if (in->witness_count == 0)
    return TRUE;
  if (btc_script_is_anchor (script) || (p2sh && !btc_script_last_push (in->script_sig, &script)))
    return FALSE;
  if (!btc_script_is_witness_program (script, &version, &program))
    return FALSE;
  if (version == 0 && program.len == 32)
    return witness_script_is_small (in);
  if (version == 1 && program.len == 32 && !p2sh)
    return taproot_is_standard (in);
  return TRUE;
}

gboolean
node_standard_check_witness (const BtcTx *tx, const BtcCoin *spent, BtcVerdict *verdict)
{
  for (guint32 i = 0; i < tx->n_in; i++)
    if (!witness_is_standard (&tx->in[i], spent[i].out.script))
      return standard_fail (verdict, "bad-witness-nonstandard");
  return TRUE;
}

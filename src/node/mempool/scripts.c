#include "node/mempool/private.h"

#include <string.h>

#include "node/chainstate/fail_script.h"

/* The scripts of a transaction, by far the most expensive of its checks. The output at an outpoint never changes, so a
 * result stays valid as long as the flags are the same. */

void
node_mempool_scripts_init (NodeMempoolScripts *scripts, BtcTx *tx, const BtcTxOut *spent, BtcVerifyFlags flags)
{
  gsize len = 0;

  for (guint32 i = 0; i < tx->n_in; i++)
    len += spent[i].script.len;
  *scripts
      = (NodeMempoolScripts){ btc_tx_ref (tx), g_memdup2 (spent, tx->n_in * sizeof *spent), g_malloc (len), flags };
  len = 0;
  for (guint32 i = 0; i < tx->n_in; i++) {
    BtcSpan *script = &scripts->spent[i].script;

    if (script->len > 0)
      memcpy (scripts->space + len, script->data, script->len);
    script->data = scripts->space + len;
    len += script->len;
  }
}

void
node_mempool_scripts_clear (NodeMempoolScripts *scripts)
{
  g_clear_pointer (&scripts->tx, btc_tx_unref);
  g_clear_pointer (&scripts->spent, g_free);
  g_clear_pointer (&scripts->space, g_free);
}

BtcVerifyFlags
node_mempool_next_block_flags (NodeMempool *mempool)
{
  static const guint8 none32[32];

  return btc_params_script_flags (node_chain_params (mempool->chain), node_chain_tip (mempool->chain)->height + 1,
                                  none32);
}

static gboolean
scripts_check_with (NodeSigcache *sigcache,
                    const BtcTx *tx,
                    const BtcTxOut *spent,
                    BtcVerifyFlags flags,
                    BtcVerdictClass how,
                    const char *reason,
                    BtcVerdict *verdict)
{
  const BtcSignatureCache *signatures = node_sigcache_get (sigcache);
  BtcSighashCache cache;

  btc_sighash_cache_init (&cache, tx, spent, FALSE);
  for (guint32 i = 0; i < tx->n_in; i++) {
    BtcScriptError result = btc_script_verify (&cache, i, spent[i].script, spent[i].value_sat, flags, signatures);

    if (result != BTC_SCRIPT_ERR_OK)
      return node_fail_script (verdict, how, reason, result, tx, i);
  }
  return TRUE;
}

gboolean
node_mempool_check_scripts (NodeSigcache *sigcache,
                            const BtcTx *tx,
                            const BtcTxOut *spent,
                            BtcVerifyFlags flags,
                            BtcVerdict *verdict)
{
  return scripts_check_with (sigcache, tx, spent, BTC_VERIFY_STANDARD, BTC_VERDICT_POLICY,
                             "mempool-script-verify-flag-failed", verdict)
         && scripts_check_with (sigcache, tx, spent, flags, BTC_VERDICT_CONSENSUS, "block-script-verify-flag-failed",
                                verdict);
}

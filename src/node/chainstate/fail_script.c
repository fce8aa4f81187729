#include "node/chainstate/fail_script.h"

#include "node/blocktree/block.h"

gboolean
node_fail_script (BtcVerdict *verdict,
                  BtcVerdictClass how,
                  const char *what,
                  BtcScriptError error,
                  const BtcTx *tx,
                  guint32 in)
{
  const BtcOutpoint *spent = &tx->in[in].prevout;
  g_autofree char *reason = g_strdup_printf ("%s (%s)", what, btc_script_error_text (error));
  g_autofree char *txid = node_block_dup_hash (tx->txid32);
  g_autofree char *wtxid = node_block_dup_hash (tx->wtxid32);
  g_autofree char *spent_txid = node_block_dup_hash (spent->txid32);

  /* Reasons are static text; there are as many of these as there are script errors. */
  return btc_verdict_fail (verdict, how, g_intern_string (reason), "input %u of %s (wtxid %s), spending %s:%u", in,
                           txid, wtxid, spent_txid, spent->n);
}

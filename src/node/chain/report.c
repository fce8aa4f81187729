#include "common/log.h"
#include "node/chain/private.h"

/* What the chain says: to its listeners, and how blocks look in the log. */

gboolean
node_chain_fail_script (BtcVerdict *verdict,
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

void
node_report_progress (NodeChain *chain, const char *stage, double fraction, guint64 n_blocks)
{
  for (guint i = 0; i < chain->listeners->len; i++) {
    ChainListener *l = &g_array_index (chain->listeners, ChainListener, i);

    if (l->listener.progress != NULL)
      l->listener.progress (l->data, stage, CLAMP (fraction, 0.0, 1.0), n_blocks);
  }
}

void
node_report_fatal_text (NodeChain *chain, const char *message)
{
  if (chain->fatal_told)
    return;
  common_error ("%s", message);
  chain->fatal_told = TRUE;
  for (guint i = 0; i < chain->listeners->len; i++) {
    ChainListener *l = &g_array_index (chain->listeners, ChainListener, i);

    if (l->listener.fatal != NULL)
      l->listener.fatal (l->data, message);
  }
}

void
node_report_fatal (NodeChain *chain, const GError *error)
{
  g_autofree char *message = node_store_dup_message (error);

  node_report_fatal_text (chain, message);
}

void
node_report_idle (NodeChain *chain)
{
  if (!node_import_is_running (chain) && !chain->activation_posted)
    node_report_progress (chain, "ready", 1, 0);
}

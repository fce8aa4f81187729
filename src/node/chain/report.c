#include "common/hex.h"
#include "common/log.h"
#include "node/chain/private.h"

#include <math.h>

/* What the chain says: to its listeners, and how blocks look in the log. */

char *
node_report_hash (const guint8 hash32[32])
{
  return common_hex_encode_reversed (hash32, 32);
}

void
node_report_refused (const guint8 hash32[32], guint32 height, const BtcVerdict *verdict)
{
  g_autofree char *hash = node_report_hash (hash32);
  g_autofree char *text = btc_verdict_dup_text (verdict);

  common_info ("block %s height %u refused: %s", hash, height, text);
}

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
  g_autofree char *txid = node_report_hash (tx->txid32);
  g_autofree char *wtxid = node_report_hash (tx->wtxid32);
  g_autofree char *spent_txid = node_report_hash (spent->txid32);

  /* Reasons are static text; there are as many of these as there are script errors. */
  return btc_verdict_fail (verdict, how, g_intern_string (reason), "input %u of %s (wtxid %s), spending %s:%u", in,
                           txid, wtxid, spent_txid, spent->n);
}

char *
node_report_date (guint32 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);

  return g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
}

double
node_report_log2_work (const NodeBlock *block)
{
  return log2 (btc_uint256_to_double (&block->chain_work));
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

gboolean
node_report_stopped (GError **error)
{
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO, "the node stopped after an earlier failure");
  return FALSE;
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

#include "node/chain/report.h"

#include "common/log.h"
#include "node/chain/parts.h"

typedef struct {
  NodeChainListener listener;
  gpointer data;
} ChainListener;

struct _NodeReport {
  GArray *listeners; /* ChainListener */
  gboolean fatal;
};

/* Calls MEMBER of each listener that has it. */
#define REPORT_TO_ALL(chain, member, ...)                                                                              \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    for (guint i = 0; i < (chain)->report->listeners->len; i++) {                                                      \
      const ChainListener *l = &g_array_index ((chain)->report->listeners, ChainListener, i);                          \
      if (l->listener.member != NULL)                                                                                  \
        l->listener.member (l->data, __VA_ARGS__);                                                                     \
    }                                                                                                                  \
  }                                                                                                                    \
  G_STMT_END

NodeReport *
node_report_new (void)
{
  NodeReport *report = g_new0 (NodeReport, 1);

  report->listeners = g_array_new (FALSE, FALSE, sizeof (ChainListener));
  return report;
}

void
node_report_free (NodeReport *report)
{
  g_array_unref (report->listeners);
  g_free (report);
}

void
node_chain_add_listener (NodeChain *chain, const NodeChainListener *listener, gpointer data)
{
  ChainListener l = { *listener, data };

  g_return_if_fail (chain != NULL && listener != NULL);
  g_array_append_val (chain->report->listeners, l);
}

void
node_report_received (NodeChain *chain, const NodeBlock *index, BtcBlock *block)
{
  REPORT_TO_ALL (chain, received, index, block);
}

void
node_report_connected (NodeChain *chain, const NodeBlock *index, BtcBlock *block, const BtcCoin *spent)
{
  REPORT_TO_ALL (chain, connected, index, block, spent);
}

void
node_report_disconnected (NodeChain *chain, const NodeBlock *index, BtcBlock *block)
{
  REPORT_TO_ALL (chain, disconnected, index, block);
}

void
node_report_tip_changed (NodeChain *chain, NodeTip *tip)
{
  REPORT_TO_ALL (chain, tip_changed, tip);
}

void
node_report_validated (NodeChain *chain, const NodeBlock *index)
{
  REPORT_TO_ALL (chain, validated, index);
}

void
node_report_flushed (NodeChain *chain, const NodeBlock *index)
{
  REPORT_TO_ALL (chain, flushed, index);
}

void
node_report_progress (NodeChain *chain, const char *stage, double fraction, guint64 n_blocks)
{
  REPORT_TO_ALL (chain, progress, stage, CLAMP (fraction, 0.0, 1.0), n_blocks);
}

void
node_report_warning (NodeChain *chain, const char *id, const char *text)
{
  REPORT_TO_ALL (chain, warning, id, text);
}

gboolean
node_report_is_fatal (NodeChain *chain)
{
  return chain->report->fatal;
}

void
node_report_fatal_text (NodeChain *chain, const char *message)
{
  if (chain->report->fatal)
    return;
  common_error ("%s", message);
  chain->report->fatal = TRUE;
  REPORT_TO_ALL (chain, fatal, message);
}

void
node_report_fatal (NodeChain *chain, const GError *error)
{
  g_autofree char *message = node_store_dup_message (error);

  node_report_fatal_text (chain, message);
}

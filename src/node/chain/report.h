#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Notifications to the chain's listeners. Chain thread. */

typedef struct _NodeReport NodeReport;

NodeReport *node_report_new (void);
void node_report_free (NodeReport *report);

/* Reports a failure of this machine to the listeners, once. ERROR stays with the caller. */
void node_report_fatal (NodeChain *chain, const GError *error);
void node_report_fatal_text (NodeChain *chain, const char *message);
gboolean node_report_is_fatal (NodeChain *chain); /* a fatal error was reported */
/* As the members of NodeChainListener with these names. */
void node_report_received (NodeChain *chain, const NodeBlock *index, BtcBlock *block); /* on the thread of the intake */
void node_report_connected (NodeChain *chain, const NodeBlock *index, BtcBlock *block, const BtcCoin *spent);
void node_report_disconnected (NodeChain *chain, const NodeBlock *index, BtcBlock *block);
void node_report_tip_changed (NodeChain *chain, NodeTip *tip);
void node_report_validated (NodeChain *chain, const NodeBlock *index);
void node_report_flushed (NodeChain *chain, const NodeBlock *index);
void node_report_progress (NodeChain *chain, const char *stage, double fraction, guint64 n_blocks);
void node_report_warning (NodeChain *chain, const char *id, const char *text);

G_END_DECLS

#pragma once

#include "node/chain/intake.h"

G_BEGIN_DECLS

/* Who handed a block in, and is notified in a main context of theirs. */
typedef struct _NodeSubmitter NodeSubmitter;

/* Of the thread-default main context. */
NodeSubmitter *node_submitter_new (NodeIntakeFunc func, gpointer data, GDestroyNotify free_data);
/* FUNC is called at once, by who finds the verdict out. Chain thread. */
NodeSubmitter *node_submitter_new_direct (NodeIntakeFunc func, gpointer data);
/* Nobody is notified, and the data stays the caller's. */
void node_submitter_discard (NodeSubmitter *submitter);
/* Any thread. VERDICT may be NULL, and is copied. Any event but NODE_INTAKE_STORED is the last, and consumes SUBMITTER. */
void node_submitter_notify (NodeSubmitter *submitter,
                            NodeIntakeEvent event,
                            const NodeBlock *index,
                            const BtcVerdict *verdict);

/* Whom a block that is stored has yet to be reported to. Chain thread. */
typedef struct _NodeSubmitters NodeSubmitters;

NodeSubmitters *node_submitters_new (void);
void node_submitters_free (NodeSubmitters *submitters);
void node_submitters_end (NodeChain *chain); /* there will be no verdicts any more */
void node_submitters_add (NodeChain *chain, const NodeBlock *index, NodeSubmitter *submitter);
/* SUBMITTER, which was added, waits no longer: it is discarded unless its last event came. */
void node_submitters_remove (NodeChain *chain, const NodeBlock *index, NodeSubmitter *submitter);
void node_submitters_connected (NodeChain *chain, const NodeBlock *index);
/* INDEX breaks a rule, and so nothing that builds on it is valid. */
void node_submitters_refused (NodeChain *chain, const NodeBlock *index, const BtcVerdict *verdict);

G_END_DECLS

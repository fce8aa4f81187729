#pragma once

#include "node/chain/intake.h"

G_BEGIN_DECLS

/* The submitter of a block, which is notified in its main context. */
typedef struct _NodeSubmitter NodeSubmitter;

/* FUNC is called in the thread-default main context. */
NodeSubmitter *node_submitter_new (NodeIntakeFunc func, gpointer data, GDestroyNotify free_data);
/* FUNC is called directly when there is a verdict. Chain thread. */
NodeSubmitter *node_submitter_new_direct (NodeIntakeFunc func, gpointer data);
/* Frees it without notification; DATA stays with the caller. */
void node_submitter_discard (NodeSubmitter *submitter);
/* Any thread. VERDICT may be NULL, and is copied. Any event except NODE_INTAKE_STORED is the last one, and consumes
 * SUBMITTER. */
void node_submitter_notify (NodeSubmitter *submitter,
                            NodeIntakeEvent event,
                            const NodeBlock *index,
                            const BtcVerdict *verdict);

/* The submitters of stored blocks whose verdict is pending. Chain thread. */
typedef struct _NodeSubmitters NodeSubmitters;

NodeSubmitters *node_submitters_new (void);
void node_submitters_free (NodeSubmitters *submitters);
void node_submitters_end (NodeChain *chain); /* there will be no more verdicts */
void node_submitters_add (NodeChain *chain, const NodeBlock *index, NodeSubmitter *submitter);
/* Removes SUBMITTER and discards it, unless its last event was sent. */
void node_submitters_remove (NodeChain *chain, const NodeBlock *index, NodeSubmitter *submitter);
void node_submitters_connected (NodeChain *chain, const NodeBlock *index);
/* INDEX is invalid, and so are its descendants. */
void node_submitters_refused (NodeChain *chain, const NodeBlock *index, const BtcVerdict *verdict);

G_END_DECLS

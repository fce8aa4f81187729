#pragma once

#include "bitcoin/script/interpreter.h"

G_BEGIN_DECLS

/* Script checks on a pool of threads, a batch for each block. Two batches may be open at once, so that the threads have
 * work while the next block is being connected; they are finished in the order in which they began. The thread that adds
 * the checks, always the same one, helps while it waits for the end. */

typedef struct _NodeChecks NodeChecks;
typedef struct _NodeCheckBatch NodeCheckBatch; /* belongs to its NodeChecks */

/* THREADS besides the caller's own; 0: everything runs in node_checks_finish(). */
NodeChecks *node_checks_new (guint threads);
void node_checks_free (NodeChecks *checks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChecks, node_checks_free)

/* Begins a block with at most N_TXS transactions that have at most N_INPUTS inputs together. SIGNATURES may be NULL. */
NodeCheckBatch *node_checks_begin (NodeChecks *checks,
                                   guint32 n_txs,
                                   guint32 n_inputs,
                                   BtcVerifyFlags flags,
                                   const BtcSignatureCache *signatures);

/* Adds all inputs of TX. SPENT has one output for each. Both stay until node_checks_finish(). */
void node_checks_add (NodeCheckBatch *batch, const BtcTx *tx, const BtcTxOut *spent);

/* The failed check; if there are several, the first in the order of the inputs. */
typedef struct {
  const BtcTx *tx;
  guint32 in;
  BtcScriptError error;
} NodeCheckFailure;

/* Waits until every check of BATCH has run, and ends it: nothing that was added is used any more. FALSE with *FAILURE
 * (may be NULL) when one failed. With DROP the remaining checks are skipped: the block is known to be invalid. Must
 * follow every node_checks_begin(). */
gboolean node_checks_finish (NodeCheckBatch *batch, gboolean drop, NodeCheckFailure *failure);

G_END_DECLS

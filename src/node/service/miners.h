#pragma once

#include "node/context.h"
#include "node/service/template_quota.h"

G_BEGIN_DECLS

/* The work for miners that are connected to the node, on threads that may block. Each miner is a connection: its calls
 * run one after another in the order in which they were made, and do not wait for those of other miners. Main context,
 * on which callbacks run.
 *
 * Calls fail with BUS_ERROR_NOT_READY (the chain is being loaded or closed), disk errors and G_IO_ERROR_CANCELLED. */

typedef struct _NodeMiners NodeMiners;
NodeMiners *node_miners_new (const NodeContext *context);
void node_miners_free (NodeMiners *miners); /* after all miners were closed; waits for the threads. NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeMiners, node_miners_free)

typedef struct _NodeMiner NodeMiner;
NodeMiner *node_miner_new (NodeMiners *miners);
NodeMiner *node_miner_ref (NodeMiner *miner);
void node_miner_unref (NodeMiner *miner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeMiner, node_miner_unref)
const NodeContext *node_miner_get_context (NodeMiner *miner);

/* The quota of templates that miners hold: see node_template_quota_take(). */
gboolean node_miner_take (NodeMiner *miner, GError **error);
gboolean node_miner_add_bytes (NodeMiner *miner, const NodeTemplate *block_template, GError **error);
void node_miner_give_back (NodeMiner *miner, const NodeTemplate *block_template); /* NULL: it was only taken */

/* A template of a block on the tip. OPTIONS is copied. BUS_ERROR_FAILED: no valid block can be built. */
void node_miner_make_async (NodeMiner *miner,
                            const NodeMiningOptions *options,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
NodeTemplate *node_miner_make_finish (GAsyncResult *result, GError **error);

/* What the node says about a block. */
typedef struct {
  const char *reason; /* a BIP 22 reject reason, static; NULL: the block is valid, or was accepted */
  BtcVerdict verdict; /* with the details */
} NodeMinerOutcome;

/* See node_chain_test_block(). */
void node_miner_check_async (NodeMiner *miner,
                             BtcBlock *block,
                             gboolean check_pow,
                             gboolean check_merkle,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data);
/* See node_mining_submit(). */
void node_miner_submit_async (NodeMiner *miner,
                              BtcBlock *block,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data);
NodeMinerOutcome *node_miner_outcome_finish (GAsyncResult *result, GError **error); /* g_free() */

/* The transactions of the mempool with the N IDS (32 bytes each): of each u32 length, transaction with witness; a length
 * of 0 if there is none. BUS_ERROR_LIMIT_EXCEEDED: more than 8 MB. */
void node_miner_transactions_async (NodeMiner *miner,
                                    const guint8 *ids,
                                    gsize n,
                                    gboolean by_wtxid,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
GBytes *node_miner_transactions_finish (GAsyncResult *result, GError **error);

G_END_DECLS

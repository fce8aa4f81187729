#pragma once

#include "node/service/chain_lists.h"
#include "node/service/event_log.h"

G_BEGIN_DECLS

/* The calls that a wallet may make to the chain: one pair of functions and one result each, for a wallet behind a
 * connection (chain1.c) and for one in the same process. Arguments come from a wallet that may be hostile and are
 * checked here.
 *
 * Calls are made, and their callbacks run, on the main context; the work is done on the reader thread.
 * Every call may fail with BUS_ERROR_NOT_READY (the chain is being loaded or closed), BUS_ERROR_INVALID_ARGUMENT, disk
 * errors, and G_IO_ERROR_CANCELLED. */

#define NODE_CHAIN_CALLS_MAX_LOCATOR 101
#define NODE_CHAIN_CALLS_MAX_BLOCKS 500
#define NODE_CHAIN_CALLS_MAX_TARGET 1008
#define NODE_CHAIN_CALLS_MAX_TXIDS 500

typedef struct _NodeChainCalls NodeChainCalls;

/* To be created before node_app_start(), and freed when the node has stopped. */
NodeChainCalls *node_chain_calls_new (const NodeContext *context);
void node_chain_calls_free (NodeChainCalls *calls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChainCalls, node_chain_calls_free)
const NodeContext *node_chain_calls_get_context (NodeChainCalls *calls);

typedef struct {
  guint64 sequence;
  guint32 height;
  guint8 hash32[32];
  guint64 mempool_sequence;
} NodeChainCallTip;

/* The current tip: any thread, without waiting. FALSE before the chain is loaded. */
gboolean node_chain_calls_peek_tip (NodeChainCalls *calls, NodeChainCallTip *tip);

void node_chain_calls_tip_async (NodeChainCalls *calls,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
NodeChainCallTip *node_chain_calls_tip_finish (GAsyncResult *result, GError **error); /* g_free() */

typedef struct {
  guint32 height;
  guint8 hash32[32];
} NodeChainCallPlace;

/* The first of the N hashes of LOCATOR that is on the active chain; the genesis block when none is. */
void node_chain_calls_fork_async (NodeChainCalls *calls,
                                  const guint8 *locator,
                                  gsize n,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
NodeChainCallPlace *node_chain_calls_fork_finish (GAsyncResult *result, GError **error);

/* BUS_ERROR_NOT_IN_CHAIN above the tip. */
void node_chain_calls_hash_async (NodeChainCalls *calls,
                                  guint32 height,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
NodeChainCallPlace *node_chain_calls_hash_finish (GAsyncResult *result, GError **error);

typedef struct {
  guint32 first_height;
  GPtrArray *blocks; /* of BtcBlock */
} NodeChainCallBlocks;
void node_chain_call_blocks_free (NodeChainCallBlocks *blocks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChainCallBlocks, node_chain_call_blocks_free)

/* Up to LIMIT blocks of the active chain after AFTER32 (NULL: from the genesis block on), about 8 MB at most but one if
 * there is one. BUS_ERROR_NOT_IN_CHAIN, BUS_ERROR_PRUNED. */
void node_chain_calls_blocks_async (NodeChainCalls *calls,
                                    const guint8 *after32,
                                    guint32 limit,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
NodeChainCallBlocks *node_chain_calls_blocks_finish (GAsyncResult *result, GError **error);

typedef struct {
  guint32 height;
  gboolean active;
  BtcBlock *block;
} NodeChainCallBlock;
void node_chain_call_block_free (NodeChainCallBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChainCallBlock, node_chain_call_block_free)

/* BUS_ERROR_NOT_FOUND, BUS_ERROR_PRUNED. */
void node_chain_calls_block_async (NodeChainCalls *calls,
                                   const guint8 hash32[32],
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
NodeChainCallBlock *node_chain_calls_block_finish (GAsyncResult *result, GError **error);

typedef struct {
  guint64 sequence;
  NodeEventCursor cursor; /* events after it are not in TXS yet */
  gboolean complete;
  GPtrArray *txs; /* of BtcTx, parents before children */
} NodeChainCallMempool;
void node_chain_call_mempool_free (NodeChainCallMempool *mempool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChainCallMempool, node_chain_call_mempool_free)

void node_chain_calls_mempool_async (NodeChainCalls *calls,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
NodeChainCallMempool *node_chain_calls_mempool_finish (GAsyncResult *result, GError **error);

/* An array of NodeChainAncestors for those of the N transactions TXIDS that are in the mempool, in the same order. */
void node_chain_calls_ancestors_async (NodeChainCalls *calls,
                                       const guint8 *txids,
                                       gsize n,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer data);
GArray *node_chain_calls_ancestors_finish (GAsyncResult *result, GError **error);

#define NODE_CHAIN_CALLS_MIN_EVENT_BYTES 1000
#define NODE_CHAIN_CALLS_MAX_EVENT_BYTES 500000

/* See node_event_log_read_async(); AFTER may be NULL. MAX_BYTES is between the two above. */
void node_chain_calls_events_async (NodeChainCalls *calls,
                                    const NodeEventCursor *after,
                                    guint32 max_bytes,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
NodeEventBatch *node_chain_calls_events_finish (GAsyncResult *result, GError **error);

/* TRUE also if TX was in the mempool before. MAX_FEE_RATE in satoshi per 1,000 virtual bytes; NULL: no limit.
 * BUS_ERROR_REJECTED with the reject reason as message. */
void node_chain_calls_submit_async (NodeChainCalls *calls,
                                    BtcTx *tx,
                                    const guint64 *max_fee_rate,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
gboolean node_chain_calls_submit_finish (GAsyncResult *result, GError **error);

/* Satoshi per 1,000 virtual bytes. */
typedef struct {
  gboolean estimated; /* FALSE: there is no estimate */
  guint64 rate;
  guint64 minimum;
} NodeChainCallEstimate;

void node_chain_calls_estimate_async (NodeChainCalls *calls,
                                      guint32 target,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data);
NodeChainCallEstimate *node_chain_calls_estimate_finish (GAsyncResult *result, GError **error);

G_END_DECLS

#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The mempool: unconfirmed transactions. Owned by the chain thread. */

typedef struct _NodeMempool NodeMempool;
typedef struct _NodeMempoolEntry NodeMempoolEntry;

struct _NodeMempoolEntry {
  BtcTx *tx;
  gint64 fee_sat;
  gint64 fee_delta_sat;    /* prioritisetransaction */
  gint64 modified_fee_sat; /* with all deltas, each sum saturated */
  guint32 weight;
  guint32 vsize; /* adjusted for sigops, as used for fee rates */
  guint32 sigop_cost;
  gint64 time_s;
  guint32 height;   /* of the tip when it was received */
  guint64 sequence; /* order of arrival: parents come before children */
  gboolean spends_coinbase;
  gboolean unbroadcast; /* submitted here, and not yet known to be relayed */
  GPtrArray *parents;   /* entries, borrowed; direct, without duplicates */
  GPtrArray *children;
  guint id_index; /* mempool.c: its position among the IDs */
};

typedef struct {
  gsize max_bytes;              /* -maxmempool */
  gint64 expiry_s;              /* -mempoolexpiry */
  gint64 min_relay_sat_per_kvb; /* -minrelaytxfee */
  gint64 incremental_sat_per_kvb;
  gint64 dust_sat_per_kvb;
  gboolean require_standard; /* -acceptnonstdtxn=0 */
  gboolean permit_bare_multisig;
  guint32 max_datacarrier_bytes; /* 0: none */
  guint bytes_per_sigop;
  guint cluster_count; /* the maximum number of transactions in a cluster */
  guint32 cluster_vsize;
  guint check_ratio; /* -checkmempool: one of this many changes is followed by a check of everything; 0: none */
} NodeMempoolOptions;

void node_mempool_options_init (NodeMempoolOptions *options); /* the reference's defaults */

typedef enum {
  NODE_MEMPOOL_REMOVED_BLOCK,
  NODE_MEMPOOL_REMOVED_CONFLICT,
  NODE_MEMPOOL_REMOVED_REPLACED,
  NODE_MEMPOOL_REMOVED_EXPIRED,
  NODE_MEMPOOL_REMOVED_SIZE_LIMIT,
  NODE_MEMPOOL_REMOVED_REORG,
} NodeMempoolRemoval;

/* On the chain thread, in order. */
typedef struct {
  void (*added) (gpointer data, const NodeMempoolEntry *entry, guint64 mempool_sequence);
  void (*removed) (gpointer data, const NodeMempoolEntry *entry, NodeMempoolRemoval why, guint64 mempool_sequence);
} NodeMempoolListener;

/* Listens to CHAIN, so it must be created before node_chain_load() and freed after node_chain_close(). */
NodeMempool *node_mempool_new (NodeChain *chain, const NodeMempoolOptions *options);
void node_mempool_free (NodeMempool *mempool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeMempool, node_mempool_free)
void node_mempool_add_listener (NodeMempool *mempool, const NodeMempoolListener *listener, gpointer data);
const NodeMempoolOptions *node_mempool_options (NodeMempool *mempool);

typedef struct {
  gint64 fee_sat;
  guint32 vsize;
  guint32 weight;
  gint64 fee_rate_sat_per_kvb; /* with fee_delta_sat */
  GPtrArray *replaced;         /* the txids that it replaced (32 bytes each, g_free); NULL: none */
} NodeMempoolResult;
void node_mempool_result_clear (NodeMempoolResult *result);

/* Accepts TX (a reference is taken), or with TEST_ONLY only checks it. FALSE with *VERDICT: it was rejected. FALSE with
 * ERROR: the disk failed. RESULT may be NULL. */
gboolean node_mempool_accept (NodeMempool *mempool,
                              BtcTx *tx,
                              gboolean test_only,
                              NodeMempoolResult *result,
                              BtcVerdict *verdict,
                              GError **error);

/* A transaction whose scripts were verified, and the flags. */
typedef struct {
  guint8 wtxid32[32];
  guint32 flags;
} NodeMempoolTested;
/* Like node_mempool_accept() with TEST_ONLY, on a thread that may block and verifies the scripts: the chain thread is
 * used only where necessary. *TESTED is for node_mempool_accept_tested(). FALSE with ERROR also as with
 * node_chain_run(). */
gboolean node_mempool_test (NodeMempool *mempool,
                            BtcTx *tx,
                            GCancellable *cancellable,
                            NodeMempoolTested *tested,
                            NodeMempoolResult *result,
                            BtcVerdict *verdict,
                            GError **error);
/* Like node_mempool_accept() for a TX that passed node_mempool_test(): everything is checked again, since the chain may
 * have changed, but its scripts only if the flags have changed. */
gboolean node_mempool_accept_tested (NodeMempool *mempool,
                                     BtcTx *tx,
                                     const NodeMempoolTested *tested,
                                     BtcVerdict *verdict,
                                     GError **error);

/* One transaction of a package. */
typedef struct {
  gboolean is_known; /* FALSE: the test ended before it */
  BtcVerdict verdict;
  NodeMempoolResult result; /* of an accepted one; without `replaced` */
} NodeMempoolMember;
/* Like node_mempool_test() for TXS (BtcTx, parents first), which may spend each other. MEMBERS has room for one each.
 * *VERDICT: the reason why the package as a whole was refused; then MEMBERS may be unknown. FALSE only with ERROR. */
gboolean node_mempool_test_package (NodeMempool *mempool,
                                    GPtrArray *txs,
                                    GCancellable *cancellable,
                                    NodeMempoolMember *members,
                                    BtcVerdict *verdict,
                                    GError **error);

/* Whether TX has an unspent output in the chain, according to the coins cache: the disk is not read. */
gboolean node_mempool_is_confirmed (NodeMempool *mempool, const BtcTx *tx);

/* Removes transactions that are no longer valid, after the tip has changed without notifications of blocks. */
void node_mempool_recheck (NodeMempool *mempool);

/* Whether no work of a reorganisation is left: transactions of disconnected blocks are added again, and invalid ones
 * removed, in slices. */
gboolean node_mempool_is_settled (NodeMempool *mempool);
/* Waits for that, on a thread that may block. FALSE as with node_chain_run(). */
gboolean node_mempool_settle (NodeMempool *mempool, GCancellable *cancellable, GError **error);

NodeMempoolEntry *node_mempool_find (NodeMempool *mempool, const guint8 txid32[32]);
NodeMempoolEntry *node_mempool_find_wtxid (NodeMempool *mempool, const guint8 wtxid32[32]);
NodeMempoolEntry *node_mempool_find_spender (NodeMempool *mempool, const BtcOutpoint *outpoint);

/* *COIN (the entry owns its script) if an entry creates it, even if another one spends it. */
gboolean node_mempool_get_coin (NodeMempool *mempool, const BtcOutpoint *outpoint, BtcCoin *coin);

/* All entries, parents before children. The caller frees the array, not the entries. */
GPtrArray *node_mempool_dup_entries (NodeMempool *mempool);
/* The IDs of all entries, NodeMempoolId in any order: cheap, for reading the entries one by one. */
typedef struct {
  guint64 sequence; /* of the entry */
  guint8 txid32[32];
} NodeMempoolId;
GArray *node_mempool_dup_ids (NodeMempool *mempool);
/* ENTRY's ancestors or descendants, without itself. */
GPtrArray *node_mempool_dup_ancestors (NodeMempool *mempool, NodeMempoolEntry *entry);
GPtrArray *node_mempool_dup_descendants (NodeMempool *mempool, NodeMempoolEntry *entry);

guint node_mempool_count (NodeMempool *mempool);
guint64 node_mempool_vbytes (NodeMempool *mempool);
guint64 node_mempool_usage (NodeMempool *mempool); /* bytes of memory, about */
gint64 node_mempool_total_fee (NodeMempool *mempool);
guint64 node_mempool_sequence (NodeMempool *mempool); /* any thread */
/* Incremented by every change that may affect block templates, and by every block. Any thread. */
guint64 node_mempool_updates (NodeMempool *mempool);
/* The current minimum fee rate, in satoshi per 1,000 virtual bytes. */
gint64 node_mempool_min_fee_rate (NodeMempool *mempool);
/* Adds DELTA_SAT to the fee delta of this transaction, whether or not it is in the mempool. The sum is saturated. */
void node_mempool_prioritise (NodeMempool *mempool, const guint8 txid32[32], gint64 delta_sat);
/* The fee of ENTRY with its delta. */
gint64 node_mempool_entry_fee (const NodeMempoolEntry *entry);
/* All fee deltas; ENTRY is NULL for transactions that are not in the mempool. In no order. */
typedef void (*NodeMempoolDeltaFunc) (gpointer data,
                                      const guint8 txid32[32],
                                      gint64 delta_sat,
                                      const NodeMempoolEntry *entry);
void node_mempool_foreach_delta (NodeMempool *mempool, NodeMempoolDeltaFunc func, gpointer data);
/* Whether TX has dust outputs, which cost more to spend than they are worth. */
gboolean node_mempool_has_dust (NodeMempool *mempool, const BtcTx *tx);

/* Marks a transaction that was submitted here as not broadcast yet; ignored if it is not in the mempool. */
void node_mempool_set_unbroadcast (NodeMempool *mempool, const guint8 txid32[32]);
guint node_mempool_unbroadcast_count (NodeMempool *mempool);

/* The state of loading mempool.dat: see keep.h. */
typedef enum { NODE_MEMPOOL_NOT_LOADED, NODE_MEMPOOL_LOADING, NODE_MEMPOOL_LOADED } NodeMempoolLoadStage;
NodeMempoolLoadStage node_mempool_load_state (NodeMempool *mempool);
void node_mempool_set_load_state (NodeMempool *mempool, NodeMempoolLoadStage stage);

G_END_DECLS

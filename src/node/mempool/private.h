#pragma once

#include "bitcoin/script/interpreter.h"
#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* Shared by the files of this folder. Chain thread. */

struct _NodeMempool {
  NodeChain *chain;
  NodeMempoolOptions options;
  GHashTable *by_txid;  /* 32 bytes → entry (owned) */
  GHashTable *by_wtxid; /* 32 bytes → entry */
  GHashTable *spenders; /* BtcOutpoint → entry */
  GArray *ids;          /* NodeMempoolId of each entry, in no order */
  GHashTable *deltas;   /* 32 bytes (owned) → gint64 (owned): prioritised, in the mempool or not */
  GArray *listeners;    /* Listener */
  guint64 vbytes;
  guint64 usage;
  gint64 total_fee_sat;
  guint n_unbroadcast;
  gboolean may_be_large;           /* a cluster may be larger than allowed */
  gint load_state;                 /* a NodeMempoolLoadStage; atomic: read on any thread */
  guint64 first_entry, next_entry; /* sequences: of returning transactions, which precede all others, and of new ones */
  guint64 sequence;                /* under `lock`: read by any thread */
  guint64 updates;                 /* likewise */
  GMutex lock;
  double rolling_min_rate; /* satoshi per 1,000 virtual bytes, after an eviction */
  gint64 rolling_since_s;
  gint64 oldest_s; /* no entry is older than this */

  /* follow.c */
  GQueue returning; /* BtcTx of disconnected blocks, in block order: added again once the new tip is known */
  gsize returning_bytes, max_returning_bytes;
  guint64 returning_entry; /* sequence of the next one, which may be a parent of all entries; 0: not known */
  GArray *recheck;         /* NodeMempoolId: entries that may be invalid now; NULL: none */
  guint recheck_next;
  gboolean is_unsettled; /* work of a reorganisation is left */
  gboolean settle_posted;
  gboolean check_is_due; /* blocks were connected since the last change of the tip */
};

typedef struct {
  NodeMempoolListener listener;
  gpointer data;
} NodeMempoolListenerEntry;

/* "TXID (wtxid=WTXID)"; the caller owns it. */
char *node_mempool_dup_name (const BtcTx *tx);
/* Sets the time at which ENTRY was received. */
void node_mempool_set_time (NodeMempool *mempool, NodeMempoolEntry *entry, gint64 time_s);

/* graph.c: sets of entries, as GHashTable used as a set. */
void node_mempool_add_ancestors (GHashTable *set, const NodeMempoolEntry *entry);
void node_mempool_add_descendants (GHashTable *set, const NodeMempoolEntry *entry);
void node_mempool_link (NodeMempool *mempool, NodeMempoolEntry *entry);
void node_mempool_unlink (NodeMempoolEntry *entry);
GPtrArray *node_mempool_sort (GHashTable *set); /* parents first */

/* pool.c: a table by 32 bytes. */
GHashTable *node_mempool_new_table (void);

/* clusters.c: notes how large the cluster of a new ENTRY is. */
void node_mempool_note_cluster (NodeMempool *mempool, NodeMempoolEntry *entry);

/* mempool.c */
void node_mempool_lend_memory (NodeMempool *mempool); /* lends the unused part of -maxmempool to the coins */
NodeMempoolEntry *node_mempool_insert (NodeMempool *mempool, NodeMempoolEntry *entry);
void node_mempool_remove (NodeMempool *mempool, NodeMempoolEntry *entry, NodeMempoolRemoval why);
/* With its descendants. */
void node_mempool_remove_recursive (NodeMempool *mempool, NodeMempoolEntry *entry, NodeMempoolRemoval why);
gint64 node_mempool_delta (NodeMempool *mempool, const guint8 txid32[32]);
guint64 node_mempool_memory_of (const NodeMempoolEntry *entry); /* bytes, about */
void node_mempool_count_update (NodeMempool *mempool);          /* see node_mempool_updates() */

/* standard.c: standardness. SPENT has a coin for each input. */
gboolean node_standard_check_tx (const BtcTx *tx, const NodeMempoolOptions *options, BtcVerdict *verdict);
gboolean node_standard_check_inputs (const BtcTx *tx, const BtcCoin *spent, BtcVerdict *verdict);
gboolean node_standard_check_witness (const BtcTx *tx, const BtcCoin *spent, BtcVerdict *verdict);
gboolean node_standard_is_dust (const BtcTxOut *out, gint64 dust_sat_per_kvb);
guint node_standard_count_dust (const BtcTx *tx, gint64 dust_sat_per_kvb);

/* limits.c */
/* Whether a cluster would be too large with TX, whose direct parents are PARENTS, and without REPLACED (a set). */
gboolean node_mempool_check_cluster (NodeMempool *mempool,
                                     const GPtrArray *parents,
                                     guint32 vsize,
                                     GHashTable *replaced,
                                     BtcVerdict *verdict);
/* Adds the cluster of ENTRY to SET, without the entries of REPLACED. */
void node_mempool_add_cluster (GHashTable *set, NodeMempoolEntry *entry, GHashTable *replaced);
/* The number of clusters that the entries of SET belong to. */
guint node_mempool_count_clusters (GHashTable *set);
gboolean node_mempool_check_truc (const BtcTx *tx,
                                  guint32 vsize,
                                  const GPtrArray *parents,
                                  GHashTable *replaced,
                                  BtcVerdict *verdict);
gboolean node_mempool_fail_truc (BtcVerdict *verdict, const char *format, ...) G_GNUC_PRINTF (2, 3);
#define NODE_TRUC_VERSION 3
#define NODE_TRUC_CHILD_MAX_VSIZE 1000
void node_mempool_expire (NodeMempool *mempool);
void node_mempool_trim (NodeMempool *mempool);

/* package.c: what concerns a package as a whole. */
gboolean node_mempool_check_package_form (const GPtrArray *txs, BtcVerdict *verdict);
gboolean node_mempool_check_package_truc (const GPtrArray *txs,
                                          guint i,
                                          const GPtrArray *parents,
                                          guint32 vsize,
                                          BtcVerdict *verdict);
/* PARENTS and RESULTS: of each transaction. */
gboolean node_mempool_check_package_clusters (NodeMempool *mempool,
                                              const GPtrArray *txs,
                                              GPtrArray *const *parents,
                                              const NodeMempoolResult *results,
                                              BtcVerdict *verdict);
/* FALSE: transaction *CULPRIT does not spend the dust of its parents. */
gboolean
node_mempool_check_package_dust (NodeMempool *mempool, const GPtrArray *txs, guint *culprit, BtcVerdict *verdict);

/* scripts.c */

/* What is needed to verify the scripts of a transaction on any thread. */
typedef struct {
  BtcTx *tx;
  BtcTxOut *spent; /* with scripts in SPACE */
  guint8 *space;
  BtcVerifyFlags flags; /* of the next block */
} NodeMempoolScripts;
void node_mempool_scripts_init (NodeMempoolScripts *scripts, BtcTx *tx, const BtcTxOut *spent, BtcVerifyFlags flags);
void node_mempool_scripts_clear (NodeMempoolScripts *scripts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NodeMempoolScripts, node_mempool_scripts_clear)
/* The flags of the next block. */
BtcVerifyFlags node_mempool_next_block_flags (NodeMempool *mempool);
/* With the standard flags, then with FLAGS. Any thread. */
gboolean node_mempool_check_scripts (NodeSigcache *sigcache,
                                     const BtcTx *tx,
                                     const BtcTxOut *spent,
                                     BtcVerifyFlags flags,
                                     BtcVerdict *verdict);

/* accept.c */
typedef struct {
  GHashTable *package; /* 32 bytes → BtcTx: the transactions of a package that precede this one, which may spend them,
                          * but not replace anything; NULL: it is not part of one */
  GPtrArray *parents;  /* filled in with its entries that are parents; NULL: not wanted */
  gboolean test_only;
  gboolean bypass_limits;
  const NodeMempoolTested *tested; /* its scripts were verified; NULL: they are verified now */
  NodeMempoolScripts *scripts;     /* filled in for the caller, who verifies them; NULL: they are verified now */
} NodeMempoolHow;
gboolean node_mempool_accept_full (NodeMempool *mempool,
                                   BtcTx *tx,
                                   const NodeMempoolHow *how,
                                   NodeMempoolResult *result,
                                   BtcVerdict *verdict,
                                   GError **error);
/* *COIN of OUTPOINT, from an entry or from the chain. */
gboolean node_mempool_find_coin (NodeMempool *mempool,
                                 const BtcOutpoint *outpoint,
                                 BtcCoin *coin,
                                 gboolean *found,
                                 GError **error);
/* BIP 68 for the next block. COINS has one for each input. */
gboolean node_mempool_check_sequence_locks (NodeMempool *mempool, const BtcTx *tx, const BtcCoin *coins);

/* replace.c: the entries that TX would replace (a set, without their descendants), and whether it may. */
gboolean node_mempool_check_replacement (NodeMempool *mempool,
                                         const BtcTx *tx,
                                         GHashTable *direct,
                                         const GHashTable *all,
                                         gint64 fee_sat,
                                         guint32 vsize,
                                         BtcVerdict *verdict);

/* check.c: what is inconsistent in the mempool, or only in the cluster of ENTRY (NULL: everything); NULL: nothing. Only
 * while it is settled. The caller owns the string. */
char *node_mempool_dup_problem (NodeMempool *mempool, NodeMempoolEntry *entry);
/* To be called after each change: does that as often as -checkmempool requests, and aborts the program if something
 * is. */
void node_mempool_check (NodeMempool *mempool, NodeMempoolEntry *entry);

/* follow.c: follows the chain. */
void node_mempool_follow (NodeMempool *mempool);
void node_mempool_follow_clear (NodeMempool *mempool);

G_END_DECLS

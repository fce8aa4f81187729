#pragma once

#include "node/blocktree/tree.h"
#include "common/jobs.h"
#include "node/chainstate/sigcache.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* The block tree and the active chain. All of it is owned by one thread, the chain thread; other threads use a NodeTip,
 * or post jobs. */

typedef struct _NodeChain NodeChain;

/* One set of coins, as others see it. */
typedef struct {
  const NodeBlock *tip;
  const NodeBlock *target; /* blocks are connected no further than here; NULL: as far as there are any */
  gint64 tip_us;           /* when this became the tip, on the monotonic clock */
} NodeTipState;

/* An immutable snapshot of the tip. */
typedef struct {
  guint64 sequence; /* increases with every change */
  const NodeBlock *block;
  const NodeBlock *validated; /* all blocks up to here are: BLOCK, or a lower one with an unverified snapshot */
  guint64 chain_tx;
  gboolean initial_download;
  /* That of BLOCK; and that of the background, while the blocks below a snapshot are being validated. */
  guint n_states;
  NodeTipState states[2];
} NodeTip;
/* Any thread; NULL before the chain is loaded, and then until a reindex has found the genesis block. */
NodeTip *node_chain_ref_tip (NodeChain *chain);
NodeTip *node_tip_ref (NodeTip *tip);
void node_tip_unref (NodeTip *tip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeTip, node_tip_unref)

#define NODE_PRUNE_MANUAL G_MAXUINT64
#define NODE_PRUNE_MIN_MIB 550
/* The data of this many blocks below the tip is never pruned: enough for a reorganisation of two days. */
#define NODE_PRUNE_KEEP_BLOCKS 288

typedef struct {
  const char *datadir;     /* the network's own folder */
  const char *blocksdir;   /* the folder that contains blocks/, usually the same */
  const BtcParams *params; /* outlives the chain */
  gsize dbcache_bytes;
  gsize batch_bytes;      /* -dbbatchsize; 0: the default */
  guint script_threads;   /* besides the chain thread; 0: none */
  int read_ahead_threads; /* -prevoutfetchthreads: they read blocks and coins ahead; 0: the default; negative: none */
  gsize sigcache_bytes;   /* of the cache of valid signatures; 0: the default */
  gboolean blocks_xor;
  gboolean reindex;
  gboolean reindex_chainstate;
  guint check_blocks; /* -checkblocks */
  guint check_level;
  gboolean fast_prune;
  guint64
      prune_target; /* -prune, in bytes; 0: keep all files; NODE_PRUNE_MANUAL: delete them only by pruneblockchain */
  gint64 max_tip_age_s; /* -maxtipage; 0: one day */
  guint check_ratio;    /* -checkblockindex: one of this many changes is followed by a check of everything; 0: none */
} NodeChainOptions;

/* Notifications, on the chain thread, in order. Any may be NULL. BLOCK and COINS (spent, in input order) are
 * borrowed for the call. */
typedef struct {
  /* A block passed the rules that need no coins, including proof of work, but is neither stored nor connected yet. On
   * the thread of the intake. */
  void (*received) (gpointer data, const NodeBlock *index, BtcBlock *block);
  void (*connected) (gpointer data, const NodeBlock *index, BtcBlock *block, const BtcCoin *spent);
  void (*disconnected) (gpointer data, const NodeBlock *index, BtcBlock *block);
  void (*tip_changed) (gpointer data, NodeTip *tip);
  /* While a snapshot is pending verification: the blocks below it have been checked up to INDEX. */
  void (*validated) (gpointer data, const NodeBlock *index);
  /* The coins were flushed, and INDEX is now the best block of those connected from the genesis block on: a restart
   * continues there. */
  void (*flushed) (gpointer data, const NodeBlock *index);
  /* STAGE: "loading", "verifying", "reindexing", "importing", "connecting" (blocks that are stored already), "snapshot"
   * (one is being loaded), "ready"; or, beside any of these, "background": the blocks below a snapshot are being
   * checked, until FRACTION is 1. FRACTION is 0 to 1; N_BLOCKS is the number of processed blocks (0: not counted). */
  void (*progress) (gpointer data, const char *stage, double fraction, guint64 n_blocks);
  /* A warning for the owner of the node. TEXT NULL: the warning with this ID is cleared. */
  void (*warning) (gpointer data, const char *id, const char *text);
  /* The disk failed: the program must exit with code 1. MESSAGE includes what to do. */
  void (*fatal) (gpointer data, const char *message);
} NodeChainListener;

/* Creates the object and its thread; nothing is loaded yet. */
NodeChain *node_chain_new (const NodeChainOptions *options);
/* Before node_chain_load(). DATA is borrowed. */
void node_chain_add_listener (NodeChain *chain, const NodeChainListener *listener, gpointer data);

/* Shutdown has three steps. First, no new work is accepted: jobs except those of NODE_JOB_STOP are rejected, queued
 * ones end with G_IO_ERROR_CLOSED, and long ones are cancelled. Returns at once. Any thread, may be called more than
 * once. */
void node_chain_stop (NodeChain *chain);
gboolean node_chain_is_stopping (NodeChain *chain); /* any thread */
/* Second, when no other thread uses the chain's files any more: the last flush, and closing the databases. FALSE when
 * the flush failed. CHAIN stays, without a tip, and rejects jobs. Not on a main loop. Once. */
gboolean node_chain_end (NodeChain *chain, GError **error);
/* Third, CHAIN and its blocks are freed. */
void node_chain_free (NodeChain *chain);
/* All three. */
gboolean node_chain_close (NodeChain *chain, GError **error);
const BtcParams *node_chain_params (NodeChain *chain);

/* The classes of jobs of the chain thread, the highest priority first: see common/jobs.h. A job of a higher priority
 * runs between two steps of others. */
typedef enum {
  NODE_JOB_STOP,         /* the shutdown of the chain: still accepted while it is stopping */
  NODE_JOB_BLOCKS,       /* received blocks, and changes by a user; bounded in bytes */
  NODE_JOB_TRANSACTIONS, /* received transactions */
  NODE_JOB_QUERIES,      /* jobs that only read; a step takes 5 ms at most */
  NODE_JOB_BACKGROUND,   /* long work in steps: import, reindex, loading */
  NODE_JOB_N_CLASSES
} NodeJobClass;

CommonJobs *node_chain_jobs (NodeChain *chain); /* borrowed, as long as CHAIN; any thread */

/* A thread for reading blocks, which would take too long on the chain thread; its jobs have one class. It ends before
 * the chain closes its files. Borrowed, as long as CHAIN; any thread. */
CommonJobs *node_chain_readers (NodeChain *chain);

/* A job of one step. */
typedef void (*NodeChainJob) (NodeChain *chain, gpointer data);

/* Queues FUNC. If the class is full or the chain is stopping, FUNC never runs; FREE_DATA (may be NULL) is called in any
 * case. Any thread. */
void node_chain_post_to (NodeChain *chain,
                         NodeJobClass job_class,
                         NodeChainJob func,
                         gpointer data,
                         GDestroyNotify free_data);

/* Runs FUNC and waits for it, never on a main loop. FALSE: it did not run, and will not: G_IO_ERROR_CANCELLED, or
 * G_IO_ERROR_CLOSED while the chain is stopping. CANCELLABLE may be NULL. */
gboolean node_chain_run (NodeChain *chain,
                         NodeJobClass job_class,
                         NodeChainJob func,
                         gpointer data,
                         GCancellable *cancellable,
                         GError **error);

/* The same with NODE_JOB_BACKGROUND. */
void node_chain_post (NodeChain *chain, NodeChainJob func, gpointer data, GDestroyNotify free_data);

/* ---- Everything below: chain thread only ---- */

/* Opens the databases, loads and checks the block index, replays an interrupted flush, verifies the last blocks, and in
 * an empty folder connects the genesis block. */
gboolean node_chain_load (NodeChain *chain, GError **error);

NodeBlockTree *node_chain_tree (NodeChain *chain);                      /* any thread */
NodeBlock *node_chain_find (NodeChain *chain, const guint8 hash32[32]); /* any thread */
NodeBlock *node_chain_tip (NodeChain *chain);
NodeBlock *node_chain_best_header (NodeChain *chain);
NodeBlock *node_chain_at (NodeChain *chain, guint32 height); /* on the active chain, NULL above the tip */
gboolean node_chain_contains (NodeChain *chain, const NodeBlock *block);
NodeCoins *node_chain_coins (NodeChain *chain);
/* FALSE in a notification during which the block after the tip has already begun to be connected. */
gboolean node_chain_coins_are_of_tip (NodeChain *chain);
NodeBlockFiles *node_chain_files (NodeChain *chain);
NodeSigcache *node_chain_sigcache (NodeChain *chain); /* any thread */
gboolean node_chain_is_initial_download (NodeChain *chain);
/* The estimated share of all transactions up to BLOCK, 0 to 1, from the transaction rate at the time of this
 * version. */
double node_chain_progress (NodeChain *chain, const NodeBlock *block);
gboolean node_chain_is_reindexing (NodeChain *chain); /* the block files are being read again, or will be */

/* Accepts a header, or a whole block (FORCE: also an unrequested one), then activates the best valid chain. *VERDICT is
 * that of BLOCK itself (as far as it was connected); FALSE with ERROR is for disk errors only. *INDEX (may be NULL)
 * becomes its entry in the tree. *IS_NEW: its data was not stored before. */
gboolean node_chain_accept_header (NodeChain *chain,
                                   const BtcHeader *header,
                                   NodeBlock **index,
                                   BtcVerdict *verdict,
                                   GError **error);
gboolean node_chain_accept_block (NodeChain *chain,
                                  BtcBlock *block,
                                  gboolean force,
                                  NodeBlock **index,
                                  gboolean *is_new,
                                  BtcVerdict *verdict,
                                  GError **error);

/* Checks whether BLOCK, which extends the tip, would be valid, without changing anything. Runs on the calling thread,
 * which may block. CHECK_POW and CHECK_MERKLE are FALSE for templates. FALSE as with node_chain_run(), or when the disk
 * failed. */
gboolean node_chain_test_block (NodeChain *chain,
                                BtcBlock *block,
                                gboolean check_pow,
                                gboolean check_merkle,
                                GCancellable *cancellable,
                                BtcVerdict *verdict,
                                GError **error);

/* The genesis block cannot be invalidated. */
gboolean node_chain_invalidate (NodeChain *chain, NodeBlock *block, GError **error);
gboolean node_chain_reconsider (NodeChain *chain, NodeBlock *block, GError **error);
gboolean node_chain_precious (NodeChain *chain, NodeBlock *block, GError **error);

/* The data of the block, verified; NULL with ERROR when it is not stored or cannot be read. The caller owns it. */
BtcBlock *node_chain_read_block (NodeChain *chain, const NodeBlock *block, GError **error);
/* Coins that BLOCK (its data) spent, in input order. The array owns nothing: scripts live in *SCRIPTS. */
gboolean node_chain_read_undo (NodeChain *chain,
                               const NodeBlock *index,
                               const BtcBlock *block,
                               GArray **coins,
                               GByteArray **scripts,
                               GError **error);

/* Checks the last DEPTH blocks (0: all) against the files and the coins, as -checkblocks and -checklevel do. Runs on
 * the calling thread, which may block; the chain can change meanwhile. FALSE with ERROR when a check fails. *COMPLETE
 * FALSE: not everything was checked, because data or memory was missing, or it was cancelled. Flushes. */
gboolean node_chain_verify (NodeChain *chain,
                            guint level,
                            guint32 depth,
                            GCancellable *cancellable,
                            gboolean *complete,
                            GError **error);

/* In a function of node_chain_run_flushed(): a view of the coins on disk, for a rollback. The caller closes it with
 * node_coins_close(), before the chain is closed. */
NodeCoins *node_chain_new_view (NodeChain *chain);
/* Rolls VIEW, whose best block is FROM, back to the coins after TO, one of its ancestors. Any thread; the chain can
 * change meanwhile. NODE_STORE_ERROR_NOT_STORED when a block was pruned meanwhile. */
gboolean node_chain_roll_back_view (NodeChain *chain,
                                    NodeCoins *view,
                                    const NodeBlock *from,
                                    const NodeBlock *to,
                                    GCancellable *cancellable,
                                    GError **error);

/* Pruning (-prune). A hold keeps blocks that are still needed: nothing is pruned from the height of the lowest hold on.
 * A new hold is at 0, and lives as long as CHAIN. Before node_chain_load(). */
typedef struct _NodePruneHold NodePruneHold;
NodePruneHold *node_chain_add_prune_hold (NodeChain *chain);
void node_prune_hold_set (NodePruneHold *hold, guint32 height); /* any thread */
/* Deletes the files whose blocks are all at or below HEIGHT, and not among the last 288. */
gboolean node_chain_prune_to (NodeChain *chain, guint32 height, GError **error);
guint64 node_chain_prune_target (NodeChain *chain); /* as in the options; any thread */

/* How -dbcache is divided: the cache of the coins database, and the coins in memory. Any thread. */
void node_chain_get_cache_bytes (NodeChain *chain, gsize *db, gsize *coins);

/* The chainstates: one, that of the tip; or two while the blocks below a snapshot are still being validated: that of
 * the background, whose TARGET is the snapshot's block, and then that of the tip. Returns their number. */
typedef struct {
  const NodeBlock *tip;
  const NodeBlock *snapshot; /* the coins began with the snapshot of this block; NULL: with nothing */
  const NodeBlock *target;   /* blocks are connected no further than here; NULL: as far as there are any */
  gboolean validated;
  gsize db_cache_bytes;
  gsize coins_cache_bytes;
} NodeChainstateInfo;
guint node_chain_get_states (NodeChain *chain, NodeChainstateInfo infos[2]);

/* Memory that the mempool currently leaves unused, and that the coins of the tip may use until then. */
void node_chain_set_spare_bytes (NodeChain *chain, gsize bytes);
/* To be called after coins were cached outside of a block, or when fewer bytes are spare: evicts or writes what exceeds
 * the budget. FALSE: that failed, and the listeners were notified. */
gboolean node_chain_bound_coins (NodeChain *chain, GError **error);

/* Writes everything to disk now. */
gboolean node_chain_flush (NodeChain *chain, GError **error);
/* Runs FUNC on the chain thread while the coins on disk are those of node_chain_coins_tip(), a block that has been the
 * tip since the call. The coins are written by another thread, and the chain continues meanwhile. On a thread that may
 * block; on the chain thread itself everything is flushed synchronously. FALSE: FUNC did not run: as node_chain_run(),
 * or a write failed, which was reported. */
gboolean
node_chain_run_flushed (NodeChain *chain, NodeChainJob func, gpointer data, GCancellable *cancellable, GError **error);
const NodeBlock *node_chain_coins_tip (NodeChain *chain); /* NULL: no coins on disk */
/* Writes the blocks and the block index, from which the coins can be restored, so that accepted blocks survive a crash.
 * Much cheaper than a flush. */
gboolean node_chain_save (NodeChain *chain, GError **error);
/* The best block of the coins on disk, those connected from the genesis block on; NULL when there are none. */
const NodeBlock *node_chain_flushed_tip (NodeChain *chain);

/* Imports a file of blocks in short jobs, so that others can run in between; DONE is called on the chain thread. An
 * invalid block is logged with its reason, and so are its descendants. */
typedef void (*NodeImportDone) (NodeChain *chain, gpointer data, const GError *error);
void node_chain_import (NodeChain *chain, const char *path, NodeImportDone done, gpointer data);

G_END_DECLS

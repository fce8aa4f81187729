#pragma once

#include "bitcoin/consensus/block_check.h"
#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"
#include "node/chain/chain.h"
#include "node/chainstate/connector.h"

G_BEGIN_DECLS

/* What the files of this folder share. Everything here belongs to the chain thread, except where it says otherwise. */

typedef struct _NodeImport NodeImport;
typedef struct _NodeBackground NodeBackground;

struct _NodeChain {
  NodeChainOptions options;
  char *datadir;
  char *blocksdir;
  const BtcParams *params;
  CommonJobs *jobs;
  GArray *listeners;    /* ChainListener */
  gint stopping;        /* atomic: node_chain_close() was called */
  NodeChainJob pending; /* node_pending_run(), for those below it; see node_jobs_wake_pending() */

  NodeHealth health;
  NodeBlockTree *tree;
  NodeConnector *connector;
  NodeChainstate state;  /* of the tip */
  NodeChainstate *below; /* of the blocks below the snapshot at state.base; NULL: all are checked */

  GPtrArray *active; /* active.c: the active chain by height */

  /* warn.c */
  gboolean warned_invalid;
  gboolean looked_for_rules;
  guint32 unknown_rules; /* bits of the block version */

  /* candidates.c */
  GTree *candidates;    /* NodeBlock: could become the tip */
  GHashTable *unlinked; /* NodeBlock → GPtrArray of its children that have data while it, or one below, has none */
  NodeBlock *clear_way; /* from here down to the active chain there is no obstacle; NULL: not known */
  guint64 precious_sequence;
  BtcUint256 precious_work;

  /* tip.c */
  GMutex tip_lock;
  NodeTip *tip; /* under tip_lock */
  guint64 tip_sequence;
  gboolean initial_download;

  /* activate.c */
  gboolean activation_posted;
  const NodeBlock *watched; /* whose verdict somebody waits for */
  BtcVerdict *watched_verdict;

  /* flush.c */
  gsize spare_bytes; /* that the coins of the tip may have beyond -dbcache */
  gboolean fatal_told;

  /* prune.c */
  NodePruneLock prune_lock;
  gpointer prune_lock_data;

  /* snapshot.c, background.c */
  NodeBackground *background; /* moves `below`; NULL: there is none */
  NodeCoins *retired;         /* those of a background that has ended; readers may still walk them */
  gboolean loading_snapshot;
  GMutex load_lock;
  GCond load_ended;
  gboolean load_open; /* under load_lock: between begin and free */

  /* import.c, reindex.c */
  GQueue imports; /* NodeImport; the head is the running one */
  gboolean reindexing;
};

typedef struct {
  NodeChainListener listener;
  gpointer data;
} ChainListener;

/* ---- jobs.c ---- */
CommonJobs *node_jobs_new (void);
/* Any thread: has node_pending_run() run as a job. */
void node_jobs_wake_pending (NodeChain *chain, NodeJobClass job_class);

/* ---- pending.c ---- */
void node_pending_run (NodeChain *chain, gpointer data);

/* ---- warn.c: after a change of the best invalid block, or of the tip ---- */
void node_warn_invalid (NodeChain *chain);
void node_warn_rules (NodeChain *chain);

/* ---- candidates.c ---- */
void node_candidates_init (NodeChain *chain);
void node_candidates_clear (NodeChain *chain);
int node_candidates_compare (const NodeBlock *a, const NodeBlock *b); /* > 0: A is the better tip */
void node_candidates_add (NodeChain *chain, NodeBlock *block);        /* unless the tip is better */
void node_candidates_remove (NodeChain *chain, NodeBlock *block);
void node_candidates_prune (NodeChain *chain);
void node_candidates_rebuild (NodeChain *chain);
void node_candidates_remove_failed (NodeChain *chain); /* those that were marked */
void node_candidates_load_unlinked (NodeChain *chain); /* once the tree is loaded */
/* To be called when a block is marked as failed, leaves the active chain, or loses its data. */
void node_candidates_forget_way (NodeChain *chain);
NodeBlock *node_candidates_best (NodeChain *chain); /* only blocks with all data; NULL for none */
/* BLOCK's data arrived: counts transactions, and makes candidates of it and of what waited for it. */
void node_candidates_received (NodeChain *chain, NodeBlock *block);
/* The same for the children of BLOCK that waited: the number of transactions up to BLOCK is known now. */
void node_candidates_received_children (NodeChain *chain, NodeBlock *block);
void node_candidates_add_unlinked (NodeChain *chain, NodeBlock *block);
void node_candidates_remove_unlinked (NodeChain *chain, NodeBlock *block);

/* ---- tip.c ---- */
void node_tip_set (NodeChain *chain, NodeBlock *block);  /* the active chain now ends here: one up or down */
void node_tip_publish (NodeChain *chain);                /* snapshot, and tip_changed to the listeners */
void node_tip_publish_validated (NodeChain *chain);      /* the same for the tip of the background */
void node_tip_fill (NodeChain *chain, NodeBlock *block); /* the active chain is all up to here */
void node_tip_clear (NodeChain *chain);
void node_tip_log (NodeChain *chain);

/* ---- report.c ---- */
/* Tells the listeners once that this machine failed. ERROR stays with the caller. */
void node_report_fatal (NodeChain *chain, const GError *error);
void node_report_fatal_text (NodeChain *chain, const char *message);
gboolean node_report_is_importing (NodeChain *chain); /* or reindexing */
void node_report_idle (NodeChain *chain);             /* "ready", unless something else goes on */
/* STAGE is a key of NodeChainListener.progress; FRACTION of it is done, and N_BLOCKS of its blocks (0: not counted). */
void node_report_progress (NodeChain *chain, const char *stage, double fraction, guint64 n_blocks);

/* ---- accept.c ---- */
typedef struct {
  gboolean requested;
  gboolean checked; /* btc_block_check() was done, and its answer is in *VERDICT */
  gboolean mark;    /* a block that breaks a rule by itself is marked, as when it comes from a file */
  gboolean late;    /* also on top of a block that is marked as failed: the caller marks this one, too */
  gint32 file;      /* where it stands already, -1 for nowhere */
  guint32 pos;
} NodeAcceptHow;
/* Takes BLOCK into the tree and the files, without connecting it. */
gboolean node_accept_store (NodeChain *chain,
                            BtcBlock *block,
                            const NodeAcceptHow *how,
                            NodeBlock **index,
                            gboolean *is_new,
                            BtcVerdict *verdict,
                            GError **error);
gboolean node_accept_genesis (NodeChain *chain, GError **error);

/* ---- refuse.c ---- */
/* INDEX could not be connected: says so, also to who waits for its verdict, and marks it. */
void node_refuse_block (NodeChain *chain, NodeBlock *index, const BtcVerdict *verdict);
/* BLOCK breaks the rules: marks it and all that build on it. */
void node_refuse_mark_failed (NodeChain *chain, NodeBlock *block);

/* ---- activate.c ---- */
/* Makes the best valid chain active, then lets the background go on. HINT (may be NULL) is a block that need not be read again. With SLICE a long way is
 * gone in several jobs. */
gboolean node_activate (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error);
gboolean node_activate_disconnect_tip (NodeChain *chain, GError **error);

/* ---- cache.c ---- */
/* Divides the cache between the sets of coins: most of it for the one that has farther to go. */
void node_cache_share (NodeChain *chain);

/* ---- flush.c ---- */
/* Of what a set of coins needs the chain is the owner. Before its coins are opened. */
void node_flush_init_state (NodeChain *chain, NodeChainstate *state);
gboolean node_flush_all (NodeChain *chain, GError **error);
/* The same for one set of coins. EMPTY: nothing of them stays in memory. */
gboolean node_flush_state (NodeChain *chain, NodeChainstate *state, gboolean empty, GError **error);
gboolean node_flush_state_if_needed (NodeChain *chain, NodeChainstate *state, GError **error);
/* Before a decision about STATE: only the coins of the tip have a mempool beside them. */
void node_flush_lend_spare (NodeChain *chain, NodeChainstate *state);
gboolean node_flush_index_is_due (NodeChain *chain); /* blocks and index are to be written */
void node_flush_tell (NodeChain *chain);             /* the listeners, what stands on the disk */

/* ---- maintain.c ---- */
/* After a change of the coins of STATE: deletes old files and flushes, where that is due. */
gboolean node_maintain (NodeChain *chain, NodeChainstate *state, GError **error);
/* That would write or delete files, whatever the coins are. */
gboolean node_maintain_is_due (NodeChain *chain);

/* ---- prune.c ---- */
void node_prune_warn (NodeChain *chain); /* that -checkblocks asks for more than is kept */
gboolean node_prune_if_needed (NodeChain *chain, GError **error);
gboolean node_prune_is_due (NodeChain *chain); /* the files may be larger than they should */

/* ---- verify.c ---- */
gboolean node_verify_last_blocks (NodeChain *chain, GError **error);

/* ---- load.c, load_coins.c ---- */
/* Before anything is opened: is there a set of coins that began with a snapshot, and of which block? */
gboolean node_load_snapshot_base (NodeChain *chain, guint8 base32[32], gboolean *found, GError **error);
/* Opens the coins, one set or two, replays what was cut off, and makes the block that they stand for the tip. */
gboolean node_load_coins (NodeChain *chain, GError **error);

/* ---- snapshot.c ---- */
/* Any thread but the chain's, once the jobs are closed and drained: nobody loads any more when this returns. */
void node_snapshot_wait_for_end (NodeChain *chain);

/* ---- background.c: the blocks below a snapshot are checked while the chain goes on above it ---- */
/* What is known of the coins after the block HASH32; NULL: nothing. */
const BtcAssumeUtxo *node_background_known (NodeChain *chain, const guint8 hash32[32]);
/* Takes over *STATE and makes it the background, on its way to the block with which the coins of the tip began. */
void node_background_begin (NodeChain *chain, const NodeChainstate *state);
void node_background_free (NodeChain *chain); /* when the chain closes; flushes nothing */
/* Connects the blocks that are there, with SLICE some of them, the others in jobs that follow. HINT as in
 * node_activate(). At the end the coins are compared with what is known of the snapshot, on another thread. */
gboolean node_background_advance (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error);
/* The hash of the coins after the snapshot's block, by what all blocks say, is HASH32: ends the background when that is
 * right, else rejects the snapshot and tells that this is fatal (FALSE). */
gboolean node_background_judge (NodeChain *chain, const guint8 hash32[32]);
/* The same with what the other thread read, and everybody hears of it. FALSE also when there is nothing to judge. */
gboolean node_background_judge_read (NodeChain *chain);

/* ---- import.c, reindex.c ---- */
void node_import_stop_all (NodeChain *chain);
/* Before anything is opened: notes -reindex on the disk, or finds that an earlier run was asked for it and was cut off
 * before the emptied block index said so itself. The first sets options.reindex, too. */
gboolean node_reindex_note_order (NodeChain *chain, GError **error);
gboolean node_reindex_order_done (NodeChain *chain, GError **error);
void node_reindex_start (NodeChain *chain);

G_END_DECLS

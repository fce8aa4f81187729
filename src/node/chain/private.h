#pragma once

#include "bitcoin/consensus/block_check.h"
#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"
#include "node/chain/chain.h"
#include "node/chain/checks.h"
#include "node/chain/sigcache.h"

G_BEGIN_DECLS

/* What the files of this folder share. Everything here belongs to the chain thread, except where it says otherwise. */

typedef struct _NodeImport NodeImport;
typedef struct _NodeReadAhead NodeReadAhead;
typedef struct _NodeBackground NodeBackground;
typedef struct _NodeConnect NodeConnect;

/* A set of coins. There is one; and a second while the blocks below a snapshot are checked (background.c). */
typedef struct {
  NodeCoins *coins;
  gsize db_cache_bytes;
  const NodeBlock *flushed_tip;  /* what they stand for on the disk; NULL: nothing */
  const NodeBlock *flushing_tip; /* what a flush that is going on brings there; NULL: none is */
  gint64 last_flush_us;          /* when the last one began */
  NodeReadAhead *read_ahead;
} NodeChainstate;

struct _NodeChain {
  NodeChainOptions options;
  char *datadir;
  char *blocksdir;
  const BtcParams *params;
  CommonJobs *jobs;
  GArray *listeners; /* ChainListener */
  gint stopping;     /* atomic: node_chain_close() was called */

  NodeHealth health;
  NodeBlockTree *tree;
  NodeChainstate state; /* of the tip */
  NodeChecks *checks;
  NodeSigcache *sigcache;
  NodeConnect *connects[2]; /* of the block that is being connected, and of the one after it */

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
  NodeConnect *ahead; /* of `connects`: a block was begun that follows the one being connected; else NULL */
  gboolean activation_posted;
  const NodeBlock *watched; /* whose verdict somebody waits for */
  BtcVerdict *watched_verdict;
  const char *script_check_reason; /* as last logged; static text */
  gboolean script_check_logged;

  /* flush.c */
  gsize spare_bytes; /* that the coins of the tip may have beyond -dbcache */
  gboolean fatal_told;

  /* prune.c */
  NodePruneLock prune_lock;
  gpointer prune_lock_data;

  /* snapshot.c, background.c */
  NodeBlock *snapshot_base;   /* the coins of the tip began with the snapshot of this block; NULL: with nothing */
  NodeBackground *background; /* checks the blocks up to there; NULL: all are checked */
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
void node_report_idle (NodeChain *chain); /* "ready", unless something else goes on */
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

/* ---- connect.c ---- */
/* Must INDEX be searched for transactions that overwrite unspent ones (BIP 30)? */
gboolean node_connect_needs_bip30 (const BtcParams *params, const NodeBlock *index);
/* What one block needs while it is being connected; used for one block after another. */
NodeConnect *node_connect_new (NodeChain *chain);
void node_connect_free (NodeConnect *connect);
/* Applies BLOCK to COINS, which stand at INDEX->prev or will, once what began before has ended well. Its scripts are
 * being checked when this returns. FALSE for an error of this machine: the coins are what they were. */
gboolean node_connect_begin (NodeConnect *connect,
                             NodeCoins *coins,
                             BtcBlock *block,
                             NodeBlock *index,
                             gboolean always_check,
                             GError **error);
/* Waits for the checks of scripts. When the verdict is not OK the block must be taken back. */
const BtcVerdict *node_connect_wait (NodeConnect *connect);
/* Makes the coins what they were before node_connect_begin(); what began later must have been taken back before. */
gboolean node_connect_take_back (NodeConnect *connect, GError **error);
/* Borrowed, until the next node_connect_begin(). */
const NodeBlock *node_connect_get_index (NodeConnect *connect);
BtcBlock *node_connect_get_block (NodeConnect *connect);
const BtcCoin *node_connect_get_spent (NodeConnect *connect);
gboolean node_connect_is_checking (NodeConnect *connect); /* all else is done, and well */
/* Writes what takes the block back, which was connected. */
gboolean node_connect_write_undo (NodeConnect *connect, GError **error);
/* All at once, where nothing else is on its way. When *VERDICT is not OK, and with JUST_CHECK, the coins are what they
 * were. */
gboolean node_connect_block (NodeChain *chain,
                             NodeCoins *coins,
                             BtcBlock *block,
                             NodeBlock *index,
                             gboolean just_check,
                             BtcVerdict *verdict,
                             GError **error);
/* Adds the outputs of TX. */
void node_connect_add_outputs (NodeCoins *coins, const BtcTx *tx, guint32 height, gboolean possible_overwrite);

/* ---- connect_tip.c ---- */
/* Connects the next block on the way to TARGET to the tip. HINT is as in node_activate(). With GO_AHEAD the one after it
 * may be begun, which must then be connected or dropped before anybody else uses the coins. *REFUSED: it broke a rule. */
gboolean node_connect_tip (NodeChain *chain,
                           const NodeBlock *target,
                           gboolean go_ahead,
                           BtcBlock *hint,
                           gboolean *refused,
                           GError **error);
gboolean node_connect_tip_drop_ahead (NodeChain *chain, GError **error);
/* The block to connect: HINT when it is that one, else from the files. NULL without ERROR: see the verdict. */
BtcBlock *node_connect_get_data (NodeChain *chain,
                                 NodeReadAhead *ahead,
                                 const NodeBlock *index,
                                 BtcBlock *hint,
                                 BtcVerdict *verdict,
                                 GError **error);
/* BLOCK, which is not HINT, breaks a rule: was it good when it was stored, and is the disk to blame? */
gboolean
node_connect_changed_on_disk (NodeChain *chain, const NodeBlock *index, const BtcBlock *block, const BtcBlock *hint);
/* INDEX could not be connected: says so, also to who waits for its verdict, and marks it. */
void node_connect_refuse (NodeChain *chain, NodeBlock *index, const BtcVerdict *verdict);

/* ---- disconnect.c ---- */
/* Takes the first N_TXS transactions of BLOCK back out of COINS. SPENT: what they spent, in input order. *CLEAN
 * becomes FALSE when the coins were not what the block left. */
gboolean node_disconnect_txs (NodeCoins *coins,
                              const BtcBlock *block,
                              const NodeBlock *index,
                              guint32 n_txs,
                              BtcCoin *spent,
                              gboolean *clean,
                              GError **error);
/* Reads the undo data of BLOCK and takes the block out of COINS. */
gboolean node_disconnect_block (NodeChain *chain,
                                NodeCoins *coins,
                                const BtcBlock *block,
                                const NodeBlock *index,
                                gboolean *clean,
                                GError **error);

/* ---- activate.c ---- */
/* Makes the best valid chain active, then lets the background go on. HINT (may be NULL) is a block that need not be read again. With SLICE a long way is
 * gone in several jobs. */
gboolean node_activate (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error);
gboolean node_activate_disconnect_tip (NodeChain *chain, GError **error);
/* BLOCK breaks the rules: marks it and all that build on it. */
void node_activate_mark_failed (NodeChain *chain, NodeBlock *block);

/* ---- read_ahead.c ---- */
NodeReadAhead *node_read_ahead_new (NodeChain *chain, NodeCoins *coins);
void node_read_ahead_free (NodeReadAhead *ahead);
/* Starts reading the blocks after the tip towards TARGET. */
void node_read_ahead_request (NodeReadAhead *ahead, const NodeBlock *target, guint32 from_height);
/* Fetches the coins that BLOCK spends. Any thread. */
void node_read_ahead_coins (NodeCoins *coins, const BtcBlock *block);
/* The block, checked by node_block_check(): its answer is in *VERDICT. */
BtcBlock *node_read_ahead_take (NodeReadAhead *ahead, const NodeBlock *block, BtcVerdict *verdict, GError **error);

/* ---- flush.c ---- */
gboolean node_flush_all (NodeChain *chain, GError **error);
gboolean node_flush_if_needed (NodeChain *chain, GError **error);
gboolean node_flush_is_due (NodeChain *chain); /* node_flush_if_needed() would do something */
/* The same for one set of coins, which stand for TIP. EMPTY: nothing of them stays in memory. */
gboolean
node_flush_state (NodeChain *chain, NodeChainstate *state, const NodeBlock *tip, gboolean empty, GError **error);
gboolean node_flush_state_if_needed (NodeChain *chain, NodeChainstate *state, const NodeBlock *tip, GError **error);
void node_flush_tell (NodeChain *chain); /* the listeners, what stands on the disk */

/* ---- prune.c ---- */
void node_prune_warn (NodeChain *chain); /* that -checkblocks asks for more than is kept */
gboolean node_prune_if_needed (NodeChain *chain, GError **error);
gboolean node_prune_is_due (NodeChain *chain); /* the files may be larger than they should */

/* ---- replay.c, verify.c ---- */
gboolean
node_replay (NodeChain *chain, NodeCoins *coins, const guint8 new32[32], const guint8 old32[32], GError **error);
gboolean node_verify_last_blocks (NodeChain *chain, GError **error);

/* ---- load.c, load_coins.c ---- */
/* Before anything is opened: is there a set of coins that began with a snapshot, and of which block? */
gboolean node_load_snapshot_base (NodeChain *chain, guint8 base32[32], gboolean *found, GError **error);
/* Opens the coins, one set or two, replays what was cut off, and makes the block that they stand for the tip. */
gboolean node_load_coins (NodeChain *chain, GError **error);

/* ---- snapshot.c ---- */
/* What is known of the coins after the block HASH32; NULL: nothing. */
const BtcAssumeUtxo *node_snapshot_known (NodeChain *chain, const guint8 hash32[32]);
/* Any thread but the chain's, once the jobs are closed and drained: nobody loads any more when this returns. */
void node_snapshot_wait_for_end (NodeChain *chain);

/* ---- background.c: the blocks below a snapshot are checked while the chain goes on above it ---- */
/* Takes over STATE, whose coins stand for TIP, and makes it the background, on its way to chain->snapshot_base. */
void node_background_begin (NodeChain *chain, NodeChainstate *state, NodeBlock *tip);
void node_background_free (NodeChain *chain); /* when the chain closes; flushes nothing */
NodeChainstate *node_background_state (NodeChain *chain);
NodeBlock *node_background_tip (NodeChain *chain);
gboolean node_background_flush (NodeChain *chain, gboolean empty, GError **error);
/* Connects the blocks that are there, with SLICE some of them, the others in jobs that follow. HINT as in
 * node_activate(). At the end the coins are compared with what is known of the snapshot, on another thread. */
gboolean node_background_advance (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error);
/* The hash of the coins after the snapshot's block, by what all blocks say, is HASH32: ends the background when that is
 * right, else rejects the snapshot and tells that this is fatal (FALSE). */
gboolean node_background_judge (NodeChain *chain, const guint8 hash32[32]);
/* Divides the cache between the two sets: most of it for the one that has farther to go. */
void node_background_share_cache (NodeChain *chain);

/* ---- import.c, reindex.c ---- */
void node_import_stop_all (NodeChain *chain);
/* Before anything is opened: notes -reindex on the disk, or finds that an earlier run was asked for it and was cut off
 * before the emptied block index said so itself. The first sets options.reindex, too. */
gboolean node_reindex_note_order (NodeChain *chain, GError **error);
gboolean node_reindex_order_done (NodeChain *chain, GError **error);
void node_reindex_start (NodeChain *chain);
gboolean node_import_is_running (NodeChain *chain);

G_END_DECLS

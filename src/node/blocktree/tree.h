#pragma once

#include "node/blocktree/block.h"
#include "node/store/block_files.h"
#include "node/store/health.h"

G_BEGIN_DECLS

/* The block tree: all accepted headers, which data of each block is stored, and which blocks are marked as invalid. It
 * has its own lock, so that headers can be accepted and records copied on any thread. Blocks may be stored on any
 * thread, but only the chain thread changes their records and writes the index. Coins are not part of it. */

typedef struct _NodeBlockTree NodeBlockTree;

/* Sequences of received blocks count up from here, those of precious blocks down. The active chain of the last run has
 * zero. */
#define NODE_BLOCK_TREE_FIRST_SEQUENCE ((guint64) 1 << 32)
/* The maximum of a headers message. */
#define NODE_BLOCK_TREE_MAX_HEADERS 2000

typedef struct {
  const char *datadir;     /* the network's own folder; the block index is in it */
  const char *blocksdir;   /* the folder that contains blocks/, usually the same */
  const BtcParams *params; /* outlives the tree */
  NodeHealth *health;      /* outlives the tree */
  gboolean blocks_xor;
  gboolean fast_prune;
  gboolean prune;
} NodeBlockTreeOptions;

NodeBlockTree *node_block_tree_new (const NodeBlockTreeOptions *options); /* nothing is loaded yet */
/* Closes files and index; writes nothing. NULL is allowed. */
void node_block_tree_free (NodeBlockTree *tree);

/* ---- any thread ---- */

NodeBlock *node_block_tree_find (NodeBlockTree *tree, const guint8 hash32[32]); /* NULL when it is unknown */
NodeBlock *node_block_tree_get_best_header (NodeBlockTree *tree);               /* NULL: no header is valid */
guint node_block_tree_count (NodeBlockTree *tree);
/* The block whose data begins at POS of a block file; NULL when there is none. A linear search. */
NodeBlock *node_block_tree_find_stored (NodeBlockTree *tree, gint32 file, guint32 pos);
/* Calls FUNC (DATA) after the best header has changed, on the thread that changed it, without the lock. To be called
 * before any header is accepted; DATA outlives the tree. */
typedef void (*NodeBestHeaderFunc) (gpointer data);
void node_block_tree_add_header_listener (NodeBlockTree *tree, NodeBestHeaderFunc func, gpointer data);
/* All blocks, in no order. The caller frees the array, not the blocks. */
GPtrArray *node_block_tree_dup_blocks (NodeBlockTree *tree);
/* tips.c. The last block of each branch that is not part of the branch of TIP, in no order, followed by TIP (may be
 * NULL) itself. The caller frees the array, not the blocks. */
GPtrArray *node_block_tree_dup_tips (NodeBlockTree *tree, NodeBlock *tip);
/* locate.c. The height of the last block up to TIP whose data or undo data is not stored, except the genesis block; -1:
 * none. All blocks above it are checked. */
gint64 node_block_tree_find_prune_height (NodeBlockTree *tree, const NodeBlock *tip);
/* A consistent copy of the record of BLOCK. CHAIN_TX may be NULL. */
void
node_block_tree_get_record (NodeBlockTree *tree, const NodeBlock *block, NodeBlockRecord *record, guint64 *chain_tx);

/* headers.c. Accepts a header. FALSE: it was rejected for the reason in *VERDICT; *INDEX is then its entry if it has
 * one already, else NULL. LATE: it is also accepted on top of a block that is marked as failed; the caller then marks
 * it, too. */
gboolean node_block_tree_accept_header (NodeBlockTree *tree,
                                        const BtcHeader *header,
                                        const guint8 hash32[32],
                                        gboolean late,
                                        NodeBlock **index,
                                        BtcVerdict *verdict);
/* Accepts up to 2,000 headers, each of which builds on the one before it. Returns how many were accepted or known: if
 * fewer than N, *VERDICT is that of the first invalid one. None is accepted, with the class
 * BTC_VERDICT_HEADER_LOW_WORK, if the chain work up to the last one is below MIN_WORK (may be NULL). *LAST (may be
 * NULL) is the last accepted one. */
guint node_block_tree_accept_headers (NodeBlockTree *tree,
                                      const BtcHeader *headers,
                                      guint n,
                                      const BtcUint256 *min_work,
                                      NodeBlock **last,
                                      BtcVerdict *verdict);

/* locate.c. The last block that the branch of TIP has in common with the chain of LOCATOR, which has N hashes, the
 * highest first. The genesis block when none of them is known. */
const NodeBlock *
node_block_tree_find_fork (NodeBlockTree *tree, const NodeBlock *tip, const guint8 (*locator)[32], guint n);
/* The blocks above FROM up to its descendant TO whose data is not stored, the lowest first, at most MAX. The caller
 * frees the array, not the blocks. */
GPtrArray *node_block_tree_dup_missing (NodeBlockTree *tree, const NodeBlock *from, const NodeBlock *to, guint max);

/* data.c. Appends BLOCK, whose entry in the tree is INDEX, to the block files without waiting for the chain thread. The
 * tree does not know of the data until the chain thread calls node_block_tree_take(); until then its file is not
 * pruned. *IS_NEW FALSE: the data was stored already. An error breaks the health. */
gboolean
node_block_tree_put (NodeBlockTree *tree, NodeBlock *index, const BtcBlock *block, gboolean *is_new, GError **error);

/* read.c. The stored data of a block, whose files are not deleted as long as it is pinned. Pruning does not wait: the
 * last reader deletes them. A pin that is all zeros, or that failed, may be cleared, too. */
typedef struct {
  NodeBlockTree *tree; /* NULL: nothing is pinned */
  const NodeBlock *index;
  NodeBlockRecord record;
} NodeBlockPin;
/* FALSE with NODE_STORE_ERROR_NOT_STORED: its data was pruned or never received. Undo data may be missing: see the
 * record. */
gboolean node_block_tree_pin (NodeBlockTree *tree, const NodeBlock *index, NodeBlockPin *pin, GError **error);
void node_block_pin_clear (NodeBlockPin *pin);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NodeBlockPin, node_block_pin_clear)
/* Like the functions of the same names below, for a pinned block. */
BtcBlock *node_block_pin_read_block (const NodeBlockPin *pin, GError **error);
GBytes *node_block_pin_read_raw (const NodeBlockPin *pin, GError **error);
/* Parses the bytes that the latter returned. */
BtcBlock *node_block_pin_parse (const NodeBlockPin *pin, GBytes *bytes, GError **error);
/* COINS has room for the inputs of BLOCK except the coinbase's; their scripts are in SCRIPTS, as with
 * node_undo_parse(). */
gboolean node_block_pin_read_undo (const NodeBlockPin *pin,
                                   const BtcBlock *block,
                                   BtcCoin *coins,
                                   GByteArray *scripts,
                                   GError **error);

/* The block as it was stored, verified. NODE_STORE_ERROR_NOT_STORED when its data was pruned or never received. */
BtcBlock *node_block_tree_read_block (NodeBlockTree *tree, const NodeBlock *index, GError **error);
/* The same as raw bytes, neither parsed nor checked. */
GBytes *node_block_tree_read_raw (NodeBlockTree *tree, const NodeBlock *index, GError **error);
/* Coins that BLOCK (its data) spent, in input order. The array owns nothing: scripts are in *SCRIPTS. */
gboolean node_block_tree_read_undo (NodeBlockTree *tree,
                                    const NodeBlock *index,
                                    const BtcBlock *block,
                                    GArray **coins,
                                    GByteArray **scripts,
                                    GError **error);
/* The block that begins at POS of FILE. NULL without ERROR: there is none. *INDEX (NULL: none) is its entry in the
 * tree, also when it cannot be read. */
BtcBlock *
node_block_tree_read_at (NodeBlockTree *tree, gint32 file, guint32 pos, const NodeBlock **index, GError **error);
/* "FILE is damaged: block …", with advice. Returns FALSE. */
gboolean node_block_tree_fail_damaged (NodeBlockTree *tree, const NodeBlock *index, gint32 file, GError **error);

/* ---- chain thread ---- */

NodeBlockFiles *node_block_tree_files (NodeBlockTree *tree);

/* load.c. Opens the block files. */
gboolean node_block_tree_open_files (NodeBlockTree *tree, GError **error);
/* Opens the index and reads all of it; with REINDEX it is emptied, and rebuilt by the caller. BASE32 (may be NULL) is a
 * block whose coins come from a snapshot, with BASE_TX transactions up to there; *BASE becomes it. *REINDEXING: this
 * run rebuilds the index, or an earlier one began to. */
gboolean node_block_tree_load (NodeBlockTree *tree,
                               gboolean reindex,
                               const guint8 *base32,
                               guint64 base_tx,
                               NodeBlock **base,
                               gboolean *reindexing,
                               GError **error);
gboolean node_block_tree_end_reindex (NodeBlockTree *tree, GError **error);

NodeBlock *node_block_tree_add (NodeBlockTree *tree, const BtcHeader *header, const guint8 hash32[32], NodeBlock *prev);
void node_block_tree_raise_validity (NodeBlockTree *tree, NodeBlock *block, NodeBlockStatus up_to);
/* Sets and clears bits of the status, and marks the block as dirty. */
void node_block_tree_change_status (NodeBlockTree *tree, NodeBlock *block, guint32 set, guint32 clear);
/* These two are not stored, but derived from what is. */
void node_block_tree_set_chain_tx (NodeBlockTree *tree, NodeBlock *block, guint64 chain_tx);
void node_block_tree_set_sequence (NodeBlockTree *tree, NodeBlock *block, guint64 sequence);
guint64 node_block_tree_next_sequence (NodeBlockTree *tree);
void
node_block_tree_set_n_tx (NodeBlockTree *tree, NodeBlock *block, guint32 n_tx); /* of data that is not stored yet */

/* data.c. The data written by node_block_tree_put() becomes part of the tree. FALSE: nothing was written for INDEX, or
 * it has its data already. */
gboolean node_block_tree_take (NodeBlockTree *tree, NodeBlock *index);
/* The data written by node_block_tree_put() is not used. */
void node_block_tree_discard (NodeBlockTree *tree, NodeBlock *index);
/* Appends BLOCK, whose entry in the tree is INDEX, to the block files; with FILE ≥ 0 it is stored there already, at
 * POS. */
gboolean node_block_tree_store (NodeBlockTree *tree,
                                NodeBlock *index,
                                const BtcBlock *block,
                                gint32 file,
                                guint32 pos,
                                GError **error);
gboolean node_block_tree_store_undo (NodeBlockTree *tree, NodeBlock *index, const GByteArray *undo, GError **error);
/* Between these two calls no block is stored: used from the selection of the files to prune until they are deleted. */
void node_block_tree_lock_files (NodeBlockTree *tree);
void node_block_tree_unlock_files (NodeBlockTree *tree);
/* Whether FILE contains a block that was written by node_block_tree_put() and not taken yet. */
gboolean node_block_tree_is_waiting_in (NodeBlockTree *tree, gint32 file);
/* The tree no longer points into any of FILES (a set of file numbers). Returns the blocks that were in them. */
GPtrArray *node_block_tree_forget_files (NodeBlockTree *tree, GHashTable *files);
/* Deletes FILES; a pinned one is deleted by its last reader. */
void node_block_tree_remove_files (NodeBlockTree *tree, GHashTable *files);
gboolean node_block_tree_has_pruned (NodeBlockTree *tree); /* files were deleted, by this run or an earlier one */
gboolean node_block_tree_set_pruned (NodeBlockTree *tree, GError **error);

/* marks.c. */
NodeBlock *node_block_tree_get_best_invalid (NodeBlockTree *tree); /* the one with the most work; NULL: none */
void node_block_tree_note_invalid (NodeBlockTree *tree, NodeBlock *block);
/* Marks FAILED and its descendants. */
void node_block_tree_mark_failed (NodeBlockTree *tree, NodeBlock *failed);
/* Clears the mark of BLOCK, its ancestors and its descendants. */
void node_block_tree_reconsider (NodeBlockTree *tree, NodeBlock *block);
/* Lowers the validity of all blocks above BASE to that of blocks that were never connected. */
void node_block_tree_forget_validity_above (NodeBlockTree *tree, const NodeBlock *base);
/* The valid header with the most work, TIP (may be NULL) among equals. */
void node_block_tree_find_best_header (NodeBlockTree *tree, NodeBlock *tip);

/* check.c. What is inconsistent in the tree; NULL: nothing. BASE (may be NULL) is the block of a snapshot. Between two
 * changes. The caller owns the string. */
char *node_block_tree_dup_problem (NodeBlockTree *tree, const NodeBlock *base);

/* write.c. Flushes the block files, then writes all changes to the index. A failure breaks the health. */
gboolean node_block_tree_write (NodeBlockTree *tree, GError **error);
gint64 node_block_tree_get_last_write_us (NodeBlockTree *tree);
/* At shutdown: truncates the preallocated space of the files. */
gboolean node_block_tree_finish_files (NodeBlockTree *tree, GError **error);

G_END_DECLS

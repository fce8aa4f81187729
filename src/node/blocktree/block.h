#pragma once

#include "bitcoin/consensus/block_check.h"
#include "bitcoin/consensus/params.h"
#include "bitcoin/consensus/verdict.h"
#include "bitcoin/primitives/block.h"
#include "node/store/block_index_db.h"

G_BEGIN_DECLS

/* A block of the tree. The fields above the line never change once the block is in the tree, and may be read on any
 * thread that has the block from the tree or a NodeTip. Those below are written by the chain thread under the lock of
 * the tree; other threads read them with node_block_tree_get_record(). Blocks live as long as their tree. */
typedef struct _NodeBlock NodeBlock;
struct _NodeBlock {
  guint8 hash32[32];
  BtcHeader header;
  guint32 height;
  NodeBlock *prev;       /* NULL for the genesis block */
  NodeBlock *skip;       /* an ancestor further down, for node_block_ancestor() */
  BtcUint256 chain_work; /* of the whole branch up to here */
  guint32 time_max;      /* the largest header time on the branch */
  /* ---- chain thread ---- */
  guint32 status;   /* NodeBlockStatus */
  guint32 n_tx;     /* 0 until the block's data was received */
  guint64 chain_tx; /* transactions up to here, 0 when a block below is missing */
  gint32 file;
  guint32 data_pos;
  guint32 undo_pos;
  guint64 sequence; /* order of arrival: first seen wins among equal work */
  gboolean dirty;   /* to be written to the block index */
};

/* Pure functions, any thread. */
NodeBlock *node_block_ancestor (const NodeBlock *block, guint32 height); /* NULL when HEIGHT is above it */
gint64 node_block_median_time_past (const NodeBlock *block);
const NodeBlock *node_block_fork (const NodeBlock *a, const NodeBlock *b);    /* last common ancestor */
gboolean node_block_descends (const NodeBlock *block, const NodeBlock *from); /* or is the same */
/* The blocks of a locator (getheaders): from FROM (NULL: none) down to the genesis block, the first ten one by one,
 * then in steps that double. The caller frees the array, not the blocks. */
GPtrArray *node_block_dup_locator (const NodeBlock *from);
int node_block_compare_work (const NodeBlock *a, const NodeBlock *b);
/* Valid up to this level, and not marked as failed? Chain thread, or with a consistent copy. */
gboolean node_block_is_valid (const NodeBlock *block, NodeBlockStatus up_to);
/* The context for the rules of a header after PREV, to which it holds pointers. */
BtcPrevContext node_block_prev_context (const NodeBlock *prev);
/* Fills in the fields that depend on the previous block: height, work, time_max, skip. */
void node_block_link (NodeBlock *block, NodeBlock *prev);
/* One of the two blocks of the main network whose coinbase a later one overwrote (BIP 30). */
gboolean node_block_is_bip30_overwritten (const NodeBlock *block);
/* Is BLOCK, as read from a file, the block that was stored as INDEX: with the same header, and the transactions and
 * witnesses that it commits to? */
gboolean node_block_is_intact (const NodeBlock *index, const BtcBlock *block, const BtcParams *params);
/* Proof of work, then btc_block_check(): the header and block rules that need no tree. */
gboolean node_block_check (const BtcBlock *block, const BtcParams *params, BtcVerdict *verdict);

/* Hash and time of a block for the log. The caller owns the strings. */
char *node_block_dup_hash (const guint8 hash32[32]);
char *node_block_dup_date (guint32 time);
double node_block_log2_work (const NodeBlock *block);
void node_block_log_rejected (const guint8 hash32[32], guint32 height, const BtcVerdict *verdict);

G_END_DECLS

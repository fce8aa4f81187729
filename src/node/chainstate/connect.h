#pragma once

#include "node/chainstate/assume_valid.h"
#include "node/chainstate/checks.h"
#include "node/chainstate/sigcache.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* The rules of a block that need coins. The thread of the coins. */

typedef struct _NodeConnect NodeConnect;

/* What is shared by all blocks; it outlives the NodeConnects created with it. */
typedef struct {
  NodeBlockTree *tree;
  const BtcParams *params;
  NodeHealth *health;
  NodeChecks *checks;
  NodeSigcache *sigcache;
  NodeAssumeValid assume_valid;
} NodeConnectTools;

/* Must INDEX be searched for transactions that overwrite unspent ones (BIP 30)? */
gboolean node_connect_needs_bip30 (const BtcParams *params, const NodeBlock *index);
/* What one block needs while it is being connected; used for one block after another. */
NodeConnect *node_connect_new (NodeConnectTools *tools);
void node_connect_free (NodeConnect *connect);
typedef enum {
  NODE_CONNECT_TO_KEEP,      /* undo data may be written */
  NODE_CONNECT_TO_CHECK,     /* it may not; any thread, if no other uses COINS */
  NODE_CONNECT_TO_CHECK_ALL, /* likewise, and the scripts that -assumevalid covers are also checked */
} NodeConnectPurpose;
/* Applies BLOCK to COINS, whose best block is INDEX->prev, or will be when the blocks that began earlier have
 * succeeded. Its scripts are still being checked when this returns. FALSE for an error of this machine: the coins are
 * unchanged. */
gboolean node_connect_begin (NodeConnect *connect,
                             NodeCoins *coins,
                             BtcBlock *block,
                             NodeBlock *index,
                             NodeConnectPurpose purpose,
                             GError **error);
/* Waits for the script checks. If the verdict is not OK the block must be undone. */
const BtcVerdict *node_connect_wait (NodeConnect *connect);
/* Undoes node_connect_begin(); blocks that began later must have been undone before. */
gboolean node_connect_take_back (NodeConnect *connect, GError **error);
/* Borrowed, until the next node_connect_begin(). */
const NodeBlock *node_connect_get_index (NodeConnect *connect);
BtcBlock *node_connect_get_block (NodeConnect *connect);
const BtcCoin *node_connect_get_spent (NodeConnect *connect);
gboolean node_connect_is_checking (NodeConnect *connect); /* everything else is done and valid */
/* Writes the undo data of the connected block. */
gboolean node_connect_write_undo (NodeConnect *connect, GError **error);
/* Adds the outputs of TX. */
void node_connect_add_outputs (NodeCoins *coins, const BtcTx *tx, guint32 height, gboolean possible_overwrite);

G_END_DECLS

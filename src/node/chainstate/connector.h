#pragma once

#include "node/chainstate/chainstate.h"
#include "node/chainstate/sigcache.h"

G_BEGIN_DECLS

/* Connects blocks to a set of coins; owns the script check threads and the work space. The chain thread has one for all
 * of its coins; a thread that connects blocks to its own view has another one. */

typedef struct _NodeConnector NodeConnector;

/* SCRIPT_THREADS besides the caller's own. The other arguments outlive it. */
NodeConnector *node_connector_new (NodeBlockTree *tree,
                                   const BtcParams *params,
                                   NodeHealth *health,
                                   NodeSigcache *sigcache,
                                   guint script_threads);
void node_connector_free (NodeConnector *connector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeConnector, node_connector_free)

/* The result for one block. */
typedef struct {
  NodeBlock *index;
  BtcBlock *block;      /* borrowed, until the connector is used again */
  const BtcCoin *spent; /* in input order; borrowed like BLOCK */
  BtcVerdict verdict;   /* not OK: it was not connected, and the coins are unchanged */
} NodeConnected;

/* Connects the block after the tip of STATE towards TARGET: it becomes the tip, and its undo data is written. HINT (may
 * be NULL) is a block that need not be read if it is that one. With GO_AHEAD the block after it may be begun already,
 * to save time; it must then be connected by the next step, or dropped before the coins are used otherwise. FALSE is
 * for an error of this machine. */
gboolean node_connector_step (NodeConnector *connector,
                              NodeChainstate *state,
                              const NodeBlock *target,
                              gboolean go_ahead,
                              BtcBlock *hint,
                              NodeConnected *connected,
                              GError **error);
gboolean node_connector_is_ahead (NodeConnector *connector); /* a block was begun: the coins have no best block */
gboolean node_connector_drop_ahead (NodeConnector *connector, GError **error);

/* Connects BLOCK to COINS, a view; no files are read or written. CHECK_SCRIPTS: also those that -assumevalid covers.
 * When *VERDICT is not OK the coins are unchanged. */
gboolean node_connector_try (NodeConnector *connector,
                             NodeCoins *coins,
                             BtcBlock *block,
                             NodeBlock *index,
                             gboolean check_scripts,
                             BtcVerdict *verdict,
                             GError **error);

G_END_DECLS

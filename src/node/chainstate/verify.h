#pragma once

#include "node/chainstate/sigcache.h"
#include "node/blocktree/tree.h"
#include "node/chainstate/progress.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* Verifies the last blocks and the coins. Any thread, if no other uses the view. */

typedef struct {
  NodeBlockTree *tree;
  const BtcParams *params;
  NodeCoins *view; /* its best block is TIP */
  NodeBlock *tip;
  guint level;            /* -checklevel: 0 to 4 */
  guint32 depth;          /* the number of blocks; 0: all */
  gboolean allow_missing; /* data may be missing: blocks were pruned, or are below a snapshot */
  NodeSigcache *sigcache;
  guint script_threads; /* besides the caller's own */
  NodeProgressFunc progress;
  gpointer data;
} NodeVerifyOptions;

/* FALSE with ERROR when a block fails. *COMPLETE FALSE: not everything was checked, because data or memory was missing,
 * or it was cancelled. */
gboolean node_verify (const NodeVerifyOptions *options, gboolean *complete, GError **error);

G_END_DECLS

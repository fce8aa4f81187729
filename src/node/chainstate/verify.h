#pragma once

#include "node/chainstate/sigcache.h"
#include "node/blocktree/tree.h"
#include "node/chainstate/progress.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* Verifies the last blocks and the coins. Any thread, the only one with the view. */

typedef struct {
  NodeBlockTree *tree;
  const BtcParams *params;
  NodeCoins *view; /* its best block is TIP */
  NodeBlock *tip;
  guint level;       /* -checklevel: 0 to 4 */
  guint32 depth;     /* so many blocks; 0: all */
  gboolean may_lack; /* data may be missing: blocks were pruned, or came with a snapshot */
  NodeSigcache *sigcache;
  guint script_threads; /* besides the caller's own */
  NodeProgressFunc progress;
  gpointer data;
} NodeVerifyOptions;

/* FALSE with ERROR when a block fails. *COMPLETE FALSE: data or memory was missing, or it was ended, so that not all
 * was checked. */
gboolean node_verify (const NodeVerifyOptions *options, gboolean *complete, GError **error);

G_END_DECLS

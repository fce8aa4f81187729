#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Adds blocks to the tree and the files. Chain thread. */

typedef struct {
  gboolean requested;
  gboolean checked;            /* btc_block_check() was done, and its answer is in *VERDICT */
  gboolean checked_in_context; /* btc_block_check_contextual() was done, and found nothing */
  gboolean mark;               /* a block that breaks a rule by itself is marked, as when it comes from a file */
  gboolean late;               /* also on top of a block that is marked as failed: the caller marks this one, too */
  gint32 file;                 /* the file that it is already in, -1 for none */
  guint32 pos;
} NodeAcceptHow;
/* Adds BLOCK to the tree and the files, without connecting it. */
gboolean node_accept_store (NodeChain *chain,
                            BtcBlock *block,
                            const NodeAcceptHow *how,
                            NodeBlock **index,
                            gboolean *is_new,
                            BtcVerdict *verdict,
                            GError **error);
/* Makes the best valid chain active. *VERDICT is set when BLOCK, stored at INDEX, or an ancestor cannot be
 * connected. */
gboolean
node_accept_activate (NodeChain *chain, BtcBlock *block, NodeBlock *index, BtcVerdict *verdict, GError **error);
gboolean node_accept_genesis (NodeChain *chain, GError **error);

G_END_DECLS

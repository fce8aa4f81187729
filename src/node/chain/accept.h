#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Adds blocks to the tree and the files. Chain thread. */

typedef struct {
  gboolean requested;
  gboolean checked;            /* btc_block_check() was called, and its result is in *VERDICT */
  gboolean checked_in_context; /* btc_block_check_contextual() was called, and succeeded */
  gboolean mark; /* a block that violates a context-free rule is marked as failed, as in an import from a file */
  gboolean late; /* accepted even on top of a block that is marked as failed; the caller then marks it, too */
  gint32 file;   /* the file in which it is stored already; -1: none */
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

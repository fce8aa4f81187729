#pragma once

#include <gio/gio.h>

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* Block templates, and mining on a regression test network. */

typedef struct {
  BtcBlock *block;     /* valid but for its proof of work */
  gint64 *fees_sat;    /* one for each transaction; the coinbase's is minus their sum */
  guint32 *sigop_cost; /* likewise */
  guint32 height;
  gint64 min_time;
} NodeTemplate;

void node_template_free (NodeTemplate *block_template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeTemplate, node_template_free)

/* Chain thread. A block on the tip that pays to SCRIPT. TXS (BtcTx) are its transactions in order, NULL: the best of the mempool.
 * *VERDICT says why a block of TXS would not be valid (then NULL without ERROR). */
NodeTemplate *node_mining_make_template (NodeChain *chain,
                                         NodeMempool *mempool,
                                         BtcSpan script,
                                         GPtrArray *txs,
                                         BtcVerdict *verdict,
                                         GError **error);

/* Any thread but a main loop and the chain's: the nonce of BLOCK's header that satisfies it. NULL when *TRIES are used up (no
 * ERROR) or CANCELLABLE was cancelled. */
BtcBlock *node_mining_grind (BtcBlock *block, const BtcParams *params, guint64 *tries, GCancellable *cancellable);

/* Any thread but a main loop and the chain's. Mines up to N blocks that pay to SCRIPT, at most TRIES nonces in all, and
 * appends their hashes (32 bytes each) to HASHES. */
gboolean node_mining_generate (NodeChain *chain,
                               NodeMempool *mempool,
                               BtcSpan script,
                               guint n,
                               guint64 tries,
                               GCancellable *cancellable,
                               GByteArray *hashes,
                               GError **error);

G_END_DECLS

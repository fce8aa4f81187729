#pragma once

#include <gio/gio.h>

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* Block templates, and mining on a regression test network. */

#define NODE_MINING_MIN_RESERVED_WEIGHT 2000

typedef struct {
  gint64 min_fee_rate_sat_per_kvb; /* -blockmintxfee: transactions that pay less are not included */
  guint32 max_weight;              /* -blockmaxweight */
  guint32 reserved_weight;         /* -blockreservedweight: for the header, the count and the coinbase */
  guint32 reserved_sigops;         /* the signature operations of the coinbase, in units of their cost */
  gboolean coinbase_only;          /* no transactions of the mempool */
  gboolean log_fee_rates;          /* -printpriority: those of all transactions of a new template */
  gint32 version;                  /* -blockversion, regtest; 0: as the deployments require */
} NodeMiningOptions;

void node_mining_options_init (NodeMiningOptions *options); /* the reference's defaults */

/* Creates block templates, and keeps the last one. Any thread; functions with a CANCELLABLE block the caller, and use
 * the chain thread in short jobs only. */
typedef struct _NodeMining NodeMining;

/* Both are borrowed. */
NodeMining *node_mining_new (NodeChain *chain, NodeMempool *mempool, const NodeMiningOptions *options);
void node_mining_free (NodeMining *mining); /* after node_chain_close() */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeMining, node_mining_free)
NodeChain *node_mining_chain (NodeMining *mining);
const NodeMiningOptions *node_mining_options (NodeMining *mining);

/* Immutable, with an atomic reference count. */
typedef struct {
  const NodeBlock *prev; /* the tip on which it is built */
  BtcBlock *block;       /* valid except for its proof of work */
  gint64 *fees_sat;      /* one for each transaction; the coinbase's is minus their sum */
  guint32 *sigop_cost;   /* likewise */
  guint32 height;
  gint64 min_time;
  guint64 updates; /* see node_mempool_updates(), when it was created */
} NodeTemplate;

NodeTemplate *node_template_ref (NodeTemplate *block_template);
void node_template_unref (NodeTemplate *block_template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeTemplate, node_template_unref)

/* A block on the tip that pays to SCRIPT. TXS (BtcTx) are its transactions in order; NULL: the best of the mempool.
 * OPTIONS NULL: node_mining_options().
 * NULL without ERROR: the block with TXS would not be valid, for the reason in *VERDICT. ERROR as with
 * node_chain_run(), or the disk failed. */
NodeTemplate *node_mining_make_template (NodeMining *mining,
                                         const NodeMiningOptions *options,
                                         BtcSpan script,
                                         GPtrArray *txs,
                                         GCancellable *cancellable,
                                         BtcVerdict *verdict,
                                         GError **error);

/* For frequent callers: the last template while it is still valid, for some seconds even if the mempool changes. Its
 * coinbase can be spent by anyone. A reference, or NULL as above. */
NodeTemplate *
node_mining_get_template (NodeMining *mining, GCancellable *cancellable, BtcVerdict *verdict, GError **error);

/* The fees of its transactions. */
gint64 node_template_fees (const NodeTemplate *block_template);

/* What every coinbase of the template's block has: the beginning of its script (BIP 34), which miners may extend to 2 to
 * 100 bytes. */
void node_template_write_coinbase_script (const NodeTemplate *block_template, GByteArray *out);

/* The template's block with another coinbase and other fields of its header; not checked. NULL: it would be too long. */
BtcBlock *node_template_solve (const NodeTemplate *block_template,
                               guint32 version,
                               guint32 time,
                               guint32 nonce,
                               const BtcTx *coinbase);

/* Submits BLOCK as a miner does: any thread but a main loop and the chain's. *REASON (static) is NULL when it became
 * part of the active chain, else a BIP 22 reject reason, with details in *VERDICT, which is OK for "duplicate" and
 * "inconclusive". It is saved at once, since no other node has a copy. FALSE as with node_chain_run(), or the disk
 * failed. */
gboolean node_mining_submit (NodeMining *mining,
                             BtcBlock *block,
                             GCancellable *cancellable,
                             const char **reason,
                             BtcVerdict *verdict,
                             GError **error);

/* The header of a block on TIP as of now, without merkle root. */
void node_mining_next_header (NodeMining *mining, const NodeBlock *tip, BtcHeader *header, gint64 *min_time);

/* The size of the last template, the coinbase not counted as a transaction. FALSE: there is none. */
gboolean node_mining_get_last (NodeMining *mining, guint64 *weight, guint *n_txs);

/* Any thread but a main loop and the chain's: finds a nonce with which BLOCK has valid proof of work. NULL when *TRIES
 * are exhausted or CANCELLABLE was cancelled. */
BtcBlock *node_mining_grind (BtcBlock *block, const BtcParams *params, guint64 *tries, GCancellable *cancellable);

/* Any thread but a main loop and the chain's. Mines up to N blocks that pay to SCRIPT, at most TRIES nonces in all, and
 * appends their hashes (32 bytes each) to HASHES. */
gboolean node_mining_generate (NodeMining *mining,
                               BtcSpan script,
                               guint n,
                               guint64 tries,
                               GCancellable *cancellable,
                               GByteArray *hashes,
                               GError **error);

G_END_DECLS

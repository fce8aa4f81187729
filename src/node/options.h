#pragma once

#include "common/program.h"
#include "node/chain/chain.h"
#include "node/index/indexes.h"
#include "node/mempool/mempool.h"
#include "node/mining/mining.h"
#include "node/monitor.h"
#include "rpc/server.h"

G_BEGIN_DECLS

/* The node's options, and what is built from them. */

/* Sets options that follow from others, as the reference does. Before any is read. */
void node_options_interact (CommonOptions *options);

/* What the reference checks before it starts: options of a network outside of its section, values out of bounds, options
 * that exclude each other, addresses. Warns of what has no effect. After the log is open. */
gboolean node_options_check (const CommonProgram *program, GError **error);

/* options_peers.c, options_privacy.c: the parts about connections. */
gboolean node_options_check_peers (const CommonProgram *program, GError **error);
gboolean node_options_check_asmap (const CommonProgram *program, GError **error);
gboolean node_options_check_private_broadcast (const CommonProgram *program, GError **error);

/* Warnings for whoever administrates the node: options without effect, a cache that is too large for the memory. They
 * are written to the log and to standard error; *MONITOR gets them, too. */
void node_options_warn (const CommonProgram *program, NodeMonitor *monitor);

/* A disk that has not enough space for the blocks of the network below BLOCKSDIR; likewise. To be called for a new
 * chain. PRUNE_TARGET as in NodeChainOptions. */
void node_options_warn_of_disk (const CommonProgram *program,
                                const char *blocksdir,
                                guint64 prune_target,
                                NodeMonitor *monitor);

guint64 node_options_memory_mib (void); /* of this machine; 0: not known */
gsize node_options_dbcache_mib (const CommonOptions *options);

/* The parameters of the chosen network, as modified by the options. The caller owns them. */
BtcParams *node_options_new_params (const CommonProgram *program, GError **error);

/* *BLOCKSDIR, owned by the caller, is the string that OUT points to. */
gboolean node_options_fill_chain (const CommonProgram *program,
                                  const BtcParams *params,
                                  NodeChainOptions *out,
                                  char **blocksdir,
                                  GError **error);
gboolean node_options_fill_mempool (const CommonProgram *program, NodeMempoolOptions *out, GError **error);
gboolean node_options_fill_mining (const CommonProgram *program, NodeMiningOptions *out, GError **error);

/* Which indexes to keep. OUT->datadir is borrowed from PROGRAM; `fatal` is left NULL. */
gboolean node_options_fill_indexes (const CommonProgram *program, NodeIndexesOptions *out, GError **error);

/* A fee rate such as "0.00001" (BTC/kvB) as satoshi per 1,000 virtual bytes. */
gboolean node_options_get_fee_rate (const CommonProgram *program, const char *name, gint64 *sat, GError **error);

G_END_DECLS

#pragma once

#include "common/program.h"
#include "node/chain/chain.h"
#include "node/index/indexes.h"
#include "node/mempool/mempool.h"
#include "node/mining/mining.h"
#include "rpc/server.h"

G_BEGIN_DECLS

/* The node's options, and what is built from them. */

/* All options of the node, with those of the wallet and those that have no effect yet. The array is created once and
 * never freed. */
const CommonOptionSpec *node_option_specs (gsize *n);

/* Warns of options without effect; an option that must not be ignored is an error. After the log is open. */
gboolean node_options_check (const CommonProgram *program, GError **error);
/* Checks the wallet options before a wallet is started with them, and logs what is unusual about their values. */
gboolean node_options_check_wallet (const CommonProgram *program, GError **error);

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

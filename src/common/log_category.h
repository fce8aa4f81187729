#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The subjects of `-debug`, by name. Those that nothing is written to exist because users of the reference name them.
 * Any thread. */

typedef enum {
  COMMON_LOG_ADDRMAN,
  COMMON_LOG_BENCH, /* how long steps took */
  COMMON_LOG_BLOCKSTORAGE,
  COMMON_LOG_CMPCTBLOCK,
  COMMON_LOG_COINDB, /* the coins database and its cache */
  COMMON_LOG_ESTIMATEFEE,
  COMMON_LOG_HTTP,
  COMMON_LOG_I2P,
  COMMON_LOG_IPC, /* requests, replies and signals between the processes, with durations */
  COMMON_LOG_KERNEL,
  COMMON_LOG_LEVELDB,
  COMMON_LOG_LOOP, /* what blocked a main loop for more than 5 ms */
  COMMON_LOG_MEMPOOL,
  COMMON_LOG_MEMPOOLREJ,
  COMMON_LOG_NET,
  COMMON_LOG_PRIVATEBROADCAST,
  COMMON_LOG_PROXY,
  COMMON_LOG_PRUNE,
  COMMON_LOG_QT,
  COMMON_LOG_RAND,
  COMMON_LOG_REINDEX,
  COMMON_LOG_RPC,
  COMMON_LOG_SCAN,
  COMMON_LOG_SELECTCOINS,
  COMMON_LOG_TOR,
  COMMON_LOG_TXPACKAGES,
  COMMON_LOG_TXRECONCILIATION,
  COMMON_LOG_VALIDATION, /* blocks and headers: accepted, rejected, reorganisations */
  COMMON_LOG_WALLETDB,
  COMMON_LOG_ZMQ,
  COMMON_LOG_N_CATEGORIES
} CommonLogCategory;

/* Switches a category on or off by its name; "1", "all" and "" mean every one. FALSE when there is no such category. */
gboolean common_log_enable (const char *name, gboolean enabled);
gboolean common_log_enabled (CommonLogCategory category);
gboolean common_log_any_enabled (void);
const char *common_log_category_name (CommonLogCategory category);

/* All names with ", " between them. The caller owns it. */
char *common_log_dup_category_names (void);

/* The level up to which a category, or with NAME NULL every other one, is logged: "info" (nothing that -debug adds),
 * "debug" or "trace". FALSE when there is no such category or level. */
gboolean common_log_set_level (const char *name, const char *level);
#define COMMON_LOG_LEVELS "info, debug, trace"

G_END_DECLS

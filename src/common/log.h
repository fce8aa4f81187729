#pragma once

#include "common/log_limit.h"

G_BEGIN_DECLS

/* The log: one line per message, `2026-01-31T12:00:00Z [category] text`, to a file, to the console, or to both.
 * Messages without a category are always written; those of a category only while it is enabled by `-debug=`.
 * Control characters in a message are escaped, so that untrusted bytes cannot forge a line. Any thread. */

/* By name. Those that nothing is written to exist because users of the reference name them. */
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

typedef struct {
  const char *program;  /* named in console lines of a worker, so that one terminal shows all; NULL: not named */
  const char *file;     /* appended to; NULL: no file */
  gboolean console;     /* also to standard output */
  gboolean timestamps;  /* -logtimestamps */
  gboolean time_micros; /* -logtimemicros */
  gboolean limited; /* -logratelimit: 1 MiB an hour from each place in the source to the file, except for categories */
} CommonLogOptions;

/* Opens the log. Before this call messages go to standard error. FALSE when the file cannot be opened. */
gboolean common_log_open (const CommonLogOptions *options, GError **error);

/* Switches a category on or off by its name; "1", "all" and "" mean every one. FALSE when there is no such category. */
gboolean common_log_enable (const char *name, gboolean enabled);
gboolean common_log_enabled (CommonLogCategory category);
const char *common_log_category_name (CommonLogCategory category);

gboolean common_log_is_open (void); /* there is a file */

/* Reopens the file by its name (after SIGHUP). */
void common_log_reopen (void);

typedef enum {
  COMMON_LOG_INFO,
  COMMON_LOG_WARNING, /* marked as "Warning:" */
  COMMON_LOG_ERROR,   /* marked as "Error:" */
} CommonLogLevel;

#define common_info(...) common_log_write (COMMON_LOG_INFO, COMMON_LOG_HERE, __VA_ARGS__)
#define common_warn(...) common_log_write (COMMON_LOG_WARNING, COMMON_LOG_HERE, __VA_ARGS__)
#define common_error(...) common_log_write (COMMON_LOG_ERROR, COMMON_LOG_HERE, __VA_ARGS__)

#define COMMON_LOG_HERE (&(const CommonLogSite){ __FILE__, __LINE__, __func__ })
void common_log_write (CommonLogLevel level, const CommonLogSite *site, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Writes LINE, which includes its line break, unchanged to the log and to standard error: the only function here that
 * is async-signal-safe. */
void common_log_in_handler (const char *line);

/* Writes nothing, and does not format, while CATEGORY is off. */
void common_debug (CommonLogCategory category, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Sends g_warning(), g_critical() and friends of the libraries to the log. */
void common_log_catch_glib (void);

G_END_DECLS

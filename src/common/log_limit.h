#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much each place in the source may write to the file of the log within an hour: peers and clients must not be able
 * to fill the disk. Pure: the caller passes the time. Not thread-safe. */
typedef struct _CommonLogLimit CommonLogLimit;

#define COMMON_LOG_LIMIT_BYTES (1024 * 1024)
#define COMMON_LOG_LIMIT_WINDOW_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct {
  const char *file; /* static or interned */
  int line;
  const char *function; /* static or interned */
} CommonLogSite;

typedef enum {
  COMMON_LOG_LIMIT_WRITE,
  COMMON_LOG_LIMIT_WRITE_LAST, /* what follows from the same place is dropped until the hour is over */
  COMMON_LOG_LIMIT_DROP
} CommonLogLimitVerdict;

CommonLogLimit *common_log_limit_new (void);
void common_log_limit_free (CommonLogLimit *limit);

/* Counts a line of LEN bytes from SITE at NOW_US (monotonic), and returns what to do with it. */
CommonLogLimitVerdict common_log_limit_add (CommonLogLimit *limit, const CommonLogSite *site, gsize len, gint64 now_us);

/* To be called first: starts a new hour when the last one is over. Returns the messages, which the caller owns, about
 * what was dropped; NULL: nothing. */
char **common_log_limit_renew (CommonLogLimit *limit, gint64 now_us);

/* "file.c:12 (function)". The caller owns it. */
char *common_log_site_dup_name (const CommonLogSite *site);

G_END_DECLS

#pragma once

#include "common/log_category.h"
#include "common/log_limit.h"

G_BEGIN_DECLS

/* The log: one line per message, `2026-01-31T12:00:00Z [category] text` in the reference's form, to a file, to the console, or to both.
 * Messages without a category are always written; those of a category only while it is enabled by `-debug=`.
 * Control characters in a message are escaped, so that untrusted bytes cannot forge a line. Any thread. */

typedef struct {
  const char *program;  /* named in console lines of a worker, so that one terminal shows all; NULL: not named */
  const char *file;     /* appended to; NULL: no file */
  gboolean console;     /* also to standard output */
  gboolean timestamps;  /* -logtimestamps */
  gboolean time_micros; /* -logtimemicros */
  gboolean limited; /* -logratelimit: 1 MiB an hour from each place in the source to the file, except for categories */
  gboolean levels;  /* -loglevelalways */
  gboolean threads; /* -logthreadnames */
  gboolean places;  /* -logsourcelocations */
  gboolean shrink;  /* -shrinkdebugfile: keep only the end of a large file */
} CommonLogOptions;

/* Opens the log. Before this call messages go to standard error. FALSE when the file cannot be opened. */
gboolean common_log_open (const CommonLogOptions *options, GError **error);

gboolean common_log_is_open (void); /* there is a file */

/* Reopens the file by its name (after SIGHUP). */
void common_log_reopen (void);

typedef enum {
  COMMON_LOG_INFO,
  COMMON_LOG_WARNING, /* marked as "[warning]" */
  COMMON_LOG_ERROR,   /* marked as "[error]" */
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
#define common_debug(category, ...) common_log_debug (category, COMMON_LOG_HERE, __VA_ARGS__)
void
common_log_debug (CommonLogCategory category, const CommonLogSite *site, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Sends g_warning(), g_critical() and friends of the libraries to the log. */
void common_log_catch_glib (void);

G_END_DECLS

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"

/* A larger file is shortened to its last SHRUNK_BYTES by -shrinkdebugfile. */
#define SHRINK_ABOVE_BYTES (11 * 1000 * 1000)
#define SHRUNK_BYTES (10 * 1000 * 1000)

/* The log of this program. */
static struct {
  GMutex mutex;
  int fd; /* -1: no file */
  char *file;
  char *program;
  int console_fd; /* -1: none */
  gboolean timestamps;
  gboolean time_micros;
  gboolean levels, threads, places;
  CommonLogLimit *limit; /* NULL: none */
} log_state = { .fd = -1, .console_fd = STDERR_FILENO, .timestamps = TRUE };

/* A failure leaves the file as it is. */
static void
shrink_file (const char *path)
{
  g_autofree char *text = NULL;
  gsize len;

  if (g_file_get_contents (path, &text, &len, NULL) && len > SHRINK_ABOVE_BYTES)
    g_file_set_contents_full (path, text + len - SHRUNK_BYTES, SHRUNK_BYTES, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                              NULL);
}

gboolean
common_log_open (const CommonLogOptions *options, GError **error)
{
  g_return_val_if_fail (options != NULL, FALSE);

  int fd = -1;

  if (options->file != NULL) {
    if (options->shrink)
      shrink_file (options->file);
    fd = open (options->file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "Could not open debug log file %s: %s",
                   options->file, g_strerror (errno));
      return FALSE;
    }
  }

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_state.mutex);
  if (log_state.fd >= 0)
    close (log_state.fd);
  log_state.fd = fd;
  g_free (log_state.file);
  log_state.file = g_strdup (options->file);
  g_free (log_state.program);
  log_state.program = g_strdup (options->program);
  log_state.console_fd = options->console ? STDOUT_FILENO : -1;
  log_state.timestamps = options->timestamps;
  log_state.time_micros = options->time_micros;
  log_state.levels = options->levels;
  log_state.threads = options->threads;
  log_state.places = options->places;
  g_clear_pointer (&log_state.limit, common_log_limit_free);
  if (options->limited)
    log_state.limit = common_log_limit_new ();
  return TRUE;
}

gboolean
common_log_is_open (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_state.mutex);

  return log_state.fd >= 0;
}

void
common_log_reopen (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_state.mutex);

  if (log_state.file == NULL)
    return;

  int fd = open (log_state.file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return; /* the old file still works */
  close (log_state.fd);
  log_state.fd = fd;
}

/* Appends TEXT with every control character as \xNN, so that untrusted text stays on its line. */
static void
append_escaped (GString *line, const char *text)
{
  for (const char *at = text; *at != '\0'; at++) {
    guchar c = (guchar) *at;

    if (c < 0x20 || c == 0x7f)
      g_string_append_printf (line, "\\x%02x", c);
    else
      g_string_append_c (line, *at);
  }
}

static void
append_time (GString *line)
{
  gint64 now_us = g_get_real_time ();
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");

  g_string_append (line, text);
  if (log_state.time_micros)
    g_string_append_printf (line, ".%06d", (int) (now_us % G_USEC_PER_SEC));
  g_string_append (line, "Z ");
}

static void
write_whole (int fd, const char *text, gsize len)
{
  while (len > 0) {
    ssize_t written = write (fd, text, len);

    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return; /* an error of the log cannot be reported anywhere */
    text += written;
    len -= (gsize) written;
  }
}

/* "[net] ", "[warning] ", with -loglevelalways "[all:info] "; CATEGORY NULL: none. */
static void
append_kind (GString *line, const char *category, const char *level)
{
  gboolean usual = g_str_equal (level, category != NULL ? "debug" : "info");

  if (log_state.levels || (category != NULL && !usual))
    g_string_append_printf (line, "[%s:%s] ", category != NULL ? category : "all", level);
  else if (category != NULL || !usual)
    g_string_append_printf (line, "[%s] ", category != NULL ? category : level);
}

/* The first thread has the name of the program, but is known as "init". */
static void
append_thread (GString *line)
{
  char name[16];

  if (gettid () == getpid ())
    g_string_append (line, "[init] ");
  else if (pthread_getname_np (pthread_self (), name, sizeof name) == 0)
    g_string_append_printf (line, "[%s] ", name);
}

static GString *
new_line (const CommonLogSite *site, const char *level, const char *category, const char *message)
{
  GString *line = g_string_sized_new (160);

  if (log_state.timestamps)
    append_time (line);
  if (log_state.threads)
    append_thread (line);
  if (log_state.places && site != NULL)
    g_string_append_printf (line, "[%s:%d] [%s] ", site->file, site->line, site->function);
  append_kind (line, category, level);
  append_escaped (line, message);
  g_string_append_c (line, '\n');
  return line;
}

static void
write_to_file (const char *level, const char *message)
{
  GString *line = new_line (NULL, level, NULL, message);

  if (log_state.fd >= 0)
    write_whole (log_state.fd, line->str, line->len);
  g_string_free (line, TRUE);
}

/* Whether a line of LEN bytes from SITE may still be written to the file. Logs when messages begin to be dropped, and
 * when they are written again. */
static gboolean
is_within_limit (const CommonLogSite *site, gsize len)
{
  gint64 now_us = common_clock_monotonic_us ();
  g_auto (GStrv) renewed = common_log_limit_renew (log_state.limit, now_us);
  g_autofree char *name = NULL, *notice = NULL;

  for (guint i = 0; renewed != NULL && renewed[i] != NULL; i++)
    write_to_file ("warning", renewed[i]);
  switch (common_log_limit_add (log_state.limit, site, len, now_us)) {
  case COMMON_LOG_LIMIT_WRITE:
    return TRUE;
  case COMMON_LOG_LIMIT_WRITE_LAST:
    name = common_log_site_dup_name (site);
    notice = g_strdup_printf (
        "More than %d bytes were logged within an hour by %s. What it logs is dropped from this file "
        "until the hour is over; the console still shows it. Its last message:",
        COMMON_LOG_LIMIT_BYTES, name);
    write_to_file ("warning", notice);
    return TRUE;
  case COMMON_LOG_LIMIT_DROP:
    return FALSE;
  }
  return TRUE;
}

static void
write_line (const CommonLogSite *site, const char *level, const char *category, const char *message)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_state.mutex);
  g_autoptr (GString) line = new_line (site, level, category, message);
  gboolean limited = !g_str_equal (level, "debug") && log_state.limit != NULL && log_state.fd >= 0;

  if (log_state.fd >= 0 && (!limited || is_within_limit (site, line->len)))
    write_whole (log_state.fd, line->str, line->len);
  if (log_state.console_fd < 0)
    return;
  if (log_state.program != NULL) {
    g_string_prepend (line, ": ");
    g_string_prepend (line, log_state.program);
  }
  write_whole (log_state.console_fd, line->str, line->len);
}

static const char *const level_names[] = {
  [COMMON_LOG_INFO] = "info",
  [COMMON_LOG_WARNING] = "warning",
  [COMMON_LOG_ERROR] = "error",
};

void
common_log_write (CommonLogLevel level, const CommonLogSite *site, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  write_line (site, level_names[level], NULL, message);
}

void
common_log_in_handler (const char *line)
{
  if (log_state.fd >= 0)
    write_whole (log_state.fd, line, strlen (line));
  write_whole (STDERR_FILENO, line, strlen (line));
}

void
common_log_debug (CommonLogCategory category, const CommonLogSite *site, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (!common_log_enabled (category))
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  write_line (site, "debug", common_log_category_name (category), message);
}

static GLogWriterOutput
write_glib (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  const char *message = "";
  const char *domain = "glib";
  CommonLogSite site = { NULL, 0, "GLib" };

  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, "MESSAGE"))
      message = fields[i].value;
    else if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      domain = fields[i].value;
  }
  if ((level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)) != 0)
    return G_LOG_WRITER_HANDLED;
  site.file = g_intern_string (domain);
  write_line (&site, (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0 ? "error" : "warning", domain, message);
  return G_LOG_WRITER_HANDLED;
}

void
common_log_catch_glib (void)
{
  g_log_set_writer_func (write_glib, NULL, NULL);
}

#include "common/process_status.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

/* In /proc/self/stat, after the name of the program, which may hold spaces and ends with the last parenthesis. */
#define FIELDS_BEFORE_START 20

static guint64
process_read_clock_us (clockid_t clock)
{
  struct timespec time;

  if (clock_gettime (clock, &time) < 0)
    return 0;
  return (guint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* The number after NAME at the beginning of a line of the file PATH; 0: there is none. */
static guint64
process_read_line (const char *path, const char *name)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  for (const char *line = text; line != NULL; line = strchr (line, '\n')) {
    line += *line == '\n';
    if (g_str_has_prefix (line, name))
      return g_ascii_strtoull (line + strlen (name), NULL, 10);
  }
  return 0;
}

/* When the process was started, since the start of the system. */
static guint64
process_read_start_us (void)
{
  g_autofree char *text = NULL;
  const char *field;

  if (!g_file_get_contents ("/proc/self/stat", &text, NULL, NULL))
    return 0;
  field = strrchr (text, ')');
  for (guint i = 0; i < FIELDS_BEFORE_START && field != NULL; i++)
    field = strchr (field + 1, ' ');
  return field != NULL ? g_ascii_strtoull (field + 1, NULL, 10) * G_USEC_PER_SEC / sysconf (_SC_CLK_TCK) : 0;
}

void
common_process_status_read (CommonProcessStatus *status)
{
  guint64 now_us = process_read_clock_us (CLOCK_BOOTTIME);
  guint64 start_us = process_read_start_us ();

  *status = (CommonProcessStatus){
    .pid = getpid (),
    .n_threads = process_read_line ("/proc/self/status", "Threads:"),
    .rss = process_read_line ("/proc/self/status", "VmRSS:") * 1024,
    .pss = process_read_line ("/proc/self/smaps_rollup", "Pss:") * 1024,
    .cpu_us = process_read_clock_us (CLOCK_PROCESS_CPUTIME_ID),
    .uptime_us = now_us > start_us ? now_us - start_us : 0,
  };
}

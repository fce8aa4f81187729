#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What this process uses, as the kernel counts it. Any thread, but reading blocks: for a large process it takes
 * milliseconds. */

typedef struct {
  guint pid;
  guint n_threads;
  guint64 rss;       /* bytes in memory, including those shared with other processes */
  guint64 pss;       /* the same, shared ones divided by the number of processes that share them; 0: unknown */
  guint64 cpu_us;    /* time on all processors */
  guint64 uptime_us; /* since the process was started */
} CommonProcessStatus;

void common_process_status_read (CommonProcessStatus *status);

G_END_DECLS

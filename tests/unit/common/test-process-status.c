#include "common/process_status.h"

#include <string.h>
#include <unistd.h>

#define MEMORY (64u << 20)
#define BUSY_US 30000

static gpointer
status_wait (gpointer data)
{
  g_mutex_lock (data);
  g_mutex_unlock (data);
  return NULL;
}

static void
test_memory (void)
{
  CommonProcessStatus before, after;
  g_autofree char *memory = NULL;

  common_process_status_read (&before);
  memory = g_malloc (MEMORY);
  memset (memory, 1, MEMORY);
  common_process_status_read (&after);
  g_assert_cmpuint (before.rss, >, 0);
  g_assert_cmpuint (after.rss, >=, before.rss + MEMORY * 3 / 4);
  if (before.pss > 0)
    g_assert_cmpuint (after.pss, <=, after.rss);
}

static void
test_threads (void)
{
  CommonProcessStatus before, after;
  GThread *threads[3];
  GMutex lock;

  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  common_process_status_read (&before);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("waits", status_wait, &lock);
  common_process_status_read (&after);
  g_mutex_unlock (&lock);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_mutex_clear (&lock);
  g_assert_cmpuint (before.n_threads, >, 0);
  /* The thread sanitizer has one of its own from the first thread on. */
  g_assert_cmpuint (after.n_threads, >=, before.n_threads + 3);
  g_assert_cmpuint (after.n_threads, <=, before.n_threads + 4);
}

static void
test_times (void)
{
  CommonProcessStatus before, after;
  gint64 end;

  common_process_status_read (&before);
  end = g_get_monotonic_time () + BUSY_US;
  while (g_get_monotonic_time () < end)
    ;
  common_process_status_read (&after);
  g_assert_cmpuint (after.pid, ==, getpid ());
  g_assert_cmpuint (after.cpu_us, >, before.cpu_us);
  g_assert_cmpuint (after.uptime_us, >=, before.uptime_us + BUSY_US / 2); /* another clock */
  /* Not that of the system. */
  g_assert_cmpuint (after.uptime_us, <, (guint64) 3600 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/common/process-status/memory", test_memory);
  g_test_add_func ("/common/process-status/threads", test_threads);
  g_test_add_func ("/common/process-status/times", test_times);
  return g_test_run ();
}

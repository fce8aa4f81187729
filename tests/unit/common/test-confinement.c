#include "common/confinement.h"

#include <sys/prctl.h>

static gpointer
wait_for_end (gpointer data)
{
  g_mutex_lock (data);
  g_mutex_unlock (data);
  return NULL;
}

static gboolean
confinement_has (const char *name)
{
  g_autofree const char **list = common_confinement_dup_list ();

  return g_strv_contains (list, name);
}

/* In a process of its own, since confinement cannot be undone. */
static void
test_threads (void)
{
  GMutex lock;
  GThread *before, *after;

  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  before = g_thread_new ("before", wait_for_end, &lock);
  common_confinement_apply ();
  g_assert_cmpint (prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ==, 1);
  g_assert_false (confinement_has ("no-new-privileges"));
  g_assert_false (confinement_has ("system-call-filter"));
  g_mutex_unlock (&lock);
  g_thread_join (before);
  g_mutex_lock (&lock);
  after = g_thread_new ("after", wait_for_end, &lock);
  g_assert_true (confinement_has ("no-new-privileges"));
  g_mutex_unlock (&lock);
  g_thread_join (after);
  g_mutex_clear (&lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/common/confinement/threads", test_threads);
  return g_test_run ();
}

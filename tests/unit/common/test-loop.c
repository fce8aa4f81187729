#include "common/log.h"
#include "common/loop.h"

#include <glib/gstdio.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  GMainLoop *loop;
  guint turn;
} Fixture;

/* By the thread's processor time, which stops while others run. */
static void
work (gint64 ms)
{
  struct timespec start, now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
  do
    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < ms);
}

/* An iteration that works, one that waits, one that waits in a pause, and one that does little. */
static gboolean
turn (gpointer data)
{
  Fixture *f = data;

  switch (f->turn++) {
  case 0:
    common_info ("turn: works");
    work (20);
    break;
  case 1:
    common_info ("turn: waits");
    g_usleep (40000);
    break;
  case 2:
    common_info ("turn: pauses");
    common_loop_pause ();
    work (20);
    common_loop_resume ();
    break;
  case 3:
    common_info ("turn: nothing");
    break;
  default:
    g_main_loop_quit (f->loop);
    return G_SOURCE_REMOVE;
  }
  return G_SOURCE_CONTINUE;
}

/* What was logged during the iteration called NAME; the caller owns it. */
static char *
dup_logged (const char *log, const char *name)
{
  g_autofree char *mark = g_strconcat ("turn: ", name, "\n", NULL);
  const char *start = strstr (log, mark);
  const char *end;

  g_assert_nonnull (start);
  start += strlen (mark);
  end = strstr (start, "turn: ");
  return g_strndup (start, end != NULL ? (gsize) (end - start) : strlen (start));
}

static void
test_watch (void)
{
  g_autofree char *folder = g_dir_make_tmp ("loop-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  g_autofree char *log = NULL, *works = NULL, *waits = NULL, *pauses = NULL, *nothing = NULL;
  Fixture f = { g_main_loop_new (NULL, FALSE), 0 };

  g_assert_true (common_log_open (&(CommonLogOptions){ .file = path }, NULL));
  g_assert_true (common_log_enable ("loop", TRUE));
  common_loop_watch ();
  g_timeout_add (1, turn, &f);
  g_main_loop_run (f.loop);
  g_assert_true (g_file_get_contents (path, &log, NULL, NULL));
  works = dup_logged (log, "works");
  waits = dup_logged (log, "waits");
  pauses = dup_logged (log, "pauses");
  nothing = dup_logged (log, "nothing");
  g_assert_nonnull (strstr (works, "The main loop was blocked for "));
  g_assert_nonnull (strstr (works, "test-common-loop+0x"));
  g_assert_nonnull (strstr (waits, "The main loop was blocked for "));
  g_assert_nonnull (strstr (waits, "g_usleep"));
  g_assert_null (strstr (pauses, "was blocked"));
  g_assert_null (strstr (nothing, "was blocked"));
  g_main_loop_unref (f.loop);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/common/loop/watch", test_watch);
  return g_test_run ();
}

#include "dbus/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "bus-generated.h"
#include "dbus/backoff.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/names.h"

typedef struct {
  BusSupervisor *supervisor;
  guint n_ready;
  guint n_lost;
  guint n_failed;
  guint n_ended;
  guint n_silent, n_answers;
  guint n_failures; /* in the last "ended" */
  char *message;
  gboolean stopped;
} Fixture;

static void
on_ready (BusSupervisor *supervisor, GDBusConnection *connection, Fixture *f)
{
  f->n_ready++;
  g_assert_true (connection == bus_supervisor_get_connection (supervisor));
}

static void
on_lost (BusSupervisor *supervisor, gboolean again, Fixture *f)
{
  f->n_lost++;
  g_assert_null (bus_supervisor_get_connection (supervisor));
}

static void
on_ended (BusSupervisor *supervisor, const char *message, guint n_failures, Fixture *f)
{
  f->n_ended++;
  f->n_failures = n_failures;
  g_free (f->message);
  f->message = g_strdup (message);
}

static void
on_answering (BusSupervisor *supervisor, gboolean answers, Fixture *f)
{
  if (answers)
    f->n_answers++;
  else
    f->n_silent++;
}

static void
on_failed (BusSupervisor *supervisor, const GError *error, Fixture *f)
{
  f->n_failed++;
  g_free (f->message);
  f->message = g_strdup (error->message);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;

  g_assert_true (bus_supervisor_stop_finish (f->supervisor, result, NULL));
  f->stopped = TRUE;
}

static void
prepare (Fixture *f, const char *mode, const char *file)
{
  const char *args[] = { mode, file, NULL };

  *f = (Fixture){ 0 };
  f->supervisor = bus_supervisor_new ("wallet", g_getenv ("FAKE_WORKER"), args, "regtest");
  g_signal_connect (f->supervisor, "ready", G_CALLBACK (on_ready), f);
  g_signal_connect (f->supervisor, "ended", G_CALLBACK (on_ended), f);
  g_signal_connect (f->supervisor, "lost", G_CALLBACK (on_lost), f);
  g_signal_connect (f->supervisor, "failed", G_CALLBACK (on_failed), f);
  g_signal_connect (f->supervisor, "answering", G_CALLBACK (on_answering), f);
  bus_supervisor_set_watch_interval (f->supervisor, 20);
}

static void
begin (Fixture *f, const char *mode, const char *file)
{
  prepare (f, mode, file);
  bus_supervisor_start (f->supervisor);
}

static void
wait_for_count (const guint *counter, guint value)
{
  while (*counter < value)
    g_main_context_iteration (NULL, TRUE);
}

static void
end (Fixture *f)
{
  bus_supervisor_stop_async (f->supervisor, on_stopped, f);
  while (!f->stopped)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (bus_supervisor_get_pid (f->supervisor), ==, 0);
  g_assert_cmpint (bus_supervisor_get_exit_code (f->supervisor), ==, 0);
  g_object_unref (f->supervisor);
}

/* Only 0 to 3 and what the worker opened itself: no pipe and no file of the parent. */
static void
check_descriptors (GPid pid, int leaked)
{
  for (int fd = 0; fd < 256; fd++) {
    g_autofree char *name = g_strdup_printf ("/proc/%d/fd/%d", (int) pid, fd);
    g_autofree char *target = g_file_read_link (name, NULL);

    if (target == NULL || fd <= 2)
      continue;
    if (fd == BUS_WORKER_FD)
      g_assert_true (g_str_has_prefix (target, "socket:"));
    else
      g_assert_true (g_str_has_prefix (target, "anon_inode:"));
  }
}

static void
test_serve (void)
{
  /* Without CLOEXEC, at numbers that a worker does not use: it must not inherit these. */
  int leaked = open ("/proc/self/status", O_RDONLY);
  int leaked_high = fcntl (leaked, F_DUPFD, 100);
  g_autoptr (BusInit1) init = NULL;
  const char *const *confinement;
  Fixture f;

  g_assert_cmpint (leaked_high, >=, 100);
  begin (&f, "serve", NULL);
  wait_for_count (&f.n_ready, 1);
  check_descriptors (bus_supervisor_get_pid (f.supervisor), leaked);
  init = bus_init1_proxy_new_sync (bus_supervisor_get_connection (f.supervisor), 0, NULL, BUS_PATH_INIT, NULL, NULL);
  confinement = bus_init1_get_confinement (init);
  g_assert_true (g_strv_contains (confinement, "no-new-privileges"));
  g_assert_true (g_strv_contains (confinement, "no-core-dumps"));
  g_clear_object (&init);
  end (&f);
  g_assert_cmpuint (f.n_lost, ==, 1);
  close (leaked);
  close (leaked_high);
}

static void
test_killed (void)
{
  Fixture f;

  begin (&f, "serve", NULL);
  for (guint i = 1; i <= 3; i++) {
    GPid pid;

    wait_for_count (&f.n_ready, i);
    pid = bus_supervisor_get_pid (f.supervisor);
    g_assert_cmpint (pid, >, 0);
    kill (pid, SIGKILL);
    wait_for_count (&f.n_lost, i);
  }
  wait_for_count (&f.n_ready, 4);
  end (&f);
}

/* The first restart is immediate; a worker that becomes ready each time is restarted within a second; one that fails
 * each time is restarted after growing delays of at most half a minute. */
static void
test_backoff (void)
{
  const guint failing[] = { 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000 };
  BusBackoff backoff;

  bus_backoff_init (&backoff);
  for (guint i = 0; i < G_N_ELEMENTS (failing); i++)
    g_assert_cmpuint (bus_backoff_next (&backoff, FALSE, 0), ==, failing[i]);
  g_assert_cmpuint (bus_backoff_next (&backoff, TRUE, BUS_BACKOFF_HEALTHY_US), ==, 100);
  guint last = 0;
  for (guint i = 0; i < BUS_BACKOFF_READY_RUNS; i++) {
    guint wait = bus_backoff_next (&backoff, TRUE, 1000);
    g_assert_cmpuint (wait, >=, last);
    g_assert_cmpuint (wait, <=, 800);
    last = wait;
  }
  /* But not indefinitely, if each run is short. */
  for (guint i = 0; i < 10; i++) {
    guint wait = bus_backoff_next (&backoff, TRUE, 1000);
    g_assert_cmpuint (wait, >=, last);
    last = wait;
  }
  g_assert_cmpuint (last, ==, 30000);
  g_assert_cmpuint (bus_backoff_next (&backoff, TRUE, BUS_BACKOFF_HEALTHY_US + 1), ==, 100);
}

/* A worker that hangs is reported once, and not restarted; then it answers, or is killed. */
static void
test_silent (void)
{
  Fixture f;

  begin (&f, "serve", NULL);
  wait_for_count (&f.n_ready, 1);
  for (guint i = 1; i <= 2; i++) {
    kill (bus_supervisor_get_pid (f.supervisor), SIGSTOP);
    wait_for_count (&f.n_silent, i);
    kill (bus_supervisor_get_pid (f.supervisor), SIGCONT);
    wait_for_count (&f.n_answers, i);
    g_assert_cmpuint (f.n_silent - f.n_answers, <=, 1);
  }
  g_assert_cmpuint (f.n_lost, ==, 0);
  kill (bus_supervisor_get_pid (f.supervisor), SIGSTOP);
  wait_for_count (&f.n_silent, 3);
  kill (bus_supervisor_get_pid (f.supervisor), SIGKILL);
  wait_for_count (&f.n_ready, 2);
  /* Nor does it delay the shutdown. */
  kill (bus_supervisor_get_pid (f.supervisor), SIGSTOP);
  wait_for_count (&f.n_silent, 4);
  bus_supervisor_stop_async (f.supervisor, on_stopped, &f);
  while (!f.stopped)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (bus_supervisor_get_exit_code (f.supervisor), ==, -1);
  g_object_unref (f.supervisor);
}

static gboolean
on_time (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* A worker that fails at once is restarted after growing delays: within 0.7 s at 0, 100, 300 and 700 ms. */
static void
test_no_spinning (void)
{
  gboolean over = FALSE;
  Fixture f;

  begin (&f, "fail", NULL);
  g_timeout_add (650, on_time, &over);
  for (guint starts = 0; !over;) {
    static GPid last = 0;
    GPid pid = bus_supervisor_get_pid (f.supervisor);

    if (pid != 0 && pid != last) {
      last = pid;
      g_assert_cmpuint (++starts, <=, 4);
    }
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpuint (f.n_ready, ==, 0);
  g_assert_cmpuint (f.n_failed, ==, 0);
  g_assert_cmpuint (f.n_failures, >=, 1);
  g_assert_cmpstr (f.message, ==, "injected failure");
  g_clear_pointer (&f.message, g_free);
  bus_supervisor_stop_async (f.supervisor, on_stopped, &f);
  while (!f.stopped)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (bus_supervisor_get_exit_code (f.supervisor), ==, 1);
  g_object_unref (f.supervisor);
}

/* Files are mostly in use for a moment only: by the worker of an application that was killed. */
static void
test_locked (void)
{
  g_autofree char *folder = g_dir_make_tmp ("supervisor-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "lock", NULL);
  Fixture f;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  begin (&f, "locked", file);
  bus_supervisor_set_final_errors (f.supervisor, TRUE);
  wait_for_count (&f.n_ready, 1);
  g_assert_cmpuint (f.n_failed, ==, 0);
  g_assert_cmpuint (f.n_ended, ==, 1);
  g_clear_pointer (&f.message, g_free);
  end (&f);
  g_rmdir (folder);
}

static void
test_wrong_network (void)
{
  Fixture f;

  begin (&f, "network", NULL);
  wait_for_count (&f.n_failed, 1);
  while (bus_supervisor_get_pid (f.supervisor) != 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (f.n_ready, ==, 0);
  g_free (f.message);
  g_object_unref (f.supervisor);
}

static void
test_no_program (void)
{
  Fixture f = { 0 };

  f.supervisor = bus_supervisor_new ("wallet", "/no/such/program", NULL, "regtest");
  g_signal_connect (f.supervisor, "failed", G_CALLBACK (on_failed), &f);
  bus_supervisor_start (f.supervisor);
  g_assert_cmpuint (f.n_failed, ==, 1);
  g_free (f.message);
  g_object_unref (f.supervisor);
}

/* A worker that calls its parent is disconnected. It is killed unless it exits by itself first. */
static void
test_call_to_parent (void)
{
  Fixture f;

  begin (&f, "call", NULL);
  while (f.n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (f.supervisor);
}

/* A worker that sends nothing before Hello is killed and restarted. */
static void
test_mute (void)
{
  Fixture f;

  prepare (&f, "mute", NULL);
  bus_supervisor_set_hello_timeout (f.supervisor, 50);
  bus_supervisor_start (f.supervisor);
  wait_for_count (&f.n_ended, 2);
  g_assert_cmpint (bus_supervisor_get_exit_code (f.supervisor), ==, -1);
  g_assert_cmpuint (f.n_failures, ==, 2);
  g_assert_cmpuint (f.n_ready, ==, 0);
  bus_supervisor_stop_async (f.supervisor, on_stopped, &f);
  while (!f.stopped)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (f.supervisor);
}

/* A worker that violates the protocol is killed at once, although it would continue to run. */
static void
test_garbage (void)
{
  Fixture f;

  begin (&f, "garbage", NULL);
  wait_for_count (&f.n_ended, 2);
  g_assert_cmpint (bus_supervisor_get_exit_code (f.supervisor), ==, -1);
  bus_supervisor_stop_async (f.supervisor, on_stopped, &f);
  while (!f.stopped)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (f.supervisor);
}

static void
test_flood (void)
{
  Fixture f;

  begin (&f, "flood", NULL);
  bus_supervisor_set_final_errors (f.supervisor, TRUE);
  wait_for_count (&f.n_failed, 1);
  g_assert_cmpstr (f.message, ==, "\\u001b[31mred\\u202e");
  g_free (f.message);
  g_object_unref (f.supervisor);
}

static void
test_final_errors (void)
{
  Fixture f;

  begin (&f, "fail", NULL);
  bus_supervisor_set_final_errors (f.supervisor, TRUE);
  wait_for_count (&f.n_failed, 1);
  g_assert_cmpuint (f.n_ended, ==, 0);
  g_assert_cmpstr (f.message, ==, "injected failure");
  /* It stays stopped until it is started explicitly. */
  bus_supervisor_start_with (f.supervisor, "again");
  wait_for_count (&f.n_failed, 2);
  g_free (f.message);
  g_object_unref (f.supervisor);
}

static char *
wait_for_file (const char *path)
{
  char *text = NULL;

  while (!g_file_get_contents (path, &text, NULL, NULL) || text[0] == '\0') {
    g_clear_pointer (&text, g_free);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (5000);
  }
  return text;
}

static void
test_attach_peer (void)
{
  g_autofree char *folder = g_dir_make_tmp ("supervisor-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "said", NULL);
  g_autofree char *said = NULL;
  int fds[2];
  Fixture f;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  begin (&f, "serve", file);
  wait_for_count (&f.n_ready, 1);
  bus_init_attach_peer (bus_supervisor_get_connection (f.supervisor), "node", fds[1]);
  said = wait_for_file (file);
  g_assert_cmpstr (said, ==, "node");
  end (&f);
  close (fds[0]);
  g_unlink (file);
  g_rmdir (folder);
}

/* When the parent is killed the worker notices, and exits cleanly: it creates the file. */
static void
test_parent_killed (void)
{
  g_autofree char *folder = g_dir_make_tmp ("supervisor-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "said", NULL);
  g_autofree char *said = NULL;
  const char *argv[] = { "/proc/self/exe", "--parent", file, NULL };
  g_autoptr (GSubprocess) parent = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
  char line[2];

  g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (parent), line, sizeof line, NULL, NULL), ==,
                   sizeof line);
  g_subprocess_force_exit (parent);
  said = wait_for_file (file);
  g_assert_cmpstr (said, ==, "parent gone");
  g_subprocess_wait (parent, NULL, NULL);
  g_unlink (file);
  g_rmdir (folder);
}

static int
run_as_parent (const char *file)
{
  Fixture f;

  begin (&f, "serve", file);
  wait_for_count (&f.n_ready, 1);
  if (write (STDOUT_FILENO, "ok", 2) != 2)
    return 1;
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--parent"))
    return run_as_parent (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/supervisor/serve", test_serve);
  g_test_add_func ("/dbus/supervisor/killed", test_killed);
  g_test_add_func ("/dbus/supervisor/backoff", test_backoff);
  g_test_add_func ("/dbus/supervisor/silent", test_silent);
  g_test_add_func ("/dbus/supervisor/no-spinning", test_no_spinning);
  g_test_add_func ("/dbus/supervisor/final-errors", test_final_errors);
  g_test_add_func ("/dbus/supervisor/locked", test_locked);
  g_test_add_func ("/dbus/supervisor/wrong-network", test_wrong_network);
  g_test_add_func ("/dbus/supervisor/no-program", test_no_program);
  g_test_add_func ("/dbus/supervisor/call-to-parent", test_call_to_parent);
  g_test_add_func ("/dbus/supervisor/mute", test_mute);
  g_test_add_func ("/dbus/supervisor/garbage", test_garbage);
  g_test_add_func ("/dbus/supervisor/flood", test_flood);
  g_test_add_func ("/dbus/supervisor/attach-peer", test_attach_peer);
  g_test_add_func ("/dbus/supervisor/parent-killed", test_parent_killed);
  return g_test_run ();
}

#include "common/bus_error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"

/* A mapped file that is truncated while it is read: exit code 1, and a log message that names it. */
static void
test_truncated (void)
{
  g_autofree char *folder = g_dir_make_tmp ("moneyrocket bus ü XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a file", NULL);
  g_autofree char *log = g_build_filename (folder, "log", NULL);
  g_autofree char *contents = g_malloc0 (10000);
  g_autofree char *said = NULL;
  int status;
  pid_t pid;

  g_assert_true (g_file_set_contents (path, contents, 10000, NULL));
  pid = fork ();
  if (pid == 0) {
    CommonLogOptions options = { .file = log, .console = FALSE };
    int fd = open (path, O_RDWR);
    volatile char *data = mmap (NULL, 10000, PROT_READ, MAP_SHARED, fd, 0);

    common_log_open (&options, NULL);
    common_catch_bus_errors ();
    if (ftruncate (fd, 0) != 0)
      _exit (2);
    _exit (data[5000] == 0 ? 3 : 4);
  }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
  g_assert_true (g_file_get_contents (log, &said, NULL, NULL));
  g_assert_nonnull (strstr (said, "Error: The file "));
  g_assert_nonnull (strstr (said, path));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_unlink (log), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/common/bus-error/truncated", test_truncated);
  return g_test_run ();
}

#include "node/daemonise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dbus/names.h"

/* The end of the pipe to the process that waits; -1: none. */
static int waiting_fd = -1;

void
node_daemon_report (gboolean success)
{
  const char token = 1;

  if (waiting_fd < 0)
    return;
  if (success && write (waiting_fd, &token, 1) != 1)
    g_debug ("nobody waits for the start");
  close (waiting_fd);
  waiting_fd = -1;
}

static void
wait_for_start (const CommonProgram *program, int fd)
{
  g_autofree char *log = program->log_file != NULL ? g_path_get_basename (program->log_file) : g_strdup ("the log");
  char token;
  ssize_t n;

  while ((n = read (fd, &token, 1)) < 0 && errno == EINTR)
    ;
  if (n != 1)
    fprintf (stderr, "Error during initialization - check %s for details\n", log);
  _exit (n == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

static void
detach_from_terminal (void)
{
  int fd = open ("/dev/null", O_RDWR);

  setsid ();
  for (int i = STDIN_FILENO; fd >= 0 && i <= STDERR_FILENO; i++)
    dup2 (fd, i);
  if (fd > STDERR_FILENO)
    close (fd);
}

gboolean
node_daemonise (const CommonProgram *program, GError **error)
{
  gboolean wait = common_options_switch (program->options, "daemonwait");
  int fds[2];
  pid_t pid;

  if ((!common_options_switch (program->options, "daemon") && !wait)
      || common_options_get_int (program->options, BUS_OPTION_FD, -1) >= 0)
    return TRUE;
  printf ("Moneyrocket starting\n");
  fflush (NULL);
  if (pipe2 (fds, O_CLOEXEC) != 0 || (pid = fork ()) < 0)
    return common_options_fail (error, "The program could not be moved to the background: %s", g_strerror (errno));
  if (pid > 0) {
    close (fds[1]);
    wait_for_start (program, fds[0]);
  }
  close (fds[0]);
  waiting_fd = fds[1];
  detach_from_terminal ();
  if (!wait)
    node_daemon_report (TRUE);
  return TRUE;
}

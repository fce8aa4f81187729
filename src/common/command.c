#include "common/command.h"

#include <errno.h>
#include <sys/wait.h>

#include "common/log.h"

void
common_command_run (const char *command)
{
  const char *const argv[] = { "/bin/sh", "-c", command, NULL };
  g_autoptr (GError) error = NULL;
  int status = 0;
  GPid pid;

  if (!g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error)) {
    common_warn ("The command “%s” could not be run: %s", command, error->message);
    return;
  }
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  g_spawn_close_pid (pid);
  if (status != 0)
    common_error ("runCommand error: system(%s) returned %d", command, status);
}

char *
common_command_fill_in (const char *command, const char *key, const char *value)
{
  g_auto (GStrv) parts = g_strsplit (command, key, -1);

  return g_strjoinv (value, parts);
}

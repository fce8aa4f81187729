#include "common/bus_error.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"

#define BEFORE "Error: The file "
#define BEHIND                                                                                                         \
  " could not be read, or changed while it was open. Check that the disk is connected and free of errors, then start " \
  "again.\n"
#define MAX_PATH 4096

static guintptr
parse_hex (const char **at)
{
  guintptr value = 0;

  for (; g_ascii_isxdigit (**at); (*at)++)
    value = value << 4 | (guintptr) g_ascii_xdigit_value (**at);
  return value;
}

/* LINE of /proc/self/maps: "from-to perms offset device inode path". The path if ADDRESS is in that range,
 * else NULL. */
static const char *
maps_line_get_path (const char *line, guintptr address)
{
  const char *at = line;
  guintptr from = parse_hex (&at), to;

  if (*at++ != '-')
    return NULL;
  to = parse_hex (&at);
  return address >= from && address < to ? strchr (at, '/') : NULL;
}

/* The file that is mapped at ADDRESS, into PATH; empty when none is found. Async-signal-safe. */
static void
find_mapped_file (guintptr address, char path[MAX_PATH])
{
  int fd = open ("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  gsize len = 0;
  char c;

  path[0] = '\0';
  while (fd >= 0 && read (fd, &c, 1) == 1) {
    const char *found;

    if (c != '\n') {
      if (len < MAX_PATH - 1)
        path[len++] = c;
      continue;
    }
    path[len] = '\0';
    found = maps_line_get_path (path, address);
    if (found != NULL) {
      memmove (path, found, strlen (found) + 1);
      return;
    }
    len = 0;
  }
  path[0] = '\0';
}

static void
on_bus_error (int number, siginfo_t *info, void *context)
{
  static char path[MAX_PATH], text[MAX_PATH + sizeof BEFORE + sizeof BEHIND];

  find_mapped_file ((guintptr) info->si_addr, path);
  if (path[0] == '\0') { /* not a mapped file but a bug: the default action ends the program */
    signal (SIGBUS, SIG_DFL);
    return;
  }
  memcpy (text, BEFORE, sizeof BEFORE);
  strcat (text, path);
  strcat (text, BEHIND);
  common_log_in_handler (text);
  _exit (EXIT_FAILURE);
}

void
common_catch_bus_errors (void)
{
  struct sigaction action = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO };

  sigemptyset (&action.sa_mask);
  sigaction (SIGBUS, &action, NULL);
}

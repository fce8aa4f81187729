#include "common/confinement.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "common/log.h"

void
common_confinement_apply (void)
{
  /* Not 0: Linux would still start a core_pattern that is a program. It refuses both a file and a program at 1. */
  const struct rlimit none = { 1, 1 };
  struct rlimit limit;

  /* GIO has no function for that. Only our programs are at the other ends, so there are no older versions to speak. */
  g_setenv ("G_TLS_GNUTLS_PRIORITY", "NORMAL:-VERS-ALL:+VERS-TLS1.3", TRUE);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    common_warn ("This system does not support no-new-privileges.");
  /* Where the limit is 0 already it cannot be raised to 1, and that is no reason for a warning. */
  if (setrlimit (RLIMIT_CORE, &none) < 0 && !(getrlimit (RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0))
    common_warn ("Core dumps cannot be switched off.");
}

static gboolean
has_no_core_dumps (void)
{
  struct rlimit limit;

  return prctl (PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 || (getrlimit (RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 1);
}

/* The number after FIELD ("\nSeccomp:\t") in the status file of one thread; -1 when it is not there. */
static long
confinement_read_status (const char *status, const char *field)
{
  const char *found = strstr (status, field);

  return found != NULL ? strtol (found + strlen (field), NULL, 10) : -1;
}

/* Checks every thread, since both are attributes of a thread. A thread that exits meanwhile does not count. */
static void
confinement_check_threads (gboolean *no_new_privileges, gboolean *system_call_filter)
{
  g_autoptr (GDir) threads = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name = NULL;
  guint n = 0;

  *no_new_privileges = *system_call_filter = TRUE;
  while (threads != NULL && (name = g_dir_read_name (threads)) != NULL) {
    g_autofree char *file = g_build_filename ("/proc/self/task", name, "status", NULL);
    g_autofree char *status = NULL;

    if (!g_file_get_contents (file, &status, NULL, NULL))
      continue;
    n++;
    *no_new_privileges &= confinement_read_status (status, "\nNoNewPrivs:\t") == 1;
    *system_call_filter &= confinement_read_status (status, "\nSeccomp:\t") == 2;
  }
  *no_new_privileges &= n > 0;
  *system_call_filter &= n > 0;
}

const char **
common_confinement_dup_list (void)
{
  const char **list = g_new0 (const char *, 4);
  gboolean no_new_privileges, system_call_filter;
  guint n = 0;

  confinement_check_threads (&no_new_privileges, &system_call_filter);
  if (no_new_privileges)
    list[n++] = "no-new-privileges";
  if (has_no_core_dumps ())
    list[n++] = "no-core-dumps";
  if (system_call_filter)
    list[n++] = "system-call-filter";
  return list;
}

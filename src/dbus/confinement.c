#include "dbus/confinement.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "common/log.h"

void
bus_confinement_apply (void)
{
  /* Not 0: Linux would still start a core_pattern that is a program. It refuses both a file and a program at 1. */
  const struct rlimit none = { 1, 1 };

  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    common_warn ("This system does not support no-new-privileges.");
  if (setrlimit (RLIMIT_CORE, &none) < 0)
    common_warn ("Core dumps cannot be switched off.");
}

static gboolean
has_no_core_dumps (void)
{
  struct rlimit limit;

  return prctl (PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 || (getrlimit (RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 1);
}

const char **
bus_confinement_dup_list (void)
{
  const char **list = g_new0 (const char *, 4);
  guint n = 0;

  if (prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
    list[n++] = "no-new-privileges";
  if (has_no_core_dumps ())
    list[n++] = "no-core-dumps";
  if (prctl (PR_GET_SECCOMP, 0, 0, 0, 0) == 2)
    list[n++] = "system-call-filter";
  return list;
}

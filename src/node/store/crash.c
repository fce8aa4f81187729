#include "node/store/crash.h"

#include <signal.h>
#include <unistd.h>

#include "common/log.h"
#include "common/random.h"

static guint64 crash_passed;
static guint64 crash_at;
static guint32 crash_ratio;

void
node_store_set_crash_after (guint64 n)
{
  __atomic_store_n (&crash_at, n == 0 ? 0 : node_store_crash_points () + n, __ATOMIC_RELAXED);
}

void
node_store_set_crash_ratio (guint32 n)
{
  __atomic_store_n (&crash_ratio, n, __ATOMIC_RELAXED);
}

gboolean
node_store_crash_ratio_is_set (void)
{
  return __atomic_load_n (&crash_ratio, __ATOMIC_RELAXED) != 0;
}

gboolean
node_store_crash_armed (void)
{
  return __atomic_load_n (&crash_at, __ATOMIC_RELAXED) != 0;
}

guint64
node_store_crash_points (void)
{
  return __atomic_load_n (&crash_passed, __ATOMIC_RELAXED);
}

void
node_store_crash_point (void)
{
  guint64 passed = __atomic_add_fetch (&crash_passed, 1, __ATOMIC_RELAXED);

  if (G_UNLIKELY (passed == __atomic_load_n (&crash_at, __ATOMIC_RELAXED)))
    kill (getpid (), SIGKILL);
}

void
node_store_crash_by_ratio (void)
{
  guint32 ratio = __atomic_load_n (&crash_ratio, __ATOMIC_RELAXED);

  if (ratio == 0 || common_random_below (ratio) != 0)
    return;
  common_error ("Simulating a crash. Goodbye.");
  _exit (0);
}

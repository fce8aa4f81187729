#include "common/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* Only tests set this: a small generator whose sequence is the same in every run. */
static struct {
  GMutex mutex;
  gboolean active;
  guint64 state;
} fixed;

static guint64
fixed_next (void)
{
  /* splitmix64 */
  guint64 z = fixed.state += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

static gboolean
fixed_bytes (guint8 *out, gsize len)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&fixed.mutex);

  if (!fixed.active)
    return FALSE;
  for (gsize i = 0; i < len; i += 8) {
    guint64 value = fixed_next ();

    memcpy (out + i, &value, MIN (len - i, 8));
  }
  return TRUE;
}

void
common_random_bytes (guint8 *out, gsize len)
{
  g_return_if_fail (out != NULL || len == 0);

  if (fixed_bytes (out, len))
    return;
  while (len > 0) {
    ssize_t got = getrandom (out, len, 0);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      g_error ("The system provides no random numbers: %s", g_strerror (errno));
    out += got;
    len -= (gsize) got;
  }
}

guint64
common_random_below (guint64 bound)
{
  g_return_val_if_fail (bound > 0, 0);

  /* Values from here up would favour small remainders. */
  guint64 limit = G_MAXUINT64 - G_MAXUINT64 % bound;
  guint64 value;

  do
    common_random_bytes ((guint8 *) &value, sizeof value);
  while (value >= limit);
  return value % bound;
}

void
common_random_set_seed_for_tests (guint64 seed)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&fixed.mutex);

  fixed.active = TRUE;
  fixed.state = seed;
}

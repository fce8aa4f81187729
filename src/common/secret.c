#include "common/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/log.h"

/* A block is at the end of its pages, so that reading past it hits the guard page after it:
 *
 *   guard page | header, free space ... block | guard page
 */
typedef struct {
  gsize map_len; /* with both guard pages */
  gsize len;
  gsize locked; /* bytes */
} Header;

static GMutex usage_lock;
static CommonSecretUsage usage_now; /* under the lock */

static void
secret_count (const Header *header, gsize inner, gint sign)
{
  g_mutex_lock (&usage_lock);
  usage_now.used += (gsize) sign * header->len;
  usage_now.total += (gsize) sign * inner;
  usage_now.locked += (gsize) sign * header->locked;
  usage_now.blocks += (guint) sign;
  g_mutex_unlock (&usage_lock);
}

void
common_secret_get_usage (CommonSecretUsage *usage)
{
  g_mutex_lock (&usage_lock);
  *usage = usage_now;
  g_mutex_unlock (&usage_lock);
}

static gsize
round_up (gsize len, gsize unit)
{
  return (len + unit - 1) / unit * unit;
}

/* The eight bytes before a block contain its distance from its header. */
static Header *
header_of (gpointer block)
{
  gsize offset;

  memcpy (&offset, (guint8 *) block - sizeof offset, sizeof offset);
  return (Header *) ((guint8 *) block - offset);
}

/* Returns how many bytes were locked. */
static gsize
lock_pages (gpointer data, gsize len)
{
  static gint warned;
  gboolean locked = mlock (data, len) == 0;

  if (!locked && g_atomic_int_compare_and_exchange (&warned, 0, 1))
    common_warn ("Keys may be swapped to disk, because the limit for locked memory is too low. Raise it (ulimit -l).");
  madvise (data, len, MADV_DONTDUMP);
  madvise (data, len, MADV_WIPEONFORK);
  return locked ? len : 0;
}

gpointer
common_secret_alloc (gsize len)
{
  g_return_val_if_fail (len > 0 && len < G_MAXSIZE / 2, NULL);

  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  gsize padded = round_up (len, 16);
  gsize inner = round_up (sizeof (Header) + 16 + padded, page);
  gsize map_len = inner + 2 * page;
  guint8 *map = mmap (NULL, map_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (map == MAP_FAILED || mprotect (map + page, inner, PROT_READ | PROT_WRITE) != 0)
    g_error ("There is no memory left for keys");
  gsize locked = lock_pages (map + page, inner);

  guint8 *block = map + page + inner - padded;
  gsize offset = (gsize) (block - (map + page));
  Header *header = (Header *) (map + page);
  *header = (Header){ .map_len = map_len, .len = padded, .locked = locked };
  secret_count (header, inner, 1);
  memcpy (block - sizeof offset, &offset, sizeof offset);
  return block;
}

void
common_secret_free (gpointer block)
{
  if (block == NULL)
    return;

  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  Header *header = header_of (block);
  gsize map_len = header->map_len;

  secret_count (header, map_len - 2 * page, -1);
  common_secret_wipe (block, header->len);
  munmap ((guint8 *) header - page, map_len);
}

void
common_secret_wipe (gpointer data, gsize len)
{
  if (len > 0)
    explicit_bzero (data, len);
}

gboolean
common_secret_equal (gconstpointer a, gconstpointer b, gsize len)
{
  const volatile guint8 *x = a;
  const volatile guint8 *y = b;
  guint8 difference = 0;

  for (gsize i = 0; i < len; i++)
    difference |= x[i] ^ y[i];
  return difference == 0;
}

typedef struct {
  CommonSecret public;
  gint references;
} Secret;

CommonSecret *
common_secret_new (gconstpointer data, gsize len)
{
  Secret *secret = g_new0 (Secret, 1);
  secret->public.data = common_secret_alloc (len + 1);
  secret->public.len = len;
  secret->references = 1;
  if (data != NULL && len > 0)
    memcpy (secret->public.data, data, len);
  return &secret->public;
}

CommonSecret *
common_secret_ref (CommonSecret *secret)
{
  g_return_val_if_fail (secret != NULL, NULL);

  g_atomic_int_inc (&((Secret *) secret)->references);
  return secret;
}

void
common_secret_unref (CommonSecret *secret)
{
  if (secret == NULL || !g_atomic_int_dec_and_test (&((Secret *) secret)->references))
    return;
  common_secret_free (secret->data);
  g_free (secret);
}

void
common_secret_harden_process (void)
{
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  setrlimit (RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

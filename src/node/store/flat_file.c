#include "node/store/flat_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/file.h"
#include "node/store/crash.h"
#include "node/store/db.h"

/* The space that is left free on the disk. */
#define MIN_FREE_BYTES ((guint64) 50 * 1024 * 1024)

char *
node_flat_dup_path (const char *folder, const NodeFlatKind *kind, guint32 file)
{
  g_autofree char *name = g_strdup_printf ("%s%05u.dat", kind->prefix, file);

  return g_build_filename (folder, name, NULL);
}

int
node_flat_open (const char *path, gboolean write, GError **error)
{
  int fd = open (path, (write ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0600);

  if (fd < 0)
    node_store_error_from_errno (error, errno, "open", path);
  return fd;
}

gboolean
node_flat_allocate (int fd, const char *path, const NodeFlatKind *kind, guint32 pos, gsize len, GError **error)
{
  guint64 old_chunks = ((guint64) pos + kind->chunk - 1) / kind->chunk;
  guint64 new_chunks = ((guint64) pos + len + kind->chunk - 1) / kind->chunk;
  guint64 size = new_chunks * kind->chunk;
  int result;

  if (new_chunks <= old_chunks)
    return TRUE;
  if (common_file_free_space (path) < MIN_FREE_BYTES + (size - pos))
    return node_store_error_from_errno (error, ENOSPC, "extend", path);
  node_store_crash_point ();
  result = posix_fallocate (fd, pos, (off_t) (size - pos));
  node_store_crash_point ();
  /* Where a file system cannot preallocate, the write itself fails. */
  if (result == ENOSPC || result == EDQUOT || result == EIO || result == EFBIG)
    return node_store_error_from_errno (error, result, "extend", path);
  return TRUE;
}

static gboolean
flat_write_all (int fd, const char *path, guint64 pos, const guint8 *data, gsize len, GError **error)
{
  while (len > 0) {
    gssize n = pwrite (fd, data, len, (off_t) pos);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return node_store_error_from_errno (error, n < 0 ? errno : EIO, "write", path);
    data += n;
    pos += (gsize) n;
    len -= (gsize) n;
  }
  return TRUE;
}

gboolean
node_flat_write (int fd, const char *path, guint64 pos, const guint8 *data, gsize len, GError **error)
{
  gsize half = node_store_crash_armed () ? len / 2 : 0;

  node_store_crash_point ();
  if (half > 0) {
    if (!flat_write_all (fd, path, pos, data, half, error))
      return FALSE;
    node_store_crash_point ();
  }
  if (!flat_write_all (fd, path, pos + half, data + half, len - half, error))
    return FALSE;
  node_store_crash_point ();
  return TRUE;
}

gssize
node_flat_read (int fd, const char *path, guint64 pos, guint8 *data, gsize len, GError **error)
{
  gsize done = 0;

  while (done < len) {
    gssize n = pread (fd, data + done, len - done, (off_t) (pos + done));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      node_store_error_from_errno (error, errno, "read", path);
      return -1;
    }
    if (n == 0)
      break;
    done += (gsize) n;
  }
  return (gssize) done;
}

gboolean
node_flat_truncate (int fd, const char *path, guint64 size, GError **error)
{
  node_store_crash_point ();
  if (ftruncate (fd, (off_t) size) != 0)
    return node_store_error_from_errno (error, errno, "shorten", path);
  node_store_crash_point ();
  return TRUE;
}

gboolean
node_flat_commit (int fd, const char *path, GError **error)
{
  node_store_crash_point ();
  if (fdatasync (fd) != 0)
    return node_store_error_from_errno (error, errno, "write", path);
  node_store_crash_point ();
  return TRUE;
}

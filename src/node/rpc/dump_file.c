#include "node/rpc/dump_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rpc/method.h"

/* ---- pipes ---- */

typedef struct {
  int fd;
  GCancellable *cancellable;
} DumpPipe;

#define LOOK_AGAIN_MS 100

/* Waits briefly, for EVENTS of FD (-1: none). FALSE: it was cancelled. */
static gboolean
pipe_wait (int fd, gushort events, GCancellable *cancellable)
{
  GPollFD fds[2] = { { .fd = fd, .events = events } };
  gboolean watched = g_cancellable_make_pollfd (cancellable, &fds[1]);

  g_poll (fds, watched ? 2 : 1, LOOK_AGAIN_MS);
  if (watched)
    g_cancellable_release_fd (cancellable);
  return !g_cancellable_is_cancelled (cancellable);
}

static ssize_t
pipe_write (void *cookie, const char *data, size_t len)
{
  const DumpPipe *pipe = cookie;

  for (;;) {
    ssize_t n = write (pipe->fd, data, len);

    if (n >= 0)
      return n;
    if (errno != EAGAIN && errno != EINTR)
      return 0;
    if (!pipe_wait (pipe->fd, G_IO_OUT, pipe->cancellable)) {
      errno = ECANCELED;
      return 0;
    }
  }
}

static int
pipe_close (void *cookie)
{
  DumpPipe *pipe = cookie;
  int result = close (pipe->fd);

  g_free (pipe);
  return result;
}

/* NULL with errno. */
static FILE *
pipe_open (const char *path, GCancellable *cancellable)
{
  static const cookie_io_functions_t functions = { .write = pipe_write, .close = pipe_close };
  struct stat info;
  DumpPipe *pipe;
  int fd;

  /* A pipe without a reader cannot be opened (ENXIO). */
  while ((fd = open (path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)) < 0 && errno == ENXIO)
    if (!pipe_wait (-1, 0, cancellable)) {
      errno = ECANCELED;
      return NULL;
    }
  if (fd < 0)
    return NULL;
  if (fstat (fd, &info) != 0 || !S_ISFIFO (info.st_mode)) {
    close (fd);
    errno = EEXIST;
    return NULL;
  }
  pipe = g_new (DumpPipe, 1);
  *pipe = (DumpPipe){ fd, cancellable };
  return fopencookie (pipe, "w", functions);
}

/* ---- files ---- */

static gboolean
fail_exists (const char *path, GError **error)
{
  return rpc_refuse (error, RPC_INVALID_PARAMETER,
                     "%s already exists. If you are sure this is what you want, move it out of the way first", path);
}

static gboolean
fail_errno (const char *what, const char *path, int saved_errno, GError **error)
{
  return rpc_refuse (error, RPC_MISC_ERROR, "%s could not be %s: %s", path, what, g_strerror (saved_errno));
}

gboolean
node_dump_file_open (NodeDumpFile *dump, const char *path, GCancellable *cancellable, GError **error)
{
  struct stat info;
  gboolean exists;
  int fd;

  *dump = (NodeDumpFile){ 0 };
  exists = lstat (path, &info) == 0;
  if (exists && !S_ISFIFO (info.st_mode))
    return fail_exists (path, error);
  if (exists) {
    dump->file = pipe_open (path, cancellable);
    if (dump->file == NULL && errno == EEXIST)
      return fail_exists (path, error);
  } else {
    dump->temporary = g_strconcat (path, ".incomplete", NULL);
    fd = open (dump->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) {
      fail_exists (dump->temporary, error);
      g_clear_pointer (&dump->temporary, g_free);
      return FALSE;
    }
    dump->file = fd >= 0 ? fdopen (fd, "wb") : NULL;
  }
  if (dump->file == NULL) {
    rpc_fail (error, RPC_INVALID_PARAMETER, "Couldn't open file %s for writing.", exists ? path : dump->temporary);
    g_clear_pointer (&dump->temporary, g_free);
    return FALSE;
  }
  dump->path = g_strdup (path);
  return TRUE;
}

/* Renames the temporary file, unless PATH exists by now. */
static gboolean
dump_file_rename (NodeDumpFile *dump, GError **error)
{
  struct stat info;

  if (renameat2 (AT_FDCWD, dump->temporary, AT_FDCWD, dump->path, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno == EEXIST)
    return fail_exists (dump->path, error);
  /* The file system does not support RENAME_NOREPLACE. */
  if (errno != EINVAL)
    return fail_errno ("renamed", dump->temporary, errno, error);
  if (lstat (dump->path, &info) == 0)
    return fail_exists (dump->path, error);
  return rename (dump->temporary, dump->path) == 0 || fail_errno ("renamed", dump->temporary, errno, error);
}

gboolean
node_dump_file_commit (NodeDumpFile *dump, GError **error)
{
  gboolean good = fflush (dump->file) == 0 && (dump->temporary == NULL || fsync (fileno (dump->file)) == 0);
  int saved_errno = errno;

  if (fclose (g_steal_pointer (&dump->file)) != 0 && good) {
    good = FALSE;
    saved_errno = errno;
  }
  if (!good)
    return fail_errno ("written", dump->path, saved_errno, error);
  if (dump->temporary != NULL && !dump_file_rename (dump, error))
    return FALSE;
  g_clear_pointer (&dump->temporary, g_free);
  return TRUE;
}

void
node_dump_file_clear (NodeDumpFile *dump)
{
  g_clear_pointer (&dump->file, fclose);
  if (dump->temporary != NULL)
    g_unlink (dump->temporary);
  g_clear_pointer (&dump->temporary, g_free);
  g_clear_pointer (&dump->path, g_free);
}

#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static gboolean
file_fail (GError **error, const char *what, const char *path)
{
  int code = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s “%s”: %s", what, path, g_strerror (code));
  return FALSE;
}

static gboolean
file_write_all (int fd, const guint8 *data, gsize len)
{
  while (len > 0) {
    ssize_t written = write (fd, data, len);

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return FALSE;
    data += written;
    len -= (gsize) written;
  }
  return TRUE;
}

/* A new file beside PATH, on the disk. NULL with ERROR; the caller owns its name. */
static char *
file_write_beside (const char *path, gconstpointer data, gsize len, int mode, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, mode);

  if (fd < 0) {
    file_fail (error, "Cannot create", path);
    return NULL;
  }
  gboolean written = file_write_all (fd, data, len) && fsync (fd) == 0;
  if (!written)
    file_fail (error, "Cannot write", path);
  close (fd);
  if (written)
    return g_steal_pointer (&temporary);
  g_unlink (temporary);
  return NULL;
}

static gboolean
file_sync_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return common_file_sync_folder (folder, error);
}

gboolean
common_file_replace (const char *path, gconstpointer data, gsize len, int mode, GError **error)
{
  g_return_val_if_fail (path != NULL && (data != NULL || len == 0), FALSE);

  g_autofree char *temporary = file_write_beside (path, data, len, mode, error);

  if (temporary == NULL)
    return FALSE;
  if (g_rename (temporary, path) == 0)
    return file_sync_folder_of (path, error);
  file_fail (error, "Cannot replace", path);
  g_unlink (temporary);
  return FALSE;
}

gboolean
common_file_create (const char *path, gconstpointer data, gsize len, int mode, GError **error)
{
  g_return_val_if_fail (path != NULL && (data != NULL || len == 0), FALSE);

  g_autofree char *temporary = file_write_beside (path, data, len, mode, error);

  if (temporary == NULL)
    return FALSE;
  /* Not every file system has the first of these, nor every one the second. */
  if (renameat2 (AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
    return file_sync_folder_of (path, error);
  gboolean created = (errno == EINVAL && link (temporary, path) == 0) || file_fail (error, "Cannot create", path);
  g_unlink (temporary);
  return created && file_sync_folder_of (path, error);
}

GBytes *
common_file_read (const char *path, gsize max_len, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  GStatBuf status;
  g_autofree char *data = NULL;
  gsize len;

  if (g_stat (path, &status) == 0 && (guint64) status.st_size > max_len) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "“%s” is longer than the %" G_GSIZE_FORMAT " bytes that it may have", path, max_len);
    return NULL;
  }
  if (!g_file_get_contents (path, &data, &len, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), len);
}

gboolean
common_file_make_folder (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, FALSE);

  return g_mkdir_with_parents (path, 0700) == 0 || file_fail (error, "Cannot create the folder", path);
}

gboolean
common_file_make_folder_with (const char *path, const char *sub, GError **error)
{
  g_autofree char *parent = NULL, *draft = NULL, *inner = NULL;
  gboolean made;

  g_return_val_if_fail (path != NULL && sub != NULL, FALSE);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return common_file_make_folder (path, error);
  parent = g_path_get_dirname (path);
  draft = g_strconcat (path, ".XXXXXX", NULL);
  if (!common_file_make_folder (parent, error))
    return FALSE;
  if (mkdtemp (draft) == NULL)
    return file_fail (error, "Cannot create the folder", path);
  inner = g_build_filename (draft, sub, NULL);
  /* Renaming fails when another process was faster. */
  if (g_mkdir (inner, 0700) == 0 && g_rename (draft, path) == 0)
    return TRUE;
  made = errno == EEXIST || errno == ENOTEMPTY || file_fail (error, "Cannot create the folder", path);
  g_rmdir (inner);
  g_rmdir (draft);
  return made;
}

gboolean
common_file_sync_folder (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, FALSE);

  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return file_fail (error, "Cannot open the folder", path);

  gboolean synced = fsync (fd) == 0 || file_fail (error, "Cannot write the folder", path);
  close (fd);
  return synced;
}

struct _CommonFileLock {
  int fd;
};

CommonFileLock *
common_file_lock_new (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    file_fail (error, "Cannot open", path);
    return NULL;
  }
  if (fcntl (fd, F_SETLK, &(struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET }) != 0) {
    if (errno == EACCES)
      errno = EAGAIN;
    file_fail (error, "Cannot lock", path);
    close (fd);
    return NULL;
  }

  CommonFileLock *lock = g_new (CommonFileLock, 1);
  lock->fd = fd;
  return lock;
}

void
common_file_lock_free (CommonFileLock *lock)
{
  if (lock == NULL)
    return;
  close (lock->fd);
  g_free (lock);
}

guint64
common_file_free_space (const char *path)
{
  struct statvfs space;

  if (statvfs (path, &space) != 0)
    return G_MAXUINT64;
  return (guint64) space.f_bavail * space.f_frsize;
}

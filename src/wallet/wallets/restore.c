/* Restoring a wallet from a backup: the file is copied to the folder of a new wallet, which is then loaded. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "dbus/errors.h"
#include "wallet/wallets/manager_private.h"
#include "wallet/wallets/place.h"

#define COPY_BYTES (256 * 1024)

static gboolean
restore_fail (GError **error, BusError code, const char *what, const char *path)
{
  g_set_error (error, BUS_ERROR, code, "%s '%s'.", what, path);
  return FALSE;
}

static gboolean
restore_fail_errno (GError **error)
{
  g_set_error (error, BUS_ERROR, BUS_ERROR_STORAGE, "The backup could not be copied: %s", g_strerror (errno));
  return FALSE;
}

/* A regular file only: reading another kind could block. -1 if there is none. */
static int
open_backup (const char *backup, GError **error)
{
  int fd = g_open (backup, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
  struct stat info;

  if (fd >= 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    return fd;
  if (fd >= 0)
    close (fd);
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "Backup file does not exist");
  return -1;
}

static gboolean
copy_bytes (int from, int to, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (COPY_BYTES);
  gssize got;

  while ((got = read (from, buffer, COPY_BYTES)) > 0)
    for (gssize done = 0, put; done < got; done += put) {
      put = write (to, buffer + done, (gsize) (got - done));
      if (put <= 0)
        return restore_fail_errno (error);
    }
  return (got == 0 && fsync (to) == 0) || restore_fail_errno (error);
}

/* Copies the backup to PATH, which must not exist, not even as a link. */
static gboolean
restore_copy (int from, const char *path, GError **error)
{
  int to = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  gboolean good;

  if (to < 0)
    return restore_fail_errno (error);
  good = copy_bytes (from, to, error);
  close (to);
  if (!good)
    g_unlink (path);
  return good;
}

static gboolean
restore_check (const char *folder, const char *path, GError **error)
{
  if (g_file_test (folder, G_FILE_TEST_EXISTS) && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    return restore_fail (error, BUS_ERROR_WALLET_EXISTS, "Failed to restore wallet. Database file exists", folder);
  if (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return restore_fail (error, BUS_ERROR_WALLET_EXISTS, "Failed to restore wallet. Database file exists in", path);
  return TRUE;
}

/* Copies FROM into FOLDER and loads it; removes the copy if that fails. */
static Wallet *
restore_into (WalletManager *self,
              const char *name,
              const char *folder,
              const char *path,
              int from,
              int load_on_startup,
              GError **error)
{
  gboolean made = !g_file_test (folder, G_FILE_TEST_IS_DIR);
  Wallet *wallet = NULL;

  if (!common_file_make_folder (folder, NULL)) {
    restore_fail (error, BUS_ERROR_WALLET_EXISTS, "Failed to restore database path", folder);
    return NULL;
  }
  if (restore_copy (from, path, error)) {
    common_file_sync_folder (folder, NULL);
    wallet = wallet_manager_load (self, name, load_on_startup, error);
    if (wallet == NULL)
      g_unlink (path);
  }
  if (wallet == NULL && made)
    g_rmdir (folder);
  return wallet;
}

Wallet *
wallet_manager_restore (WalletManager *self, const char *name, const char *backup, int load_on_startup, GError **error)
{
  g_autofree char *folder = NULL, *path = NULL;
  Wallet *wallet = NULL;
  int from;

  g_return_val_if_fail (name != NULL && backup != NULL, NULL);

  if (!wallet_name_check (name, error))
    return NULL;
  folder = wallet_place_dup_path (self->wallets_folder, name, error);
  from = folder != NULL ? open_backup (backup, error) : -1;
  if (from < 0)
    return NULL;
  path = g_build_filename (folder, "wallet.dat", NULL);
  if (restore_check (folder, path, error))
    wallet = restore_into (self, name, folder, path, from, load_on_startup, error);
  close (from);
  return wallet;
}

#include "wallet/wallets/place.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "dbus/errors.h"

#define FILE_NAME "wallet.dat"

static gboolean
is_dots (const char *part)
{
  return g_str_equal (part, ".") || g_str_equal (part, "..");
}

/* Whether NAME is its own normal form, as std::filesystem defines it. A ".." is normal only at the beginning of a
 * relative path, "." only alone, and "//" is the same as "/". */
static gboolean
place_is_normal (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);
  gboolean leading = TRUE;

  if (g_str_equal (name, "."))
    return TRUE;
  for (guint i = 0; parts[i] != NULL; i++) {
    gboolean ends = parts[i + 1] == NULL || (*parts[i + 1] == '\0' && parts[i + 2] == NULL);

    if (is_dots (parts[i]) && (!leading || g_str_equal (parts[i], ".") || (ends && parts[i + 1] != NULL)))
      return FALSE;
    leading = leading && g_str_equal (parts[i], "..");
  }
  return TRUE;
}

static char *
place_fail (GError **error, const char *message)
{
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_NAME, message);
  return NULL;
}

/* Nothing, a folder, or a file directly in the wallets folder, where the reference's older versions kept wallets. */
static gboolean
place_is_possible (const char *folder, const char *name)
{
  struct stat info;

  if (lstat (folder, &info) != 0)
    return errno == ENOENT || errno == ENOTDIR;
  if (S_ISLNK (info.st_mode))
    return g_file_test (folder, G_FILE_TEST_IS_DIR);
  return S_ISDIR (info.st_mode) || (S_ISREG (info.st_mode) && strchr (name, '/') == NULL);
}

char *
wallet_place_dup_path (const char *wallets_folder, const char *name, GError **error)
{
  g_return_val_if_fail (wallets_folder != NULL && name != NULL, NULL);

  if (!place_is_normal (name))
    return place_fail (error, "Wallet name given as a path must be normalized");
  if (g_str_equal (name, ".") || g_str_equal (name, "..") || g_str_has_prefix (name, "../"))
    return place_fail (error,
                       "Wallet name given as a relative path cannot begin with ./ or ../, for wallets not in the "
                       "walletdir, please use an absolute path.");
  if (*name != '\0' && strspn (name, "/") == strlen (name))
    return place_fail (error, "Wallet name cannot be the root path");
  if (*name == '/')
    return g_strdup (name);
  return *name == '\0' ? g_strdup (wallets_folder) : g_build_filename (wallets_folder, name, NULL);
}

char *
wallet_place_dup_folder (const char *wallets_folder, const char *name, GError **error)
{
  g_autofree char *folder = wallet_place_dup_path (wallets_folder, name, error);

  if (folder == NULL || place_is_possible (folder, name))
    return g_steal_pointer (&folder);
  g_set_error (error, BUS_ERROR, BUS_ERROR_INVALID_NAME,
               "Invalid -wallet path '%s'. -wallet path should point to a directory where wallet.dat and "
               "database/log.?????????? files can be stored, a location where such a directory could be created, or "
               "(for backwards compatibility) the name of an existing data file in -walletdir (\"%s\")",
               name, wallets_folder);
  return NULL;
}

static char *
place_file_fail (GError **error, BusError code, const char *folder, const char *reason)
{
  g_set_error (error, BUS_ERROR, code, "Failed to load database path '%s'. %s", folder, reason);
  return NULL;
}

char *
wallet_place_dup_file (const char *folder, BtcNetwork network, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) local = NULL;
  WalletFileKind kind;

  g_return_val_if_fail (folder != NULL, NULL);

  if (!g_file_test (folder, G_FILE_TEST_EXISTS))
    return place_file_fail (error, BUS_ERROR_WALLET_NOT_FOUND, folder, "Path does not exist.");
  path = g_file_test (folder, G_FILE_TEST_IS_REGULAR) ? g_strdup (folder) : g_build_filename (folder, FILE_NAME, NULL);
  if (!wallet_file_read_kind (path, network, &kind, &local)) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_STORAGE, "Failed to access database path '%s': %s", folder,
                 local->message);
    return NULL;
  }
  switch (kind) {
  case WALLET_FILE_SQLITE:
    if (strcmp (path, folder) != 0)
      return g_steal_pointer (&path);
    return place_file_fail (
        error, BUS_ERROR_WALLET_UNKNOWN, folder,
        "Data is not in recognized format. The file has to be named wallet.dat, in a folder of its own.");
  case WALLET_FILE_LEGACY:
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_LEGACY,
                 "Failed to open database path '%s'. The wallet appears to be a Legacy wallet, please use the wallet "
                 "migration tool (migratewallet RPC or the GUI option).",
                 folder);
    return NULL;
  case WALLET_FILE_OTHER_NETWORK:
    return place_file_fail (error, BUS_ERROR_WALLET_OTHER_NETWORK, folder,
                            "Data is not in recognized format. It is a wallet of another network.");
  case WALLET_FILE_UNKNOWN:
  case WALLET_FILE_ABSENT:
    break;
  }
  return place_file_fail (error, BUS_ERROR_WALLET_UNKNOWN, folder, "Data is not in recognized format.");
}

char *
wallet_place_dup_new_file (const char *folder, GError **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  path = g_build_filename (folder, FILE_NAME, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (folder, G_FILE_TEST_IS_REGULAR)) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_EXISTS,
                 "Failed to create database path '%s'. Database already exists.", folder);
    return NULL;
  }
  /* A dangling link: the wallet would be created where it leads. */
  if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return place_fail (error, "There is a symbolic link in the place of the wallet file.");
  return g_steal_pointer (&path);
}

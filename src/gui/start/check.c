#include "gui/start/check.h"

#include "common/file.h"
#include "common/program.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The node needs as much, too. */
#define MIN_FREE_BYTES ((guint64) 50 << 20)
#define MAX_FOLDERS 1000

char *
gui_start_dup_network_folder (const char *datadir, BtcNetwork network)
{
  const char *folder = btc_network_info (network)->folder;

  return *folder == '\0' ? g_strdup (datadir) : g_build_filename (datadir, folder, NULL);
}

char *
gui_start_dup_existing (const char *path)
{
  char *existing = g_strdup (path);

  while (!g_file_test (existing, G_FILE_TEST_EXISTS) && !g_str_equal (existing, "/") && !g_str_equal (existing, ".")) {
    char *parent = g_path_get_dirname (existing);

    g_free (existing);
    existing = parent;
  }
  return existing;
}

char *
gui_start_dup_real (const char *path)
{
  g_autofree char *existing = gui_start_dup_existing (path);
  g_autofree char *real = realpath (existing, NULL);

  return real != NULL ? g_strconcat (real, path + strlen (existing), NULL) : g_strdup (path);
}

/* Whether another process holds the lock that a node takes. */
static gboolean
is_locked_by_other (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, ".lock", NULL);
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = open (path, O_RDWR | O_CLOEXEC);
  gboolean locked = fd >= 0 && fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

  if (fd >= 0)
    close (fd);
  return locked;
}

GuiStartState
gui_start_check (const char *folder, gboolean with_node, char **where)
{
  g_autofree char *existing = NULL;

  g_return_val_if_fail (folder != NULL && where != NULL, GUI_START_FOLDER);

  existing = gui_start_dup_existing (folder);
  *where = g_strdup (folder);
  if (!g_file_test (existing, G_FILE_TEST_IS_DIR) || access (existing, W_OK | X_OK) != 0)
    return GUI_START_FOLDER;
  if (common_file_free_space (existing) < MIN_FREE_BYTES)
    return GUI_START_FULL;
  if (with_node && is_locked_by_other (folder))
    return GUI_START_LOCKED;
  g_clear_pointer (where, g_free);
  return GUI_START_READY;
}

static gboolean
has_wallet_file (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "wallet.dat", NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static gboolean
is_network_folder (const char *name)
{
  for (guint i = 0; i < BTC_N_NETWORKS; i++)
    if (g_str_equal (name, btc_network_info (i)->folder))
      return TRUE;
  return FALSE;
}

gboolean
gui_start_has_wallets (const char *datadir, BtcNetwork network)
{
  g_autofree char *folder = gui_start_dup_network_folder (datadir, network);
  g_autofree char *wallets = common_program_dup_wallets_folder (folder);
  g_autoptr (GDir) dir = g_dir_open (wallets, 0, NULL);
  gboolean found = has_wallet_file (wallets);
  const char *name;

  for (guint i = 0; !found && i < MAX_FOLDERS && dir != NULL && (name = g_dir_read_name (dir)) != NULL; i++) {
    g_autofree char *sub = g_build_filename (wallets, name, NULL);

    found = !is_network_folder (name) && has_wallet_file (sub);
  }
  return found;
}

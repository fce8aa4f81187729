/* The wallets in a folder. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/log.h"
#include "wallet/wallets/place.h"

#define FILE_NAME "wallet.dat"

void
wallet_place_free (WalletPlace *place)
{
  g_free (place->name);
  g_free (place);
}

typedef struct {
  BtcNetwork network;
  GPtrArray *places;
} PlaceWalk;

/* Adds the wallet NAME if the file at PATH is one. FALSE if that is unknown. */
static gboolean
walk_add (PlaceWalk *walk, const char *name, const char *path, gboolean only_legacy)
{
  g_autoptr (GError) error = NULL;
  WalletFileKind kind;
  WalletPlace *place;

  if (!wallet_file_read_kind (path, walk->network, &kind, &error)) {
    common_warn ("Error while scanning wallet dir item: %s [%s].", error->message, path);
    return FALSE;
  }
  if (kind == WALLET_FILE_ABSENT || (only_legacy && kind != WALLET_FILE_LEGACY) || !g_utf8_validate (name, -1, NULL))
    return TRUE;
  place = g_new (WalletPlace, 1);
  *place = (WalletPlace){ g_strdup (name), kind };
  g_ptr_array_add (walk->places, place);
  return TRUE;
}

/* TRUE: a folder to be searched. TOP: it is directly in the wallets folder. */
static gboolean
walk_item (PlaceWalk *walk, const char *path, const char *name, gboolean top)
{
  g_autofree char *file = g_build_filename (path, FILE_NAME, NULL);
  struct stat info;

  if (lstat (path, &info) != 0)
    return FALSE;
  if (S_ISDIR (info.st_mode))
    return walk_add (walk, name, file, FALSE);
  if (S_ISLNK (info.st_mode) && g_file_test (path, G_FILE_TEST_IS_DIR))
    walk_add (walk, name, file, FALSE);
  else if (S_ISREG (info.st_mode) && top && !g_str_has_suffix (name, ".bak"))
    walk_add (walk, g_str_equal (name, FILE_NAME) ? "" : name, path, !g_str_equal (name, FILE_NAME));
  return FALSE;
}

/* Searches the folder NAME; adds those in it to FOLDERS. */
static void
walk_folder (PlaceWalk *walk, const char *wallets_folder, const char *name, GQueue *folders)
{
  g_autofree char *path = g_build_filename (wallets_folder, *name != '\0' ? name : NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &error);
  const char *entry;

  if (folder == NULL) {
    common_warn ("Error scanning directory entries under %s: %s", path, error->message);
    return;
  }
  while ((entry = g_dir_read_name (folder)) != NULL) {
    g_autofree char *inner = *name == '\0' ? g_strdup (entry) : g_build_filename (name, entry, NULL);
    g_autofree char *item = g_build_filename (path, entry, NULL);

    if (walk_item (walk, item, inner, *name == '\0'))
      g_queue_push_tail (folders, g_steal_pointer (&inner));
  }
}

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(WalletPlace *const *) a)->name, (*(WalletPlace *const *) b)->name);
}

GPtrArray *
wallet_place_list (const char *wallets_folder, BtcNetwork network)
{
  PlaceWalk walk = { network, g_ptr_array_new_with_free_func ((GDestroyNotify) wallet_place_free) };
  GQueue folders = G_QUEUE_INIT;

  g_return_val_if_fail (wallets_folder != NULL, walk.places);

  /* Without the folder there are no wallets. */
  if (g_file_test (wallets_folder, G_FILE_TEST_EXISTS))
    g_queue_push_tail (&folders, g_strdup (""));
  while (!g_queue_is_empty (&folders)) {
    g_autofree char *name = g_queue_pop_head (&folders);

    walk_folder (&walk, wallets_folder, name, &folders);
  }
  g_ptr_array_sort (walk.places, compare_places);
  return walk.places;
}

/* Below the network's folder:
 *   chainstate/                   the coins of all blocks from the genesis block on
 *   chainstate_snapshot/          coins that began with a snapshot, and a file base_blockhash: hash[32] of the block
 *                                 after which the snapshot was made. It is written last: without it the folder is from
 *                                 an interrupted load
 *   chainstate_snapshot_INVALID/  a snapshot that was found to be invalid, kept for diagnosis
 *   chainstate_todelete/          the former chainstate/, which was replaced by the snapshot's */
#include "node/store/chainstate_folder.h"

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>

#include "common/file.h"
#include "common/log.h"
#include "node/store/crash.h"
#include "node/store/db.h"

#define NORMAL "chainstate"
#define SNAPSHOT "chainstate_snapshot"
#define INVALID "chainstate_snapshot_INVALID"
#define TO_DELETE "chainstate_todelete"
#define BASE_FILE "base_blockhash"
#define BASE_MAX 4096

char *
node_chainstate_dup_path (const char *datadir, gboolean snapshot)
{
  return g_build_filename (datadir, snapshot ? SNAPSHOT : NORMAL, NULL);
}

static gboolean
folder_exists (const char *datadir, const char *name)
{
  g_autofree char *path = g_build_filename (datadir, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
has_base (const char *datadir)
{
  return folder_exists (datadir, SNAPSHOT "/" BASE_FILE);
}

static gboolean
move_folder (const char *datadir, const char *from, const char *to, GError **error)
{
  g_autofree char *old = g_build_filename (datadir, from, NULL), *new = g_build_filename (datadir, to, NULL);

  node_store_crash_point ();
  if (g_rename (old, new) != 0) {
    int saved = errno;
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO, "Rename of '%s' -> '%s' failed: %s.", old, new,
                 g_strerror (saved));
    return FALSE;
  }
  node_store_crash_point ();
  return node_store_sync_folder (datadir, error);
}

/* A program that was killed while it wrote PATH leaves a temporary file, whose name begins with that of PATH. */
static void
unlink_leftovers (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *leftover = g_build_filename (path, name, NULL);

    if (g_str_has_prefix (name, BASE_FILE "."))
      g_unlink (leftover);
  }
}

/* Removes a folder with a database. The snapshot's file is deleted first, so that the folder is no longer valid. */
static gboolean
remove_folder (const char *datadir, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (datadir, name, NULL);
  g_autofree char *base = g_build_filename (path, BASE_FILE, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  common_info ("Removing leveldb dir at %s", path);
  node_store_crash_point ();
  if (g_unlink (base) == 0 && !node_store_sync_folder (path, error))
    return FALSE;
  unlink_leftovers (path);
  node_store_crash_point ();
  if (!node_db_destroy (path, error))
    return FALSE;
  node_store_crash_point ();
  return node_store_sync_folder (datadir, error);
}

gboolean
node_chainstate_tidy (const char *datadir, GError **error)
{
  /* The program was killed after renaming the old coins, and before renaming the snapshot's. */
  if (folder_exists (datadir, TO_DELETE) && !folder_exists (datadir, NORMAL)
      && !move_folder (datadir, has_base (datadir) ? SNAPSHOT : TO_DELETE, NORMAL, error))
    return FALSE;
  if (folder_exists (datadir, TO_DELETE) && !remove_folder (datadir, TO_DELETE, error))
    return FALSE;
  if (!folder_exists (datadir, SNAPSHOT) || has_base (datadir))
    return TRUE;
  common_warn ("[snapshot] loading a snapshot was interrupted; the incomplete snapshot is removed");
  return remove_folder (datadir, SNAPSHOT, error);
}

gboolean
node_chainstate_read_base (const char *datadir, guint8 base32[32], gboolean *found, GError **error)
{
  g_autofree char *path = g_build_filename (datadir, SNAPSHOT, BASE_FILE, NULL);
  g_autoptr (GBytes) bytes = NULL;
  GError *local = NULL;

  *found = g_file_test (path, G_FILE_TEST_EXISTS);
  if (!*found)
    return TRUE;
  bytes = common_file_read (path, BASE_MAX, &local);
  if (bytes == NULL)
    return node_store_take_file_error (error, local);
  if (g_bytes_get_size (bytes) < 32) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "%s is damaged. Delete the folder " SNAPSHOT " to continue without the snapshot", path);
    return FALSE;
  }
  if (g_bytes_get_size (bytes) > 32)
    common_warn ("[snapshot] unexpected trailing data in %s", path);
  memcpy (base32, g_bytes_get_data (bytes, NULL), 32);
  return TRUE;
}

gboolean
node_chainstate_write_base (const char *datadir, const guint8 base32[32], GError **error)
{
  g_autofree char *path = g_build_filename (datadir, SNAPSHOT, BASE_FILE, NULL);
  GError *local = NULL;

  node_store_crash_point ();
  if (!common_file_replace (path, base32, 32, 0600, &local))
    return node_store_take_file_error (error, local);
  node_store_crash_point ();
  return node_store_sync_folder (datadir, error);
}

gboolean
node_chainstate_remove_snapshot (const char *datadir, GError **error)
{
  return remove_folder (datadir, SNAPSHOT, error);
}

gboolean
node_chainstate_promote_snapshot (const char *datadir, GError **error)
{
  g_autofree char *normal = node_chainstate_dup_path (datadir, FALSE);
  g_autofree char *snapshot = node_chainstate_dup_path (datadir, TRUE);

  common_info ("[snapshot] deleting background chainstate directory (now unnecessary) (%s)", normal);
  if (!move_folder (datadir, NORMAL, TO_DELETE, error))
    return FALSE;
  common_info ("[snapshot] moving snapshot chainstate (%s) to default chainstate directory (%s)", snapshot, normal);
  if (!move_folder (datadir, SNAPSHOT, NORMAL, error) || !remove_folder (datadir, TO_DELETE, error))
    return FALSE;
  common_info ("[snapshot] deleted background chainstate directory (%s)", normal);
  return TRUE;
}

gboolean
node_chainstate_reject_snapshot (const char *datadir, GError **error)
{
  g_autofree char *snapshot = node_chainstate_dup_path (datadir, TRUE);

  common_info ("[snapshot] renaming snapshot datadir %s to %s_INVALID", snapshot, snapshot);
  /* Only the last one is kept. */
  return remove_folder (datadir, INVALID, error) && move_folder (datadir, SNAPSHOT, INVALID, error);
}

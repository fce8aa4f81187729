/* wallet.dat: an SQLite database with the one table
 *
 *   CREATE TABLE main(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL)
 *
 * application_id is the network's magic, read as a big-endian number; user_version is 0. The file is locked while it is
 * open, has a rollback journal next to it during a write ("wallet.dat-journal"), and is written with synchronous=FULL,
 * so that commits survive a power failure. The keys and values are described in record.h. */
#include "wallet/store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/log.h"
#include "dbus/errors.h"

#define DAMAGED_TEXT "Failed to verify database\n"

struct _WalletDb {
  sqlite3 *sqlite;
  sqlite3_stmt *put;
  sqlite3_stmt *remove;
};

static gboolean
wallet_db_fail (WalletDb *db, int code, const char *what, GError **error)
{
  const char *text = db->sqlite != NULL ? sqlite3_errmsg (db->sqlite) : sqlite3_errstr (code);

  switch (code & 0xff) {
  case SQLITE_FULL:
    g_set_error (error, BUS_ERROR, BUS_ERROR_STORAGE, "%s: there is no space left on the disk.", what);
    break;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_LOADED, "%s: another program is using this wallet.", what);
    break;
  case SQLITE_NOTADB:
  case SQLITE_CORRUPT:
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED, "%s: the wallet file is damaged (%s).", what, text);
    break;
  default: /* all other codes of SQLite are about reading or writing the file */
    g_set_error (error, BUS_ERROR, BUS_ERROR_STORAGE, "%s: %s", what, text);
    break;
  }
  return FALSE;
}

static gboolean
wallet_db_run (WalletDb *db, const char *sql, const char *what, GError **error)
{
  int code = sqlite3_exec (db->sqlite, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || wallet_db_fail (db, code, what, error);
}

static gint32
magic_number (BtcNetwork network)
{
  const guint8 *magic = btc_network_info (network)->magic;

  return (gint32) ((guint32) magic[0] << 24 | (guint32) magic[1] << 16 | (guint32) magic[2] << 8 | magic[3]);
}

/* The single integer that SQL returns. */
static gboolean
query_number (WalletDb *db, const char *sql, gint64 *number, GError **error)
{
  sqlite3_stmt *query = NULL;
  int code = sqlite3_prepare_v2 (db->sqlite, sql, -1, &query, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_step (query);
  if (code == SQLITE_ROW)
    *number = sqlite3_column_int64 (query, 0);
  sqlite3_finalize (query);
  return code == SQLITE_ROW || wallet_db_fail (db, code, "The wallet could not be read", error);
}

/* The check reports up to 100 problems, and ends with an error if it cannot read on. */
static gboolean
check_integrity (WalletDb *db, GError **error)
{
  g_autoptr (GString) problems = g_string_new (NULL);
  sqlite3_stmt *query = NULL;
  int code = sqlite3_prepare_v2 (db->sqlite, "PRAGMA integrity_check", -1, &query, NULL);

  while (code == SQLITE_OK || code == SQLITE_ROW) {
    const char *line;

    code = sqlite3_step (query);
    line = code == SQLITE_ROW ? (const char *) sqlite3_column_text (query, 0) : NULL;
    if (line != NULL && strcmp (line, "ok") != 0)
      g_string_append_printf (problems, "%s\n", line);
  }
  sqlite3_finalize (query);
  if ((code & 0xff) == SQLITE_CORRUPT)
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED,
                 "SQLiteDatabase: Failed to execute statement to verify database: %s", sqlite3_errstr (code));
  else if (code != SQLITE_DONE)
    return wallet_db_fail (db, code, "The wallet could not be checked", error);
  else if (problems->len > 0)
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED, DAMAGED_TEXT "%s", problems->str);
  else
    return TRUE;
  return FALSE;
}

static gboolean
wallet_db_check_file (WalletDb *db, BtcNetwork network, GError **error)
{
  gint64 id = 0, version = 0, tables = 0;

  if (!query_number (db, "PRAGMA application_id", &id, error)
      || !query_number (db, "PRAGMA user_version", &version, error)
      || !query_number (db, "SELECT count(*) FROM sqlite_master WHERE type='table' AND name='main'", &tables, error))
    return FALSE;
  if ((gint32) id != magic_number (network)) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_OTHER_NETWORK,
                 "SQLiteDatabase: Unexpected application id. Expected %u, got %u", (guint32) magic_number (network),
                 (guint32) id);
    return FALSE;
  }
  if (version != 0) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_NEWER,
                 "SQLiteDatabase: Unknown sqlite wallet schema version %d. Only version 0 is supported", (int) version);
    return FALSE;
  }
  if (tables != 1) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED, DAMAGED_TEXT "There is no table \"main\".");
    return FALSE;
  }
  return check_integrity (db, error);
}

static gboolean
create_table (WalletDb *db, BtcNetwork network, GError **error)
{
  g_autofree char *id = g_strdup_printf ("PRAGMA application_id = %d", magic_number (network));
  const char *what = "The wallet could not be created";

  return wallet_db_run (db, "BEGIN", what, error)
         && wallet_db_run (db, "CREATE TABLE main(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL)", what, error)
         && wallet_db_run (db, id, what, error) && wallet_db_run (db, "PRAGMA user_version = 0", what, error)
         && wallet_db_run (db, "COMMIT", what, error);
}

static gboolean
wallet_db_prepare (WalletDb *db, GError **error)
{
  int code = sqlite3_prepare_v2 (db->sqlite, "INSERT OR REPLACE INTO main VALUES(?, ?)", -1, &db->put, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_prepare_v2 (db->sqlite, "DELETE FROM main WHERE key = ?", -1, &db->remove, NULL);
  return code == SQLITE_OK || wallet_db_fail (db, code, "The wallet could not be opened", error);
}

/* Takes the lock of the file, which is kept until it is closed. */
static gboolean
wallet_db_lock (WalletDb *db, const char *what, GError **error)
{
  int code;

  if (!wallet_db_run (db, "PRAGMA locking_mode = exclusive", what, error))
    return FALSE;
  code = sqlite3_exec (db->sqlite, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
  if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_WALLET_LOADED,
                         "SQLiteDatabase: Unable to obtain an exclusive lock on the database, is it being used by "
                         "another instance of Moneyrocket?\n");
    return FALSE;
  }
  return (code == SQLITE_OK || wallet_db_fail (db, code, what, error)) && wallet_db_run (db, "COMMIT", what, error);
}

/* A journal is created next to the file. */
static gboolean
check_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (access (folder, W_OK) == 0)
    return TRUE;
  g_set_error (error, BUS_ERROR, BUS_ERROR_STORAGE,
               "SQLiteDatabase: Failed to open database in directory '%s': directory is not writable", folder);
  return FALSE;
}

WalletDb *
wallet_db_open (const char *path, BtcNetwork network, gboolean create, GError **error)
{
  g_autoptr (WalletDb) db = g_new0 (WalletDb, 1);
  const char *what = "SQLiteDatabase: Failed to open database";
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
  int code;

  g_return_val_if_fail (path != NULL, NULL);

  if (create && g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_WALLET_EXISTS, "A wallet of this name already exists.");
    return NULL;
  }
  if (!check_folder (path, error))
    return NULL;
  code = sqlite3_open_v2 (path, &db->sqlite, flags, NULL);
  if (code != SQLITE_OK) {
    wallet_db_fail (db, code, what, error);
    return NULL;
  }
  sqlite3_extended_result_codes (db->sqlite, 1);
  if (create)
    g_chmod (path, 0600); /* before anything is written */
  if (!wallet_db_lock (db, what, error) || !wallet_db_run (db, "PRAGMA fullfsync = true", what, error)
      || !wallet_db_run (db, "PRAGMA synchronous = FULL", what, error)
      || !wallet_db_run (db, "PRAGMA journal_mode = delete", what, error))
    return NULL;
  if (create ? !create_table (db, network, error) : !wallet_db_check_file (db, network, error))
    return NULL;
  if (!wallet_db_prepare (db, error))
    return NULL;
  return g_steal_pointer (&db);
}

void
wallet_db_free (WalletDb *db)
{
  if (db == NULL)
    return;
  sqlite3_finalize (db->put);
  sqlite3_finalize (db->remove);
  sqlite3_close (db->sqlite);
  g_free (db);
}

gboolean
wallet_db_foreach (WalletDb *db, WalletDbFunc func, gpointer data, GError **error)
{
  sqlite3_stmt *query = NULL;
  gboolean more = TRUE;
  int code;

  g_return_val_if_fail (db != NULL && func != NULL, FALSE);

  code = sqlite3_prepare_v2 (db->sqlite, "SELECT key, value FROM main ORDER BY key", -1, &query, NULL);
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step (query);
    if (code != SQLITE_ROW)
      break;
    /* SQLite returns NULL for an empty blob; the parsers get a valid pointer. */
    const guint8 *key = sqlite3_column_blob (query, 0);
    const guint8 *value = sqlite3_column_blob (query, 1);
    more = func (key != NULL ? key : (const guint8 *) "", (gsize) sqlite3_column_bytes (query, 0),
                 value != NULL ? value : (const guint8 *) "", (gsize) sqlite3_column_bytes (query, 1), data);
    if (!more)
      break;
  }
  sqlite3_finalize (query);
  return code == SQLITE_DONE || !more || wallet_db_fail (db, code, "The wallet could not be read", error);
}

typedef struct {
  WalletDb *db;
  int code;
} Writing;

static void
bind_bytes (sqlite3_stmt *statement, int place, GBytes *bytes)
{
  gsize len = 0;
  gconstpointer data = g_bytes_get_data (bytes, &len);

  sqlite3_bind_blob64 (statement, place, data != NULL ? data : "", len, SQLITE_STATIC);
}

static gboolean
write_one (GBytes *key, GBytes *value, gpointer data)
{
  Writing *writing = data;
  sqlite3_stmt *statement = value != NULL ? writing->db->put : writing->db->remove;

  bind_bytes (statement, 1, key);
  if (value != NULL)
    bind_bytes (statement, 2, value);
  writing->code = sqlite3_step (statement);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return writing->code == SQLITE_DONE;
}

gboolean
wallet_db_write (WalletDb *db, const WalletBatch *batch, GError **error)
{
  Writing writing = { .db = db, .code = SQLITE_OK };
  const char *what = "The wallet could not be saved";

  g_return_val_if_fail (db != NULL && batch != NULL, FALSE);

  if (wallet_batch_is_empty (batch))
    return TRUE;
  if (!wallet_db_run (db, "BEGIN IMMEDIATE", what, error))
    return FALSE;
  if (!wallet_batch_foreach (batch, write_one, &writing))
    wallet_db_fail (db, writing.code, what, error);
  else if (wallet_db_run (db, "COMMIT", what, error))
    return TRUE;
  /* SQLite may have rolled back already, for example when the disk is full. */
  if (sqlite3_get_autocommit (db->sqlite) == 0)
    sqlite3_exec (db->sqlite, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

/* Copies into TO, which was opened for this. */
static int
copy_all (WalletDb *db, sqlite3 *to)
{
  sqlite3_backup *backup = sqlite3_backup_init (to, "main", db->sqlite, "main");
  int code;

  if (backup == NULL)
    return sqlite3_errcode (to);
  code = sqlite3_backup_step (backup, -1);
  sqlite3_backup_finish (backup);
  return code;
}

static gboolean
backup_fail (GError **error, const char *why)
{
  g_set_error (error, BUS_ERROR, BUS_ERROR_STORAGE, "The backup could not be written: %s", why);
  return FALSE;
}

/* Creates PATH as an empty file. An existing file is never touched, nor a dangling link. */
static gboolean
backup_claim (const char *path, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd >= 0)
    return g_close (fd, error);
  if (errno != EEXIST)
    return backup_fail (error, g_strerror (errno));
  g_set_error (error, BUS_ERROR, BUS_ERROR_STORAGE,
               "The file \"%s\" already exists, and a backup does not replace files. Choose another name.", path);
  return FALSE;
}

/* Copies into the empty file PATH, without a journal: the file is deleted if this fails. */
static gboolean
backup_copy (WalletDb *db, const char *path, GError **error)
{
  sqlite3 *to = NULL;
  int code = sqlite3_open_v2 (path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_exec (to, "PRAGMA journal_mode=OFF; PRAGMA synchronous=FULL", NULL, NULL, NULL);
  if (code == SQLITE_OK)
    code = copy_all (db, to);
  sqlite3_close (to);
  if (code == SQLITE_DONE)
    return TRUE;
  return backup_fail (error, (code & 0xff) == SQLITE_FULL ? "there is no space left." : sqlite3_errstr (code));
}

/* Creates a new file next to PATH. SQLite does not follow any symbolic links, so those in the folder are resolved. */
static char *
backup_make_temporary (const char *path, GError **error)
{
  g_autofree char *named = g_path_get_dirname (path);
  g_autofree char *folder = realpath (named, NULL);
  g_autofree char *temporary = folder != NULL ? g_build_filename (folder, ".wallet-backup.XXXXXX", NULL) : NULL;
  int fd = temporary != NULL ? g_mkstemp_full (temporary, O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;

  if (fd < 0) {
    backup_fail (error, g_strerror (errno));
    return NULL;
  }
  close (fd);
  return g_steal_pointer (&temporary);
}

gboolean
wallet_db_backup (WalletDb *db, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = NULL;
  gboolean good;

  g_return_val_if_fail (db != NULL && path != NULL, FALSE);

  if (!backup_claim (path, error))
    return FALSE;
  temporary = backup_make_temporary (path, error);
  good = temporary != NULL && backup_copy (db, temporary, error);
  if (good && g_rename (temporary, path) != 0)
    good = backup_fail (error, g_strerror (errno));
  if (good)
    return common_file_sync_folder (folder, error);
  if (temporary != NULL)
    g_unlink (temporary);
  g_unlink (path);
  return FALSE;
}

void
wallet_db_set_unsafe (WalletDb *db)
{
  common_warn ("SQLite is configured to not wait for data to be flushed to disk. Data loss and corruption may occur.");
  sqlite3_exec (db->sqlite, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
}

void
wallet_db_limit_pages_for_tests (WalletDb *db, guint pages)
{
  /* SQLite treats a limit below the current size as the current size. */
  g_autofree char *sql = g_strdup_printf ("PRAGMA max_page_count = %u", pages != 0 ? pages : 1073741823u);

  sqlite3_exec (db->sqlite, sql, NULL, NULL, NULL);
}

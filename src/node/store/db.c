/* A database with obfuscated values has the record
 *   0e 00 "obfuscate_key"  →  08 key[8]
 * in the clear; byte i of every other value is XORed with key[i mod 8]. */
#include "node/store/db.h"

#include <errno.h>
#include <leveldb/c.h>
#include <string.h>
#include <unistd.h>

#include "common/ending.h"
#include "common/file.h"
#include "common/log.h"
#include "common/random.h"
#include "node/store/crash.h"
#include "node/store/xor.h"

#define KEY_RECORD "\x0e\x00obfuscate_key"
#define KEY_RECORD_LEN 15
#define MAX_FILE_SIZE (32 * 1024 * 1024)
#define BLOOM_BITS 10

/* Written before the first database is opened. */
static gboolean compact_on_open;

void
node_db_set_compact_on_open (gboolean compact)
{
  compact_on_open = compact;
}

struct _NodeDb {
  leveldb_t *db;
  const leveldb_snapshot_t *snapshot; /* of DB, which is then not owned; else NULL */
  leveldb_options_t *options;
  leveldb_cache_t *cache;
  leveldb_filterpolicy_t *filter;
  leveldb_readoptions_t *read;
  leveldb_readoptions_t *iterate;
  leveldb_writeoptions_t *write;
  leveldb_writeoptions_t *write_sync;
  char *path;
  GError *failed_write; /* NULL: none has failed */
  gboolean masked;
  guint8 key[NODE_XOR_KEY_SIZE];
};

struct _NodeDbBatch {
  NodeDb *db;
  leveldb_writebatch_t *batch;
  GByteArray *scratch;
  gsize size;
};

struct _NodeDbIter {
  NodeDb *db;
  leveldb_iterator_t *iter;
  GByteArray *scratch;
};

/* LevelDB's errors differ only in the first words of the message. Reading a truncated table results in "Invalid
 * argument". */
static NodeStoreError
error_code (const char *text)
{
  if (strstr (text, g_strerror (ENOSPC)) != NULL || strstr (text, g_strerror (EDQUOT)) != NULL)
    return NODE_STORE_ERROR_FULL;
  if (strstr (text, ".ldb: ") != NULL && g_str_has_suffix (text, g_strerror (EINVAL)))
    return NODE_STORE_ERROR_CORRUPT;
  if (strstr (text, "/LOCK: ") != NULL)
    return NODE_STORE_ERROR_LOCKED;
  if (g_str_has_prefix (text, "Corruption") || g_str_has_prefix (text, "NotFound")
      || g_str_has_prefix (text, "Invalid argument") || strstr (text, g_strerror (ENOENT)) != NULL)
    return NODE_STORE_ERROR_CORRUPT;
  return NODE_STORE_ERROR_IO;
}

/* Takes ownership of TEXT. FALSE, with ERROR set, if it is not NULL. */
static gboolean
check_error (NodeDb *db, char *text, GError **error)
{
  static const char *const sentences[] = {
    [NODE_STORE_ERROR_IO] = "Reading or writing the database %s failed: %s.",
    [NODE_STORE_ERROR_FULL]
    = COMMON_ENDING_DISK_FULL ": the database %s could not be written (%s). Free some space and start "
                              "again.",
    [NODE_STORE_ERROR_CORRUPT] = "The database %s is damaged: %s.",
    [NODE_STORE_ERROR_FORMAT] = "The database %s has an unknown format: %s.",
    [NODE_STORE_ERROR_LOCKED] = "The database %s is in use by another program: %s.",
  };
  NodeStoreError code;

  if (text == NULL)
    return TRUE;
  code = error_code (text);
  g_propagate_error (error, g_error_new (NODE_STORE_ERROR, code, sentences[code], db->path, text));
  leveldb_free (text);
  return FALSE;
}

static void
make_read_options (NodeDb *db)
{
  db->read = leveldb_readoptions_create ();
  leveldb_readoptions_set_verify_checksums (db->read, 1);
  db->iterate = leveldb_readoptions_create ();
  leveldb_readoptions_set_verify_checksums (db->iterate, 1);
  leveldb_readoptions_set_fill_cache (db->iterate, 0);
}

static void
make_options (NodeDb *db, gsize cache_bytes)
{
  db->cache = leveldb_cache_create_lru (cache_bytes / 2);
  db->filter = leveldb_filterpolicy_create_bloom (BLOOM_BITS);
  db->options = leveldb_options_create ();
  leveldb_options_set_cache (db->options, db->cache);
  leveldb_options_set_write_buffer_size (db->options, cache_bytes / 4);
  leveldb_options_set_filter_policy (db->options, db->filter);
  leveldb_options_set_compression (db->options, leveldb_no_compression);
  leveldb_options_set_paranoid_checks (db->options, 1);
  leveldb_options_set_create_if_missing (db->options, 1);
  leveldb_options_set_max_file_size (db->options, MAX_FILE_SIZE);

  make_read_options (db);
  db->write = leveldb_writeoptions_create ();
  db->write_sync = leveldb_writeoptions_create ();
  leveldb_writeoptions_set_sync (db->write_sync, 1);
}

static gboolean
is_empty (NodeDb *db, gboolean *empty, GError **error)
{
  leveldb_iterator_t *iter = leveldb_create_iterator (db->db, db->iterate);
  char *text = NULL;

  leveldb_iter_seek_to_first (iter);
  *empty = !leveldb_iter_valid (iter);
  leveldb_iter_get_error (iter, &text);
  leveldb_iter_destroy (iter);
  return check_error (db, text, error);
}

static gboolean
make_key (NodeDb *db, GError **error)
{
  guint8 value[1 + NODE_XOR_KEY_SIZE] = { NODE_XOR_KEY_SIZE };
  char *text = NULL;

  common_random_bytes (value + 1, NODE_XOR_KEY_SIZE);
  leveldb_put (db->db, db->write_sync, KEY_RECORD, KEY_RECORD_LEN, (const char *) value, sizeof value, &text);
  if (!check_error (db, text, error))
    return FALSE;
  memcpy (db->key, value + 1, NODE_XOR_KEY_SIZE);
  db->masked = TRUE;
  return TRUE;
}

static gboolean
db_load_key (NodeDb *db, gboolean make, GError **error)
{
  g_autoptr (GByteArray) value = NULL;
  gboolean empty;

  if (!node_db_get (db, (const guint8 *) KEY_RECORD, KEY_RECORD_LEN, &value, error))
    return FALSE;
  if (value != NULL) {
    if (value->len != 1 + NODE_XOR_KEY_SIZE || value->data[0] != NODE_XOR_KEY_SIZE) {
      g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT, "The database %s has a damaged key record.",
                   db->path);
      return FALSE;
    }
    memcpy (db->key, value->data + 1, NODE_XOR_KEY_SIZE);
    for (gsize i = 0; i < NODE_XOR_KEY_SIZE; i++)
      db->masked |= db->key[i] != 0;
    return TRUE;
  }
  if (!make)
    return TRUE;
  /* A database with records but without a key is not obfuscated. */
  if (!is_empty (db, &empty, error))
    return FALSE;
  return !empty || make_key (db, error);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  guint64 x = g_ascii_strtoull (*(const char *const *) a, NULL, 10);
  guint64 y = g_ascii_strtoull (*(const char *const *) b, NULL, 10);

  return x > y ? -1 : x < y;
}

static gboolean
remove_file (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  node_store_crash_point ();
  return unlink (path) == 0 || errno == ENOENT || node_store_error_from_errno (error, errno, "delete", path);
}

/* Deletes the database in an order that leaves a consistent one after a crash: newest files first, then CURRENT,
 * without which the tables are ignored. LevelDB itself would delete its files in directory order. */
static gboolean
wipe_files (NodeDb *db, GError **error)
{
  g_autoptr (GPtrArray) logs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (db->path, 0, NULL);
  const char *name;
  char *text = NULL;

  if (dir == NULL)
    return TRUE;
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_ascii_isdigit (name[0]) && g_str_has_suffix (name, ".log"))
      g_ptr_array_add (logs, g_strdup (name));
  g_ptr_array_sort (logs, compare_newest_first);
  for (guint i = 0; i < logs->len; i++)
    if (!remove_file (db->path, g_ptr_array_index (logs, i), error))
      return FALSE;
  if (!node_store_sync_folder (db->path, error) || !remove_file (db->path, "CURRENT", error)
      || !node_store_sync_folder (db->path, error))
    return FALSE;
  node_store_crash_point ();
  leveldb_destroy_db (db->options, db->path, &text);
  node_store_crash_point ();
  return check_error (db, text, error);
}

NodeDb *
node_db_open (const char *path, gsize cache_bytes, gboolean obfuscate, gboolean wipe, GError **error)
{
  g_autoptr (NodeDb) db = NULL;
  g_autoptr (GError) local = NULL;
  char *text = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  db = g_new0 (NodeDb, 1);
  db->path = g_strdup (path);
  make_options (db, cache_bytes);
  if (wipe) {
    common_info ("Wiping LevelDB in %s", path);
    if (!wipe_files (db, error))
      return NULL;
  }
  if (!common_file_make_folder (path, &local)) {
    node_store_take_file_error (error, g_steal_pointer (&local));
    return NULL;
  }
  common_info ("Opening LevelDB in %s", path);
  db->db = leveldb_open (db->options, path, &text);
  if (!check_error (db, text, error) || !db_load_key (db, obfuscate, error))
    return NULL;
  if (compact_on_open) {
    common_info ("Starting database compaction of %s", path);
    leveldb_compact_range (db->db, NULL, 0, NULL, 0);
    common_info ("Finished database compaction of %s", path);
  }
  common_debug (COMMON_LOG_LEVELDB, "opened %s, cache %" G_GSIZE_FORMAT " bytes", path, cache_bytes);
  return g_steal_pointer (&db);
}

NodeDb *
node_db_new_snapshot (NodeDb *base)
{
  NodeDb *db = g_new0 (NodeDb, 1);

  g_assert (base->snapshot == NULL);
  db->db = base->db;
  db->snapshot = leveldb_create_snapshot (base->db);
  db->path = g_strdup (base->path);
  db->masked = base->masked;
  memcpy (db->key, base->key, sizeof db->key);
  make_read_options (db);
  leveldb_readoptions_set_snapshot (db->read, db->snapshot);
  leveldb_readoptions_set_snapshot (db->iterate, db->snapshot);
  return db;
}

static void
close_snapshot (NodeDb *db)
{
  leveldb_release_snapshot (db->db, db->snapshot);
  leveldb_readoptions_destroy (db->read);
  leveldb_readoptions_destroy (db->iterate);
  g_free (db->path);
  g_free (db);
}

void
node_db_close (NodeDb *db)
{
  if (db == NULL)
    return;
  if (db->snapshot != NULL) {
    close_snapshot (db);
    return;
  }
  if (db->db != NULL)
    leveldb_close (db->db);
  leveldb_options_destroy (db->options);
  leveldb_readoptions_destroy (db->read);
  leveldb_readoptions_destroy (db->iterate);
  leveldb_writeoptions_destroy (db->write);
  leveldb_writeoptions_destroy (db->write_sync);
  leveldb_filterpolicy_destroy (db->filter);
  leveldb_cache_destroy (db->cache);
  g_clear_error (&db->failed_write);
  g_free (db->path);
  g_free (db);
}

gboolean
node_db_destroy (const char *path, GError **error)
{
  NodeDb db = { .path = (char *) path };
  leveldb_options_t *options = leveldb_options_create ();
  char *text = NULL;

  leveldb_destroy_db (options, path, &text);
  leveldb_options_destroy (options);
  if (!check_error (&db, text, error))
    return FALSE;
  /* LevelDB does not remove the folder if it contains other files. */
  if (rmdir (path) == 0 || errno == ENOENT)
    return TRUE;
  return node_store_error_from_errno (error, errno, "remove", path);
}

gboolean
node_db_read (NodeDb *db, const guint8 *key, gsize key_len, GByteArray *value, gboolean *found, GError **error)
{
  char *text = NULL;
  gsize len = 0;
  char *data = leveldb_get (db->db, db->read, (const char *) key, key_len, &len, &text);

  g_byte_array_set_size (value, 0);
  *found = FALSE;
  if (!check_error (db, text, error))
    return FALSE;
  if (data == NULL)
    return TRUE;
  *found = TRUE;
  g_byte_array_append (value, (const guint8 *) data, len);
  leveldb_free (data);
  if (db->masked)
    node_xor (value->data, value->len, db->key, 0);
  return TRUE;
}

gboolean
node_db_get (NodeDb *db, const guint8 *key, gsize key_len, GByteArray **value, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gboolean found;

  *value = NULL;
  if (!node_db_read (db, key, key_len, bytes, &found, error))
    return FALSE;
  if (found)
    *value = g_steal_pointer (&bytes);
  return TRUE;
}

guint64
node_db_disk_size (NodeDb *db, const guint8 *from, gsize from_len, const guint8 *to, gsize to_len)
{
  const char *start = (const char *) from, *limit = (const char *) to;
  uint64_t size = 0;

  leveldb_approximate_sizes (db->db, 1, &start, &from_len, &limit, &to_len, &size);
  return size;
}

void
node_db_compact (NodeDb *db)
{
  leveldb_compact_range (db->db, NULL, 0, NULL, 0);
}

NodeDbBatch *
node_db_batch_new (NodeDb *db)
{
  NodeDbBatch *batch = g_new0 (NodeDbBatch, 1);

  g_assert (db->snapshot == NULL);
  batch->db = db;
  batch->batch = leveldb_writebatch_create ();
  batch->scratch = g_byte_array_new ();
  return batch;
}

void
node_db_batch_put (NodeDbBatch *batch, const guint8 *key, gsize key_len, const guint8 *value, gsize value_len)
{
  const guint8 *data = value;

  if (batch->db->masked && value_len > 0) {
    g_byte_array_set_size (batch->scratch, 0);
    g_byte_array_append (batch->scratch, value, value_len);
    node_xor (batch->scratch->data, value_len, batch->db->key, 0);
    data = batch->scratch->data;
  }
  leveldb_writebatch_put (batch->batch, (const char *) key, key_len, (const char *) data, value_len);
  batch->size += 3 + key_len + value_len;
}

void
node_db_batch_delete (NodeDbBatch *batch, const guint8 *key, gsize key_len)
{
  leveldb_writebatch_delete (batch->batch, (const char *) key, key_len);
  batch->size += 2 + key_len;
}

gsize
node_db_batch_size (const NodeDbBatch *batch)
{
  return batch->size;
}

gboolean
node_db_batch_write (NodeDbBatch *batch, gboolean sync, GError **error)
{
  NodeDb *db = batch->db;
  char *text = NULL;

  /* A failed write can leave part of a record in the log; records after it would count as damaged. */
  if (db->failed_write == NULL) {
    node_store_crash_point ();
    leveldb_write (db->db, sync ? db->write_sync : db->write, batch->batch, &text);
    node_store_crash_point ();
    check_error (db, text, &db->failed_write);
  }
  leveldb_writebatch_clear (batch->batch);
  batch->size = 0;
  if (db->failed_write == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (db->failed_write));
  return FALSE;
}

void
node_db_batch_free (NodeDbBatch *batch)
{
  if (batch == NULL)
    return;
  leveldb_writebatch_destroy (batch->batch);
  g_byte_array_unref (batch->scratch);
  g_free (batch);
}

NodeDbIter *
node_db_iter_new (NodeDb *db)
{
  NodeDbIter *iter = g_new0 (NodeDbIter, 1);

  iter->db = db;
  iter->iter = leveldb_create_iterator (db->db, db->iterate);
  iter->scratch = g_byte_array_new ();
  return iter;
}

void
node_db_iter_free (NodeDbIter *iter)
{
  if (iter == NULL)
    return;
  leveldb_iter_destroy (iter->iter);
  g_byte_array_unref (iter->scratch);
  g_free (iter);
}

void
node_db_iter_seek (NodeDbIter *iter, const guint8 *key, gsize key_len)
{
  leveldb_iter_seek (iter->iter, (const char *) key, key_len);
}

gboolean
node_db_iter_valid (NodeDbIter *iter)
{
  return leveldb_iter_valid (iter->iter);
}

void
node_db_iter_next (NodeDbIter *iter)
{
  leveldb_iter_next (iter->iter);
}

const guint8 *
node_db_iter_key (NodeDbIter *iter, gsize *len)
{
  return (const guint8 *) leveldb_iter_key (iter->iter, len);
}

const guint8 *
node_db_iter_value (NodeDbIter *iter, gsize *len)
{
  const guint8 *value = (const guint8 *) leveldb_iter_value (iter->iter, len);

  if (!iter->db->masked || *len == 0)
    return value;
  g_byte_array_set_size (iter->scratch, 0);
  g_byte_array_append (iter->scratch, value, *len);
  node_xor (iter->scratch->data, *len, iter->db->key, 0);
  return iter->scratch->data;
}

gboolean
node_db_iter_check (NodeDbIter *iter, GError **error)
{
  char *text = NULL;

  leveldb_iter_get_error (iter->iter, &text);
  return check_error (iter->db, text, error);
}

#include "node/store/block_index_db.h"
#include "node/store/db.h"
#include "node/store/xor.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/hex.h"
#include "node/store/crash.h"
#include "store-fixture.h"

static void
put (NodeDb *db, const char *key, const char *value)
{
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (db);
  g_autoptr (GError) error = NULL;

  if (value != NULL)
    node_db_batch_put (batch, (const guint8 *) key, strlen (key), (const guint8 *) value, strlen (value));
  else
    node_db_batch_delete (batch, (const guint8 *) key, strlen (key));
  g_assert_true (node_db_batch_write (batch, TRUE, &error));
  g_assert_no_error (error);
}

static void
assert_value (NodeDb *db, const char *key, const char *value)
{
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (node_db_get (db, (const guint8 *) key, strlen (key), &bytes, &error));
  g_assert_no_error (error);
  if (value == NULL)
    g_assert_null (bytes);
  else
    g_assert_cmpmem (bytes->data, bytes->len, value, strlen (value));
}

static void
test_records (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeDb) db = node_db_open (folder, 1 << 20, FALSE, FALSE, &error);

  g_assert_no_error (error);
  assert_value (db, "a", NULL);
  put (db, "a", "one");
  put (db, "b", "");
  assert_value (db, "a", "one");
  assert_value (db, "b", "");
  put (db, "a", NULL);
  assert_value (db, "a", NULL);
  g_clear_pointer (&db, node_db_close);

  db = node_db_open (folder, 1 << 20, FALSE, FALSE, &error);
  assert_value (db, "b", "");
  g_clear_pointer (&db, node_db_close);
  db = node_db_open (folder, 1 << 20, FALSE, TRUE, &error);
  g_assert_no_error (error);
  assert_value (db, "b", NULL);
  g_clear_pointer (&db, node_db_close);
  remove_folder (folder);
}

/* The key record is found again, and what is on disk is masked with it. */
static void
test_mask (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeDb) db = node_db_open (folder, 1 << 20, TRUE, FALSE, &error);
  g_autoptr (GByteArray) key = NULL, plain = NULL;
  char value[20] = "0123456789abcdefghi";

  put (db, "k", value);
  g_clear_pointer (&db, node_db_close);
  db = node_db_open (folder, 1 << 20, FALSE, FALSE, &error);
  g_assert_no_error (error);
  assert_value (db, "k", value);

  /* The key record is stored unmasked, so reading it masks it with itself, except for its first byte. */
  g_assert_true (node_db_get (db, (const guint8 *) "\x0e\x00obfuscate_key", 15, &key, &error));
  g_assert_nonnull (key);
  g_assert_cmpuint (key->len, ==, 9);
  g_clear_pointer (&db, node_db_close);
  remove_folder (folder);
}

static void
test_iterator (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeDb) db = node_db_open (folder, 1 << 20, TRUE, FALSE, &error);
  g_autoptr (NodeDbIter) iter = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);

  put (db, "Ca", "1");
  put (db, "Cb", "2");
  put (db, "D", "3");
  iter = node_db_iter_new (db);
  put (db, "Cc", "later");
  for (node_db_iter_seek (iter, (const guint8 *) "C", 1); node_db_iter_valid (iter); node_db_iter_next (iter)) {
    gsize key_len, len;
    const guint8 *key = node_db_iter_key (iter, &key_len);
    const guint8 *value = node_db_iter_value (iter, &len);
    g_string_append_printf (seen, "%.*s=%.*s ", (int) key_len, key, (int) len, value);
  }
  g_assert_true (node_db_iter_check (iter, &error));
  g_assert_cmpstr (seen->str, ==, "Ca=1 Cb=2 D=3 ");
  g_clear_pointer (&iter, node_db_iter_free);
  g_clear_pointer (&db, node_db_close);
  remove_folder (folder);
}

static void
test_locked (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeDb) db = node_db_open (folder, 1 << 20, FALSE, FALSE, &error);

  g_assert_null (node_db_open (folder, 1 << 20, FALSE, FALSE, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_LOCKED);
  g_clear_pointer (&db, node_db_close);
  remove_folder (folder);
}

static void
flip_byte (const char *path, gsize at)
{
  g_autofree char *data = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  g_assert_cmpuint (at, <, len);
  data[at] ^= 0x40;
  g_assert_true (g_file_set_contents (path, data, (gssize) len, NULL));
}

static void
put_many (NodeDb *db)
{
  static const guint8 value[] = "a value of some length, so that there are blocks";
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (db);

  for (guint i = 0; i < 500; i++) {
    g_autofree char *key = g_strdup_printf ("key%u", i);
    node_db_batch_put (batch, (const guint8 *) key, strlen (key), value, sizeof value);
  }
  g_assert_true (node_db_batch_write (batch, TRUE, NULL));
}

/* Every file of a database, with a byte changed or truncated: either damage is reported, or nothing was lost. */
static void
test_damage (void)
{
  static const char *const suffixes[] = { ".log", ".ldb", "MANIFEST-", "CURRENT" };

  for (gsize s = 0; s < G_N_ELEMENTS (suffixes); s++) {
    g_autofree char *folder = make_folder ();
    g_autoptr (GError) error = NULL;
    g_autoptr (NodeDb) db = node_db_open (folder, 1 << 20, TRUE, FALSE, &error);
    g_autoptr (GDir) dir = NULL;
    const char *name;
    gboolean hit = FALSE;

    put_many (db);
    node_db_compact (db);
    put (db, "late", "in the log");
    g_clear_pointer (&db, node_db_close);
    dir = g_dir_open (folder, 0, &error);
    while ((name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (strstr (name, suffixes[s]) != NULL) {
        flip_byte (path, 12);
        hit = TRUE;
      }
    }
    g_assert_true (hit);
    db = node_db_open (folder, 1 << 20, TRUE, FALSE, &error);
    if (db != NULL) {
      g_autoptr (GByteArray) value = NULL;
      gboolean ok = TRUE;
      for (guint i = 0; ok && i < 500; i++) {
        g_autofree char *key = g_strdup_printf ("key%u", i);
        g_clear_pointer (&value, g_byte_array_unref);
        ok = node_db_get (db, (const guint8 *) key, strlen (key), &value, &error);
        if (ok)
          g_assert_nonnull (value);
      }
    }
    g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
    g_clear_pointer (&db, node_db_close);
    remove_folder (folder);
  }
}

/* A truncated table is damage, too, not an I/O error. */
static void
test_truncated_table (void)
{
  for (guint left = 0; left < 3; left++) {
    g_autofree char *folder = make_folder ();
    g_autoptr (NodeDb) db = node_db_open (folder, 1 << 20, FALSE, FALSE, NULL);
    g_autoptr (GByteArray) value = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GDir) dir = NULL;
    const char *name;

    put_many (db);
    node_db_compact (db);
    g_clear_pointer (&db, node_db_close);
    dir = g_dir_open (folder, 0, NULL);
    while ((name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (g_str_has_suffix (name, ".ldb"))
        g_assert_cmpint (truncate (path, left * 30), ==, 0);
    }
    db = node_db_open (folder, 1 << 20, FALSE, FALSE, &error);
    if (db != NULL)
      g_assert_false (node_db_get (db, (const guint8 *) "key7", 4, &value, &error));
    g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
    g_clear_pointer (&db, node_db_close);
    remove_folder (folder);
  }
}

/* After an incomplete write no other is attempted, because records after a torn one cannot be read. */
static void
test_failed_write (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeDb) db = node_db_open (folder, 1 << 20, FALSE, FALSE, NULL);
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (db);
  g_autofree guint8 *large = g_malloc0 (300000);
  g_autoptr (GError) error = NULL;
  struct rlimit before, limit;

  put (db, "a", "one");
  getrlimit (RLIMIT_FSIZE, &before);
  limit = before;
  limit.rlim_cur = 100000;
  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &limit);
  node_db_batch_put (batch, (const guint8 *) "large", 5, large, 300000);
  g_assert_false (node_db_batch_write (batch, TRUE, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO);
  g_clear_error (&error);
  setrlimit (RLIMIT_FSIZE, &before);
  node_db_batch_put (batch, (const guint8 *) "b", 1, large, 10);
  g_assert_false (node_db_batch_write (batch, TRUE, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO);
  g_clear_error (&error);
  g_clear_pointer (&batch, node_db_batch_free);
  g_clear_pointer (&db, node_db_close);

  db = node_db_open (folder, 1 << 20, FALSE, FALSE, &error);
  g_assert_no_error (error);
  assert_value (db, "a", "one");
  assert_value (db, "b", NULL);
  put (db, "b", "two");
  g_clear_pointer (&db, node_db_close);
  remove_folder (folder);
}

/* Killed at any point of a wipe: then the database is either empty, or in a state that it had before. */
static void
test_wipe_killed (void)
{
  gboolean ended = FALSE;
  guint emptied = 0, kept = 0;

  for (guint point = 1; !ended; point++) {
    g_autofree char *folder = make_folder ();
    g_autoptr (GError) error = NULL;
    g_autoptr (NodeDb) db = node_db_open (folder, 1 << 20, TRUE, FALSE, NULL);
    g_autoptr (GByteArray) first = NULL, late = NULL;
    int status;
    pid_t pid;

    put_many (db);
    node_db_compact (db);
    put (db, "late", "in the log");
    g_clear_pointer (&db, node_db_close);
    pid = fork ();
    if (pid == 0) {
      node_store_set_crash_after (point);
      node_db_open (folder, 1 << 20, FALSE, TRUE, NULL);
      _exit (0);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    ended = WIFEXITED (status);
    db = node_db_open (folder, 1 << 20, TRUE, FALSE, &error);
    g_assert_no_error (error);
    g_assert_true (node_db_get (db, (const guint8 *) "key7", 4, &first, &error));
    g_assert_true (node_db_get (db, (const guint8 *) "late", 4, &late, &error));
    g_assert_true (first != NULL || late == NULL);
    g_assert_true (!ended || first == NULL);
    *(first == NULL ? &emptied : &kept) += 1;
    put (db, "new", "works");
    g_clear_pointer (&db, node_db_close);
    remove_folder (folder);
  }
  g_assert_cmpuint (emptied, >, 1);
  g_assert_cmpuint (kept, >, 1);
}

static void
test_xor (void)
{
  static const guint8 key[8] = { 1, 2, 4, 8, 16, 32, 64, 128 };
  guint8 data[200], expected[200];

  for (gsize offset = 0; offset < 17; offset++)
    for (gsize len = 0; len < sizeof data - 16; len += 13) {
      for (gsize i = 0; i < sizeof data; i++)
        data[i] = expected[i] = (guint8) (i * 7);
      for (gsize i = 0; i < len; i++)
        expected[offset + i] ^= key[(offset + i) % 8];
      node_xor (data + offset, MIN (len, sizeof data - offset), key, offset);
      for (gsize i = len; i < sizeof data - offset; i++)
        g_assert_cmpuint (data[offset + i], ==, (guint8) ((offset + i) * 7));
      g_assert_cmpmem (data, sizeof data, expected, sizeof expected);
    }
}

static void
test_xor_key (void)
{
  static const guint8 zero[8];
  g_autofree char *folder = make_folder ();
  g_autofree char *xor_path = g_build_filename (folder, "xor.dat", NULL);
  g_autofree char *lock_path = g_build_filename (folder, ".lock", NULL);
  g_autofree char *blk_path = g_build_filename (folder, "blk00000.dat", NULL);
  g_autoptr (GError) error = NULL;
  guint8 key[8], again[8];

  /* A folder that is empty except for a hidden file gets a random key, and keeps it. */
  g_assert_true (g_file_set_contents (lock_path, "", 0, NULL));
  g_assert_true (node_xor_load_key (folder, TRUE, key, &error));
  g_assert_cmpint (memcmp (key, zero, 8), !=, 0);
  g_assert_true (node_xor_load_key (folder, TRUE, again, &error));
  g_assert_cmpmem (key, 8, again, 8);
  g_assert_false (node_xor_load_key (folder, FALSE, again, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT);
  g_clear_error (&error);

  /* Too short. */
  g_assert_true (g_file_set_contents (xor_path, "1234567", 7, NULL));
  g_assert_false (node_xor_load_key (folder, TRUE, again, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  g_clear_error (&error);

  /* A folder with block files of a version without keys. */
  g_assert_cmpint (g_remove (xor_path), ==, 0);
  g_assert_true (g_file_set_contents (blk_path, "x", 1, NULL));
  g_assert_true (node_xor_load_key (folder, TRUE, key, &error));
  g_assert_cmpmem (key, 8, zero, 8);
  g_assert_true (g_file_test (xor_path, G_FILE_TEST_EXISTS));
  g_assert_true (node_xor_load_key (folder, FALSE, key, &error));
  remove_folder (folder);
}

/* The bytes of a record, worked out by hand from the definition of VARINT. */
static void
test_block_record (void)
{
  NodeBlockRecord record = { .height = 300,
                             .status = NODE_BLOCK_VALID_SCRIPTS | NODE_BLOCK_HAVE_DATA | NODE_BLOCK_HAVE_UNDO,
                             .n_tx = 1,
                             .file = 2,
                             .data_pos = 8,
                             .undo_pos = 128,
                             .header = { .version = 1, .time = 2, .bits = 3, .nonce = 4 } };
  NodeBlockRecord parsed;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *text = NULL;

  node_block_record_serialize (&record, bytes);
  text = common_hex_encode (bytes->data, bytes->len - BTC_HEADER_SIZE);
  g_assert_cmpstr (text, ==, "8eed3c812c1d0102088000");
  g_assert_true (node_block_record_parse (bytes->data, bytes->len, &parsed));
  g_assert_cmpuint (parsed.height, ==, 300);
  g_assert_cmpuint (parsed.status, ==, record.status);
  g_assert_cmpint (parsed.file, ==, 2);
  g_assert_cmpuint (parsed.data_pos, ==, 8);
  g_assert_cmpuint (parsed.undo_pos, ==, 128);
  g_assert_cmpuint (parsed.header.nonce, ==, 4);
  for (gsize len = 0; len < bytes->len; len++)
    g_assert_false (node_block_record_parse (bytes->data, len, &parsed));
}

static void
test_block_index (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeBlockIndexDb) db = node_block_index_db_open (folder, 1 << 20, FALSE, &error);
  NodeBlockFileInfo info = { 3, 1000, 200, 5, 9, 1231006505, 1231006599 }, read;
  guint32 number = 7;
  gint32 last;
  gboolean value, found;

  g_assert_no_error (error);
  g_assert_true (node_block_index_db_get_last_file (db, &last, &error));
  g_assert_cmpint (last, ==, -1);
  g_assert_true (node_block_index_db_write (db, NULL, 0, &number, &info, 1, 7, &error));
  g_assert_true (node_block_index_db_get_last_file (db, &last, &error));
  g_assert_cmpint (last, ==, 7);
  g_assert_true (node_block_index_db_get_file_info (db, 7, &read, &found, &error));
  g_assert_true (found);
  g_assert_cmpuint (read.blocks, ==, 3);
  g_assert_cmpuint (read.size, ==, 1000);
  g_assert_cmpuint (read.undo_size, ==, 200);
  g_assert_cmpuint (read.height_first, ==, 5);
  g_assert_cmpuint (read.height_last, ==, 9);
  g_assert_cmpuint (read.time_first, ==, 1231006505);
  g_assert_cmpuint (read.time_last, ==, 1231006599);
  g_assert_true (node_block_index_db_get_file_info (db, 6, &read, &found, &error));
  g_assert_false (found);

  g_assert_true (node_block_index_db_set_flag (db, "prunedblockfiles", TRUE, &error));
  g_assert_true (node_block_index_db_get_flag (db, "prunedblockfiles", &value, &error));
  g_assert_true (value);
  g_assert_true (node_block_index_db_set_reindexing (db, TRUE, &error));
  g_assert_true (node_block_index_db_get_reindexing (db, &value, &error));
  g_assert_true (value);
  g_assert_true (node_block_index_db_set_reindexing (db, FALSE, &error));
  g_assert_true (node_block_index_db_get_reindexing (db, &value, &error));
  g_assert_false (value);
  g_clear_pointer (&db, node_block_index_db_close);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/db/records", test_records);
  g_test_add_func ("/node/db/mask", test_mask);
  g_test_add_func ("/node/db/iterator", test_iterator);
  g_test_add_func ("/node/db/locked", test_locked);
  g_test_add_func ("/node/db/damage", test_damage);
  g_test_add_func ("/node/db/truncated-table", test_truncated_table);
  g_test_add_func ("/node/db/failed-write", test_failed_write);
  g_test_add_func ("/node/db/wipe-killed", test_wipe_killed);
  g_test_add_func ("/node/xor/bytes", test_xor);
  g_test_add_func ("/node/xor/key", test_xor_key);
  g_test_add_func ("/node/block-index/record", test_block_record);
  g_test_add_func ("/node/block-index/database", test_block_index);
  return g_test_run ();
}

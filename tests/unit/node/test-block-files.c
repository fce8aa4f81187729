#include "node/store/block_read.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "node/store/flat_file.h"
#include "node/store/xor.h"
#include "store-fixture.h"

static const guint8 magic[4] = { 0xfa, 0xbf, 0xb5, 0xda };

static NodeBlockFiles *
open_files (const char *folder, gboolean fast_prune)
{
  NodeBlockFilesOptions options = { .folder = folder, .use_xor = TRUE, .fast_prune = fast_prune };
  g_autoptr (GError) error = NULL;
  NodeBlockFiles *files;

  memcpy (options.magic, magic, 4);
  files = node_block_files_open (&options, &error);
  g_assert_no_error (error);
  return files;
}

static goffset
file_size (const char *path)
{
  GStatBuf status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  return status.st_size;
}

static NodeBlockFileInfo
info_of (NodeBlockFiles *files, guint32 file)
{
  NodeBlockFileInfo info;

  g_assert_true (node_block_files_get_info (files, file, &info));
  return info;
}

static void
test_blocks (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeBlockFiles) files = open_files (folder, FALSE);
  g_autofree char *path = node_block_files_dup_path (files, 0, FALSE);
  g_autoptr (GArray) numbers = NULL, infos = NULL;
  g_autoptr (GError) error = NULL;
  gint32 file[3];
  guint32 pos[3];
  NodeBlockFileInfo info;
  gsize total = 0;

  g_assert_cmpint (node_block_files_get_last (files), ==, -1);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (BtcBlock) block = make_block (i, 0, i == 1 ? 300000 : 10);
    g_assert_true (node_block_files_write_block (files, block, 10 + i, &file[i], &pos[i], &error));
    g_assert_cmpuint (pos[i], ==, total + 8);
    total += 8 + g_bytes_get_size (block->bytes);
  }
  g_assert_cmpint (file_size (path), ==, 16 * 1024 * 1024);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (BtcBlock) block = make_block (i, 0, i == 1 ? 300000 : 10);
    g_autoptr (GBytes) bytes = node_block_files_read_block (files, file[i], pos[i], &error);
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (bytes, block->bytes));
  }
  info = info_of (files, 0);
  g_assert_cmpuint (info.blocks, ==, 3);
  g_assert_cmpuint (info.size, ==, total);
  g_assert_cmpuint (info.height_first, ==, 10);
  g_assert_cmpuint (info.height_last, ==, 12);
  g_assert_cmpuint (info.time_first, ==, 1000);
  g_assert_cmpuint (info.time_last, ==, 1002);
  node_block_files_take_dirty (files, &numbers, &infos);
  g_assert_cmpuint (numbers->len, ==, 1);
  g_assert_cmpmem (infos->data, sizeof info, &info, sizeof info);

  g_assert_true (node_block_files_flush (files, TRUE, &error));
  g_assert_cmpint (file_size (path), ==, (goffset) total);
  g_clear_pointer (&files, node_block_files_close);
  remove_folder (folder);
}

/* Blocks from the split height on have files of their own, also after the files were reopened. */
static void
test_split (void)
{
  static const struct {
    guint32 height;
    gint32 file;
  } writes[] = { { 1, 0 }, { 2, 0 }, { 100, 1 }, { 3, 0 }, { 101, 1 }, { 4, 2 }, { 102, 1 }, { 5, 2 }, { 103, 3 } };
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeBlockFiles) files = open_files (folder, TRUE);
  g_autofree char *path = node_block_files_dup_path (files, 0, TRUE);
  g_autoptr (GError) error = NULL;
  static const guint8 prev32[32], undo[100];

  node_block_files_split (files, 100);
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++) {
    /* Three blocks fill a file. */
    g_autoptr (BtcBlock) block = make_block (i, 0, 20000);
    guint32 pos;
    gint32 file;

    g_assert_true (node_block_files_write_block (files, block, writes[i].height, &file, &pos, &error));
    g_assert_cmpint (file, ==, writes[i].file);
    g_assert_true (node_block_files_write_undo (files, file, prev32, undo, sizeof undo, &pos, &error));
  }
  for (gint32 file = 0; file <= node_block_files_get_last (files); file++) {
    NodeBlockFileInfo info = info_of (files, (guint32) file);
    g_assert_cmpint (info.height_first < 100, ==, info.height_last < 100);
  }
  g_assert_true (node_block_files_flush (files, TRUE, &error));
  /* All of them are truncated to the space that is used. */
  g_assert_cmpint (file_size (path), ==, info_of (files, 0).undo_size);
  remove_folder (folder);
}

/* -fastprune: small files; a file is truncated to its size when the next one is begun; a block larger than a file is
 * stored nevertheless. */
static void
test_next_file (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeBlockFiles) files = open_files (folder, TRUE);
  g_autofree char *path = node_block_files_dup_path (files, 0, FALSE);
  g_autoptr (GError) error = NULL;
  gint32 file;
  guint32 pos;

  for (guint i = 0; i < 4; i++) {
    g_autoptr (BtcBlock) block = make_block (i, 0, i == 3 ? 100000 : 30000);
    g_assert_true (node_block_files_write_block (files, block, i, &file, &pos, &error));
    g_assert_cmpint (file, ==, i < 2 ? 0 : (gint32) i - 1);
  }
  g_assert_cmpint (file_size (path), ==, info_of (files, 0).size);
  g_assert_cmpint (node_block_files_get_last (files), ==, 2);
  g_clear_pointer (&files, node_block_files_close);
  remove_folder (folder);
}

static void
test_undo_records (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeBlockFiles) files = open_files (folder, FALSE);
  g_autoptr (BtcBlock) block = make_block (1, 0, 0);
  g_autofree char *path = node_block_files_dup_path (files, 0, TRUE);
  g_autoptr (GBytes) undo = NULL;
  g_autoptr (GError) error = NULL;
  guint8 prev[32] = { 1 }, other[32] = { 2 };
  gint32 file;
  guint32 pos, first;

  g_assert_true (node_block_files_write_block (files, block, 1, &file, &pos, &error));
  g_assert_true (node_block_files_write_undo (files, file, prev, (const guint8 *) "undo", 4, &first, &error));
  g_assert_true (node_block_files_write_undo (files, file, other, (const guint8 *) "more!", 5, &pos, &error));
  g_assert_cmpuint (first, ==, 8);
  g_assert_cmpuint (pos, ==, 8 + 4 + 32 + 8);
  g_assert_cmpint (file_size (path), ==, 1024 * 1024);
  undo = node_block_files_read_undo (files, file, pos, other, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (undo, NULL), g_bytes_get_size (undo), "more!", 5);
  g_assert_null (node_block_files_read_undo (files, file, first, other, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "Restart with -reindex "));
  g_clear_pointer (&files, node_block_files_close);
  remove_folder (folder);
}

static void
assert_corrupt (NodeBlockFiles *files, gint32 file, guint32 pos)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = node_block_files_read_block (files, file, pos, &error);

  g_assert_null (bytes);
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "-reindex"));
}

static void
test_damage (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeBlockFiles) files = open_files (folder, FALSE);
  g_autoptr (BtcBlock) block = make_block (1, 0, 200000);
  g_autofree char *path = node_block_files_dup_path (files, 0, FALSE);
  g_autoptr (GError) error = NULL;
  gint32 file;
  guint32 pos;

  g_assert_true (node_block_files_write_block (files, block, 1, &file, &pos, &error));
  assert_corrupt (files, 0, 0);
  assert_corrupt (files, -1, 8);
  assert_corrupt (files, 0, pos + 1);
  assert_corrupt (files, 0, G_MAXUINT32);
  assert_corrupt (files, 7, 8); /* there is no such file */
  for (gsize left = 0; left < 9; left += 4) {
    g_assert_cmpint (truncate (path, (off_t) left), ==, 0);
    assert_corrupt (files, 0, pos);
  }
  g_clear_pointer (&files, node_block_files_close);
  remove_folder (folder);
}

/* A full disk has an error code and message of its own, and so has a file that cannot grow. */
static void
test_full (void)
{
  NodeFlatKind kind = { "blk", 1024 };
  g_autoptr (GError) error = NULL;
  int fd = node_flat_open ("/dev/full", TRUE, &error);

  g_assert_no_error (error);
  g_assert_false (node_flat_write (fd, "/dev/full", 0, magic, 4, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FULL);
  g_assert_nonnull (strstr (error->message, "Free some space"));
  g_clear_error (&error);
  close (fd);

  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "blk00000.dat", NULL);
  fd = node_flat_open (path, TRUE, &error);
  g_assert_false (node_flat_allocate (fd, path, &kind, 0, (gsize) 1 << 60, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FULL);
  close (fd);
  remove_folder (folder);
}

/* A failed write does not change the statistics, and the next one goes to the same position. */
static void
test_failed_write (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeBlockFiles) files = open_files (folder, FALSE);
  g_autoptr (BtcBlock) block = make_block (1, 0, 0);
  g_autofree char *path = node_block_files_dup_path (files, 0, FALSE);
  g_autoptr (GError) error = NULL;
  gint32 file;
  guint32 pos;

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_false (node_block_files_write_block (files, block, 1, &file, &pos, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO);
  g_clear_error (&error);
  g_assert_cmpuint (info_of (files, 0).blocks, ==, 0);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_true (node_block_files_write_block (files, block, 1, &file, &pos, &error));
  g_assert_cmpuint (pos, ==, 8);
  g_clear_pointer (&files, node_block_files_close);
  remove_folder (folder);
}

typedef struct {
  GArray *places;
  GPtrArray *blocks;
  guint stop_after;
} Found;

static gboolean
collect (GBytes *block, guint64 pos, gpointer data)
{
  Found *found = data;

  g_array_append_val (found->places, pos);
  g_ptr_array_add (found->blocks, g_bytes_ref (block));
  return found->places->len != found->stop_after;
}

static void
append_record (GByteArray *out, BtcBlock *block, gsize extra)
{
  gsize len = g_bytes_get_size (block->bytes);

  btc_write_data (out, magic, 4);
  btc_write_u32 (out, (guint32) (len + extra));
  btc_write_data (out, g_bytes_get_data (block->bytes, NULL), len);
  for (gsize i = 0; i < extra; i++)
    btc_write_u8 (out, 0xfa);
}

/* Garbage before, between and after records, impossible lengths, a truncated record, one with bytes after its block,
 * and one that covers the next: every complete block is found. */
static void
test_scan (void)
{
  static const guint8 key[8] = { 9, 8, 7, 6, 5, 4, 3, 2 };
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "bootstrap.dat", NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GPtrArray) found_blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Found found = { places, found_blocks, 0 };
  g_autoptr (BtcBlock) a = make_block (1, 0, 10), b = make_block (2, 3, 500), c = make_block (3, 0, 3000000);
  g_autoptr (GError) error = NULL;

  btc_write_data (bytes, (const guint8 *) "\xfa\xfa\xbf garbage \xfa", 12);
  append_record (bytes, a, 0);
  btc_write_data (bytes, magic, 4);
  btc_write_u32 (bytes, 0xffffffff);
  btc_write_data (bytes, magic, 4);
  btc_write_u32 (bytes, 79);
  append_record (bytes, b, 17);
  /* Its length covers a block and all of the next record, but it contains no block. */
  btc_write_data (bytes, magic, 4);
  btc_write_u32 (bytes, 3000000);
  append_record (bytes, c, 0);
  btc_write_data (bytes, magic, 4);
  btc_write_u32 (bytes, 1000);
  btc_write_data (bytes, g_bytes_get_data (a->bytes, NULL), 60);
  node_xor (bytes->data, bytes->len, key, 0);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));

  g_assert_true (node_block_files_scan (path, magic, key, collect, &found, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (places->len, ==, 3);
  g_assert_cmpuint (g_array_index (places, guint64, 0), ==, 12 + 8);
  g_assert_true (g_bytes_equal (found_blocks->pdata[0], a->bytes));
  g_assert_true (g_bytes_equal (found_blocks->pdata[1], b->bytes));
  g_assert_true (g_bytes_equal (found_blocks->pdata[2], c->bytes));

  g_array_set_size (places, 0);
  found.stop_after = 2;
  g_assert_true (node_block_files_scan (path, magic, key, collect, &found, &error));
  g_assert_cmpuint (places->len, ==, 2);

  g_assert_false (node_block_files_scan ("/nonexistent/file", magic, NULL, collect, &found, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO);
  remove_folder (folder);
}

/* A scan finds the blocks that were written, at the reported positions. */
static void
test_scan_own (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeBlockFiles) files = open_files (folder, FALSE);
  g_autofree char *path = node_block_files_dup_path (files, 0, FALSE);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Found found = { places, blocks, 0 };
  g_autoptr (GError) error = NULL;
  guint8 key[8];
  guint32 pos[50];
  gint32 file;

  for (guint i = 0; i < G_N_ELEMENTS (pos); i++) {
    g_autoptr (BtcBlock) block = make_block (i, i % 4, i * 1000);
    g_assert_true (node_block_files_write_block (files, block, i, &file, &pos[i], &error));
  }
  node_block_files_get_xor_key (files, key);
  g_assert_true (node_block_files_scan (path, magic, key, collect, &found, &error));
  g_assert_cmpuint (places->len, ==, G_N_ELEMENTS (pos));
  for (guint i = 0; i < places->len; i++)
    g_assert_cmpuint (g_array_index (places, guint64, i), ==, pos[i]);
  g_clear_pointer (&files, node_block_files_close);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/block-files/split", test_split);
  g_test_add_func ("/node/block-files/blocks", test_blocks);
  g_test_add_func ("/node/block-files/next-file", test_next_file);
  g_test_add_func ("/node/block-files/undo", test_undo_records);
  g_test_add_func ("/node/block-files/damage", test_damage);
  g_test_add_func ("/node/block-files/full", test_full);
  g_test_add_func ("/node/block-files/failed-write", test_failed_write);
  g_test_add_func ("/node/block-files/scan", test_scan);
  g_test_add_func ("/node/block-files/scan-own", test_scan_own);
  return g_test_run ();
}

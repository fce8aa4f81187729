#include <glib/gstdio.h>
#include <string.h>

#include "node/mempool/file.h"

/* A transaction of about SIZE bytes. */
static BtcTx *
make_tx (guint32 n, gsize size)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, n);
  g_autofree guint8 *script = g_malloc0 (size);
  BtcOutpoint prevout = { .n = n };

  btc_tx_builder_add_in (builder, &prevout, BTC_SEQUENCE_FINAL);
  btc_tx_builder_add_out (builder, n, script, size);
  return btc_tx_builder_finish (builder);
}

static gsize
size_of (guint i, gsize large)
{
  return i % 100 == 0 ? large : 100 + i % 300;
}

/* Writes N transactions, every hundredth LARGE, N deltas and N IDs. */
static void
write_some (NodeMempoolFileWriter *writer, guint n, gsize large)
{
  guint8 txid32[32] = { 0 };

  node_mempool_file_writer_count (writer, NODE_MEMPOOL_FILE_TX, n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (BtcTx) tx = make_tx (i, size_of (i, large));
    node_mempool_file_writer_tx (writer, tx, 1000 + i, -(gint64) i);
  }
  node_mempool_file_writer_count (writer, NODE_MEMPOOL_FILE_DELTA, n);
  for (guint i = 0; i < n; i++) {
    btc_put_u32 (txid32, i);
    node_mempool_file_writer_delta (writer, txid32, G_MAXINT64 - i);
  }
  node_mempool_file_writer_count (writer, NODE_MEMPOOL_FILE_UNBROADCAST, n);
  for (guint i = 0; i < n; i++) {
    btc_put_u32 (txid32, i + 7);
    node_mempool_file_writer_unbroadcast (writer, txid32);
  }
}

static void
check_some (NodeMempoolFile *file, guint n, gsize large)
{
  NodeMempoolFileItem item;
  GError *error = NULL;

  g_assert_cmpuint (node_mempool_file_count (file), ==, n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (BtcTx) tx = make_tx (i, size_of (i, large));
    g_assert_cmpint (node_mempool_file_next (file, &item, &error), ==, NODE_MEMPOOL_FILE_TX);
    g_assert_cmpmem (item.tx->wtxid32, 32, tx->wtxid32, 32);
    g_assert_cmpmem (item.txid32, 32, tx->txid32, 32);
    g_assert_cmpint (item.time_s, ==, 1000 + i);
    g_assert_cmpint (item.delta_sat, ==, -(gint64) i);
  }
  for (guint i = 0; i < n; i++) {
    g_assert_cmpint (node_mempool_file_next (file, &item, &error), ==, NODE_MEMPOOL_FILE_DELTA);
    g_assert_cmpuint (btc_get_u32 (item.txid32), ==, i);
    g_assert_cmpint (item.delta_sat, ==, G_MAXINT64 - i);
  }
  for (guint i = 0; i < n; i++) {
    g_assert_cmpint (node_mempool_file_next (file, &item, &error), ==, NODE_MEMPOOL_FILE_UNBROADCAST);
    g_assert_cmpuint (btc_get_u32 (item.txid32), ==, i + 7);
  }
  g_assert_cmpint (node_mempool_file_next (file, &item, &error), ==, NODE_MEMPOOL_FILE_END);
  g_assert_cmpint (node_mempool_file_next (file, &item, &error), ==, NODE_MEMPOOL_FILE_END);
  g_assert_no_error (error);
}

static const guint8 key[8] = { 0xff, 2, 0, 4, 5, 6, 7, 8 };

/* Longer than the buffer, and with items that cross its end. */
static void
test_disk (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mempool-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "mempool.dat", NULL);
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  GError *error = NULL;

  for (guint i = 0; i < 2; i++) {
    NodeMempoolFileWriter *writer = node_mempool_file_writer_new (path, i == 0 ? key : NULL, &error);
    g_assert_no_error (error);
    write_some (writer, 5000, 300000);
    g_assert_true (node_mempool_file_writer_finish (writer, &error));
    g_assert_false (g_file_test (temporary, G_FILE_TEST_EXISTS));
    g_autoptr (NodeMempoolFile) file = node_mempool_file_open (path, &error);
    g_assert_no_error (error);
    check_some (file, 5000, 300000);
  }
  g_unlink (path);
  g_rmdir (folder);
  g_assert_null (node_mempool_file_open (path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_null (node_mempool_file_writer_new (path, key, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
}

static void
test_memory (void)
{
  for (guint n = 0; n < 3; n++)
    for (guint scrambled = 0; scrambled < 2; scrambled++) {
      NodeMempoolFileWriter *writer = node_mempool_file_writer_new (NULL, scrambled ? key : NULL, NULL);
      gsize len;
      write_some (writer, n, 500);
      g_autoptr (GBytes) bytes = node_mempool_file_writer_finish_data (writer);
      const guint8 *data = g_bytes_get_data (bytes, &len);
      g_autoptr (NodeMempoolFile) file = node_mempool_file_new_for_data (data, len, NULL);
      check_some (file, n, 500);
    }
}

/* A file that is truncated anywhere is rejected, at the latest when its end is reached. */
static void
test_truncation (void)
{
  NodeMempoolFileWriter *writer = node_mempool_file_writer_new (NULL, key, NULL);
  gsize len;

  write_some (writer, 2, 300);
  g_autoptr (GBytes) bytes = node_mempool_file_writer_finish_data (writer);
  const guint8 *data = g_bytes_get_data (bytes, &len);
  for (gsize cut = 0; cut < len; cut++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (NodeMempoolFile) file = node_mempool_file_new_for_data (data, cut, &error);
    NodeMempoolFileItem item;
    NodeMempoolFileKind kind = NODE_MEMPOOL_FILE_BAD;
    if (file != NULL)
      while ((kind = node_mempool_file_next (file, &item, &error)) < NODE_MEMPOOL_FILE_END)
        ;
    g_assert_cmpint (kind, ==, NODE_MEMPOOL_FILE_BAD);
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    if (file != NULL)
      g_assert_cmpint (node_mempool_file_next (file, &item, NULL), ==, NODE_MEMPOOL_FILE_BAD);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/mempool-file/disk", test_disk);
  g_test_add_func ("/node/mempool-file/memory", test_memory);
  g_test_add_func ("/node/mempool-file/truncation", test_truncation);
  return g_test_run ();
}

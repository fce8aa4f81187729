/* Writing mempool.dat: see file.c for its bytes. */
#include "node/mempool/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "node/store/xor.h"

#define VERSION_PLAIN 1
#define VERSION_KEY 2
/* The number of bytes that are buffered before they are written. */
#define CHUNK (1u << 20)

static gboolean
file_write_fail_disk (GError **error, const char *what, const char *path)
{
  int code = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s “%s”: %s", what, path, g_strerror (code));
  return FALSE;
}

struct _NodeMempoolFileWriter {
  char *path; /* NULL: memory */
  char *temporary;
  int fd;
  gboolean scrambled;
  guint8 key[NODE_XOR_KEY_SIZE];
  guint64 written; /* before `buffer` */
  GByteArray *buffer;
  gsize plain_from; /* in it: what is still to be XORed */
  int problem;      /* errno of the first failure */
};

static void
writer_free (NodeMempoolFileWriter *writer)
{
  if (writer->fd >= 0)
    close (writer->fd);
  if (writer->buffer != NULL)
    g_byte_array_unref (writer->buffer);
  g_free (writer->temporary);
  g_free (writer->path);
  g_free (writer);
}

static void
writer_obfuscate (NodeMempoolFileWriter *writer)
{
  if (writer->scrambled)
    node_xor (writer->buffer->data + writer->plain_from, writer->buffer->len - writer->plain_from, writer->key,
              writer->written + writer->plain_from);
  writer->plain_from = writer->buffer->len;
}

static void
writer_drain (NodeMempoolFileWriter *writer)
{
  gsize done = 0;

  writer_obfuscate (writer);
  while (writer->problem == 0 && done < writer->buffer->len) {
    ssize_t some = write (writer->fd, writer->buffer->data + done, writer->buffer->len - done);
    if (some < 0 && errno == EINTR)
      continue;
    if (some < 0)
      writer->problem = errno;
    else
      done += (gsize) some;
  }
  writer->written += writer->buffer->len;
  writer->plain_from = 0;
  g_byte_array_set_size (writer->buffer, 0);
}

static void
item_done (NodeMempoolFileWriter *writer)
{
  if (writer->fd >= 0 && writer->buffer->len >= CHUNK)
    writer_drain (writer);
}

NodeMempoolFileWriter *
node_mempool_file_writer_new (const char *path, const guint8 *key, GError **error)
{
  NodeMempoolFileWriter *writer = g_new0 (NodeMempoolFileWriter, 1);

  writer->fd = -1;
  if (path != NULL) {
    writer->path = g_strdup (path);
    writer->temporary = g_strconcat (path, ".new", NULL);
    writer->fd = open (writer->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (writer->fd < 0) {
      file_write_fail_disk (error, "Cannot create", writer->temporary);
      writer_free (writer);
      return NULL;
    }
  }
  writer->buffer = g_byte_array_new ();
  btc_write_u64 (writer->buffer, key != NULL ? VERSION_KEY : VERSION_PLAIN);
  if (key != NULL) {
    btc_write_bytes (writer->buffer, key, NODE_XOR_KEY_SIZE);
    memcpy (writer->key, key, NODE_XOR_KEY_SIZE);
    writer->scrambled = TRUE;
  }
  writer->plain_from = writer->buffer->len;
  return writer;
}

void
node_mempool_file_writer_count (NodeMempoolFileWriter *writer, NodeMempoolFileKind kind, guint64 count)
{
  if (kind == NODE_MEMPOOL_FILE_TX)
    btc_write_u64 (writer->buffer, count);
  else
    btc_write_compact (writer->buffer, count);
}

void
node_mempool_file_writer_tx (NodeMempoolFileWriter *writer, const BtcTx *tx, gint64 time_s, gint64 delta_sat)
{
  btc_write_data (writer->buffer, tx->bytes.data, tx->bytes.len);
  btc_write_i64 (writer->buffer, time_s);
  btc_write_i64 (writer->buffer, delta_sat);
  item_done (writer);
}

void
node_mempool_file_writer_delta (NodeMempoolFileWriter *writer, const guint8 txid32[32], gint64 delta_sat)
{
  btc_write_data (writer->buffer, txid32, 32);
  btc_write_i64 (writer->buffer, delta_sat);
  item_done (writer);
}

void
node_mempool_file_writer_unbroadcast (NodeMempoolFileWriter *writer, const guint8 txid32[32])
{
  btc_write_data (writer->buffer, txid32, 32);
  item_done (writer);
}

gboolean
node_mempool_file_writer_finish (NodeMempoolFileWriter *writer, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (writer->path);
  gboolean good;

  writer_drain (writer);
  if (writer->problem == 0 && fsync (writer->fd) != 0)
    writer->problem = errno;
  errno = writer->problem;
  good = writer->problem == 0 || file_write_fail_disk (error, "Cannot write", writer->temporary);
  if (good && g_rename (writer->temporary, writer->path) != 0)
    good = file_write_fail_disk (error, "Cannot replace", writer->path);
  if (good)
    good = common_file_sync_folder (folder, error);
  else
    g_unlink (writer->temporary);
  writer_free (writer);
  return good;
}

GBytes *
node_mempool_file_writer_finish_data (NodeMempoolFileWriter *writer)
{
  GBytes *bytes;

  writer_obfuscate (writer);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&writer->buffer));
  writer_free (writer);
  return bytes;
}

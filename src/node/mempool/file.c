/* mempool.dat:
 *
 *   u64 version 1, or 2: then 08 and an 8-byte key follow, and byte i of the file after them is XORed with
 *                    key[i mod 8]
 *   u64 n            then n times: transaction with witness, i64 time, i64 fee delta
 *   CompactSize n    then n times: 32 bytes txid, i64 fee delta, for transactions not in the list above
 *   CompactSize n    then n times: 32 bytes txid, of those that have not been broadcast yet
 *
 * Integers are little-endian. Trailing data is ignored. */
#include "node/mempool/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/store/xor.h"

#define VERSION_PLAIN 1
#define VERSION_KEY 2
#define HEADER_PLAIN 8
#define HEADER_KEY (8 + 1 + NODE_XOR_KEY_SIZE)
/* The longest transaction that fits into a block; all other items are shorter. */
#define MAX_ITEM (4 * 1000 * 1000 + 16)
#define CHUNK (1u << 20)

struct _NodeMempoolFile {
  int fd; /* -1: DATA is all there is */
  const guint8 *data;
  gsize data_len;
  guint8 key[NODE_XOR_KEY_SIZE];
  guint64 read; /* bytes of the file that are or were in `buffer` */
  gboolean at_end;
  GByteArray *buffer; /* plain */
  gsize pos;          /* in it */
  BtcTx *tx;
  NodeMempoolFileKind kind; /* of the next item */
  guint64 count, left;
};

static gboolean
mempool_file_fail (GError **error, const char *what)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "the mempool file is %s", what);
  return FALSE;
}

static gboolean
mempool_file_fail_disk (GError **error, const char *what, const char *path)
{
  int code = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s “%s”: %s", what, path, g_strerror (code));
  return FALSE;
}

/* Up to LEN more bytes; 0 at the end, less than 0 when the disk fails. */
static gssize
read_some (NodeMempoolFile *file, guint8 *out, gsize len)
{
  gsize left;

  if (file->fd >= 0) {
    ssize_t got;
    do
      got = read (file->fd, out, len);
    while (got < 0 && errno == EINTR);
    return got;
  }
  left = file->data_len - (gsize) file->read;
  len = MIN (len, left);
  if (len > 0)
    memcpy (out, file->data + file->read, len);
  return (gssize) len;
}

/* Makes at least WANTED bytes available to the parser, unless the file ends before. */
static gboolean
mempool_file_fill (NodeMempoolFile *file, gsize wanted, GError **error)
{
  if (file->buffer->len - file->pos >= wanted || file->at_end)
    return TRUE;
  g_byte_array_remove_range (file->buffer, 0, (guint) file->pos);
  file->pos = 0;
  while (file->buffer->len < wanted && !file->at_end) {
    guint before = file->buffer->len;
    g_byte_array_set_size (file->buffer, before + CHUNK);
    gssize got = read_some (file, file->buffer->data + before, CHUNK);
    g_byte_array_set_size (file->buffer, before + (guint) MAX (got, 0));
    if (got < 0)
      return mempool_file_fail_disk (error, "Cannot read", "mempool.dat");
    node_xor (file->buffer->data + before, (gsize) got, file->key, file->read);
    file->read += (guint64) got;
    file->at_end = got == 0;
  }
  return TRUE;
}

static void
mempool_file_begin (NodeMempoolFile *file, BtcReader *reader)
{
  btc_reader_init (reader, file->buffer->data + file->pos, file->buffer->len - file->pos);
}

static gboolean
mempool_file_end (NodeMempoolFile *file, const BtcReader *reader, GError **error)
{
  file->pos += reader->pos;
  return !reader->failed || mempool_file_fail (error, "cut short");
}

static gboolean
read_header (NodeMempoolFile *file, GError **error)
{
  guint8 head[HEADER_KEY];
  gsize len = 0;
  gssize got;
  guint64 version;
  BtcReader reader;

  /* The key is needed for the data after it, so nothing beyond it is read here. */
  while (len < HEADER_PLAIN || (len < HEADER_KEY && btc_get_u64 (head) == VERSION_KEY)) {
    got = read_some (file, head + len, len < HEADER_PLAIN ? HEADER_PLAIN - len : HEADER_KEY - len);
    if (got < 0)
      return mempool_file_fail_disk (error, "Cannot read", "mempool.dat");
    if (got == 0)
      return mempool_file_fail (error, "cut short");
    len += (gsize) got;
    file->read = len;
  }
  version = btc_get_u64 (head);
  if (version != VERSION_PLAIN && version != VERSION_KEY)
    return mempool_file_fail (error, "of an unknown version");
  if (version == VERSION_KEY && head[HEADER_PLAIN] != NODE_XOR_KEY_SIZE)
    return mempool_file_fail (error, "damaged");
  if (version == VERSION_KEY)
    memcpy (file->key, head + HEADER_PLAIN + 1, NODE_XOR_KEY_SIZE);
  if (!mempool_file_fill (file, sizeof (guint64), error))
    return FALSE;
  mempool_file_begin (file, &reader);
  file->count = file->left = btc_reader_u64 (&reader);
  return mempool_file_end (file, &reader, error);
}

static NodeMempoolFile *
mempool_file_start (NodeMempoolFile *owned, GError **error)
{
  g_autoptr (NodeMempoolFile) file = owned;

  file->buffer = g_byte_array_new ();
  return read_header (file, error) ? g_steal_pointer (&file) : NULL;
}

NodeMempoolFile *
node_mempool_file_open (const char *path, GError **error)
{
  NodeMempoolFile *file;
  struct stat info;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);
  /* A pipe or a device could block indefinitely: it is opened without blocking, and rejected. */
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    mempool_file_fail_disk (error, "Cannot open", path);
    return NULL;
  }
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "“%s” is not a regular file", path);
    close (fd);
    return NULL;
  }
  file = g_new0 (NodeMempoolFile, 1);
  file->fd = fd;
  return mempool_file_start (file, error);
}

NodeMempoolFile *
node_mempool_file_new_for_data (const guint8 *data, gsize len, GError **error)
{
  NodeMempoolFile *file = g_new0 (NodeMempoolFile, 1);

  file->fd = -1;
  file->data = data;
  file->data_len = len;
  return mempool_file_start (file, error);
}

void
node_mempool_file_free (NodeMempoolFile *file)
{
  if (file == NULL)
    return;
  if (file->fd >= 0)
    close (file->fd);
  g_byte_array_unref (file->buffer);
  btc_tx_unref (file->tx);
  g_free (file);
}

guint64
node_mempool_file_count (NodeMempoolFile *file)
{
  return file->count;
}

/* Advances to the next kind with items. */
static gboolean
next_kind (NodeMempoolFile *file, GError **error)
{
  while (file->left == 0 && file->kind < NODE_MEMPOOL_FILE_END) {
    BtcReader reader;
    file->kind++;
    if (file->kind == NODE_MEMPOOL_FILE_END)
      return TRUE;
    if (!mempool_file_fill (file, 9, error))
      return FALSE;
    mempool_file_begin (file, &reader);
    file->left = btc_reader_compact_size (&reader);
    if (!mempool_file_end (file, &reader, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_tx (NodeMempoolFile *file, NodeMempoolFileItem *item, GError **error)
{
  BtcReader reader;

  if (!mempool_file_fill (file, MAX_ITEM, error))
    return FALSE;
  btc_tx_unref (file->tx);
  file->tx = btc_tx_new_first (file->buffer->data + file->pos, file->buffer->len - file->pos);
  if (file->tx == NULL)
    return mempool_file_fail (error, "damaged or truncated");
  item->tx = file->tx;
  memcpy (item->txid32, file->tx->txid32, 32);
  file->pos += file->tx->bytes.len;
  if (!mempool_file_fill (file, 2 * sizeof (gint64), error))
    return FALSE;
  mempool_file_begin (file, &reader);
  item->time_s = btc_reader_i64 (&reader);
  item->delta_sat = btc_reader_i64 (&reader);
  return mempool_file_end (file, &reader, error);
}

static gboolean
read_id (NodeMempoolFile *file, NodeMempoolFileItem *item, GError **error)
{
  BtcReader reader;

  if (!mempool_file_fill (file, 32 + sizeof (gint64), error))
    return FALSE;
  mempool_file_begin (file, &reader);
  btc_reader_copy (&reader, item->txid32, 32);
  if (file->kind == NODE_MEMPOOL_FILE_DELTA)
    item->delta_sat = btc_reader_i64 (&reader);
  return mempool_file_end (file, &reader, error);
}

NodeMempoolFileKind
node_mempool_file_next (NodeMempoolFile *file, NodeMempoolFileItem *item, GError **error)
{
  gboolean good;

  g_return_val_if_fail (file != NULL && item != NULL, NODE_MEMPOOL_FILE_BAD);
  memset (item, 0, sizeof *item);
  if (file->kind == NODE_MEMPOOL_FILE_BAD || file->kind == NODE_MEMPOOL_FILE_END)
    return file->kind;
  good = next_kind (file, error);
  if (good && file->kind == NODE_MEMPOOL_FILE_END)
    return file->kind;
  good = good && (file->kind == NODE_MEMPOOL_FILE_TX ? read_tx (file, item, error) : read_id (file, item, error));
  if (!good)
    file->kind = NODE_MEMPOOL_FILE_BAD;
  else
    file->left--;
  return file->kind;
}

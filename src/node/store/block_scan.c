/* Finds blocks in a file without an index: a block file during a reindex, or one to import. A record is the magic, a
 * length that a block can have, and bytes with the structure of a block; if any of these is invalid, the search
 * continues one byte after the magic, so that a damaged record does not hide other blocks. */
#include "node/store/block_files_private.h"

#include <string.h>
#include <unistd.h>

#define MIN_BLOCK BTC_HEADER_SIZE
#define MAX_BLOCK 4000000u
#define READ_SIZE (4u * 1024 * 1024)

typedef struct {
  int fd;
  const char *path;
  const guint8 *key; /* NULL: not masked */
  guint8 *data;      /* a window of the file */
  gsize len;
  gsize room;
  guint64 start; /* of the window */
  gboolean ended;
} ScanWindow;

/* Makes LEN bytes at POS available at *AT. FALSE without an error: the file ends before. */
static gboolean
window_get (ScanWindow *window, guint64 pos, gsize len, const guint8 **at, GError **error)
{
  g_assert (pos >= window->start);
  while (pos + len > window->start + window->len && !window->ended) {
    gsize drop = MIN ((gsize) (pos - window->start), window->len);
    gssize got;

    if (drop > 0)
      memmove (window->data, window->data + drop, window->len - drop);
    window->start += drop;
    window->len -= drop;
    if (window->room - window->len < READ_SIZE) {
      window->room = window->len + READ_SIZE;
      window->data = g_realloc (window->data, window->room);
    }
    got = node_flat_read (window->fd, window->path, window->start + window->len, window->data + window->len, READ_SIZE,
                          error);
    if (got < 0)
      return FALSE;
    if (window->key != NULL)
      node_xor (window->data + window->len, (gsize) got, window->key, window->start + window->len);
    window->len += (gsize) got;
    window->ended = got < READ_SIZE;
  }
  if (pos + len > window->start + window->len)
    return FALSE;
  *at = window->data + (pos - window->start);
  return TRUE;
}

static void
skip_tx (BtcReader *reader)
{
  gsize n_in, n_out;
  guint8 flags = 0;

  btc_reader_skip (reader, 4);
  n_in = btc_reader_compact_size (reader);
  if (n_in == 0 && (flags = btc_reader_u8 (reader)) != 0)
    n_in = btc_reader_compact_size (reader);
  for (gsize i = 0; i < n_in && !reader->failed; i++) {
    btc_reader_skip (reader, 36);
    btc_reader_bytes (reader);
    btc_reader_skip (reader, 4);
  }
  /* No inputs and no flags: the second zero was the number of outputs. */
  n_out = n_in == 0 && flags == 0 ? 0 : btc_reader_compact_size (reader);
  for (gsize i = 0; i < n_out && !reader->failed; i++) {
    btc_reader_skip (reader, 8);
    btc_reader_bytes (reader);
  }
  if (flags & ~1)
    reader->failed = TRUE;
  for (gsize i = 0; i < n_in && flags != 0 && !reader->failed; i++) {
    gsize items = btc_reader_compact_size (reader);
    for (gsize k = 0; k < items && !reader->failed; k++)
      btc_reader_bytes (reader);
  }
  btc_reader_skip (reader, 4);
}

/* The number of bytes of the block in DATA; 0 when it does not have the structure of one. Old records may have trailing
 * bytes. */
static gsize
measure_block (const guint8 *data, gsize len)
{
  BtcReader reader;
  gsize n;

  btc_reader_init (&reader, data, len);
  btc_reader_skip (&reader, BTC_HEADER_SIZE);
  n = btc_reader_compact_size (&reader);
  for (gsize i = 0; i < n && !reader.failed; i++)
    skip_tx (&reader);
  return reader.failed ? 0 : reader.pos;
}

/* Advances *POS to the first byte that may begin a record. FALSE at the end, or on an error. */
static gboolean
find_magic (ScanWindow *window, const guint8 magic[4], guint64 *pos, GError **error)
{
  const guint8 *at;

  for (;;) {
    gsize left;
    const guint8 *hit;

    if (!window_get (window, *pos, NODE_RECORD_HEADER, &at, error))
      return FALSE;
    left = window->start + window->len - *pos;
    hit = memchr (at, magic[0], left - 3);
    if (hit == NULL) {
      *pos += left - 3;
      continue;
    }
    *pos += (gsize) (hit - at);
    if (memcmp (hit, magic, 4) == 0)
      return TRUE;
    (*pos)++;
  }
}

static gboolean
scan_file (ScanWindow *window, const guint8 magic[4], NodeBlockScanFunc func, gpointer data, GError **error)
{
  g_autoptr (GError) local = NULL;
  guint64 pos = 0;

  while (find_magic (window, magic, &pos, &local)) {
    const guint8 *at;
    gsize size, shape = 0;

    if (!window_get (window, pos, NODE_RECORD_HEADER, &at, &local))
      break;
    size = btc_get_u32 (at + 4);
    if (size >= MIN_BLOCK && size <= MAX_BLOCK && window_get (window, pos, NODE_RECORD_HEADER + size, &at, &local))
      shape = measure_block (at + NODE_RECORD_HEADER, size);
    if (local != NULL)
      break;
    if (shape > 0) {
      g_autoptr (GBytes) block = g_bytes_new (at + NODE_RECORD_HEADER, shape);
      if (!func (block, pos + NODE_RECORD_HEADER, data))
        return TRUE;
      pos += NODE_RECORD_HEADER + shape;
    } else {
      pos++;
    }
  }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
node_block_files_scan (const char *path,
                       const guint8 magic[4],
                       const guint8 xor_key[8],
                       NodeBlockScanFunc func,
                       gpointer data,
                       GError **error)
{
  ScanWindow window = { .path = path, .key = xor_key };
  gboolean ok;

  window.fd = node_flat_open (path, FALSE, error);
  if (window.fd < 0)
    return FALSE;
  ok = scan_file (&window, magic, func, data, error);
  close (window.fd);
  g_free (window.data);
  return ok;
}

GBytes *
node_block_files_read_range (const char *path, const guint8 xor_key[8], guint64 pos, gsize len, GError **error)
{
  g_autofree guint8 *data = g_malloc (len);
  int fd = node_flat_open (path, FALSE, error);
  gssize got;

  if (fd < 0)
    return NULL;
  got = node_flat_read (fd, path, pos, data, len, error);
  close (fd);
  if (got >= 0 && (gsize) got < len)
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO, "%s was truncated while it was read", path);
  if (got != (gssize) len)
    return NULL;
  if (xor_key != NULL)
    node_xor (data, len, xor_key, pos);
  return g_bytes_new_take (g_steal_pointer (&data), len);
}

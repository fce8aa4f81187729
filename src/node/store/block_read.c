/* Reading single records of the block and undo files; the format is in block_files.c. */
#include "node/store/block_read.h"

#include "node/store/block_files_private.h"

#include <string.h>
#include <unistd.h>

#include "bitcoin/crypto/hash.h"

/* Most undo records and many blocks fit into the first read. */
#define FIRST_READ (64 * 1024)

static gboolean
fail_record (GError **error, const char *path, guint32 pos, const char *what)
{
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT, "%s is damaged at byte %u: %s. " NODE_BLOCKS_ADVICE,
               path, pos, what);
  return FALSE;
}

/* The bytes of the record at POS of an open file, unmasked: its header, LEN bytes, and with UNDO the checksum. The
 * length in the header of a block is only an upper limit: the block itself determines where it ends. NULL on errors. */
static guint8 *
read_whole (NodeBlockFiles *files, int fd, const char *path, guint32 pos, gboolean undo, gsize *len, GError **error)
{
  guint64 start = pos - NODE_RECORD_HEADER;
  g_autofree guint8 *data = g_malloc (FIRST_READ);
  gssize got = node_flat_read (fd, path, start, data, FIRST_READ, error);
  gsize want;

  if (got < 0)
    return NULL;
  if (got < NODE_RECORD_HEADER) {
    fail_record (error, path, pos, "it ends before this record");
    return NULL;
  }
  node_xor (data, (gsize) got, files->key, start);
  *len = btc_get_u32 (data + 4);
  if (memcmp (data, files->magic, 4) != 0 || *len > BTC_MAX_SIZE) {
    fail_record (error, path, pos, "there is no record of this network");
    return NULL;
  }
  want = NODE_RECORD_HEADER + *len + (undo ? NODE_UNDO_CHECKSUM : 0);
  if (want > (gsize) got && got == FIRST_READ) {
    gssize more;
    data = g_realloc (data, want);
    more = node_flat_read (fd, path, start + FIRST_READ, data + FIRST_READ, want - FIRST_READ, error);
    if (more < 0)
      return NULL;
    node_xor (data + FIRST_READ, (gsize) more, files->key, start + FIRST_READ);
    got += more;
  }
  if (want > (gsize) got && (undo || got == NODE_RECORD_HEADER)) {
    fail_record (error, path, pos, "it ends within this record");
    return NULL;
  }
  *len = MIN (*len, (gsize) got - NODE_RECORD_HEADER);
  return g_steal_pointer (&data);
}

static guint8 *
read_file_record (NodeBlockFiles *files, gint32 file, guint32 pos, gboolean undo, gsize *len, GError **error)
{
  g_autofree char *path = NULL;
  guint8 *data;
  int fd;

  if (file < 0 || pos < NODE_RECORD_HEADER) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT, "The block index is damaged. " NODE_BLOCKS_ADVICE);
    return NULL;
  }
  path = node_block_files_dup_path (files, file, undo);
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    fail_record (error, path, pos, "the file is missing");
    return NULL;
  }
  fd = node_flat_open (path, FALSE, error);
  if (fd < 0)
    return NULL;
  data = read_whole (files, fd, path, pos, undo, len, error);
  close (fd);
  return data;
}

/* The LEN bytes after the record header in DATA, which is taken over. */
static GBytes *
wrap_body (guint8 *data, gsize len)
{
  return g_bytes_new_with_free_func (data + NODE_RECORD_HEADER, len, g_free, data);
}

GBytes *
node_block_files_read_block (NodeBlockFiles *files, gint32 file, guint32 pos, GError **error)
{
  gsize len;
  guint8 *data = read_file_record (files, file, pos, FALSE, &len, error);

  return data != NULL ? wrap_body (data, len) : NULL;
}

GBytes *
node_block_files_read_undo (NodeBlockFiles *files, gint32 file, guint32 pos, const guint8 prev32[32], GError **error)
{
  gsize len;
  guint8 *data = read_file_record (files, file, pos, TRUE, &len, error);
  guint8 checksum[NODE_UNDO_CHECKSUM];
  BtcSha256 hash;

  if (data == NULL)
    return NULL;
  btc_sha256_init (&hash);
  btc_sha256_update (&hash, prev32, 32);
  btc_sha256_update (&hash, data + NODE_RECORD_HEADER, len);
  btc_sha256_finish_double (&hash, checksum);
  if (memcmp (checksum, data + NODE_RECORD_HEADER + len, NODE_UNDO_CHECKSUM) != 0) {
    g_autofree char *path = node_block_files_dup_path (files, file, TRUE);
    fail_record (error, path, pos, "the checksum is wrong");
    g_free (data);
    return NULL;
  }
  return wrap_body (data, len);
}

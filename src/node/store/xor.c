/* blocks/xor.dat: exactly 8 bytes, the key of all blkNNNNN.dat and revNNNNN.dat in the same folder.
 * Byte i of such a file is XORed with key[i mod 8]. */
#include "node/store/xor.h"

#include <string.h>

#include "common/file.h"
#include "common/hex.h"
#include "common/random.h"
#include "node/store/crash.h"
#include "node/store/db.h"

/* 32 unaligned bytes; compiled to the vector instructions of the processor. */
typedef guint64 XorVector __attribute__ ((vector_size (32), aligned (1), may_alias));
typedef guint64 XorWord __attribute__ ((aligned (1), may_alias));

void
node_xor (guint8 *data, gsize len, const guint8 key[NODE_XOR_KEY_SIZE], guint64 offset)
{
  guint8 turned[NODE_XOR_KEY_SIZE];
  guint64 word;
  XorVector vector;
  gsize i = 0;

  for (gsize k = 0; k < NODE_XOR_KEY_SIZE; k++)
    turned[k] = key[(offset + k) % NODE_XOR_KEY_SIZE];
  memcpy (&word, turned, sizeof word);
  if (word == 0)
    return;
  vector = (XorVector){ word, word, word, word };
  for (; i + sizeof vector <= len; i += sizeof vector)
    *(XorVector *) (data + i) ^= vector;
  for (; i + sizeof word <= len; i += sizeof word)
    *(XorWord *) (data + i) ^= word;
  for (; i < len; i++)
    data[i] ^= turned[i % NODE_XOR_KEY_SIZE];
}

/* TRUE when FOLDER contains only hidden files: a lock file may exist before the first start. */
static gboolean
is_unused (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (name[0] != '.' || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return FALSE;
  }
  return TRUE;
}

static gboolean
xor_read_key (const char *path, guint8 key[NODE_XOR_KEY_SIZE], GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = common_file_read (path, 4096, &local);

  if (bytes == NULL) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO, "Could not read %s: %s", path, local->message);
    return FALSE;
  }
  if (g_bytes_get_size (bytes) < NODE_XOR_KEY_SIZE) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "%s must have %d bytes, but is shorter. Put back the file that belongs to these block files; without "
                 "it they cannot be read.",
                 path, NODE_XOR_KEY_SIZE);
    return FALSE;
  }
  memcpy (key, g_bytes_get_data (bytes, NULL), NODE_XOR_KEY_SIZE);
  return TRUE;
}

static gboolean
write_key (const char *path, const guint8 key[NODE_XOR_KEY_SIZE], GError **error)
{
  g_autoptr (GError) local = NULL;

  node_store_crash_point ();
  if (!common_file_replace (path, key, NODE_XOR_KEY_SIZE, 0600, &local))
    return node_store_take_file_error (error, g_steal_pointer (&local));
  node_store_crash_point ();
  return TRUE;
}

gboolean
node_xor_load_key (const char *folder, gboolean use_xor, guint8 key[NODE_XOR_KEY_SIZE], GError **error)
{
  static const guint8 zero[NODE_XOR_KEY_SIZE];
  g_autofree char *path = g_build_filename (folder, "xor.dat", NULL);
  g_autofree char *hex = NULL;

  memset (key, 0, NODE_XOR_KEY_SIZE);
  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    if (!xor_read_key (path, key, error))
      return FALSE;
  } else {
    if (use_xor && is_unused (folder))
      common_random_bytes (key, NODE_XOR_KEY_SIZE);
    if (!write_key (path, key, error))
      return FALSE;
  }
  if (use_xor || memcmp (key, zero, NODE_XOR_KEY_SIZE) == 0)
    return TRUE;
  hex = common_hex_encode (key, NODE_XOR_KEY_SIZE);
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT,
               "The block files in %s are stored with the key %s. The blocksdir XOR-key can not be disabled when a "
               "random key was already stored! Start without -blocksxor=0.",
               folder, hex);
  return FALSE;
}

/* Checks whether the key of xor.dat is that of the block files. Their beginning is known: the magic, and in the first
 * file also the genesis block, over which the key is repeated many times. */
#include "node/store/block_files_private.h"

#include <string.h>
#include <unistd.h>

#define START (NODE_RECORD_HEADER + BTC_HEADER_SIZE)
/* The number of files to check: more than one, since a file may be damaged. */
#define MAX_FILES 8

/* Each byte of the key is decided by majority, since the file may be damaged. FALSE: not a genesis block. */
static gboolean
find_genesis_key (const guint8 masked[START], const guint8 plain[START], guint8 key[NODE_XOR_KEY_SIZE])
{
  for (guint lane = 0; lane < NODE_XOR_KEY_SIZE; lane++) {
    guint counts[256] = { 0 };
    guint best = 0;

    for (guint i = lane; i < START; i += NODE_XOR_KEY_SIZE)
      counts[masked[i] ^ plain[i]]++;
    for (guint value = 1; value < 256; value++)
      if (counts[value] > counts[best])
        best = value;
    if (counts[best] <= START / NODE_XOR_KEY_SIZE / 2)
      return FALSE;
    key[lane] = (guint8) best;
  }
  return TRUE;
}

static void
make_start (NodeBlockFiles *files, BtcSpan genesis, guint8 plain[START])
{
  memcpy (plain, files->magic, 4);
  btc_put_u32 (plain + 4, (guint32) genesis.len);
  memcpy (plain + NODE_RECORD_HEADER, genesis.data, BTC_HEADER_SIZE);
}

/* *FITS: 1 yes, 0 no, -1 undecided. */
static gboolean
check_file_key (NodeBlockFiles *files, const char *name, const guint8 plain[START], int *fits, GError **error)
{
  g_autofree char *path = g_build_filename (files->folder, name, NULL);
  guint8 masked[START] = { 0 }, key[NODE_XOR_KEY_SIZE];
  static const guint8 zeros[START];
  int fd = node_flat_open (path, FALSE, error);
  gssize got;

  if (fd < 0)
    return FALSE;
  got = node_flat_read (fd, path, 0, masked, START, error);
  close (fd);
  *fits = -1;
  /* Preallocated, but nothing was written yet. */
  if (got < START || memcmp (masked, zeros, START) == 0)
    return got >= 0;
  if (find_genesis_key (masked, plain, key)) {
    *fits = memcmp (key, files->key, sizeof key) == 0;
    return TRUE;
  }
  node_xor (masked, START, files->key, 0);
  *fits = memcmp (masked, files->magic, 4) == 0 && btc_get_u32 (masked + 4) <= BTC_MAX_SIZE;
  return TRUE;
}

gboolean
node_block_files_check_key (NodeBlockFiles *files, BtcSpan genesis, GError **error)
{
  g_autoptr (GPtrArray) names = node_block_files_list (files->folder, "blk");
  guint8 plain[START];
  int fits = -1;
  guint misfits = 0;

  make_start (files, genesis, plain);
  for (guint i = 0; i < MIN (names->len, MAX_FILES) && fits != 1; i++) {
    if (!check_file_key (files, g_ptr_array_index (names, i), plain, &fits, error))
      return FALSE;
    misfits += fits == 0;
  }
  if (fits == 1 || misfits == 0)
    return TRUE;
  g_set_error (
      error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
      "%s/xor.dat is not the key of the block files next to it, or these are of another network. Put back the "
      "file that belongs to them. If it is lost they cannot be read: delete them, and restart with -reindex to "
      "download all blocks again.",
      files->folder);
  return FALSE;
}

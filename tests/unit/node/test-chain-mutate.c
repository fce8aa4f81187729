#include "chain_fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* A random byte of a block file is changed: the tip is the parent of the block that contains the byte (or, if the
 * changed header happens to be valid, that block), no disk error is reported, and importing the original file then
 * completes the chain. The original file has one block more, which has more work than any branch before. */

#define BLOCKS 130

static void
mutate_once (GPtrArray *blocks, const char *data, gsize len, gsize good_len)
{
  gsize at = (gsize) g_random_int_range (0, (gint32) len);
  g_autofree char *copy = g_memdup2 (data, len);
  g_autofree char *path = NULL, *good = NULL;
  guint32 height, broken = 0;
  gsize start = 0, end = 0;
  ChainFixture f;

  for (guint i = 0; i < blocks->len && broken == 0; i++) {
    start = end;
    end += 8 + g_bytes_get_size (((BtcBlock *) g_ptr_array_index (blocks, i))->bytes);
    if (at < end)
      broken = i + 1;
  }
  copy[at] = (char) (copy[at] ^ (1 << g_random_int_range (0, 8)));
  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  path = g_build_filename (f.datadir, "bad.dat", NULL);
  good = g_build_filename (f.datadir, "good.dat", NULL);
  g_assert_true (g_file_set_contents (path, copy, (gssize) len, NULL));
  g_assert_true (g_file_set_contents (good, data, (gssize) good_len, NULL));
  chain_fixture_open (&f);
  chain_fixture_import (&f, path);
  height = chain_fixture_height (&f);
  g_test_message ("byte %" G_GSIZE_FORMAT " of block %u: tip at %u", at, broken, height);
  if (at - start >= 4 && at - start < 8 && height == BLOCKS) {
    /* A record that claims to be longer than its block still contains the block. */
    g_assert_true (chain_fixture_tip_is (&f, g_ptr_array_index (blocks, BLOCKS - 1)));
  } else if (height != broken - 1) {
    g_assert_cmpuint (height, ==, broken);
    g_assert_false (chain_fixture_tip_is (&f, g_ptr_array_index (blocks, broken - 1)));
  }
  g_assert_cmpint (f.fatal, ==, 0);
  chain_fixture_import (&f, good);
  g_assert_true (chain_fixture_tip_is (&f, g_ptr_array_index (blocks, BLOCKS)));
  chain_fixture_clear (&f);
}

static void
test_mutate (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  g_autoptr (GPtrArray) blocks = chain_blocks_new (params, BLOCKS + 1, 3);
  g_autofree char *path = NULL, *data = NULL;
  gsize len, more;
  int fd = g_file_open_tmp ("moneyrocket-XXXXXX.dat", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  chain_write_file (path, params, blocks);
  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  g_unlink (path);
  more = 8 + g_bytes_get_size (((BtcBlock *) g_ptr_array_index (blocks, BLOCKS))->bytes);
  for (guint i = 0; i < 40; i++)
    mutate_once (blocks, data, len - more, len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain/mutate", test_mutate);
  return g_test_run ();
}

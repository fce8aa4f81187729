#include "../unit/node/chain_fixture.h"
#include "folder.h"

#include "common/clock.h"
#include "common/hex.h"
#include "common/log.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* Real blocks and the bench chain through the whole node, every script checked; then with a byte changed. */

static char *
find_file (const char *folder, const char *file)
{
  g_autofree char *relative = g_build_filename (folder, file, NULL);
  char *path = vectors_dup_path (relative);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_clear_pointer (&path, g_free);
  return path;
}

static guint n_run;

static void
import_whole (const char *folder,
              const char *file,
              BtcNetwork network,
              guint32 height,
              gboolean check_scripts,
              const char *utxo_hash)
{
  g_autofree char *path = find_file (folder, file);
  g_autofree char *hash = NULL;
  gint64 start;
  ChainFixture f;

  if (path == NULL) {
    printf ("%s: not there, skipped\n", file);
    return;
  }
  n_run++;
  chain_fixture_init (&f, network);
  if (check_scripts)
    memset (f.params->assume_valid32, 0, 32);
  chain_fixture_open (&f);
  start = common_clock_monotonic_us ();
  chain_fixture_import (&f, path);
  printf ("%s: %.3f s\n", file, (double) (common_clock_monotonic_us () - start) / G_USEC_PER_SEC);
  g_assert_cmpuint (chain_fixture_height (&f), ==, height);
  hash = chain_fixture_utxo_hash (&f);
  printf ("%s: height %u, coins %s\n", file, height, hash);
  if (utxo_hash != NULL)
    g_assert_cmpstr (hash, ==, utxo_hash);
  f.check_blocks = 100;
  f.check_level = 4;
  chain_fixture_reopen (&f);
  g_assert_cmpuint (chain_fixture_height (&f), ==, height);
  g_assert_cmpint (f.fatal, ==, 0);
  chain_fixture_clear (&f);
}

/* The block of FILE that byte AT belongs to, counted from the first record. */
static guint32
block_at (const guint8 *data, gsize len, gsize at, gboolean *in_size)
{
  gsize pos = 0;
  guint32 n = 0;

  while (pos + 8 <= len) {
    *in_size = at >= pos + 4 && at < pos + 8;
    pos += 8 + btc_get_u32 (data + pos + 4);
    if (at < pos)
      return n;
    n++;
  }
  return n;
}

static void
import_mutated (const char *folder, const char *file, BtcNetwork network, guint rounds)
{
  g_autofree char *path = find_file (folder, file);
  g_autofree char *data = NULL;
  gsize len;

  if (path == NULL || !g_file_get_contents (path, &data, &len, NULL))
    return;
  for (guint i = 0; i < rounds; i++) {
    gsize at = (gsize) g_random_int_range (400, (gint32) len);
    gboolean in_size = FALSE;
    guint32 broken = block_at ((const guint8 *) data, len, at, &in_size), height;
    g_autofree char *bad = NULL;
    char before = data[at];
    ChainFixture f;

    chain_fixture_init (&f, network);
    memset (f.params->assume_valid32, 0, 32);
    bad = g_build_filename (f.datadir, "bad.dat", NULL);
    data[at] = (char) (before ^ (1 << g_random_int_range (0, 8)));
    g_assert_true (g_file_set_contents (bad, data, (gssize) len, NULL));
    data[at] = before;
    chain_fixture_open (&f);
    chain_fixture_import (&f, bad);
    height = chain_fixture_height (&f);
    printf ("%s: byte %" G_GSIZE_FORMAT " of block %u: tip at %u\n", file, at, broken, height);
    /* A record that claims to be longer than its block still holds the block. */
    if (!in_size)
      g_assert_cmpuint (height, ==, broken - 1);
    g_assert_cmpint (f.fatal, ==, 0);
    chain_fixture_clear (&f);
  }
}

int
main (int argc, char **argv)
{
  /* As computed here first; they guard against changes. The third one is the reference's. */
  const char *mainnet_coins = "3790edaecd696a0879c5b6f1d2a9bdf8af69b28706517a960c7dd58ec8bd67fa";
  const char *testnet3_coins = "d47a6ca2d786f0db1f8ce4bb8d56d5b26778c8dff317f62036e56b9d7ea0e82c";
  CommonLogOptions quiet = { .console = FALSE };

  common_log_open (&quiet, NULL);
  import_whole ("chain", "mainnet_0-438.dat", BTC_NETWORK_MAIN, 438, TRUE, mainnet_coins);
  /* With the built-in -assumevalid, whose block the file does not have: all is read before any of it is connected. */
  import_whole ("chain", "mainnet_0-438.dat", BTC_NETWORK_MAIN, 438, FALSE, mainnet_coins);
  import_whole ("chain", "testnet3_0-4000.dat", BTC_NETWORK_TEST, 4000, TRUE, testnet3_coins);
  import_whole ("../bench", "regtest_60k_inputs.dat", BTC_NETWORK_REGTEST, 240, TRUE,
                "b84440cab676969ae261e6cb366342c2fa1e21c24877a09b4149945ab5d6fb65");
  import_mutated ("chain", "mainnet_0-438.dat", BTC_NETWORK_MAIN, 20);
  import_mutated ("chain", "testnet3_0-4000.dat", BTC_NETWORK_TEST, 8);
  if (n_run == 0) {
    printf ("no vector files of chains: skipped\n");
    return 77;
  }
  return 0;
}

#include "../unit/node/chain_fixture.h"
#include "folder.h"

#include "bitcoin/crypto/hash.h"
#include "common/clock.h"
#include "common/log.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* Imports every file of blocks into a node, with all scripts checked; then with a byte changed. */

/* Coins at the end of known files. The first two were computed by this program, and guard against changes. The third is
 * the reference's. */
static const struct {
  const char *name;
  const char *coins;
} known_ends[] = {
  { "mainnet_0-438.dat", "3790edaecd696a0879c5b6f1d2a9bdf8af69b28706517a960c7dd58ec8bd67fa" },
  { "testnet3_0-4000.dat", "d47a6ca2d786f0db1f8ce4bb8d56d5b26778c8dff317f62036e56b9d7ea0e82c" },
  { "regtest_60k_inputs.dat", "b84440cab676969ae261e6cb366342c2fa1e21c24877a09b4149945ab5d6fb65" },
};

/* A file of blocks. */
typedef struct {
  const char *path;
  char *name;
  guint8 *data;
  gsize len;
  BtcNetwork network;
  guint32 first;  /* height of the first block: 0, or 1 when the genesis block is left out */
  guint32 n;      /* records */
  gboolean whole; /* each block is a child of the one before it, up to the end of the file */
} File;

static guint n_run;

static gsize
record_len (const File *file, gsize pos)
{
  gsize len = file->len - pos >= 8 + BTC_HEADER_SIZE ? btc_get_u32 (file->data + pos + 4) : 0;

  return len >= BTC_HEADER_SIZE && len <= file->len - pos - 8 ? 8 + len : 0;
}

/* FALSE when it does not begin at the start of a network's chain, so that its blocks cannot be connected. */
static gboolean
look_at (File *file)
{
  g_autoptr (BtcParams) params = NULL;
  guint8 last32[32], hash32[32];

  for (guint i = 0; i < BTC_N_NETWORKS && params == NULL; i++)
    if (file->len > 4 && memcmp (btc_network_info (i)->magic, file->data, 4) == 0)
      params = btc_params_new (i);
  if (params == NULL || record_len (file, 0) == 0)
    return FALSE;
  file->network = params->network->network;
  btc_sha256d (file->data + 8, BTC_HEADER_SIZE, hash32);
  file->first = memcmp (hash32, params->genesis_hash32, 32) == 0 ? 0 : 1;
  memcpy (last32, file->first == 0 ? file->data + 8 + 4 : params->genesis_hash32, 32);
  file->whole = TRUE;
  for (gsize pos = 0; pos < file->len; pos += record_len (file, pos), file->n++) {
    if (record_len (file, pos) == 0 || memcmp (file->data + pos + 8 + 4, last32, 32) != 0) {
      file->whole = FALSE;
      break;
    }
    btc_sha256d (file->data + pos + 8, BTC_HEADER_SIZE, last32);
  }
  return file->n > 0;
}

static void
open_chain (ChainFixture *f, const File *file, gboolean check_scripts)
{
  chain_fixture_init (f, file->network);
  if (check_scripts)
    memset (f->params->assume_valid32, 0, 32);
  chain_fixture_open (f);
}

static void
import_whole (const File *file, gboolean check_scripts)
{
  g_autofree char *hash = NULL;
  gint64 start;
  guint32 height = file->first + file->n - 1;
  ChainFixture f;

  n_run++;
  open_chain (&f, file, check_scripts);
  start = common_clock_monotonic_us ();
  chain_fixture_import (&f, file->path);
  printf ("%s: %.3f s\n", file->name, (double) (common_clock_monotonic_us () - start) / G_USEC_PER_SEC);
  if (file->whole)
    g_assert_cmpuint (chain_fixture_height (&f), ==, height);
  height = chain_fixture_height (&f);
  hash = chain_fixture_utxo_hash (&f);
  printf ("%s: height %u, coins %s\n", file->name, height, hash);
  for (guint i = 0; i < G_N_ELEMENTS (known_ends); i++)
    if (g_str_equal (known_ends[i].name, file->name))
      g_assert_cmpstr (hash, ==, known_ends[i].coins);
  f.check_blocks = 100;
  f.check_level = 4;
  chain_fixture_reopen (&f);
  g_assert_cmpuint (chain_fixture_height (&f), ==, height);
  g_assert_cmpint (f.fatal, ==, 0);
  chain_fixture_clear (&f);
}

/* The height of the block that contains the byte at AT. */
static guint32
block_at (const File *file, gsize at, gboolean *in_size)
{
  gsize pos = 0;
  guint32 n = 0;

  for (; pos < file->len; n++) {
    *in_size = at >= pos + 4 && at < pos + 8;
    pos += record_len (file, pos);
    if (at < pos)
      break;
  }
  return file->first + n;
}

static void
import_mutated (const File *file, guint rounds)
{
  for (guint i = 0; i < rounds && file->len > 400; i++) {
    gsize at = (gsize) g_random_int_range (400, (gint32) file->len);
    gboolean in_size = FALSE;
    guint32 broken = block_at (file, at, &in_size), height;
    g_autofree char *bad = NULL;
    guint8 before = file->data[at];
    ChainFixture f;

    open_chain (&f, file, TRUE);
    bad = g_build_filename (f.datadir, "bad.dat", NULL);
    file->data[at] ^= 1 << g_random_int_range (0, 8);
    g_assert_true (g_file_set_contents (bad, (const char *) file->data, (gssize) file->len, NULL));
    file->data[at] = before;
    chain_fixture_import (&f, bad);
    height = chain_fixture_height (&f);
    printf ("%s: byte %" G_GSIZE_FORMAT " of block %u: tip at %u\n", file->name, at, broken, height);
    /* A record that claims to be longer than its block still contains the block. */
    if (!in_size)
      g_assert_cmpuint (height, ==, broken - 1);
    g_assert_cmpint (f.fatal, ==, 0);
    chain_fixture_clear (&f);
  }
}

static void
run_file (const char *path)
{
  File file = { .path = path, .name = g_path_get_basename (path) };
  g_autofree char *data = NULL;
  gboolean known = FALSE;

  if (!g_file_get_contents (path, &data, &file.len, NULL))
    g_error ("%s cannot be read", path);
  file.data = (guint8 *) data;
  for (guint i = 0; i < BTC_N_NETWORKS && !known; i++)
    known = file.len > 4 && memcmp (btc_network_info (i)->magic, data, 4) == 0;
  if (!known)
    g_error ("%s contains no blocks of a known network", path);
  if (!look_at (&file)) {
    printf ("%s: does not begin where a chain does, not imported\n", file.name);
  } else {
    import_whole (&file, TRUE);
    /* With the built-in -assumevalid, whose block is not in the file: everything is read before any block is
     * connected. */
    if (file.len < 500000)
      import_whole (&file, FALSE);
    /* On regtest a changed header can be valid, too. */
    if (file.whole && file.network != BTC_NETWORK_REGTEST)
      import_mutated (&file, file.len < 500000 ? 20 : 8);
  }
  g_free (file.name);
}

static void
run_folder (const char *relative)
{
  g_autofree char *folder = vectors_dup_path (relative);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_str_has_suffix (name, ".dat"))
      run_file (path);
  }
}

int
main (int argc, char **argv)
{
  CommonLogOptions quiet = { .console = FALSE };

  common_log_open (&quiet, NULL);
  run_folder ("chain");
  run_folder ("../bench");
  if (n_run == 0) {
    printf ("no vector files of chains: skipped\n");
    return 77;
  }
  return 0;
}

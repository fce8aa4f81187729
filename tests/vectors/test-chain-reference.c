#include "../unit/node/chain_fixture.h"
#include "folder.h"

#include "common/log.h"
#include "common/hex.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* A data directory of the reference: it is opened, every block is verified and connected again, and tip and coins match
 * those that the reference reported; the same after a reindex of its blocks. */

#define ARCHIVE "reference_datadir_regtest.tar.xz"

/* The value of "NAME": "…" in TEXT after the position of AFTER. The caller owns it. */
static char *
find_text (const char *text, const char *after, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("\"%s\": \"", name);
  const char *at = strstr (text, after);
  const char *end;

  at = at != NULL ? strstr (at, pattern) : NULL;
  if (at == NULL)
    return NULL;
  at += strlen (pattern);
  end = strchr (at, '"');
  return g_strndup (at, (gsize) (end - at));
}

static void
check (ChainFixture *f, const char *tip, const char *coins)
{
  guint8 hash32[32];
  g_autofree char *hash = NULL, *utxo = NULL;

  chain_fixture_tip (f, hash32);
  hash = common_hex_encode_reversed (hash32, 32);
  g_assert_cmpstr (hash, ==, tip);
  utxo = chain_fixture_utxo_hash (f);
  g_assert_cmpstr (utxo, ==, coins);
  g_assert_cmpint (f->fatal, ==, 0);
}

int
main (int argc, char **argv)
{
  CommonLogOptions quiet = { .console = FALSE };
  g_autofree char *archive = vectors_dup_path (ARCHIVE);
  g_autofree char *json_path = NULL, *json = NULL, *tip = NULL, *coins = NULL;
  g_autofree char *keep = NULL;
  ChainFixture f;

  if (!g_file_test (archive, G_FILE_TEST_EXISTS)) {
    printf ("%s is not there: skipped\n", archive);
    return 77;
  }
  common_log_open (&quiet, NULL);
  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  {
    const char *tar[] = { "tar", "-C", f.datadir, "-xJf", archive, NULL };
    int status = -1;

    g_assert_true (
        g_spawn_sync (NULL, (char **) tar, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
    g_assert_cmpint (status, ==, 0);
  }
  json_path = g_build_filename (f.datadir, "expected.json", NULL);
  g_assert_true (g_file_get_contents (json_path, &json, NULL, NULL));
  tip = find_text (json, "\"chain\"", "bestblockhash");
  coins = find_text (json, "\"utxo\"", "hash_serialized_3");
  g_assert_nonnull (tip);
  g_assert_nonnull (coins);

  keep = f.datadir;
  f.datadir = g_build_filename (keep, "datadir", "regtest", NULL);
  f.check_blocks = 0;
  f.check_level = 4;
  chain_fixture_open (&f);
  check (&f, tip, coins);
  chain_fixture_reopen (&f);
  check (&f, tip, coins);
  chain_fixture_close (&f);

  f.reindex = TRUE;
  chain_fixture_open (&f);
  chain_fixture_wait_ready (&f);
  f.reindex = FALSE;
  check (&f, tip, coins);
  chain_fixture_reopen (&f);
  check (&f, tip, coins);
  g_free (f.datadir);
  f.datadir = g_steal_pointer (&keep);
  chain_fixture_clear (&f);
  printf ("%s: tip %s\n", ARCHIVE, tip);
  return 0;
}

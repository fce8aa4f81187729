#include "chain_fixture.h"

#include "node/store/crash.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Killed at any moment of an import, with a cache so small that it is flushed all the time, the chain recovers,
 * continues, and ends with the coins of a chain that was never killed. The child is this program, executed again:
 * LevelDB's threads do not survive a fork. */

#define BLOCKS 5000
#define KILLS 30
#define PRUNE_BLOCKS 700
#define PRUNE_TO 350

static gint importing; /* atomic */

/* Flushes again and again, between the blocks. */
static void
flush_often (NodeChain *chain, gpointer data)
{
  if (!g_atomic_int_get (&importing))
    return;
  node_chain_flush (chain, NULL);
  node_chain_post (chain, flush_often, NULL, NULL);
}

static void
prune (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;

  node_chain_prune_to (chain, PRUNE_TO, &error);
  g_assert_no_error (error);
}

/* Imports, and may then crash while pruning. */
static int
prune_child_main (const char *datadir, const char *path, const char *crash_after)
{
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_set_datadir (&f, datadir);
  f.prune = TRUE;
  chain_fixture_open (&f);
  chain_fixture_import (&f, path);
  chain_fixture_flush (&f);
  node_store_set_crash_after (g_ascii_strtoull (crash_after, NULL, 10));
  node_chain_run (f.chain, NODE_JOB_QUERIES, prune, NULL, NULL, NULL);
  node_store_set_crash_after (0);
  chain_fixture_leave (&f);
  return 0;
}

static int
child_main (const char *datadir, const char *path, const char *crash_after)
{
  ChainFixture f;

  node_store_set_crash_after (g_ascii_strtoull (crash_after, NULL, 10));

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_set_datadir (&f, datadir);
  f.dbcache_bytes = 1;
  chain_fixture_open (&f);
  g_atomic_int_set (&importing, 1);
  node_chain_post (f.chain, flush_often, NULL, NULL);
  chain_fixture_import (&f, path);
  g_atomic_int_set (&importing, 0);
  chain_fixture_leave (&f);
  return 0;
}

/* Starts a child and kills it after DELAY_US (0: not), or lets it die at a crash point of the store. TRUE when it
 * exited normally before that. */
static gboolean
run_child (const char *what, const char *datadir, const char *path, guint delay_us, guint crash_after)
{
  g_autofree char *crash = g_strdup_printf ("%u", crash_after);
  const char *argv[] = { "/proc/self/exe", what, datadir, path, crash, NULL };
  g_autoptr (GError) error = NULL;
  int status;
  GPid pid;

  g_spawn_async (NULL, (char **) argv, NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &pid,
                 &error);
  g_assert_no_error (error);
  if (delay_us > 0) {
    g_usleep (delay_us);
    kill (pid, SIGKILL);
  }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_spawn_close_pid (pid);
  if (WIFSIGNALED (status)) {
    g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
    return FALSE;
  }
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  return TRUE;
}

static void
test_kill (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autofree char *path = NULL, *expected = NULL, *hash = NULL;
  guint32 first_height = 0, last_height = 0;
  guint kills = 0;
  ChainFixture f, control;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  chain_fixture_init (&control, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, BLOCKS, 5);
  path = g_build_filename (control.datadir, "import.dat", NULL);
  chain_write_file (path, f.params, blocks);
  chain_fixture_open (&control);
  chain_fixture_import (&control, path);
  expected = chain_fixture_utxo_hash (&control);

  for (guint i = 0; i < KILLS; i++) {
    if (run_child ("--child", f.datadir, path, (guint) g_random_int_range (1000, 60000), 0))
      break;
    kills++;
    if (i % 5 == 4) {
      /* Between the kills the node must simply start. */
      chain_fixture_open (&f);
      last_height = chain_fixture_height (&f);
      first_height = first_height == 0 ? last_height : first_height;
      g_assert_cmpint (f.fatal, ==, 0);
      chain_fixture_close (&f);
    }
  }
  g_test_message ("%u kills, heights %u to %u", kills, first_height, last_height);
  chain_fixture_open (&f);
  chain_fixture_import (&f, path);
  g_assert_cmpuint (chain_fixture_height (&f), ==, BLOCKS);
  hash = chain_fixture_utxo_hash (&f);
  g_assert_cmpstr (hash, ==, expected);
  f.check_blocks = 0;
  f.check_level = 4;
  chain_fixture_reopen (&f);
  chain_fixture_clear (&f);
  chain_fixture_clear (&control);
}

/* The same at every point in turn at which the store changes a file. */
static void
test_crash_points (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autofree char *path = NULL, *expected = NULL;
  gboolean ended = FALSE;
  guint point = 0;
  ChainFixture control;

  chain_fixture_init (&control, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (control.params, 120, 5);
  path = g_build_filename (control.datadir, "import.dat", NULL);
  chain_write_file (path, control.params, blocks);
  chain_fixture_open (&control);
  chain_fixture_import (&control, path);
  expected = chain_fixture_utxo_hash (&control);

  while (!ended) {
    g_autofree char *hash = NULL;
    ChainFixture f;

    /* Every point of the start, then every few of the many similar blocks. */
    point += point < 40 ? 1 : 31;
    chain_fixture_init (&f, BTC_NETWORK_REGTEST);
    ended = run_child ("--child", f.datadir, path, 0, point);
    chain_fixture_open (&f);
    chain_fixture_import (&f, path);
    hash = chain_fixture_utxo_hash (&f);
    g_assert_cmpstr (hash, ==, expected);
    g_assert_cmpint (f.fatal, ==, 0);
    chain_fixture_clear (&f);
  }
  g_test_message ("crash points: %u", point);
  chain_fixture_clear (&control);
}

/* Every block that the index contains can be read, and no file is left that it does not contain. */
static void
check_files (NodeChain *chain, gpointer data)
{
  guint *n_pruned = data;
  g_autoptr (GError) error = NULL;

  for (guint32 height = 1; height <= node_chain_tip (chain)->height; height++) {
    NodeBlock *block = node_chain_at (chain, height);

    if (block->status & NODE_BLOCK_HAVE_DATA) {
      g_autoptr (BtcBlock) data_of = node_chain_read_block (chain, block, &error);
      g_assert_no_error (error);
    } else {
      ++*n_pruned;
      g_assert_cmpuint (height, <=, PRUNE_TO);
    }
  }
  for (gint32 file = 0; file < node_block_files_get_last (node_chain_files (chain)); file++) {
    g_autofree char *path = node_block_files_dup_path (node_chain_files (chain), file, FALSE);
    NodeBlockFileInfo info;

    node_block_files_get_info (node_chain_files (chain), (guint32) file, &info);
    g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, info.size > 0);
  }
}

static void
test_prune_crash_points (void)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autofree char *path = NULL, *expected = NULL;
  gboolean ended = FALSE;
  guint point = 0, with_pruned = 0, without = 0;
  ChainFixture control;

  chain_fixture_init (&control, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (control.params, PRUNE_BLOCKS, 5);
  path = g_build_filename (control.datadir, "import.dat", NULL);
  chain_write_file (path, control.params, blocks);
  chain_fixture_open (&control);
  chain_fixture_import (&control, path);
  expected = chain_fixture_utxo_hash (&control);

  while (!ended) {
    g_autofree char *hash = NULL;
    guint n_pruned = 0;
    ChainFixture f;

    chain_fixture_init (&f, BTC_NETWORK_REGTEST);
    f.prune = TRUE;
    ended = run_child ("--prune-child", f.datadir, path, 0, ++point);
    chain_fixture_open (&f);
    g_assert_cmpuint (chain_fixture_height (&f), ==, PRUNE_BLOCKS);
    hash = chain_fixture_utxo_hash (&f);
    g_assert_cmpstr (hash, ==, expected);
    node_chain_run (f.chain, NODE_JOB_QUERIES, check_files, &n_pruned, NULL, NULL);
    *(n_pruned > 0 ? &with_pruned : &without) += 1;
    g_assert_true (!ended || n_pruned > 0);
    node_chain_run (f.chain, NODE_JOB_QUERIES, prune, NULL, NULL, NULL);
    n_pruned = 0;
    node_chain_run (f.chain, NODE_JOB_QUERIES, check_files, &n_pruned, NULL, NULL);
    g_assert_cmpuint (n_pruned, >, 0);
    chain_fixture_clear (&f);
  }
  g_test_message ("crash points: %u; after %u of them something was pruned", point, with_pruned);
  g_assert_cmpuint (with_pruned, >, 2);
  g_assert_cmpuint (without, >, 1);
  chain_fixture_clear (&control);
}

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "--child") == 0)
    return child_main (argv[2], argv[3], argv[4]);
  if (argc == 5 && strcmp (argv[1], "--prune-child") == 0)
    return prune_child_main (argv[2], argv[3], argv[4]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain/kill", test_kill);
  g_test_add_func ("/chain/crash-points", test_crash_points);
  g_test_add_func ("/chain/prune-crash-points", test_prune_crash_points);
  return g_test_run ();
}

#include "chain_fixture.h"

#include "node/store/crash.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

/* Work on an existing folder that crashes at each file change of the store in turn: a reorganisation,
 * -reindex-chainstate, -reindex, and -reindex of a pruned folder. The next start has only the files, and must reach
 * the state of a chain that never crashed.
 *
 * MONEYROCKET_CRASH_ALL=1: every point is tested. */

#define BLOCKS 310
#define FORK 290
#define BRANCH 24
/* Coin statistics take most of the time, so they are computed at every Nth of the many similar points only. */
#define INDEXES_EVERY 12
/* Small, so that a flush consists of many writes. */
#define BATCH_BYTES 3000
/* Small, so that a flush is nearly always in progress while blocks are connected. */
#define CACHE_BYTES 8000

typedef struct {
  const char *name;
  void (*run) (ChainFixture *f);    /* in the child, which may be killed at any write */
  void (*set_up) (ChainFixture *f); /* sets options before the chain is opened */
  void (*finish) (ChainFixture *f); /* completes the operation after the restart; may be NULL */
  gboolean with_indexes;
  gboolean prune;
} Operation;

static GPtrArray *blocks, *branch;

static void
make_blocks (const BtcParams *params)
{
  BtcBlock *prev;

  blocks = chain_blocks_new (params, BLOCKS, 1);
  branch = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  prev = g_ptr_array_index (blocks, FORK - 1);
  for (guint i = 1; i <= BRANCH; i++) {
    g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
    BtcBlock *old = g_ptr_array_index (blocks, FORK + i - BTC_COINBASE_MATURITY - 1);

    g_ptr_array_add (txs, chain_spend_new (&old->txs[0], 0, 0xfffffffd, 700));
    prev = chain_block_new (params, prev, FORK + i, 2, -1, txs);
    g_ptr_array_add (branch, prev);
  }
}

static void
accept_all (ChainFixture *f, GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    chain_fixture_accept (f, g_ptr_array_index (list, i));
}

/* ---- the operations ---- */

/* To the longer branch, back by invalidateblock, and to it again, with writes in between. */
static void
run_reorganise (ChainFixture *f)
{
  for (guint i = 0; i < branch->len; i++) {
    chain_fixture_accept (f, g_ptr_array_index (branch, i));
    if (i % 8 == 7)
      chain_fixture_flush (f);
  }
  chain_fixture_invalidate (f, g_ptr_array_index (branch, 0));
  chain_fixture_flush (f);
  chain_fixture_reconsider (f, g_ptr_array_index (branch, 0));
  chain_fixture_flush (f);
}

static void
finish_reorganise (ChainFixture *f)
{
  if (chain_fixture_find (f, g_ptr_array_index (branch, 0)) != NULL)
    chain_fixture_reconsider (f, g_ptr_array_index (branch, 0));
  accept_all (f, branch);
}

static void
set_up_nothing (ChainFixture *f)
{
}

static void
set_up_reindex (ChainFixture *f)
{
  f->reindex = TRUE;
}

static void
set_up_reindex_chainstate (ChainFixture *f)
{
  f->reindex_chainstate = TRUE;
}

static void
run_until_best (ChainFixture *f)
{
  chain_fixture_wait_ready (f);
  chain_fixture_wait_best (f);
  if (f->with_indexes)
    chain_fixture_wait_indexes (f);
}

/* Pruned blocks are downloaded again. */
static void
finish_pruned (ChainFixture *f)
{
  accept_all (f, blocks);
}

static const Operation operations[] = {
  { "reorganise", run_reorganise, set_up_nothing, finish_reorganise, FALSE, FALSE },
  { "reindex-chainstate", run_until_best, set_up_reindex_chainstate, NULL, TRUE, FALSE },
  { "reindex", run_until_best, set_up_reindex, NULL, TRUE, FALSE },
  { "reindex-pruned", run_until_best, set_up_reindex, finish_pruned, FALSE, TRUE },
};

/* ---- processes ---- */

static void
init_fixture (ChainFixture *f, const Operation *operation, const char *datadir, guint point)
{
  chain_fixture_init (f, BTC_NETWORK_REGTEST);
  chain_fixture_set_datadir (f, datadir);
  f->small_files = TRUE;
  f->batch_bytes = BATCH_BYTES;
  f->with_indexes = operation->with_indexes && point % INDEXES_EVERY == 0;
  f->prune = operation->prune;
}

static int
child_main (const char *name, const char *datadir, const char *crash_after)
{
  for (gsize i = 0; i < G_N_ELEMENTS (operations); i++) {
    guint point = (guint) g_ascii_strtoull (crash_after, NULL, 10);
    ChainFixture f;

    if (!g_str_equal (operations[i].name, name))
      continue;
    init_fixture (&f, &operations[i], datadir, point);
    f.dbcache_bytes = CACHE_BYTES;
    make_blocks (f.params);
    operations[i].set_up (&f);
    node_store_set_crash_after (point);
    chain_fixture_open (&f);
    operations[i].run (&f);
    chain_fixture_leave (&f);
    g_ptr_array_unref (blocks);
    g_ptr_array_unref (branch);
  }
  return 0;
}

/* TRUE when the child exited normally. */
static gboolean
run_child (const char *name, const char *datadir, guint crash_after)
{
  g_autofree char *crash = g_strdup_printf ("%u", crash_after);
  const char *words[] = { name, datadir, crash, NULL };

  return chain_fixture_run_child (words);
}

static void
copy_folder (const char *from, const char *to)
{
  const char *argv[] = { "cp", "-a", "--sparse=always", from, to, NULL };
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

/* Crashes at POINT of OPERATION on a copy of PREPARED, and restarts; returns the hash of the coins. */
static char *
crash_and_restart (const Operation *operation, const char *prepared, guint point, gboolean *ended)
{
  g_autofree char *top = g_dir_make_tmp ("moneyrocket-crash-XXXXXX", NULL);
  g_autofree char *datadir = g_build_filename (top, "data", NULL);
  char *hash;
  ChainFixture f;

  copy_folder (prepared, datadir);
  *ended = run_child (operation->name, datadir, point);
  init_fixture (&f, operation, datadir, point);
  f.check_blocks = 0;
  f.check_level = 4;
  chain_fixture_open (&f);
  run_until_best (&f);
  if (operation->finish != NULL)
    operation->finish (&f);
  run_until_best (&f);
  g_assert_cmpint (f.fatal, ==, 0);
  hash = chain_fixture_utxo_hash (&f);
  chain_fixture_clear (&f);
  g_rmdir (top);
  return hash;
}

static void
prune (NodeChain *chain, gpointer data)
{
  g_assert_true (node_chain_prune_to (chain, BLOCKS - 1, NULL));
}

static void
test_operation (const void *data)
{
  const Operation *operation = data;
  gboolean all = g_strcmp0 (g_getenv ("MONEYROCKET_CRASH_ALL"), "1") == 0, ended = FALSE;
  g_autofree char *expected = NULL;
  guint point = 0, kills = 0;
  ChainFixture prepared;

  chain_fixture_init (&prepared, BTC_NETWORK_REGTEST);
  prepared.small_files = TRUE;
  prepared.with_indexes = operation->with_indexes;
  prepared.prune = operation->prune;
  make_blocks (prepared.params);
  chain_fixture_open (&prepared);
  accept_all (&prepared, blocks);
  if (prepared.with_indexes)
    chain_fixture_wait_indexes (&prepared);
  if (prepared.prune)
    node_chain_run (prepared.chain, NODE_JOB_QUERIES, prune, NULL, NULL, NULL);
  chain_fixture_close (&prepared);
  expected = crash_and_restart (operation, prepared.datadir, 0, &ended);

  for (ended = FALSE; !ended; kills += !ended) {
    g_autofree char *hash = NULL;

    /* Every point of the start, where folders and databases are created and removed, then some of the many similar
     * ones. */
    point += all || point < 24 ? 1 : 80 + point / 2;
    hash = crash_and_restart (operation, prepared.datadir, point, &ended);
    g_assert_cmpstr (hash, ==, expected);
  }
  g_test_message ("%s: %u kills, the last at point %u", operation->name, kills, point);
  g_assert_cmpuint (kills, >, 8);
  chain_fixture_clear (&prepared);
  g_ptr_array_unref (blocks);
  g_ptr_array_unref (branch);
}

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "--child") == 0)
    return child_main (argv[2], argv[3], argv[4]);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (operations); i++) {
    g_autofree char *path = g_strconcat ("/chain/crash/", operations[i].name, NULL);
    g_test_add_data_func (path, &operations[i], test_operation);
  }
  return g_test_run ();
}

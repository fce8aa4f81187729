#include "chain_fixture.h"

#include "common/hex.h"
#include "node/chain/snapshot.h"
#include "node/store/chainstate_folder.h"
#include "node/store/crash.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A chain that starts from a snapshot: killed at any write it continues; wrong coins, and an invalid block below it,
 * are fatal.
 *
 * MONEYROCKET_CRASH_ALL=1: every write is tested. */

#define BASE 150
#define BLOCKS 155
#define N_PIPED 20000
#define BEFORE 140 /* blocks that are stored when the snapshot is loaded */

/* The coins after block BASE, whose hash is in the parameters of every chain here. */
static char base_hash[65], coins_hash[65];
static guint64 n_coins;
static const BtcAssumeUtxo known = { BASE, base_hash, coins_hash, BASE + 1 + 2 * (BASE - BTC_COINBASE_MATURITY) };

static GPtrArray *
make_blocks (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  GPtrArray *blocks = chain_blocks_new (params, BLOCKS, 1);
  const BtcBlock *base = g_ptr_array_index (blocks, BASE - 1);
  g_autofree char *hash = common_hex_encode_reversed (base->hash32, 32);

  g_strlcpy (base_hash, hash, sizeof base_hash);
  return blocks;
}

static void
init (ChainFixture *f)
{
  chain_fixture_init (f, BTC_NETWORK_REGTEST);
  f->params->assume_utxo = &known;
  f->params->n_assume_utxo = 1;
}

static void
accept_range (ChainFixture *f, GPtrArray *blocks, guint first, guint last)
{
  for (guint height = first; height <= last; height++)
    chain_fixture_accept (f, g_ptr_array_index (blocks, height - 1));
}

typedef struct {
  GPtrArray *blocks;
  const char *path;
  NodeSnapshotHeader header;
  NodeSnapshotLoad *load;
  GError *error;
} Job;

static void
take_headers (NodeChain *chain, gpointer data)
{
  Job *job = data;
  BtcVerdict verdict;

  for (guint i = 0; i < BASE; i++) {
    const BtcBlock *block = g_ptr_array_index (job->blocks, i);

    g_assert_true (node_chain_accept_header (chain, &block->header, NULL, &verdict, NULL));
    g_assert_cmpstr (verdict.reason, ==, NULL);
  }
  g_assert_true (node_chain_flush (chain, NULL));
}

static void
write_snapshot (NodeChain *chain, gpointer data)
{
  Job *job = data;
  NodeCoins *coins = node_chain_coins (chain);
  g_autoptr (NodeCoinsCursor) count = NULL, cursor = NULL;
  g_autofree char *hash = NULL;
  FILE *file = g_fopen (job->path, "wbe");
  NodeCoinsStats stats;

  g_assert_true (node_chain_flush (chain, NULL));
  count = node_coins_cursor_new (coins);
  g_assert_true (node_coins_stats (coins, count, NODE_COINS_HASH_SERIALIZED, NULL, NULL, &stats, NULL));
  hash = common_hex_encode_reversed (stats.hash32, 32);
  g_strlcpy (coins_hash, hash, sizeof coins_hash);
  n_coins = stats.txouts;
  memcpy (job->header.base32, node_chain_tip (chain)->hash32, 32);
  job->header.coins = n_coins;
  cursor = node_coins_cursor_new (coins);
  g_assert_true (node_snapshot_write (file, node_chain_params (chain)->magic, &job->header, cursor, NULL, NULL, NULL));
  fclose (file);
}

static void
begin (NodeChain *chain, gpointer data)
{
  Job *job = data;
  job->load = node_snapshot_load_begin (chain, &job->header, &job->error);
}

static void
end (NodeChain *chain, gpointer data)
{
  Job *job = data;

  if (job->error == NULL)
    node_snapshot_load_activate (job->load, &job->error);
  node_snapshot_load_free (job->load);
}

static void
load_file (NodeChain *chain, const char *path, FILE *coins, GCancellable *cancellable, GError **error)
{
  Job job = { .path = path };
  FILE *file = g_fopen (path, "rbe");

  g_assert_true (node_snapshot_read_header (file, node_chain_params (chain)->magic, "regtest", &job.header, error));
  if (coins != NULL)
    job.header.coins = N_PIPED;
  node_chain_run (chain, NODE_JOB_QUERIES, begin, &job, NULL, NULL);
  if (job.load != NULL) {
    node_snapshot_load_run (job.load, coins != NULL ? coins : file, 0, cancellable, &job.error);
    node_chain_run (chain, NODE_JOB_STOP, end, &job, NULL, NULL);
  }
  fclose (file);
  if (job.error != NULL)
    g_propagate_error (error, job.error);
}

static void
load_cancellable (ChainFixture *f, const char *path, GCancellable *cancellable, GError **error)
{
  load_file (f->chain, path, NULL, cancellable, error);
}

static void
load_snapshot (ChainFixture *f, const char *path, GError **error)
{
  load_cancellable (f, path, NULL, error);
}

static void
get_states (NodeChain *chain, gpointer data)
{
  NodeChainstateInfo infos[2];
  *(guint *) data = node_chain_get_states (chain, infos);
}

static guint
count_states (ChainFixture *f)
{
  guint n;

  node_chain_run (f->chain, NODE_JOB_QUERIES, get_states, &n, NULL, NULL);
  return n;
}

static void
wait_validated (ChainFixture *f)
{
  while (count_states (f) > 1 && g_atomic_int_get (&f->fatal) == 0)
    g_usleep (1000);
}

static gboolean
has_folder (const ChainFixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->datadir, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
copy_folder (const char *from, const char *to)
{
  const char *argv[] = { "cp", "-r", "--sparse=always", from, to, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static void
init_at (ChainFixture *f, const char *datadir)
{
  init (f);
  g_rmdir (f->datadir);
  g_free (f->datadir);
  f->datadir = g_strdup (datadir);
  f->small_files = TRUE;
  /* Every flush consists of many batches. */
  f->batch_bytes = 2000;
}

/* Closes, but keeps the folder. */
static void
release (ChainFixture *f)
{
  chain_fixture_close (f);
  btc_params_free (f->params);
  g_free (f->datadir);
}

/* Creates a folder with the first blocks and all headers, and PATH, the snapshot. */
static char *
prepare (GPtrArray *blocks, guint n_blocks, char **path)
{
  Job job = { .blocks = blocks };
  ChainFixture f, full;
  char *datadir;

  init (&full);
  chain_fixture_open (&full);
  accept_range (&full, blocks, 1, BASE);
  init (&f);
  f.small_files = TRUE;
  datadir = g_strdup (f.datadir);
  chain_fixture_open (&f);
  accept_range (&f, blocks, 1, n_blocks);
  node_chain_run (f.chain, NODE_JOB_QUERIES, take_headers, &job, NULL, NULL);
  release (&f);
  *path = g_strconcat (datadir, ".snapshot", NULL);
  job.path = *path;
  node_chain_run (full.chain, NODE_JOB_QUERIES, write_snapshot, &job, NULL, NULL);
  chain_fixture_clear (&full);
  return datadir;
}

static void
remove_prepared (char *datadir, char *path)
{
  ChainFixture f;

  init_at (&f, datadir);
  chain_fixture_clear (&f);
  g_unlink (path);
  g_free (datadir);
  g_free (path);
}

/* Continues from any state until the snapshot is validated. */
static void
complete_validation (ChainFixture *f, GPtrArray *blocks, const char *path)
{
  g_autoptr (GError) error = NULL;

  if (chain_fixture_height (f) < BASE)
    load_snapshot (f, path, &error);
  g_assert_no_error (error);
  accept_range (f, blocks, BASE + 1, BLOCKS);
  chain_fixture_flush (f);
  accept_range (f, blocks, BEFORE + 1, BASE);
  wait_validated (f);
  chain_fixture_reopen (f);
  chain_fixture_close (f);
}

static void
offer (NodeChain *chain, gpointer data)
{
  BtcVerdict verdict;

  node_chain_accept_block (chain, data, TRUE, NULL, NULL, &verdict, NULL);
}

/* A chain with a fatal error accepts no more blocks. */
static void
offer_range (ChainFixture *f, GPtrArray *blocks, guint first, guint last)
{
  for (guint height = first; height <= last; height++)
    node_chain_run (f->chain, NODE_JOB_QUERIES, offer, g_ptr_array_index (blocks, height - 1), NULL, NULL);
}

/* Continues from any state until the background chain's coins are found to differ from the snapshot's: killed at write
 * CRASH_AFTER from the last block on (0: not). */
static void
fail_validation (ChainFixture *f, GPtrArray *blocks, const char *path, guint64 crash_after)
{
  g_autoptr (GError) error = NULL;

  if (chain_fixture_height (f) < BASE)
    load_snapshot (f, path, &error);
  g_assert_no_error (error);
  offer_range (f, blocks, BASE + 1, BASE + 2);
  offer_range (f, blocks, BEFORE + 1, BASE - 1);
  node_store_set_crash_after (crash_after);
  offer_range (f, blocks, BASE, BASE);
  while (g_atomic_int_get (&f->fatal) == 0)
    g_usleep (1000);
  chain_fixture_close (f);
}

static int
child_main (char **words)
{
  const char *datadir = words[0], *path = words[1];
  guint64 crash_after = g_ascii_strtoull (words[3], NULL, 10);
  gboolean wrong = g_str_equal (words[4], "wrong");
  g_autoptr (GPtrArray) blocks = make_blocks ();
  ChainFixture f;

  g_strlcpy (coins_hash, words[2], sizeof coins_hash);
  init_at (&f, datadir);
  if (!wrong)
    node_store_set_crash_after (crash_after);
  f.check_level = wrong ? 1 : f.check_level;
  chain_fixture_open (&f);
  if (wrong)
    fail_validation (&f, blocks, path, crash_after);
  else
    complete_validation (&f, blocks, path);
  release (&f);
  return 0;
}

/* TRUE when the child exited normally before the crash point. */
static gboolean
run_child (const char *datadir, const char *path, guint crash_after, gboolean wrong)
{
  g_autofree char *crash = g_strdup_printf ("%u", crash_after);
  const char *words[] = { datadir, path, coins_hash, crash, wrong ? "wrong" : "good", NULL };

  return chain_fixture_run_child (words);
}

/* By height, the hashes of the coins of a chain that never crashed. */
static GPtrArray *
control_hashes (GPtrArray *blocks)
{
  GPtrArray *hashes = g_ptr_array_new_with_free_func (g_free);
  ChainFixture f;

  init (&f);
  chain_fixture_open (&f);
  for (guint height = 0; height <= BLOCKS; height++) {
    if (height > 0)
      accept_range (&f, blocks, height, height);
    g_ptr_array_add (hashes, chain_fixture_utxo_hash (&f));
  }
  chain_fixture_clear (&f);
  return hashes;
}

static void
check_coins (ChainFixture *f, GPtrArray *hashes)
{
  g_autofree char *hash = chain_fixture_utxo_hash (f);

  g_assert_cmpstr (hash, ==, g_ptr_array_index (hashes, chain_fixture_height (f)));
}

typedef struct {
  guint without, two, one; /* how many starts found no snapshot, one that is being validated, one that was validated */
} Found;

/* The state after a run shows at the next start, which gets no new blocks. */
static void
check_restart (ChainFixture *f, GPtrArray *blocks, GPtrArray *hashes, const char *path, Found *found)
{
  guint32 height;
  guint n_states;

  chain_fixture_open (f);
  height = chain_fixture_height (f);
  n_states = count_states (f);
  g_assert_true (height == BEFORE || height >= BASE);
  g_assert_true (height >= BASE ? n_states == 1 || has_folder (f, "chainstate_snapshot")
                                : n_states == 1 && !has_folder (f, "chainstate_snapshot"));
  *(height < BASE ? &found->without : n_states == 2 ? &found->two : &found->one) += 1;
  check_coins (f, hashes);
  complete_validation (f, blocks, path);
  chain_fixture_open (f);
  g_assert_true (chain_fixture_tip_is (f, g_ptr_array_index (blocks, BLOCKS - 1)));
  check_coins (f, hashes);
  g_assert_cmpuint (count_states (f), ==, 1);
  g_assert_false (has_folder (f, "chainstate_snapshot"));
  g_assert_false (has_folder (f, "chainstate_todelete"));
  g_assert_cmpint (f->fatal, ==, 0);
}

static void
test_crash_points (void)
{
  gboolean all = g_strcmp0 (g_getenv ("MONEYROCKET_CRASH_ALL"), "1") == 0, ended = FALSE;
  g_autoptr (GPtrArray) blocks = make_blocks ();
  g_autoptr (GPtrArray) hashes = control_hashes (blocks);
  Found found = { 0 };
  guint point = 0;
  char *prepared, *path;

  prepared = prepare (blocks, BEFORE, &path);
  while (!ended) {
    g_autofree char *datadir = NULL;
    ChainFixture f;

    /* Every point while loading, then every few of the many similar ones. */
    point += all || point < 24 ? 1 : 11;
    datadir = g_strdup_printf ("%s-%u", prepared, point);
    copy_folder (prepared, datadir);
    ended = run_child (datadir, path, point, FALSE);
    /* Sometimes the next start is killed, too. */
    if (point % 3 == 0)
      run_child (datadir, path, 1 + point / 3 % 16, FALSE);
    init_at (&f, datadir);
    check_restart (&f, blocks, hashes, path, &found);
    chain_fixture_clear (&f);
  }
  g_test_message ("%u crash points: %u before the snapshot was active, %u during validation, %u after", point,
                  found.without, found.two, found.one);
  g_assert_cmpuint (found.without, >, 3);
  g_assert_cmpuint (found.two, >, 3);
  g_assert_cmpuint (found.one, >, 3);
  remove_prepared (prepared, path);
}

/* Adds a coin to those of the background chain: the output of the coinbase of block HEIGHT. */
static void
add_coin (const ChainFixture *f, GPtrArray *blocks, guint height, const BtcBlock *best)
{
  g_autofree char *path = node_chainstate_dup_path (f->datadir, FALSE);
  NodeCoinsOptions options = { .path = path, .db_cache_bytes = 1 << 20, .cache_bytes = 1 << 20 };
  const BtcBlock *block = g_ptr_array_index (blocks, height - 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeCoins) coins = node_coins_open (&options, &error);
  BtcCoin coin = { .out = block->txs[0].out[0], .height = 1 };
  BtcOutpoint outpoint = { .n = 0 };

  g_assert_no_error (error);
  memcpy (outpoint.txid32, block->txs[0].txid32, 32);
  node_coins_add (coins, &outpoint, &coin, TRUE);
  g_assert_true (node_coins_flush (coins, best->hash32, FALSE, &error));
}

/* The coins of the background chain do not match the snapshot, or make block REFUSED_AT invalid. */
static void
check_rejected (guint wrong_of, guint checked)
{
  g_autoptr (GPtrArray) blocks = make_blocks ();
  g_autoptr (GError) error = NULL;
  char *prepared, *path;
  ChainFixture f;

  prepared = prepare (blocks, BEFORE, &path);
  init_at (&f, prepared);
  add_coin (&f, blocks, wrong_of, g_ptr_array_index (blocks, BEFORE - 1));
  f.check_level = 1;
  chain_fixture_open (&f);
  load_snapshot (&f, path, &error);
  g_assert_no_error (error);
  accept_range (&f, blocks, BASE + 1, BASE + 2);
  for (guint height = BEFORE + 1; height <= checked + 1 && height <= BASE; height++)
    chain_fixture_accept (&f, g_ptr_array_index (blocks, height - 1));
  while (g_atomic_int_get (&f.fatal) == 0)
    g_usleep (1000);
  chain_fixture_close (&f);
  g_assert_true (has_folder (&f, "chainstate_snapshot_INVALID"));
  g_assert_false (has_folder (&f, "chainstate_snapshot"));

  /* The blocks above it are only stored now. */
  g_atomic_int_set (&f.fatal, 0);
  chain_fixture_open (&f);
  g_assert_cmpuint (count_states (&f), ==, 1);
  g_assert_cmpuint (chain_fixture_height (&f), ==, checked == BASE ? BASE + 2 : checked);
  g_assert_cmpint (f.fatal, ==, 0);
  release (&f);
  remove_prepared (prepared, path);
}

static void
test_wrong_coins (void)
{
  check_rejected (BLOCKS, BASE);
}

static void
test_refused_block (void)
{
  check_rejected (BEFORE + 3, BEFORE + 2);
}

/* The next starts, until the wrong snapshot has been renamed. */
static void
check_rejected_snapshot (ChainFixture *f, GPtrArray *blocks, const char *path)
{
  g_autoptr (GError) error = NULL;

  while (!has_folder (f, "chainstate_snapshot_INVALID")) {
    if (chain_fixture_try_open (f, &error))
      fail_validation (f, blocks, path, 0);
    else
      g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT);
    g_clear_error (&error);
  }
  g_atomic_int_set (&f->fatal, 0);
  chain_fixture_open (f);
  g_assert_false (has_folder (f, "chainstate_snapshot"));
  g_assert_cmpuint (count_states (f), ==, 1);
  chain_fixture_reopen (f);
  accept_range (f, blocks, BEFORE + 1, BASE + 2);
  g_assert_cmpuint (chain_fixture_height (f), ==, BASE + 2);
  g_assert_cmpint (f->fatal, ==, 0);
}

static void
test_wrong_coins_crash_points (void)
{
  g_autoptr (GPtrArray) blocks = make_blocks ();
  gboolean ended = FALSE;
  char *prepared, *path;
  guint point = 0;
  ChainFixture f;

  prepared = prepare (blocks, BEFORE, &path);
  init_at (&f, prepared);
  add_coin (&f, blocks, BLOCKS, g_ptr_array_index (blocks, BEFORE - 1));
  release (&f);
  while (!ended) {
    g_autofree char *datadir = g_strdup_printf ("%s-%u", prepared, ++point);

    copy_folder (prepared, datadir);
    ended = run_child (datadir, path, point, TRUE);
    init_at (&f, datadir);
    f.check_level = 1;
    check_rejected_snapshot (&f, blocks, path);
    chain_fixture_clear (&f);
  }
  g_test_message ("%u crash points", point);
  g_assert_cmpuint (point, >, 10);
  remove_prepared (prepared, path);
}

/* Loading that is cancelled, or whose file is truncated or cannot be read, leaves the chain as it was. */
static void
test_failed_load (void)
{
  g_autoptr (GPtrArray) blocks = make_blocks ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL, *cut = NULL, *expected = NULL;
  char *prepared, *path;
  ChainFixture f;
  gsize len;

  prepared = prepare (blocks, BEFORE, &path);
  init_at (&f, prepared);
  chain_fixture_open (&f);
  g_cancellable_cancel (cancellable);
  load_cancellable (&f, path, cancellable, &error);
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT);
  g_assert_false (has_folder (&f, "chainstate_snapshot"));
  g_clear_error (&error);

  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  cut = g_strconcat (path, ".cut", NULL);
  g_assert_true (g_file_set_contents (cut, data, (gssize) len - 1, NULL));
  load_snapshot (&f, cut, &error);
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT);
  expected = g_strdup_printf ("truncated snapshot after deserializing %" G_GUINT64_FORMAT " coins", n_coins - 1);
  g_assert_nonnull (strstr (error->message, expected));
  g_assert_false (has_folder (&f, "chainstate_snapshot"));
  g_clear_error (&error);
  g_unlink (cut);

  g_assert_cmpuint (chain_fixture_height (&f), ==, BEFORE);
  g_assert_cmpint (f.fatal, ==, 0);
  complete_validation (&f, blocks, path);
  release (&f);
  remove_prepared (prepared, path);
}

typedef struct {
  NodeChain *chain;
  const char *path;
  FILE *coins;
  GError *error;
} Loader;

static gpointer
load_in_thread (gpointer data)
{
  Loader *loader = data;

  load_file (loader->chain, loader->path, loader->coins, NULL, &loader->error);
  return NULL;
}

typedef struct {
  ChainFixture *f;
  gint closed; /* atomic */
} Closer;

static gpointer
close_in_thread (gpointer data)
{
  Closer *closer = data;

  chain_fixture_close (closer->f);
  g_atomic_int_set (&closer->closed, 1);
  return NULL;
}

/* Coins that never existed: output 0 at height 1, without amount or script. */
static void
write_coins (FILE *file, guint32 n)
{
  static const guint8 coin[] = { 1, 0, 3, 0, 6 };
  guint8 txid32[32] = { 0 };

  for (guint32 i = 0; i < n; i++) {
    memcpy (txid32, &i, sizeof i);
    g_assert_cmpuint (fwrite (txid32, sizeof txid32, 1, file), ==, 1);
    g_assert_cmpuint (fwrite (coin, sizeof coin, 1, file), ==, 1);
  }
}

/* Closing a chain while a snapshot is being loaded waits for the loading to end. */
static void
test_closed (void)
{
  g_autoptr (GPtrArray) blocks = make_blocks ();
  GThread *loading, *closing;
  char *prepared, *path;
  Closer closer = { 0 };
  Loader loader;
  ChainFixture f;
  FILE *writer;
  int fds[2];

  prepared = prepare (blocks, BEFORE, &path);
  init_at (&f, prepared);
  chain_fixture_open (&f);
  g_assert_cmpint (pipe (fds), ==, 0);
  writer = fdopen (fds[1], "wb");
  loader = (Loader){ f.chain, path, fdopen (fds[0], "rb"), NULL };
  loading = g_thread_new ("loading", load_in_thread, &loader);
  while (!has_folder (&f, "chainstate_snapshot"))
    g_usleep (1000);

  /* The loading waits for coins. If closing did not wait for it, it would be done long before this returns. */
  closer.f = &f;
  closing = g_thread_new ("closing", close_in_thread, &closer);
  for (guint i = 0; i < 200 && !g_atomic_int_get (&closer.closed); i++)
    g_usleep (1000);
  g_assert_false (g_atomic_int_get (&closer.closed));
  write_coins (writer, N_PIPED);
  fclose (writer);
  g_thread_join (loading);
  g_thread_join (closing);
  fclose (loader.coins);
  g_assert_error (loader.error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT);
  g_assert_cmpstr (loader.error->message, ==, "Aborting after an interrupt was requested");
  g_clear_error (&loader.error);

  chain_fixture_open (&f);
  g_assert_cmpuint (chain_fixture_height (&f), ==, BEFORE);
  complete_validation (&f, blocks, path);
  release (&f);
  remove_prepared (prepared, path);
}

/* The folders of another program that was killed between its two renames. */
static void
test_tidy (void)
{
  g_autofree char *folder = g_dir_make_tmp ("moneyrocket-tidy-XXXXXX", NULL);
  g_autofree char *normal = node_chainstate_dup_path (folder, FALSE);
  g_autofree char *snapshot = node_chainstate_dup_path (folder, TRUE);
  g_autofree char *aside = g_build_filename (folder, "chainstate_todelete", NULL);
  g_autofree char *base = g_build_filename (normal, "base_blockhash", NULL);
  g_autofree char *leftover = NULL, *invalid = NULL;
  guint8 base32[32] = { 1 }, read32[32];
  gboolean found;

  g_mkdir (aside, 0700);
  g_mkdir (snapshot, 0700);
  g_assert_true (node_chainstate_write_base (folder, base32, NULL));
  g_assert_true (node_chainstate_read_base (folder, read32, &found, NULL));
  g_assert_true (found);
  g_assert_cmpmem (base32, 32, read32, 32);
  g_assert_true (node_chainstate_tidy (folder, NULL));
  g_assert_true (g_file_test (base, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (snapshot, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));

  /* An incomplete one is deleted, also after a crash while the file was being written; a damaged one is reported. */
  g_mkdir (snapshot, 0700);
  leftover = g_build_filename (snapshot, "base_blockhash.A1b2C3", NULL);
  g_assert_true (g_file_set_contents (leftover, "", 0, NULL));
  g_assert_true (node_chainstate_tidy (folder, NULL));
  g_assert_false (g_file_test (snapshot, G_FILE_TEST_EXISTS));
  g_mkdir (snapshot, 0700);
  g_assert_true (node_chainstate_write_base (folder, base32, NULL));
  g_free (base);
  base = g_build_filename (snapshot, "base_blockhash", NULL);
  g_assert_true (g_file_set_contents (base, "short", -1, NULL));
  g_assert_true (node_chainstate_tidy (folder, NULL));
  g_assert_false (node_chainstate_read_base (folder, read32, &found, NULL));

  /* A wrong one replaces an earlier wrong one. */
  for (guint i = 0; i < 2; i++) {
    g_mkdir (snapshot, 0700);
    g_assert_true (node_chainstate_write_base (folder, base32, NULL));
    g_assert_true (node_chainstate_reject_snapshot (folder, NULL));
    g_assert_false (g_file_test (snapshot, G_FILE_TEST_EXISTS));
  }
  invalid = g_build_filename (folder, "chainstate_snapshot_INVALID", NULL);
  g_free (base);
  base = g_build_filename (invalid, "base_blockhash", NULL);
  g_assert_cmpint (g_unlink (base), ==, 0);
  g_assert_cmpint (g_rmdir (invalid), ==, 0);
  g_free (base);
  base = g_build_filename (normal, "base_blockhash", NULL);
  g_unlink (base);
  g_rmdir (normal);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  if (argc == 7 && strcmp (argv[1], "--child") == 0)
    return child_main (argv + 2);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain/snapshot/tidy", test_tidy);
  g_test_add_func ("/chain/snapshot/failed-load", test_failed_load);
  g_test_add_func ("/chain/snapshot/closed", test_closed);
  g_test_add_func ("/chain/snapshot/wrong-coins", test_wrong_coins);
  g_test_add_func ("/chain/snapshot/wrong-coins-crash-points", test_wrong_coins_crash_points);
  g_test_add_func ("/chain/snapshot/refused-block", test_refused_block);
  g_test_add_func ("/chain/snapshot/crash-points", test_crash_points);
  return g_test_run ();
}

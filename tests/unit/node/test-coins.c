#include "node/store/coins.h"
#include "node/store/coins_private.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/random.h"
#include "node/store/crash.h"
#include "store-fixture.h"

static const guint8 tip_a[32] = { 0xa }, tip_b[32] = { 0xb };

static NodeCoins *
open_coins (const char *folder, gsize batch_bytes)
{
  NodeCoinsOptions options
      = { .path = folder, .db_cache_bytes = 1 << 20, .cache_bytes = 1 << 22, .batch_bytes = batch_bytes };
  g_autoptr (GError) error = NULL;
  NodeCoins *coins = node_coins_open (&options, &error);

  g_assert_no_error (error);
  return coins;
}

static BtcOutpoint
make_outpoint (guint32 i)
{
  BtcOutpoint outpoint = { .n = i % 3 == 0 ? 0 : i };

  for (gsize k = 0; k < 8; k++)
    btc_put_u32 (outpoint.txid32 + 4 * k, (i + 1) * (guint32) (2654435761u + 97 * k));
  return outpoint;
}

static BtcCoin
make_coin (guint32 i)
{
  static const guint8 script[500] = { 0x51 };
  BtcCoin coin = { { 1000 + i, { script, 1 + (i % 7 == 0 ? i % 400 : i % 36) } }, i % 100000, i % 2 };

  return coin;
}

static void
add (NodeCoins *coins, guint32 i)
{
  BtcOutpoint outpoint = make_outpoint (i);
  BtcCoin coin = make_coin (i);

  node_coins_add (coins, &outpoint, &coin, FALSE);
}

static gboolean
has (NodeCoins *coins, guint32 i)
{
  BtcOutpoint outpoint = make_outpoint (i);
  BtcCoin coin, expected = make_coin (i);
  g_autoptr (GError) error = NULL;
  gboolean found;

  g_assert_true (node_coins_get (coins, &outpoint, &coin, &found, &error));
  g_assert_no_error (error);
  if (found) {
    g_assert_cmpint (coin.out.value_sat, ==, expected.out.value_sat);
    g_assert_cmpuint (coin.height, ==, expected.height);
    g_assert_cmpint (coin.coinbase, ==, expected.coinbase);
    g_assert_cmpmem (coin.out.script.data, coin.out.script.len, expected.out.script.data, expected.out.script.len);
  }
  return found;
}

static void
spend (NodeCoins *coins, guint32 i)
{
  BtcOutpoint outpoint = make_outpoint (i);

  g_assert_true (has (coins, i));
  node_coins_spend (coins, &outpoint);
}

static void
flush (NodeCoins *coins, const guint8 tip[32], gboolean empty)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (node_coins_flush (coins, tip, empty, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (node_coins_dirty (coins), ==, 0);
}

static guint64
count_on_disk (NodeCoins *coins)
{
  g_autoptr (NodeCoinsCursor) cursor = node_coins_cursor_new (coins);
  g_autoptr (GError) error = NULL;
  BtcOutpoint outpoint;
  BtcCoin coin;
  guint64 n = 0;

  while (node_coins_cursor_next (cursor, &outpoint, &coin, &error))
    n++;
  g_assert_no_error (error);
  return n;
}

static void
test_add_spend_flush (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeCoins) coins = open_coins (folder, 0);
  guint8 best[32], new32[32], old32[32], zeros[32] = { 0 };
  gboolean replay;

  g_assert_true (node_coins_get_best (coins, best, &replay, new32, old32, NULL));
  g_assert_cmpmem (best, 32, zeros, 32);
  for (guint32 i = 0; i < 1000; i++)
    add (coins, i);
  /* Never on disk: removed at once. */
  for (guint32 i = 0; i < 100; i++)
    spend (coins, i);
  g_assert_cmpuint (node_coins_cached (coins), ==, 900);
  flush (coins, tip_a, FALSE);
  g_assert_cmpuint (node_coins_cached (coins), ==, 900);
  g_assert_cmpuint (count_on_disk (coins), ==, 900);

  /* On disk: kept as spent until the flush. */
  for (guint32 i = 100; i < 200; i++)
    spend (coins, i);
  g_assert_cmpuint (node_coins_cached (coins), ==, 900);
  g_assert_cmpuint (node_coins_dirty (coins), ==, 100);
  g_assert_false (has (coins, 100));
  flush (coins, tip_b, TRUE);
  g_assert_cmpuint (node_coins_cached (coins), ==, 0);
  g_assert_cmpuint (count_on_disk (coins), ==, 800);
  for (guint32 i = 0; i < 1000; i++)
    g_assert_cmpint (has (coins, i), ==, i >= 200);
  g_clear_pointer (&coins, node_coins_close);

  coins = open_coins (folder, 0);
  g_assert_true (node_coins_get_best (coins, best, &replay, new32, old32, NULL));
  g_assert_cmpmem (best, 32, tip_b, 32);
  g_assert_false (replay);
  for (guint32 i = 0; i < 1000; i++)
    g_assert_cmpint (has (coins, i), ==, i >= 200);
  g_clear_pointer (&coins, node_coins_close);
  remove_folder (folder);
}

/* A coin on disk that is spent, added and spent again between two flushes must be deleted: it is not fresh. */
static void
test_spent_then_added (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeCoins) coins = open_coins (folder, 0);

  add (coins, 1);
  flush (coins, tip_a, FALSE);
  spend (coins, 1);
  add (coins, 1);
  g_assert_true (has (coins, 1));
  spend (coins, 1);
  g_assert_false (has (coins, 1));
  flush (coins, tip_b, FALSE);
  g_assert_cmpuint (count_on_disk (coins), ==, 0);
  g_assert_false (has (coins, 1));
  g_clear_pointer (&coins, node_coins_close);
  remove_folder (folder);
}

/* A coin that may overwrite one that is only on disk is not fresh either. */
static void
test_overwrite (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeCoins) coins = open_coins (folder, 0);
  BtcOutpoint outpoint = make_outpoint (5);
  BtcCoin coin = make_coin (5);

  add (coins, 5);
  flush (coins, tip_a, TRUE);
  node_coins_add (coins, &outpoint, &coin, TRUE);
  spend (coins, 5);
  flush (coins, tip_b, TRUE);
  g_assert_cmpuint (count_on_disk (coins), ==, 0);
  g_clear_pointer (&coins, node_coins_close);
  remove_folder (folder);
}

static void
test_unspendable (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeCoins) coins = open_coins (folder, 0);
  BtcOutpoint outpoint = make_outpoint (5);
  BtcCoin coin = { .out = { 1, { (const guint8 *) "\x6a\x01", 2 } } };

  node_coins_add (coins, &outpoint, &coin, FALSE);
  g_assert_cmpuint (node_coins_cached (coins), ==, 0);
  g_clear_pointer (&coins, node_coins_close);
  remove_folder (folder);
}

/* A coin that was read ahead before a flush must not restore a coin that the flush deleted. */
static void
test_prefetch (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeCoins) coins = open_coins (folder, 0);
  BtcOutpoint outpoints[10], some[3];
  guint64 generation;
  BtcCoin coin = make_coin (3), four = make_coin (4);

  for (guint32 i = 0; i < 10; i++) {
    add (coins, i);
    outpoints[i] = make_outpoint (i);
  }
  flush (coins, tip_a, TRUE);
  node_coins_prefetch (coins, outpoints, 10);
  g_assert_true (node_coins_staging_contains (&coins->staging, &outpoints[4]));
  g_assert_true (has (coins, 4));
  g_assert_false (node_coins_staging_contains (&coins->staging, &outpoints[4]));
  some[0] = outpoints[1];
  some[1] = outpoints[4];
  some[2] = outpoints[2];
  g_assert_cmpuint (node_coins_filter_uncached (coins, some, 3), ==, 2);
  g_assert_true (btc_outpoint_equal (&some[1], &outpoints[2]));

  /* Cached coins are not read again. */
  node_coins_prefetch (coins, &outpoints[4], 1);
  g_assert_false (node_coins_staging_contains (&coins->staging, &outpoints[4]));

  spend (coins, 4);
  spend (coins, 3);
  generation = node_coins_staging_get_generation (&coins->staging);
  node_coins_staging_put (&coins->staging, generation, &outpoints[4], &four);
  node_coins_prefetch (coins, outpoints, 10);
  generation = node_coins_staging_get_generation (&coins->staging);
  flush (coins, tip_b, FALSE);
  g_assert_false (has (coins, 4));
  /* The result of a reader that began before the flush is discarded. */
  node_coins_staging_put (&coins->staging, generation, &outpoints[3], &coin);
  g_assert_false (has (coins, 3));
  g_clear_pointer (&coins, node_coins_close);
  remove_folder (folder);
}

static gpointer
prefetch_all (gpointer data)
{
  NodeCoins *coins = data;

  for (guint round = 0; round < 5; round++)
    for (guint32 i = 0; i < 2000; i += 50) {
      BtcOutpoint outpoints[50];
      for (guint32 k = 0; k < 50; k++)
        outpoints[k] = make_outpoint (i + k);
      node_coins_prefetch (coins, outpoints, 50);
    }
  return NULL;
}

/* Several threads read ahead while coins are spent, added and flushed; a plain array has the expected result. */
static void
test_threads (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeCoins) coins = open_coins (folder, 3000);
  gboolean model[2000] = { FALSE };
  GThread *threads[3];
  guint64 there = 0;

  for (gsize t = 0; t < G_N_ELEMENTS (threads); t++)
    threads[t] = g_thread_new ("prefetch", prefetch_all, coins);
  for (guint step = 0; step < 40000; step++) {
    guint32 i = (guint32) common_random_below (G_N_ELEMENTS (model));
    g_assert_cmpint (has (coins, i), ==, model[i]);
    if (model[i])
      spend (coins, i);
    else
      add (coins, i);
    model[i] = !model[i];
    if (step % 1500 == 0)
      flush (coins, tip_a, step % 4500 == 0);
  }
  for (gsize t = 0; t < G_N_ELEMENTS (threads); t++)
    g_thread_join (threads[t]);
  flush (coins, tip_b, FALSE);
  for (guint32 i = 0; i < G_N_ELEMENTS (model); i++) {
    g_assert_cmpint (has (coins, i), ==, model[i]);
    there += model[i];
  }
  g_assert_cmpuint (count_on_disk (coins), ==, there);
  g_clear_pointer (&coins, node_coins_close);
  remove_folder (folder);
}

/* The cache stays near its limit, keeps many clean coins, and loses nothing. */
static void
test_evict (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeCoins) coins = open_coins (folder, 0);

  for (guint32 i = 0; i < 100000; i++) {
    add (coins, i);
    if (i % 1000 == 0 && node_coins_needs_flush (coins)) {
      flush (coins, tip_a, FALSE);
      g_assert_false (node_coins_needs_flush (coins));
      g_assert_cmpuint (node_coins_memory (coins), >, 1 << 20);
    }
    g_assert_cmpuint (node_coins_memory (coins), <, 5 << 20);
  }
  flush (coins, tip_b, FALSE);
  for (guint32 i = 0; i < 100000; i++) {
    g_assert_true (has (coins, i));
    if (i % 1000 == 0) {
      g_assert_false (node_coins_needs_flush (coins));
      g_assert_cmpuint (node_coins_memory (coins), <, 5 << 20);
    }
  }
  g_clear_pointer (&coins, node_coins_close);
  remove_folder (folder);
}

static void
check_written (const NodeCoinEntry *entry, guint32 i, gboolean spent)
{
  BtcOutpoint outpoint = make_outpoint (i);
  BtcCoin coin, expected = make_coin (i);

  g_assert_true (btc_outpoint_equal (&entry->outpoint, &outpoint));
  g_assert_cmpint (node_coins_cache_is_spent (entry), ==, spent);
  if (spent)
    return;
  node_coins_cache_get_coin (entry, &coin);
  g_assert_cmpint (coin.out.value_sat, ==, expected.out.value_sat);
  g_assert_cmpmem (coin.out.script.data, coin.out.script.len, expected.out.script.data, expected.out.script.len);
}

static NodeCoinEntry *
find_in (NodeCoinsCache *cache, guint32 i)
{
  BtcOutpoint outpoint = make_outpoint (i);

  return node_coins_cache_find (cache, &outpoint);
}

static void
add_to (NodeCoinsCache *cache, guint32 i, guint32 as, gboolean overwrite)
{
  BtcOutpoint outpoint = make_outpoint (i);
  BtcCoin coin = make_coin (as);

  node_coins_cache_add (cache, &outpoint, &coin, overwrite);
}

/* A flush in progress writes the coins as they were when it began; later changes are written by the next one. */
static void
test_change_while_writing (void)
{
  enum { KEPT, SPENT, SPENT_ADDED, OVERWRITTEN, GONE, GONE_ADDED, GONE_ADDED_SPENT, N, ADDED = N, ADDED_SPENT };
  g_autofree NodeCoinEntry **first = NULL, **written = NULL, **next = NULL;
  gboolean seen[ADDED_SPENT + 1] = { FALSE };
  NodeCoinsCache cache;
  gsize n;

  node_coins_cache_init (&cache);
  for (guint32 i = GONE; i < N; i++)
    add_to (&cache, i, i, FALSE);
  first = node_coins_cache_begin_write (&cache, &n);
  node_coins_cache_end_write (&cache, first, n);
  for (guint32 i = 0; i < GONE; i++)
    add_to (&cache, i, i, FALSE);
  for (guint32 i = GONE; i < N; i++)
    node_coins_cache_spend (&cache, find_in (&cache, i));

  written = node_coins_cache_begin_write (&cache, &n);
  g_assert_cmpuint (n, ==, N);
  node_coins_cache_spend (&cache, find_in (&cache, SPENT));
  node_coins_cache_spend (&cache, find_in (&cache, SPENT_ADDED));
  add_to (&cache, SPENT_ADDED, 100, FALSE);
  add_to (&cache, OVERWRITTEN, 100, TRUE);
  add_to (&cache, GONE_ADDED, 100, FALSE);
  add_to (&cache, GONE_ADDED_SPENT, 100, FALSE);
  node_coins_cache_spend (&cache, find_in (&cache, GONE_ADDED_SPENT));
  add_to (&cache, ADDED, 100, FALSE);
  add_to (&cache, ADDED_SPENT, 100, FALSE);
  node_coins_cache_spend (&cache, find_in (&cache, ADDED_SPENT));
  node_coins_cache_evict (&cache, 0);
  for (guint32 i = 0; i < N; i++)
    check_written (written[i], i, i >= GONE);
  g_assert_true (node_coins_cache_is_spent (find_in (&cache, SPENT)));
  g_assert_true (node_coins_cache_is_spent (find_in (&cache, GONE)));
  g_assert_true (node_coins_cache_is_spent (find_in (&cache, GONE_ADDED_SPENT)));
  g_assert_false (node_coins_cache_is_spent (find_in (&cache, KEPT)));
  g_assert_cmpint (find_in (&cache, OVERWRITTEN)->value_sat, ==, make_coin (100).out.value_sat);
  g_assert_null (find_in (&cache, ADDED_SPENT));
  node_coins_cache_end_write (&cache, written, n);
  g_assert_null (find_in (&cache, GONE));

  next = node_coins_cache_begin_write (&cache, &n);
  for (gsize i = 0; i < n; i++)
    for (guint32 k = 0; k < G_N_ELEMENTS (seen); k++)
      seen[k] |= next[i] == find_in (&cache, k);
  g_assert_cmpuint (n, ==, 6);
  g_assert_true (seen[SPENT] && seen[SPENT_ADDED] && seen[OVERWRITTEN] && seen[GONE_ADDED] && seen[GONE_ADDED_SPENT]
                 && seen[ADDED]);
  node_coins_cache_end_write (&cache, next, n);
  node_coins_cache_evict (&cache, 0);
  g_assert_cmpuint (cache.live, ==, 0);
  g_assert_cmpuint (cache.heap_bytes, ==, 0);
  node_coins_cache_free (&cache);
}

static void
finish_flush (NodeCoins *coins, const gboolean *there, gsize n)
{
  g_autoptr (GError) error = NULL;
  guint64 expected = 0;

  g_assert_true (node_coins_flush_finish (coins, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    expected += there[i];
  g_assert_cmpuint (count_on_disk (coins), ==, expected);
}

/* Flushes in progress while coins are spent, added, evicted and read ahead; each writes the set as it was when it
 * began. */
static void
test_flush_meanwhile (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (NodeCoins) coins = open_coins (folder, 3000);
  gboolean model[2000] = { FALSE }, then[2000] = { FALSE };
  GThread *reader = g_thread_new ("prefetch", prefetch_all, coins);

  for (guint step = 0; step < 40000; step++) {
    guint32 i = (guint32) common_random_below (G_N_ELEMENTS (model));
    g_assert_cmpint (has (coins, i), ==, model[i]);
    if (model[i])
      spend (coins, i);
    else
      add (coins, i);
    model[i] = !model[i];
    if (step % 500 == 400) {
      finish_flush (coins, then, G_N_ELEMENTS (then));
      node_coins_cache_evict (&coins->cache, 20000);
      memcpy (then, model, sizeof model);
      g_assert_true (node_coins_flush_begin (coins, tip_a, NULL, NULL, NULL));
    }
  }
  g_thread_join (reader);
  finish_flush (coins, then, G_N_ELEMENTS (then));
  g_clear_pointer (&coins, node_coins_close);
  coins = open_coins (folder, 0);
  for (guint32 i = 0; i < G_N_ELEMENTS (then); i++)
    g_assert_cmpint (has (coins, i), ==, then[i]);
  g_clear_pointer (&coins, node_coins_close);
  remove_folder (folder);
}

/* Crashes at every point of a flush in several batches: the set is then at the old block, at the new one, or marked as
 * between the two. */
static void
change (NodeCoins *coins, guint32 i)
{
  if (has (coins, i))
    spend (coins, i);
  else
    add (coins, i);
}

static guint
compare_views (NodeCoins *a, NodeCoins *b)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeCoinsCursor) x = node_coins_cursor_new_over (a, &error), y = node_coins_cursor_new_over (b, &error);
  BtcOutpoint outpoint, other_outpoint;
  BtcCoin coin, other;
  guint n = 0;

  g_assert_no_error (error);
  while (node_coins_cursor_next (x, &outpoint, &coin, &error)) {
    g_assert_true (node_coins_cursor_next (y, &other_outpoint, &other, &error));
    g_assert_cmpmem (outpoint.txid32, 32, other_outpoint.txid32, 32);
    g_assert_cmpuint (outpoint.n, ==, other_outpoint.n);
    g_assert_cmpint (coin.out.value_sat, ==, other.out.value_sat);
    g_assert_cmpmem (coin.out.script.data, coin.out.script.len, other.out.script.data, other.out.script.len);
    n++;
  }
  g_assert_no_error (error);
  g_assert_false (node_coins_cursor_next (y, &other_outpoint, &other, &error));
  g_assert_no_error (error);
  return n;
}

/* A view in memory and one that is almost entirely on disk change in the same way, while the underlying set changes,
 * too. */
static void
test_view_on_disk (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_strconcat (folder, "-view", NULL);
  NodeCoins *coins = open_coins (folder, 0);
  NodeCoins *memory, *disk;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (guint32 i = 0; i < 500; i++)
    add (coins, i);
  g_assert_true (node_coins_flush (coins, tip_a, FALSE, &error));
  memory = node_coins_view_new (coins);
  disk = node_coins_view_new (coins);
  g_assert_true (node_coins_view_use_disk (disk, path, 2000, &error));
  for (guint32 i = 0; i < 500; i += 3)
    spend (coins, i);
  g_assert_true (node_coins_flush (coins, tip_b, TRUE, &error));
  for (guint step = 0; step < 5000; step++) {
    guint32 i = (guint32) g_test_rand_int_range (0, 1000);

    change (memory, i);
    change (disk, i);
    g_assert_true (node_coins_view_spill (disk, &error));
    g_assert_cmpuint (node_coins_memory (disk), <=, 2000);
  }
  g_assert_no_error (error);
  for (guint32 i = 0; i < 1000; i++)
    n += has (memory, i);
  g_assert_cmpuint (compare_views (memory, disk), ==, n);
  node_coins_close (disk);
  node_coins_close (memory);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (has (coins, 1));
  g_assert_false (has (coins, 0));
  node_coins_close (coins);
  remove_folder (folder);
}

static void
test_crash (void)
{
  g_autofree char *folder = make_folder ();
  gboolean seen_old = FALSE, seen_between = FALSE, seen_new = FALSE;

  for (guint64 n = 1; !seen_new; n++) {
    guint8 best[32], new32[32], old32[32];
    gboolean replay;
    g_autoptr (NodeCoins) coins = NULL;
    int status;
    pid_t child;

    remove_folder (folder);
    coins = open_coins (folder, 2000);
    for (guint32 i = 0; i < 50; i++)
      add (coins, i);
    flush (coins, tip_a, FALSE);
    g_clear_pointer (&coins, node_coins_close);

    child = fork ();
    if (child == 0) {
      coins = open_coins (folder, 2000);
      for (guint32 i = 0; i < 50; i++)
        spend (coins, i);
      for (guint32 i = 100; i < 200; i++)
        add (coins, i);
      node_store_set_crash_after (n);
      g_assert_true (node_coins_flush_begin (coins, tip_b, NULL, NULL, NULL));
      for (guint32 i = 100; i < 150; i++)
        spend (coins, i);
      g_assert_true (node_coins_flush_finish (coins, NULL));
      _exit (0);
    }
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    coins = open_coins (folder, 2000);
    g_assert_true (node_coins_get_best (coins, best, &replay, new32, old32, NULL));
    if (replay) {
      seen_between = TRUE;
      g_assert_cmpmem (old32, 32, tip_a, 32);
      g_assert_cmpmem (new32, 32, tip_b, 32);
    } else if (memcmp (best, tip_a, 32) == 0) {
      seen_old = TRUE;
      g_assert_cmpuint (count_on_disk (coins), ==, 50);
    } else {
      g_assert_cmpmem (best, 32, tip_b, 32);
      seen_new = TRUE;
      g_assert_cmpuint (count_on_disk (coins), ==, 100);
    }
    g_assert_true (seen_new || (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL));
  }
  g_assert_true (seen_old && seen_between);
  remove_folder (folder);
}

static void
test_damaged_value (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  BtcOutpoint outpoint = make_outpoint (1);
  guint8 key[NODE_COIN_KEY_MAX];
  gsize len = node_coin_make_key (key, &outpoint);
  g_autoptr (NodeDb) db = node_db_open (folder, 1 << 20, TRUE, FALSE, &error);
  g_autoptr (NodeDbBatch) batch = node_db_batch_new (db);
  g_autoptr (NodeCoins) coins = NULL;
  BtcCoin coin;
  gboolean found;

  node_db_batch_put (batch, key, len, (const guint8 *) "\x02\x09\x02short", 8);
  g_assert_true (node_db_batch_write (batch, TRUE, &error));
  g_clear_pointer (&batch, node_db_batch_free);
  g_clear_pointer (&db, node_db_close);
  coins = open_coins (folder, 0);
  g_assert_false (node_coins_get (coins, &outpoint, &coin, &found, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "-reindex-chainstate"));
  g_clear_pointer (&coins, node_coins_close);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/coins/add-spend-flush", test_add_spend_flush);
  g_test_add_func ("/node/coins/spent-then-added", test_spent_then_added);
  g_test_add_func ("/node/coins/overwrite", test_overwrite);
  g_test_add_func ("/node/coins/unspendable", test_unspendable);
  g_test_add_func ("/node/coins/prefetch", test_prefetch);
  g_test_add_func ("/node/coins/threads", test_threads);
  g_test_add_func ("/node/coins/evict", test_evict);
  g_test_add_func ("/node/coins/change-while-writing", test_change_while_writing);
  g_test_add_func ("/node/coins/flush-meanwhile", test_flush_meanwhile);
  g_test_add_func ("/node/coins/view-on-disk", test_view_on_disk);
  g_test_add_func ("/node/coins/crash", test_crash);
  g_test_add_func ("/node/coins/damaged-value", test_damaged_value);
  return g_test_run ();
}

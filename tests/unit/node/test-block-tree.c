#include <string.h>

#include "node/blocktree/tree.h"

/* Headers of regtest, where every second nonce is valid. */

#define N 50

typedef struct {
  BtcParams *params;
  NodeHealth health;
  NodeBlockTree *tree;
  BtcHeader headers[N];
  guint8 hashes[N][32];
} Fixture;

static void
mine (Fixture *f, BtcHeader *header, guint8 hash32[32])
{
  BtcVerdict verdict;

  for (header->nonce = 0;; header->nonce++) {
    btc_verdict_clear (&verdict);
    btc_header_hash (header, hash32);
    if (btc_header_check_pow (header, hash32, f->params, &verdict))
      return;
  }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BtcBlock) genesis = NULL;
  NodeBlockTreeOptions options = { .datadir = "/nowhere", .blocksdir = "/nowhere", .health = &f->health };

  f->params = btc_params_new (BTC_NETWORK_REGTEST);
  options.params = f->params;
  f->tree = node_block_tree_new (&options);
  bytes = g_bytes_new (f->params->genesis_bytes, f->params->genesis_len);
  genesis = btc_block_new (bytes);
  node_block_tree_add (f->tree, &genesis->header, genesis->hash32, NULL);
  for (guint i = 0; i < N; i++) {
    f->headers[i] = genesis->header;
    f->headers[i].version = 4;
    f->headers[i].time += (i + 1) * 600;
    memcpy (f->headers[i].prev32, i == 0 ? genesis->hash32 : f->hashes[i - 1], 32);
    mine (f, &f->headers[i], f->hashes[i]);
  }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  node_block_tree_free (f->tree);
  btc_params_free (f->params);
}

static void
test_headers (Fixture *f, gconstpointer data)
{
  BtcVerdict verdict;
  NodeBlock *last;

  g_assert_cmpuint (node_block_tree_accept_headers (f->tree, f->headers, N, NULL, &last, &verdict), ==, N);
  g_assert_cmpint (verdict.verdict, ==, BTC_VERDICT_OK);
  g_assert_true (last == node_block_tree_get_best_header (f->tree));
  g_assert_cmpuint (last->height, ==, N);
  /* Known headers count as accepted. */
  g_assert_cmpuint (node_block_tree_accept_headers (f->tree, f->headers, N, NULL, &last, &verdict), ==, N);
  g_assert_cmpuint (node_block_tree_count (f->tree), ==, N + 1);
}

static void
test_first_failure (Fixture *f, gconstpointer data)
{
  BtcVerdict verdict;
  NodeBlock *last;

  f->headers[20].time = 1;
  mine (f, &f->headers[20], f->hashes[20]);
  memcpy (f->headers[21].prev32, f->hashes[20], 32);
  mine (f, &f->headers[21], f->hashes[21]);
  g_assert_cmpuint (node_block_tree_accept_headers (f->tree, f->headers, 22, NULL, &last, &verdict), ==, 20);
  g_assert_cmpstr (verdict.reason, ==, "time-too-old");
  g_assert_cmpuint (last->height, ==, 20);
}

static void
test_gap (Fixture *f, gconstpointer data)
{
  BtcVerdict verdict;

  f->headers[10] = f->headers[11];
  g_assert_cmpuint (node_block_tree_accept_headers (f->tree, f->headers, 11, NULL, NULL, &verdict), ==, 10);
  g_assert_cmpint (verdict.verdict, ==, BTC_VERDICT_MISSING_PREV);
}

static void
test_low_work (Fixture *f, gconstpointer data)
{
  BtcUint256 one, enough;
  BtcVerdict verdict;

  btc_header_work (f->headers[0].bits, &one);
  btc_uint256_mul_u32 (&enough, &one, N + 1);
  g_assert_cmpuint (node_block_tree_accept_headers (f->tree, f->headers, N - 1, &enough, NULL, &verdict), ==, 0);
  g_assert_cmpint (verdict.verdict, ==, BTC_VERDICT_HEADER_LOW_WORK);
  g_assert_cmpuint (node_block_tree_count (f->tree), ==, 1);
  g_assert_cmpuint (node_block_tree_accept_headers (f->tree, f->headers, N, &enough, NULL, &verdict), ==, N);
}

static void
test_marks (Fixture *f, gconstpointer data)
{
  BtcVerdict verdict;
  NodeBlock *last;
  NodeBlockRecord record;

  node_block_tree_accept_headers (f->tree, f->headers, N, NULL, &last, &verdict);
  node_block_tree_mark_failed (f->tree, node_block_tree_find (f->tree, f->hashes[29]));
  node_block_tree_find_best_header (f->tree, NULL);
  g_assert_cmpuint (node_block_tree_get_best_header (f->tree)->height, ==, 29);
  g_assert_true (node_block_tree_get_best_invalid (f->tree) == last);
  node_block_tree_get_record (f->tree, last, &record, NULL);
  g_assert_cmpuint (record.status & NODE_BLOCK_FAILED, !=, 0);
  g_assert_cmpmem (record.hash32, 32, f->hashes[N - 1], 32);
  g_assert_cmpuint (node_block_tree_accept_headers (f->tree, f->headers, N, NULL, NULL, &verdict), ==, 29);
  g_assert_cmpint (verdict.verdict, ==, BTC_VERDICT_CACHED_INVALID);
  node_block_tree_reconsider (f->tree, last);
  node_block_tree_find_best_header (f->tree, NULL);
  g_assert_true (node_block_tree_get_best_header (f->tree) == last);
}

static gpointer
accept_thread (gpointer data)
{
  Fixture *f = data;

  for (guint i = 0; i < N; i++) {
    BtcVerdict verdict;
    NodeBlock *index;

    btc_verdict_clear (&verdict);
    g_assert_true (node_block_tree_accept_header (f->tree, &f->headers[i], f->hashes[i], FALSE, &index, &verdict));
    g_assert_cmpuint (index->height, ==, i + 1);
  }
  return NULL;
}

static void
test_threads (Fixture *f, gconstpointer data)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("headers", accept_thread, f);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (node_block_tree_count (f->tree), ==, N + 1);
  g_assert_cmpuint (node_block_tree_get_best_header (f->tree)->height, ==, N);
}

static void
test_not_stored (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  NodeBlock *genesis = node_block_tree_get_best_header (f->tree);

  g_assert_null (node_block_tree_read_block (f->tree, genesis, &error));
  g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED);
}

static void
test_locator (Fixture *f, gconstpointer data)
{
  static const guint32 wanted[] = { 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 37, 33, 25, 9, 0 };
  g_autoptr (GPtrArray) locator = NULL, none = NULL;
  BtcVerdict verdict;
  NodeBlock *last;

  node_block_tree_accept_headers (f->tree, f->headers, N, NULL, &last, &verdict);
  locator = node_block_dup_locator (last);
  g_assert_cmpuint (locator->len, ==, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < locator->len; i++)
    g_assert_cmpuint (((NodeBlock *) g_ptr_array_index (locator, i))->height, ==, wanted[i]);
  none = node_block_dup_locator (NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_fork (Fixture *f, gconstpointer data)
{
  guint8 locator[3][32] = { { 0xee } };
  BtcHeader side = f->headers[30];
  guint8 side32[32];
  BtcVerdict verdict;
  NodeBlock *last, *branch;

  node_block_tree_accept_headers (f->tree, f->headers, N, NULL, &last, &verdict);
  side.time++;
  mine (f, &side, side32);
  g_assert_cmpuint (node_block_tree_accept_headers (f->tree, &side, 1, NULL, &branch, &verdict), ==, 1);
  /* No known block. */
  g_assert_cmpuint (node_block_tree_find_fork (f->tree, last, locator, 1)->height, ==, 0);
  g_assert_cmpuint (node_block_tree_find_fork (f->tree, last, NULL, 0)->height, ==, 0);
  /* A block of another branch is skipped. */
  memcpy (locator[1], side32, 32);
  memcpy (locator[2], f->hashes[24], 32);
  g_assert_cmpuint (node_block_tree_find_fork (f->tree, last, locator, 3)->height, ==, 25);
  /* A peer that is ahead of us has our tip. */
  memcpy (locator[0], f->hashes[N - 1], 32);
  g_assert_cmpuint (node_block_tree_find_fork (f->tree, node_block_ancestor (last, 20), locator, 3)->height, ==, 20);
}

static void
test_missing (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL, few = NULL, none = NULL;
  BtcVerdict verdict;
  NodeBlock *last;

  node_block_tree_accept_headers (f->tree, f->headers, N, NULL, &last, &verdict);
  node_block_tree_change_status (f->tree, node_block_ancestor (last, 12), NODE_BLOCK_HAVE_DATA, 0);
  node_block_tree_change_status (f->tree, node_block_ancestor (last, 14), NODE_BLOCK_HAVE_DATA, 0);
  all = node_block_tree_dup_missing (f->tree, node_block_ancestor (last, 10), last, G_MAXUINT);
  g_assert_cmpuint (all->len, ==, N - 10 - 2);
  g_assert_true (g_ptr_array_index (all, 0) == node_block_ancestor (last, 11));
  g_assert_true (g_ptr_array_index (all, 1) == node_block_ancestor (last, 13));
  g_assert_true (g_ptr_array_index (all, 2) == node_block_ancestor (last, 15));
  few = node_block_tree_dup_missing (f->tree, node_block_ancestor (last, 10), last, 3);
  g_assert_cmpuint (few->len, ==, 3);
  none = node_block_tree_dup_missing (f->tree, last, last, 3);
  g_assert_cmpuint (none->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/block-tree/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("headers", test_headers);
  ADD ("first-that-fails", test_first_failure);
  ADD ("gap", test_gap);
  ADD ("low-work", test_low_work);
  ADD ("marks", test_marks);
  ADD ("threads", test_threads);
  ADD ("not-stored", test_not_stored);
  ADD ("locator", test_locator);
  ADD ("fork", test_fork);
  ADD ("missing", test_missing);
  return g_test_run ();
}

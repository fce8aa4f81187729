#include "common/hex.h"
#include "node/chain/candidates.h"
#include "node/chainstate/connect.h"

#include <string.h>

/* A branch of N blocks on PREV, with rising and falling times. */
static void
grow (NodeBlock *blocks, guint n, NodeBlock *prev)
{
  for (guint i = 0; i < n; i++) {
    blocks[i] = (NodeBlock){ .header = { .bits = 0x207fffff, .time = 1000 + i * 10 + (i % 3) * 25 } };
    node_block_link (&blocks[i], prev);
    prev = &blocks[i];
  }
}

static void
test_ancestor (void)
{
  g_autofree NodeBlock *main_branch = g_new0 (NodeBlock, 5000);

  grow (main_branch, 5000, NULL);
  for (guint i = 0; i < 20000; i++) {
    guint from = (guint) g_random_int_range (0, 5000);
    guint to = (guint) g_random_int_range (0, 5000);
    NodeBlock *found = node_block_ancestor (&main_branch[from], to);

    g_assert_true (found == (to <= from ? &main_branch[to] : NULL));
  }
}

static void
test_fork (void)
{
  g_autofree NodeBlock *main_branch = g_new0 (NodeBlock, 1000);
  g_autofree NodeBlock *side = g_new0 (NodeBlock, 500);

  grow (main_branch, 1000, NULL);
  grow (side, 500, &main_branch[700]);
  for (guint i = 0; i < 1000; i++) {
    guint a = (guint) g_random_int_range (0, 1000), b = (guint) g_random_int_range (0, 500);

    g_assert_true (node_block_fork (&main_branch[a], &side[b]) == &main_branch[MIN (a, 700)]);
    g_assert_true (node_block_fork (&side[b], &main_branch[a]) == &main_branch[MIN (a, 700)]);
  }
  g_assert_null (node_block_fork (NULL, &side[0]));
}

static void
test_median_time_past (void)
{
  guint32 times[] = { 50, 10, 40, 20, 30 };
  NodeBlock blocks[20];

  for (guint i = 0; i < 5; i++) {
    blocks[i] = (NodeBlock){ .header = { .bits = 0x207fffff, .time = times[i] } };
    node_block_link (&blocks[i], i > 0 ? &blocks[i - 1] : NULL);
  }
  g_assert_cmpint (node_block_median_time_past (&blocks[0]), ==, 50);
  /* Of an even number, the later one of the two in the middle. */
  g_assert_cmpint (node_block_median_time_past (&blocks[1]), ==, 50);
  g_assert_cmpint (node_block_median_time_past (&blocks[2]), ==, 40);
  g_assert_cmpint (node_block_median_time_past (&blocks[4]), ==, 30);
  g_assert_cmpuint (blocks[4].time_max, ==, 50);
  for (guint i = 5; i < 20; i++) {
    blocks[i] = (NodeBlock){ .header = { .bits = 0x207fffff, .time = 100 + i } };
    node_block_link (&blocks[i], &blocks[i - 1]);
  }
  g_assert_cmpint (node_block_median_time_past (&blocks[19]), ==, 114);
}

/* The exceptions of BIP 30 on the main network, with hashes in display order. */
static void
test_bip30_blocks (void)
{
  static const struct {
    guint32 height;
    const char *hash;
    gboolean repeats;
  } blocks[] = {
    { 91842, "00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec", TRUE },
    { 91880, "00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721", TRUE },
    { 91722, "00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e", FALSE },
    { 91812, "00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f", FALSE },
  };
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_MAIN);

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++) {
    NodeBlock prev = { .height = blocks[i].height - 1 };
    NodeBlock block = { .height = blocks[i].height, .prev = &prev };

    g_assert_true (common_hex_decode_reversed (blocks[i].hash, block.hash32, 32));
    g_assert_true (node_connect_needs_bip30 (params, &block) == !blocks[i].repeats);
    g_assert_true (node_block_is_bip30_overwritten (&block) == !blocks[i].repeats);
    block.hash32[20] ^= 1;
    g_assert_true (node_connect_needs_bip30 (params, &block));
    g_assert_false (node_block_is_bip30_overwritten (&block));
  }
}

/* Chainwork decides, not the number of blocks; with equal work, the one that was received first. */
static void
test_better_tip (void)
{
  NodeBlock root = { .header.bits = 0x1d00ffff }, hard = { .header.bits = 0x1c00ffff };
  NodeBlock easy[3] = { { .header.bits = 0x1d00ffff }, { .header.bits = 0x1d00ffff }, { .header.bits = 0x1d00ffff } };
  NodeBlock twin = { .header.bits = 0x1c00ffff, .sequence = 1 };

  node_block_link (&root, NULL);
  node_block_link (&hard, &root);
  node_block_link (&twin, &root);
  for (guint i = 0; i < G_N_ELEMENTS (easy); i++)
    node_block_link (&easy[i], i > 0 ? &easy[i - 1] : &root);
  g_assert_cmpuint (easy[2].height, >, hard.height);
  g_assert_cmpint (node_candidates_compare (&hard, &easy[2]), >, 0);
  g_assert_cmpint (node_candidates_compare (&easy[2], &hard), <, 0);
  g_assert_cmpint (node_candidates_compare (&hard, &twin), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree/ancestor", test_ancestor);
  g_test_add_func ("/tree/fork", test_fork);
  g_test_add_func ("/tree/median-time-past", test_median_time_past);
  g_test_add_func ("/tree/better-tip", test_better_tip);
  g_test_add_func ("/tree/bip30-blocks", test_bip30_blocks);
  return g_test_run ();
}

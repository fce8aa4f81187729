#include "bitcoin/primitives/block.h"

#include <string.h>

#include "bitcoin/primitives/merkle.h"
#include "common/hex.h"

/* The genesis block of the main network. */
#define GENESIS                                                                                                        \
  "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc388" \
  "8a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c01010000000100000000000000000000000000000000000000000000000000000000" \
  "00"                                                                                                                 \
  "000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b" \
  "206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a671" \
  "30b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"

static void
test_genesis (void)
{
  g_autoptr (GBytes) bytes = common_hex_decode_bytes (GENESIS);
  g_autoptr (BtcBlock) block = btc_block_new (bytes);
  g_autoptr (BtcTx) tx = NULL;
  g_autofree char *hash = NULL;
  guint8 root32[32], header[BTC_HEADER_SIZE];
  gboolean mutated;

  g_assert_nonnull (block);
  hash = common_hex_encode_reversed (block->hash32, 32);
  g_assert_cmpstr (hash, ==, "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
  g_assert_cmpuint (block->n_txs, ==, 1);
  g_assert_cmpuint (block->n_inputs, ==, 1);
  g_assert_cmpuint (block->header_to_txs, ==, 81);
  g_assert_cmpuint (block->stripped_size, ==, 285);
  g_assert_cmpuint (btc_block_weight (block), ==, 4 * 285);
  g_assert_true (btc_tx_is_coinbase (&block->txs[0]));
  btc_block_merkle_root (block, root32, &mutated);
  g_assert_cmpmem (root32, 32, block->header.merkle_root32, 32);
  g_assert_false (mutated);
  btc_header_serialize (&block->header, header);
  g_assert_cmpmem (header, sizeof header, g_bytes_get_data (bytes, NULL), sizeof header);
  tx = btc_tx_dup (&block->txs[0]);
  g_assert_cmpmem (tx->txid32, 32, root32, 32);
}

static void
test_malformed (void)
{
  g_autoptr (GBytes) bytes = common_hex_decode_bytes (GENESIS);
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  g_autofree guint8 *longer = g_malloc0 (len + 1);
  g_autoptr (GBytes) trailing = NULL;
  g_autoptr (BtcBlock) none = NULL;

  for (gsize cut = 0; cut < len; cut++) {
    g_autoptr (GBytes) part = g_bytes_new (data, cut);

    g_assert_null (btc_block_new (part));
  }
  memcpy (longer, data, len);
  trailing = g_bytes_new (longer, len + 1);
  g_assert_null (btc_block_new (trailing));
  {
    g_autoptr (BtcBlock) prefix = btc_block_new_prefix (trailing);

    g_assert_nonnull (prefix);
    g_assert_true (g_bytes_equal (prefix->bytes, bytes));
    g_assert_cmpuint (btc_block_weight (prefix), ==, 4 * 285);
  }

  /* A count of transactions that is a lie, and none at all, which is for the rules to judge. */
  longer[80] = 2;
  {
    g_autoptr (GBytes) lie = g_bytes_new (longer, len);

    g_assert_null (btc_block_new (lie));
  }
  longer[80] = 0;
  {
    g_autoptr (GBytes) empty = g_bytes_new (longer, 81);

    none = btc_block_new (empty);
    g_assert_nonnull (none);
    g_assert_cmpuint (none->n_txs, ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/primitives/block/genesis", test_genesis);
  g_test_add_func ("/primitives/block/malformed", test_malformed);
  return g_test_run ();
}

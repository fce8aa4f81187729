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

  /* A wrong number of transactions; and none at all, which the parser accepts. */
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

static BtcTx *
make_tx (guint salt, gboolean with_witness)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, salt);
  BtcOutpoint prevout = { { 1 }, salt };
  guint8 item[40];

  memset (item, (int) salt, sizeof item);
  btc_tx_builder_add_in (builder, &prevout, BTC_SEQUENCE_FINAL);
  btc_tx_builder_set_script_sig (builder, 0, item, salt % sizeof item);
  prevout.n++;
  btc_tx_builder_add_in (builder, &prevout, 7);
  for (guint i = 0; i <= salt % 3; i++)
    btc_tx_builder_add_out (builder, 1000 + i, item, i * 10);
  if (with_witness)
    btc_tx_builder_set_witness (builder, 1, (BtcSpan[]){ { item, 5 }, { item, sizeof item } }, 2);
  return btc_tx_builder_finish (builder);
}

static void
assert_same_span (const BtcBlock *a, BtcSpan x, const BtcBlock *b, BtcSpan y)
{
  g_assert_cmpuint (x.len, ==, y.len);
  if (x.len > 0)
    g_assert_cmpint (x.data - (const guint8 *) g_bytes_get_data (a->bytes, NULL), ==,
                     y.data - (const guint8 *) g_bytes_get_data (b->bytes, NULL));
}

static void
assert_same_tx (const BtcBlock *a, const BtcTx *x, const BtcBlock *b, const BtcTx *y)
{
  assert_same_span (a, x->bytes, b, y->bytes);
  g_assert_cmpuint (x->version, ==, y->version);
  g_assert_cmpuint (x->locktime, ==, y->locktime);
  g_assert_cmpuint (x->stripped_size, ==, y->stripped_size);
  g_assert_cmpint (x->has_witness, ==, y->has_witness);
  g_assert_cmpmem (x->txid32, 32, y->txid32, 32);
  g_assert_cmpmem (x->wtxid32, 32, y->wtxid32, 32);
  g_assert_cmpuint (x->n_in, ==, y->n_in);
  g_assert_cmpuint (x->n_out, ==, y->n_out);
  for (guint i = 0; i < x->n_in; i++) {
    g_assert_true (btc_outpoint_equal (&x->in[i].prevout, &y->in[i].prevout));
    g_assert_cmpuint (x->in[i].sequence, ==, y->in[i].sequence);
    g_assert_cmpuint (x->in[i].witness_count, ==, y->in[i].witness_count);
    assert_same_span (a, x->in[i].script_sig, b, y->in[i].script_sig);
    assert_same_span (a, x->in[i].witness, b, y->in[i].witness);
  }
  for (guint i = 0; i < x->n_out; i++) {
    g_assert_cmpint (x->out[i].value_sat, ==, y->out[i].value_sat);
    assert_same_span (a, x->out[i].script, b, y->out[i].script);
  }
}

/* A block built from transactions equals the one parsed from its bytes. */
static void
test_from_txs (void)
{
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  BtcHeader header = { .version = 4, .time = 1700000000, .bits = 0x207fffff, .nonce = 9 };
  g_autoptr (BtcBlock) made = NULL, parsed = NULL, empty = NULL;

  for (guint i = 0; i < 300; i++)
    g_ptr_array_add (txs, make_tx (i, i % 2 == 1));
  made = btc_block_new_from_txs (&header, (const BtcTx *const *) txs->pdata, txs->len);
  g_assert_nonnull (made);
  parsed = btc_block_new (made->bytes);
  g_assert_nonnull (parsed);
  g_assert_cmpmem (made->hash32, 32, parsed->hash32, 32);
  g_assert_cmpuint (made->header.nonce, ==, 9);
  g_assert_cmpuint (made->n_txs, ==, parsed->n_txs);
  g_assert_cmpuint (made->n_inputs, ==, parsed->n_inputs);
  g_assert_cmpuint (made->stripped_size, ==, parsed->stripped_size);
  g_assert_cmpuint (made->header_to_txs, ==, parsed->header_to_txs);
  for (guint i = 0; i < txs->len; i++)
    assert_same_tx (made, &made->txs[i], parsed, &parsed->txs[i]);
  empty = btc_block_new_from_txs (&header, NULL, 0);
  g_assert_cmpuint (empty->n_txs, ==, 0);
  g_assert_cmpuint (g_bytes_get_size (empty->bytes), ==, BTC_HEADER_SIZE + 1);
}

/* Known transaction IDs are not computed again: a wrong one is kept, and changes the merkle root. */
static void
test_from_txs_keeps_ids (void)
{
  g_autoptr (BtcTx) tx = make_tx (1, TRUE);
  BtcTx other = *tx;
  const BtcTx *txs[] = { &other };
  BtcHeader header = { 0 };
  g_autoptr (BtcBlock) block = NULL;
  guint8 root32[32];
  gboolean mutated;

  memset (other.txid32, 0xab, 32);
  block = btc_block_new_from_txs (&header, txs, 1);
  g_assert_cmpmem (block->txs[0].txid32, 32, other.txid32, 32);
  g_assert_cmpmem (block->txs[0].wtxid32, 32, tx->wtxid32, 32);
  btc_block_merkle_root (block, root32, &mutated);
  g_assert_cmpmem (root32, 32, other.txid32, 32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/primitives/block/genesis", test_genesis);
  g_test_add_func ("/primitives/block/malformed", test_malformed);
  g_test_add_func ("/primitives/block/from-txs", test_from_txs);
  g_test_add_func ("/primitives/block/from-txs-keeps-ids", test_from_txs_keeps_ids);
  return g_test_run ();
}

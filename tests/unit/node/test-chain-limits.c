#include "chain_fixture.h"

#include "bitcoin/crypto/hash.h"
#include "bitcoin/script/script.h"

#include <string.h>

/* The limits of a block: one exactly at the limit is accepted, one that exceeds it by the smallest possible amount is
 * not. */

#define BASE 110
#define LAST ((BtcBlock *) g_ptr_array_index (blocks, BASE - 1))

typedef BtcBlock *(*Maker) (const BtcParams *params, GPtrArray *blocks, guint over);

static void
check_limit (Maker make, const char *reason)
{
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (BtcBlock) at = NULL, above = NULL;
  ChainFixture f;

  chain_fixture_init (&f, BTC_NETWORK_REGTEST);
  blocks = chain_blocks_new (f.params, BASE, 1);
  at = make (f.params, blocks, 0);
  above = make (f.params, blocks, 1);
  chain_fixture_open (&f);
  for (guint i = 0; i < blocks->len; i++)
    g_assert_cmpstr (chain_fixture_accept (&f, g_ptr_array_index (blocks, i)), ==, NULL);
  g_assert_cmpstr (chain_fixture_accept (&f, above), ==, reason);
  g_assert_true (chain_fixture_tip_is (&f, LAST));
  g_assert_cmpstr (chain_fixture_accept (&f, at), ==, NULL);
  g_assert_true (chain_fixture_tip_is (&f, at));
  chain_fixture_clear (&f);
}

/* A mature coin that anyone can spend. */
static const BtcTx *
mature (GPtrArray *blocks)
{
  return &((BtcBlock *) g_ptr_array_index (blocks, 10))->txs[0];
}

static BtcTxBuilder *
spend_of (const BtcTx *tx)
{
  BtcTxBuilder *builder = btc_tx_builder_new (2, 0);
  BtcOutpoint outpoint = { .n = 0 };

  memcpy (outpoint.txid32, tx->txid32, 32);
  btc_tx_builder_add_in (builder, &outpoint, BTC_SEQUENCE_FINAL);
  return builder;
}

/* An output with LEN times the byte FILL as its script. */
static void
add_filled (BtcTxBuilder *builder, guint8 fill, gsize len)
{
  g_autofree guint8 *script = g_malloc (len);

  memset (script, fill, len);
  btc_tx_builder_add_out (builder, 1000, script, len);
}

static BtcBlock *
block_of (const BtcParams *params, GPtrArray *blocks, BtcTxBuilder *first, BtcTxBuilder *second)
{
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);

  g_ptr_array_add (txs, btc_tx_builder_finish (first));
  if (second != NULL)
    g_ptr_array_add (txs, btc_tx_builder_finish (second));
  return chain_block_new (params, LAST, BASE + 1, 7, -1, txs);
}

/* 20,000 operations in outputs: single ones, and a multisignature of one key, which counts as twenty. */
static BtcBlock *
make_plain_sigops (const BtcParams *params, GPtrArray *blocks, guint over)
{
  static const guint8 bare[] = { BTC_OP_1, BTC_OP_0, BTC_OP_1, BTC_OP_CHECKMULTISIG };
  g_autoptr (BtcTxBuilder) builder = spend_of (mature (blocks));

  add_filled (builder, BTC_OP_CHECKSIG, 19980 + over);
  btc_tx_builder_add_out (builder, 1000, bare, sizeof bare);
  return block_of (params, blocks, builder, NULL);
}

#define N_REDEEMED 5
#define MULTISIGS 190

/* OP_TRUE, with 190 multisignatures in a branch that is not executed: 3,800 operations. */
static void
make_redeem_script (guint8 script[MULTISIGS + 4])
{
  memset (script, BTC_OP_CHECKMULTISIG, MULTISIGS + 4);
  script[0] = BTC_OP_1;
  script[1] = BTC_OP_0;
  script[2] = BTC_OP_IF;
  script[MULTISIGS + 3] = BTC_OP_ENDIF;
}

/* Five times 3,800 operations in P2SH, which cannot be counted without the coins, and 1,000 plain ones: a cost of
 * 80,000 in total. */
static BtcBlock *
make_hidden_sigops (const BtcParams *params, GPtrArray *blocks, guint over)
{
  g_autoptr (BtcTxBuilder) pays = spend_of (mature (blocks));
  g_autoptr (BtcTxBuilder) spends = btc_tx_builder_new (2, 0);
  g_autoptr (GByteArray) p2sh = g_byte_array_new (), push = g_byte_array_new ();
  g_autoptr (BtcTx) paid = NULL;
  guint8 redeem[MULTISIGS + 4], hash20[20];
  BtcOutpoint outpoint;

  make_redeem_script (redeem);
  btc_hash160 (redeem, sizeof redeem, hash20);
  btc_script_write_p2sh (p2sh, hash20);
  btc_script_write_push (push, redeem, sizeof redeem);
  for (guint i = 0; i < N_REDEEMED; i++)
    btc_tx_builder_add_out (pays, 100000, p2sh->data, p2sh->len);
  paid = btc_tx_builder_finish (pays);
  memcpy (outpoint.txid32, paid->txid32, 32);
  for (outpoint.n = 0; outpoint.n < N_REDEEMED; outpoint.n++) {
    btc_tx_builder_add_in (spends, &outpoint, BTC_SEQUENCE_FINAL);
    btc_tx_builder_set_script_sig (spends, outpoint.n, push->data, push->len);
  }
  add_filled (spends, BTC_OP_CHECKSIG, 1000 + over);
  return block_of (params, blocks, pays, spends);
}

/* A block of 1,000,000 bytes. */
static BtcBlock *
make_size (const BtcParams *params, GPtrArray *blocks, guint over)
{
  gsize len = 999000;

  for (;;) {
    g_autoptr (BtcTxBuilder) builder = spend_of (mature (blocks));
    g_autoptr (BtcBlock) block = NULL;

    add_filled (builder, BTC_OP_NOP, len);
    block = block_of (params, blocks, builder, NULL);
    if (block->stripped_size == 1000000 + over)
      return g_steal_pointer (&block);
    len += 1000000 + over - block->stripped_size;
  }
}

/* A block of weight 4,000,000: a spend of a witness program of an undefined version may have any witness. */
static BtcBlock *
make_weight (const BtcParams *params, GPtrArray *blocks, guint over)
{
  static const guint8 future[34] = { BTC_OP_2, 32, 1 };
  gsize len = 3990000;

  for (;;) {
    g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
    g_autoptr (BtcTxBuilder) pays = spend_of (mature (blocks));
    g_autoptr (BtcTxBuilder) spends = NULL;
    g_autoptr (BtcBlock) block = NULL;
    g_autofree guint8 *item = g_malloc0 (len);
    BtcSpan witness = { item, len };

    btc_tx_builder_add_out (pays, 100000, future, sizeof future);
    g_ptr_array_add (txs, btc_tx_builder_finish (pays));
    spends = spend_of (g_ptr_array_index (txs, 0));
    add_filled (spends, BTC_OP_NOP, 1);
    btc_tx_builder_set_witness (spends, 0, &witness, 1);
    g_ptr_array_add (txs, btc_tx_builder_finish (spends));
    block = chain_witness_block_new (params, LAST, BASE + 1, txs, (BtcSpan){ NULL, 0 });
    if (btc_block_weight (block) == 4000000 + over)
      return g_steal_pointer (&block);
    len += 4000000 + over - btc_block_weight (block);
  }
}

static void
test_limits (void)
{
  check_limit (make_plain_sigops, "bad-blk-sigops");
  check_limit (make_hidden_sigops, "bad-blk-sigops");
  check_limit (make_size, "bad-blk-length");
  check_limit (make_weight, "bad-blk-weight");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain-limits/limits", test_limits);
  return g_test_run ();
}

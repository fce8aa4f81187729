#include "bitcoin/consensus/block_check.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/merkle.h"
#include "bitcoin/script/script.h"

#include <string.h>

/* Describes a test block. */
typedef struct {
  guint32 height;
  guint n_spends;        /* transactions after the coinbase */
  gboolean repeat_last;  /* the last transaction occurs twice */
  gboolean commitment;   /* to the witness data */
  gboolean older;        /* preceded by a commitment to something else */
  gboolean reserved;     /* the coinbase has the witness reserved value */
  gboolean two_reserved; /* followed by another item */
  gboolean wrong_root;   /* of the witness merkle tree */
  gboolean wrong_merkle;
  const guint8 *solution; /* of signet, appended to the commitment */
  gsize solution_len;
  guint32 locktime; /* of the spends */
  gboolean before_csv;
} Recipe;

static void
write_commitment (const Recipe *recipe, GPtrArray *txs, GByteArray *script)
{
  g_autofree guint8 *leaves = g_malloc0 ((gsize) 32 * (txs->len + 1));
  guint8 both[64] = { 0 }, root32[32];
  static const guint8 start[] = { 0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed };

  for (guint i = 0; i < txs->len; i++)
    memcpy (leaves + 32 * (i + 1), ((BtcTx *) txs->pdata[i])->wtxid32, 32);
  btc_merkle_root (leaves, txs->len + 1, both, NULL);
  btc_sha256d (both, sizeof both, root32);
  root32[0] ^= recipe->wrong_root;
  btc_write_data (script, start, sizeof start);
  btc_write_data (script, root32, 32);
  if (recipe->solution != NULL)
    btc_script_write_push (script, recipe->solution, recipe->solution_len);
}

static BtcTx *
make_coinbase (const Recipe *recipe, GPtrArray *spends)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  g_autoptr (GByteArray) script = g_byte_array_new ();
  static const guint8 zero32[32] = { 0 };
  BtcSpan nonces[] = { { zero32, 32 }, { zero32, 32 } };
  BtcOutpoint nowhere = { { 0 }, G_MAXUINT32 };

  btc_script_write_number (script, recipe->height);
  btc_write_u8 (script, 0);
  btc_tx_builder_add_in (builder, &nowhere, BTC_SEQUENCE_FINAL);
  btc_tx_builder_set_script_sig (builder, 0, script->data, script->len);
  btc_tx_builder_add_out (builder, 50, NULL, 0);
  if (recipe->commitment) {
    g_byte_array_set_size (script, 0);
    write_commitment (recipe, spends, script);
    script->data[6] ^= 1;
    if (recipe->older)
      btc_tx_builder_add_out (builder, 0, script->data, script->len);
    script->data[6] ^= 1;
    btc_tx_builder_add_out (builder, 0, script->data, script->len);
  }
  if (recipe->reserved)
    btc_tx_builder_set_witness (builder, 0, nonces, recipe->two_reserved ? 2 : 1);
  return btc_tx_builder_finish (builder);
}

static BtcBlock *
make_block (const Recipe *recipe, const BtcParams *params)
{
  g_autoptr (GPtrArray) spends = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *leaves = g_malloc0 (32 * 64);
  g_autoptr (GBytes) all = NULL;
  BtcHeader header = { .version = 4, .time = 1700000000, .bits = btc_uint256_to_compact (&params->pow_limit) };
  guint8 header80[80], hash32[32];
  BtcVerdict verdict;
  guint n;

  for (guint i = 0; i < recipe->n_spends; i++) {
    g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, recipe->locktime);
    BtcOutpoint prevout = { { 1 }, i };

    btc_tx_builder_add_in (builder, &prevout, 0);
    btc_tx_builder_add_out (builder, 1, NULL, 0);
    g_ptr_array_add (spends, btc_tx_builder_finish (builder));
  }
  if (recipe->repeat_last)
    g_ptr_array_add (spends, btc_tx_ref (spends->pdata[spends->len - 1]));
  {
    g_autoptr (BtcTx) coinbase = make_coinbase (recipe, spends);

    memcpy (leaves, coinbase->txid32, 32);
    n = 1 + spends->len;
    for (guint i = 1; i < n; i++)
      memcpy (leaves + 32 * i, ((BtcTx *) spends->pdata[i - 1])->txid32, 32);
    btc_merkle_root (leaves, n, header.merkle_root32, NULL);
    header.merkle_root32[0] ^= recipe->wrong_merkle;
    do {
      header.nonce++;
      btc_header_hash (&header, hash32);
    } while (!btc_header_check_pow (&header, hash32, params, &verdict));
    btc_header_serialize (&header, header80);
    btc_write_data (bytes, header80, 80);
    btc_write_compact (bytes, n);
    btc_write_data (bytes, coinbase->bytes.data, coinbase->bytes.len);
  }
  for (guint i = 0; i < spends->len; i++)
    btc_write_data (bytes, ((BtcTx *) spends->pdata[i])->bytes.data, ((BtcTx *) spends->pdata[i])->bytes.len);
  all = g_bytes_new (bytes->data, bytes->len);
  return btc_block_new (all);
}

static const char *
check (const Recipe *recipe)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  g_autoptr (BtcBlock) block = make_block (recipe, params);
  BtcHeader before = { .time = 1699999999 };
  BtcPrevContext prev = { 6, &before, 1699999000, NULL, NULL };
  BtcVerdict verdict = { 0 };
  gboolean mutated;

  g_assert_nonnull (block);
  if (recipe->before_csv)
    params->buried_height[BTC_BURIED_CSV] = 8;
  mutated = btc_block_is_mutated (block, TRUE);
  if (!btc_block_check (block, params, &verdict) || !btc_block_check_contextual (block, &prev, params, &verdict)) {
    g_assert_true (mutated == (verdict.verdict == BTC_VERDICT_MUTATED));
    return verdict.reason;
  }
  g_assert_false (mutated);
  return "ok";
}

static void
test_rules (void)
{
  g_assert_cmpstr (check (&(Recipe){ .height = 7 }), ==, "ok");
  g_assert_cmpstr (check (&(Recipe){ .height = 7, .n_spends = 3 }), ==, "ok");
  g_assert_cmpstr (check (&(Recipe){ .height = 8 }), ==, "bad-cb-height");
  g_assert_cmpstr (check (&(Recipe){ .height = 7, .wrong_merkle = TRUE }), ==, "bad-txnmrklroot");
  /* CVE-2012-2459: the root is that of the block without the last transaction. */
  g_assert_cmpstr (check (&(Recipe){ .height = 7, .n_spends = 2, .repeat_last = TRUE }), ==, "bad-txns-duplicate");
  g_assert_cmpstr (check (&(Recipe){ .height = 7, .n_spends = 1, .locktime = 7 }), ==, "bad-txns-nonfinal");
  g_assert_cmpstr (check (&(Recipe){ .height = 7, .n_spends = 1, .locktime = 6 }), ==, "ok");
  /* BIP 113: lock times are compared with the median time past, not with the block's time. */
  g_assert_cmpstr (check (&(Recipe){ .height = 7, .n_spends = 1, .locktime = 1699999000 }), ==, "bad-txns-nonfinal");
  g_assert_cmpstr (check (&(Recipe){ .height = 7, .n_spends = 1, .locktime = 1699998999 }), ==, "ok");
  /* Before BIP 113 they were compared with the block's time. */
  g_assert_cmpstr (check (&(Recipe){ .height = 7, .n_spends = 1, .locktime = 1699999999, .before_csv = TRUE }), ==,
                   "ok");
  g_assert_cmpstr (check (&(Recipe){ .height = 7, .n_spends = 1, .locktime = 1700000000, .before_csv = TRUE }), ==,
                   "bad-txns-nonfinal");
}

static void
test_witness (void)
{
  Recipe recipe = { .height = 7, .n_spends = 1, .commitment = TRUE, .reserved = TRUE };

  g_assert_cmpstr (check (&recipe), ==, "ok");
  recipe.two_reserved = TRUE;
  g_assert_cmpstr (check (&recipe), ==, "bad-witness-nonce-size");
  recipe.two_reserved = FALSE;
  recipe.older = TRUE; /* the last one counts */
  g_assert_cmpstr (check (&recipe), ==, "ok");
  recipe.wrong_root = TRUE;
  g_assert_cmpstr (check (&recipe), ==, "bad-witness-merkle-match");
  recipe.reserved = FALSE;
  g_assert_cmpstr (check (&recipe), ==, "bad-witness-nonce-size");
  recipe.commitment = FALSE;
  recipe.reserved = TRUE;
  g_assert_cmpstr (check (&recipe), ==, "unexpected-witness");
}

/* The reserved value is added to a block that lacks it; the result equals a block that was built with it. */
static void
test_reserved_value (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  Recipe recipe = { .height = 7, .n_spends = 2, .commitment = TRUE };
  g_autoptr (BtcBlock) without = make_block (&recipe, params);
  g_autoptr (BtcBlock) filled = btc_block_new_with_reserved_value (without);
  g_autoptr (BtcBlock) with = NULL, plain = NULL;

  recipe.reserved = TRUE;
  with = make_block (&recipe, params);
  g_assert_nonnull (filled);
  g_assert_true (g_bytes_equal (filled->bytes, with->bytes));
  g_assert_null (btc_block_new_with_reserved_value (with));
  recipe.commitment = recipe.reserved = FALSE;
  plain = make_block (&recipe, params);
  g_assert_null (btc_block_new_with_reserved_value (plain));
}

static gboolean
signet_holds (const guint8 *challenge, gsize challenge_len, const guint8 *solution, gsize len)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_SIGNET);
  g_autoptr (BtcBlock) block = NULL;
  Recipe recipe = { .height = 7, .commitment = TRUE, .reserved = TRUE, .solution = solution, .solution_len = len };

  btc_params_set_signet_challenge (params, challenge, challenge_len);
  memset (&params->pow_limit, 0xff, sizeof params->pow_limit); /* no work for a test */
  params->pow_limit.limb[3] >>= 1;
  block = make_block (&recipe, params);
  return btc_signet_check (block, params);
}

static void
test_signet (void)
{
  static const guint8 anyone[] = { BTC_OP_1 };
  static const guint8 two[] = { BTC_OP_2, BTC_OP_EQUAL };
  static const guint8 good[] = { 0xec, 0xc7, 0xda, 0xa2, 1, BTC_OP_2, 0 };
  static const guint8 wrong[] = { 0xec, 0xc7, 0xda, 0xa2, 1, BTC_OP_3, 0 };
  static const guint8 trailing[] = { 0xec, 0xc7, 0xda, 0xa2, 1, BTC_OP_2, 0, 0 };
  static const guint8 cut[] = { 0xec, 0xc7, 0xda, 0xa2, 1, BTC_OP_2 };
  static const guint8 other[] = { 0xec, 0xc7, 0xda, 0xa3, 1, BTC_OP_2, 0 };

  g_assert_true (signet_holds (anyone, sizeof anyone, NULL, 0));
  g_assert_false (signet_holds (two, sizeof two, NULL, 0));
  g_assert_true (signet_holds (two, sizeof two, good, sizeof good));
  g_assert_false (signet_holds (two, sizeof two, wrong, sizeof wrong));
  g_assert_false (signet_holds (two, sizeof two, trailing, sizeof trailing));
  g_assert_false (signet_holds (two, sizeof two, cut, sizeof cut));
  g_assert_false (signet_holds (two, sizeof two, other, sizeof other));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-check/rules", test_rules);
  g_test_add_func ("/block-check/witness", test_witness);
  g_test_add_func ("/block-check/reserved-value", test_reserved_value);
  g_test_add_func ("/block-check/signet", test_signet);
  return g_test_run ();
}

#include "bitcoin/consensus/tx_check.h"
#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"

#include <string.h>

static void
add_in (BtcTxBuilder *builder, guint8 txid, guint32 n, guint32 sequence)
{
  BtcOutpoint prevout = { { 0 }, n };

  memset (prevout.txid32, txid, 32);
  btc_tx_builder_add_in (builder, &prevout, sequence);
}

static const char *
check (BtcTxBuilder *builder)
{
  g_autoptr (BtcTx) tx = btc_tx_builder_finish (builder);
  BtcVerdict verdict;

  g_assert_nonnull (tx);
  return btc_tx_check (tx, &verdict) ? "ok" : verdict.reason;
}

static void
test_values (void)
{
  static const struct {
    gint64 first, second;
    const char *reason;
  } cases[] = {
    { 0, 0, "ok" },
    { BTC_MAX_MONEY, 0, "ok" },
    { BTC_MAX_MONEY, 1, "bad-txns-txouttotal-toolarge" },
    { BTC_MAX_MONEY + 1, 0, "bad-txns-vout-toolarge" },
    { -1, 0, "bad-txns-vout-negative" },
    { G_MAXINT64, G_MAXINT64, "bad-txns-vout-toolarge" },
    { 9223372036854277039, 9223372036854277039, "bad-txns-vout-toolarge" }, /* CVE-2010-5139 */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (1, 0);

    add_in (builder, 1, 0, 0);
    btc_tx_builder_add_out (builder, cases[i].first, NULL, 0);
    btc_tx_builder_add_out (builder, cases[i].second, NULL, 0);
    g_assert_cmpstr (check (builder), ==, cases[i].reason);
  }
}

/* CVE-2018-17144, in both code paths that detect it. */
static void
test_duplicates (void)
{
  for (guint n = 2; n <= 40; n += 19) {
    g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (1, 0);

    btc_tx_builder_add_out (builder, 1, NULL, 0);
    for (guint i = 0; i < n; i++)
      add_in (builder, 1, i * 7919 % 41, 0);
    g_assert_cmpstr (check (builder), ==, "ok");
    add_in (builder, 1, 7919 % 41, 5);
    g_assert_cmpstr (check (builder), ==, "bad-txns-inputs-duplicate");
  }
}

static void
test_coinbase (void)
{
  guint8 script[101] = { 0 };
  static const struct {
    gsize len;
    const char *reason;
  } cases[] = { { 1, "bad-cb-length" }, { 2, "ok" }, { 100, "ok" }, { 101, "bad-cb-length" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (1, 0);

    add_in (builder, 0, G_MAXUINT32, 0);
    btc_tx_builder_set_script_sig (builder, 0, script, cases[i].len);
    btc_tx_builder_add_out (builder, 1, NULL, 0);
    g_assert_cmpstr (check (builder), ==, cases[i].reason);
    add_in (builder, 1, 1, 0);
    g_assert_cmpstr (check (builder), ==, "bad-txns-prevout-null");
  }
}

static void
test_inputs (void)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (1, 0);
  g_autoptr (BtcTx) tx = NULL;
  BtcCoin coins[2] = { { .out.value_sat = 60, .height = 10, .coinbase = TRUE }, { .out.value_sat = 50 } };
  BtcVerdict verdict;
  gint64 fee;

  add_in (builder, 1, 0, 0);
  add_in (builder, 1, 1, 0);
  btc_tx_builder_add_out (builder, 100, NULL, 0);
  tx = btc_tx_builder_finish (builder);
  g_assert_true (btc_tx_check_inputs (tx, coins, 110, &fee, &verdict));
  g_assert_cmpint (fee, ==, 10);
  g_assert_false (btc_tx_check_inputs (tx, coins, 109, &fee, &verdict));
  g_assert_cmpstr (verdict.reason, ==, "bad-txns-premature-spend-of-coinbase");
  g_assert_cmpstr (verdict.debug, ==, "tried to spend coinbase at depth 99");
  coins[1].out.value_sat = 39;
  g_assert_false (btc_tx_check_inputs (tx, coins, 110, &fee, &verdict));
  g_assert_cmpstr (verdict.reason, ==, "bad-txns-in-belowout");
  g_assert_cmpstr (verdict.debug, ==, "value in (0.00000099) < value out (0.000001)");
  coins[1].out.value_sat = BTC_MAX_MONEY;
  g_assert_false (btc_tx_check_inputs (tx, coins, 110, &fee, &verdict));
  g_assert_cmpstr (verdict.reason, ==, "bad-txns-inputvalues-outofrange");
}

static gboolean
is_final (guint32 locktime, guint32 sequence, guint32 height, gint64 time_s)
{
  BtcTxIn in = { .sequence = sequence };
  BtcTx tx = { .locktime = locktime, .n_in = 1, .in = &in };

  return btc_tx_is_final (&tx, height, time_s);
}

static void
test_final (void)
{
  g_assert_true (is_final (0, 0, 0, 0));
  g_assert_false (is_final (100, 0, 100, 0)); /* the last height at which it is not final */
  g_assert_true (is_final (100, 0, 101, 0));
  g_assert_true (is_final (100, BTC_SEQUENCE_FINAL, 100, 0));
  g_assert_false (is_final (500000000, 0, 600000000, 500000000)); /* seconds */
  g_assert_true (is_final (500000000, 0, 0, 500000001));
  g_assert_false (is_final (499999999, 0, 1, 2000000000)); /* a height */
}

static void
test_sequence_locks (void)
{
  BtcTxIn in[3] = { { .sequence = 10 }, { .sequence = 1u << 22 | 2 }, { .sequence = 1u << 31 | 500 } };
  BtcTx tx = { .version = 2, .n_in = 3, .in = in };
  const guint32 heights[] = { 100, 100, 100 };
  const gint64 mtp[] = { 1000, 2000, 3000 };
  gint64 min_height, min_time;

  btc_tx_sequence_locks (&tx, TRUE, heights, mtp, &min_height, &min_time);
  g_assert_cmpint (min_height, ==, 109);
  g_assert_cmpint (min_time, ==, 2000 + 2 * 512 - 1);
  btc_tx_sequence_locks (&tx, FALSE, heights, mtp, &min_height, &min_time);
  g_assert_cmpint (min_height, ==, -1);
  tx.version = 1;
  btc_tx_sequence_locks (&tx, TRUE, heights, mtp, &min_height, &min_time);
  g_assert_cmpint (min_time, ==, -1);
  tx.version = 0xffffffffu; /* unsigned: CVE-2024-34478 */
  btc_tx_sequence_locks (&tx, TRUE, heights, mtp, &min_height, &min_time);
  g_assert_cmpint (min_height, ==, 109);
}

/* Signature operations in scripts cost four each, also in a coinbase; those in a witness cost one. */
static void
test_sigop_cost (void)
{
  static const guint8 shown[] = { BTC_OP_CHECKSIG, BTC_OP_1, BTC_OP_CHECKMULTISIG };
  static const guint8 hidden[] = { BTC_OP_CHECKSIG, BTC_OP_1, BTC_OP_CHECKMULTISIG, BTC_OP_CHECKSIGVERIFY };
  static const guint8 program[34] = { BTC_OP_0, 32 };
  BtcTxOut spent = { 0, { program, sizeof program } };
  BtcSpan witness = { hidden, sizeof hidden };
  g_autoptr (BtcTxBuilder) coinbase = btc_tx_builder_new (1, 0), spend = btc_tx_builder_new (1, 0);
  g_autoptr (BtcTx) first = NULL, second = NULL;

  add_in (coinbase, 0, G_MAXUINT32, 0);
  btc_tx_builder_set_script_sig (coinbase, 0, shown, sizeof shown);
  btc_tx_builder_add_out (coinbase, 1, shown, sizeof shown);
  first = btc_tx_builder_finish (coinbase);
  g_assert_cmpuint (btc_tx_sigop_cost (first, NULL, BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS), ==, 4 * (21 + 21));
  add_in (spend, 1, 0, 0);
  btc_tx_builder_add_out (spend, 1, shown, sizeof shown);
  btc_tx_builder_set_witness (spend, 0, &witness, 1);
  second = btc_tx_builder_finish (spend);
  g_assert_cmpuint (btc_tx_sigop_cost (second, &spent, BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS), ==, 4 * 21 + 3);
  g_assert_cmpuint (btc_tx_sigop_cost (second, &spent, BTC_VERIFY_P2SH), ==, 4 * 21);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tx-check/values", test_values);
  g_test_add_func ("/tx-check/duplicates", test_duplicates);
  g_test_add_func ("/tx-check/coinbase", test_coinbase);
  g_test_add_func ("/tx-check/inputs", test_inputs);
  g_test_add_func ("/tx-check/sigop-cost", test_sigop_cost);
  g_test_add_func ("/locks/final", test_final);
  g_test_add_func ("/locks/sequence", test_sequence_locks);
  return g_test_run ();
}

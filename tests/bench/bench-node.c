#include "bitcoin/consensus/block_check.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/keys/privkey.h"
#include "bitcoin/keys/signer.h"
#include "bitcoin/primitives/merkle.h"
#include "bitcoin/script/script.h"
#include "node/chainstate/checks.h"
#include "node/store/coins.h"

#include <string.h>

/* Measurements of single parts, each run by its name: bench-node NAME ARGUMENT… prints one number. run-bench has the
 * names, arguments and units. */

#define ROUNDS 5

static double
seconds_since (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

static GBytes *
load (const char *path)
{
  char *data;
  gsize len;

  if (!g_file_get_contents (path, &data, &len, NULL))
    g_error ("%s cannot be read", path);
  return g_bytes_new_take (data, len);
}

/* Milliseconds to parse the block at PATH (with all IDs) and to run the checks that need no coins: the best of some
 * rounds. */
static double
bench_block (char **args)
{
  g_autoptr (GBytes) bytes = load (args[0]);
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_MAIN);
  double best = G_MAXDOUBLE;

  for (guint i = 0; i < 4 * ROUNDS; i++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (BtcBlock) block = btc_block_new (bytes);
    BtcVerdict verdict = { 0 };

    if (block == NULL || !btc_block_check (block, params, &verdict))
      g_error ("%s contains no block that passes the checks without coins", args[0]);
    best = MIN (best, seconds_since (start) * 1000);
  }
  return best;
}

/* Megabytes per second of SHA-256d over messages of 250 bytes, the size of transactions. */
static double
bench_txids (char **args)
{
  enum { LEN = 250, COUNT = 200000 };
  g_autofree guint8 *data = g_malloc0 (LEN);
  gint64 start = g_get_monotonic_time ();

  for (guint32 i = 0; i < COUNT; i++)
    btc_sha256d (data, LEN, data + i % 200);
  return (double) LEN * COUNT / 1e6 / seconds_since (start);
}

/* Million hashes per second in merkle trees of 4096 leaves. */
static double
bench_merkle (char **args)
{
  enum { COUNT = 4096, TREES = 100 };
  g_autofree guint8 *hashes = g_malloc (32 * COUNT);
  gint64 start = g_get_monotonic_time ();
  guint8 root32[32] = { 0 };
  gboolean mutated;

  for (guint tree = 0; tree < TREES; tree++) {
    for (guint32 i = 0; i < COUNT; i++) {
      memcpy (hashes + 32 * i, root32, 32);
      memcpy (hashes + 32 * i, &i, sizeof i);
    }
    btc_merkle_root (hashes, COUNT, root32, &mutated);
  }
  return (double) COUNT * TREES / 1e6 / seconds_since (start);
}

static BtcOutpoint
make_outpoint (guint32 number)
{
  BtcOutpoint outpoint = { .n = number & 1 };

  btc_sha256 ((const guint8 *) &number, sizeof number, outpoint.txid32);
  return outpoint;
}

/* Like the chain. */
static void
flush_if_needed (NodeCoins *coins, guint32 number)
{
  BtcOutpoint best = make_outpoint (number);
  gboolean good = TRUE;

  if (node_coins_needs_flush (coins)) {
    good = node_coins_flush_finish (coins, NULL)
           && (!node_coins_needs_flush (coins) || node_coins_flush (coins, best.txid32, FALSE, NULL));
  } else if (node_coins_flush_is_over (coins)) {
    good = node_coins_flush_finish (coins, NULL);
  } else if (node_coins_wants_flush (coins)) {
    good = node_coins_flush_begin (coins, best.txid32, NULL, NULL, NULL);
  }
  if (!good)
    g_error ("the coins cannot be written");
}

/* Thousand coins per second: ARGS[1] of them are added to an empty folder ARGS[0], then all are looked up and every
 * second one is spent, with a cache of ARGS[2] MiB. */
static double
bench_coins (char **args)
{
  guint32 count = (guint32) g_ascii_strtoull (args[1], NULL, 10);
  NodeCoinsOptions options = {
    .path = args[0],
    .db_cache_bytes = 8 << 20,
    .cache_bytes = (gsize) g_ascii_strtoull (args[2], NULL, 10) << 20,
    .wipe = TRUE,
  };
  g_autoptr (NodeCoins) coins = node_coins_open (&options, NULL);
  guint8 script[25] = { BTC_OP_DUP, BTC_OP_HASH160, 20, [23] = BTC_OP_EQUALVERIFY, [24] = BTC_OP_CHECKSIG };
  gint64 start = g_get_monotonic_time ();

  if (coins == NULL)
    g_error ("the coins cannot be opened");
  for (guint32 i = 0; i < count; i++) {
    BtcOutpoint outpoint = make_outpoint (i);
    BtcCoin coin = { .out = { 5000 + i, { script, sizeof script } }, .height = i / 1000 + 1 };

    memcpy (script + 3, outpoint.txid32, 20);
    node_coins_add (coins, &outpoint, &coin, FALSE);
    flush_if_needed (coins, i);
  }
  for (guint32 i = 0; i < count; i++) {
    BtcOutpoint outpoint = make_outpoint ((guint32) ((guint64) i * 2654435761u % count));
    BtcCoin coin;
    gboolean found;

    if (!node_coins_get (coins, &outpoint, &coin, &found, NULL))
      g_error ("a coin cannot be read");
    if (found && i % 2 == 0)
      node_coins_spend (coins, &outpoint);
    flush_if_needed (coins, i);
  }
  return 2.0 * count / 1000 / seconds_since (start);
}

/* A transaction of N_IN inputs that spend SPENT (filled in), each with a key of its own. */
static BtcTx *
make_signed (guint32 n_in, guint32 number, BtcTxOut *spent, guint8 (*scripts)[22])
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  g_autofree guint8 (*keys)[32] = g_malloc0 (32 * (gsize) n_in);
  g_autofree guint8 (*pubkeys)[65] = g_malloc (65 * (gsize) n_in);
  g_autoptr (BtcTx) bare = NULL;
  BtcSighashCache cache;

  for (guint32 in = 0; in < n_in; in++) {
    guint32 id = number * n_in + in;
    BtcOutpoint outpoint = make_outpoint (id);

    btc_sha256 (outpoint.txid32, 32, keys[in]);
    btc_privkey_get_pubkey (keys[in], TRUE, pubkeys[in]);
    scripts[in][0] = 0;
    scripts[in][1] = 20;
    btc_hash160 (pubkeys[in], 33, scripts[in] + 2);
    spent[in] = (BtcTxOut){ 10000, { scripts[in], 22 } };
    btc_tx_builder_add_in (builder, &outpoint, BTC_SEQUENCE_FINAL);
  }
  btc_tx_builder_add_out (builder, 9000, scripts[0], 22);
  bare = btc_tx_builder_finish (builder);
  btc_sighash_cache_init (&cache, bare, spent, TRUE);
  for (guint32 in = 0; in < n_in; in++) {
    guint8 code[25] = { BTC_OP_DUP, BTC_OP_HASH160, 20, [23] = BTC_OP_EQUALVERIFY, [24] = BTC_OP_CHECKSIG };
    guint8 hash32[32], signature[73];
    BtcSpan items[2] = { { signature, 0 }, { pubkeys[in], 33 } };

    memcpy (code + 3, scripts[in] + 2, 20);
    btc_sighash_witness_v0 (&cache, in, (BtcSpan){ code, sizeof code }, 10000, BTC_SIGHASH_ALL, hash32);
    items[0].len = btc_signer_ecdsa (keys[in], hash32, signature);
    signature[items[0].len++] = BTC_SIGHASH_ALL;
    btc_tx_builder_set_witness (builder, in, items, 2);
  }
  return btc_tx_builder_finish (builder);
}

/* Inputs per second on all processors; each has a signature and a key of its own. */
static double
bench_scripts (char **args)
{
  enum { TXS = 50, INPUTS = 100 };
  g_autofree BtcTxOut *spent = g_new (BtcTxOut, TXS * INPUTS);
  g_autofree guint8 (*scripts)[22] = g_malloc (22 * (gsize) TXS * INPUTS);
  g_autoptr (NodeChecks) checks = node_checks_new (g_get_num_processors () - 1);
  BtcTx *txs[TXS];
  double best = 0;

  for (guint32 i = 0; i < TXS; i++)
    txs[i] = make_signed (INPUTS, i, spent + i * INPUTS, scripts + i * INPUTS);
  for (guint round = 0; round < ROUNDS; round++) {
    gint64 start = g_get_monotonic_time ();
    NodeCheckBatch *batch
        = node_checks_begin (checks, TXS, TXS * INPUTS, BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS | BTC_VERIFY_DERSIG, NULL);
    for (guint32 i = 0; i < TXS; i++)
      node_checks_add (batch, txs[i], spent + i * INPUTS);
    if (!node_checks_finish (batch, FALSE, NULL))
      g_error ("a valid signature was rejected");
    best = MAX (best, TXS * INPUTS / seconds_since (start));
  }
  for (guint32 i = 0; i < TXS; i++)
    btc_tx_unref (txs[i]);
  return best;
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    int n_args;
    double (*run) (char **args);
  } parts[] = {
    { "block", 1, bench_block }, { "txids", 0, bench_txids },     { "merkle", 0, bench_merkle },
    { "coins", 3, bench_coins }, { "scripts", 0, bench_scripts },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (argc >= 2 && g_str_equal (argv[1], parts[i].name) && argc == 2 + parts[i].n_args) {
      g_print ("%.3f\n", parts[i].run (argv + 2));
      return 0;
    }
  g_printerr ("bench-node block FILE | txids | merkle | coins FOLDER COUNT MIB | scripts\n");
  return 2;
}

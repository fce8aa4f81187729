/* sighash*.json: [transaction, script code, input, hash type, hash] of the original algorithm;
 * bip341*.json and bip-0341*.json: BIP 341's hashes of a transaction, including the intermediate ones. */
#include "support.h"

#include "common/hex.h"

#include <string.h>

static void
run_legacy (const RpcJson *json)
{
  g_autoptr (GByteArray) bytes = vectors_hex (rpc_json_string (rpc_json_at (json, 0)));
  g_autoptr (GByteArray) script = vectors_hex (rpc_json_string (rpc_json_at (json, 1)));
  g_autoptr (BtcTx) tx = btc_tx_new (bytes->data, bytes->len, TRUE);
  guint8 hash32[32];
  g_autofree char *hash = NULL;
  gint64 in, type;

  g_assert_nonnull (tx);
  g_assert_true (rpc_json_int (rpc_json_at (json, 2), &in) && rpc_json_int (rpc_json_at (json, 3), &type));
  btc_sighash_legacy (tx, in, (BtcSpan){ script->data, script->len }, (guint32) type, hash32);
  hash = common_hex_encode_reversed (hash32, 32);
  vectors_check (strcmp (hash, rpc_json_string (rpc_json_at (json, 4))) == 0, "transaction %s: got %s",
                 rpc_json_string (rpc_json_at (json, 0)), hash);
}

static void
expect_hash (const RpcJson *object, const char *name, const guint8 hash32[32])
{
  g_autofree char *hex = common_hex_encode (hash32, 32);

  vectors_check (g_strcmp0 (hex, rpc_json_string (rpc_json_get (object, name))) == 0, "%s: got %s", name, hex);
}

static void
run_key_path (const RpcJson *json)
{
  const RpcJson *given = rpc_json_get (json, "given");
  const RpcJson *spent = rpc_json_get (given, "utxosSpent");
  const RpcJson *middle = rpc_json_get (json, "intermediary");
  const RpcJson *inputs = rpc_json_get (json, "inputSpending");
  g_autoptr (GByteArray) bytes = vectors_hex (rpc_json_string (rpc_json_get (given, "rawUnsignedTx")));
  g_autoptr (BtcTx) tx = btc_tx_new (bytes->data, bytes->len, TRUE);
  g_autoptr (GPtrArray) scripts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  g_autofree BtcTxOut *outputs = g_new0 (BtcTxOut, rpc_json_len (spent));
  BtcSighashCache cache;

  g_assert_nonnull (tx);
  for (gsize i = 0; i < rpc_json_len (spent); i++) {
    const RpcJson *one = rpc_json_at (spent, i);
    GByteArray *script = vectors_hex (rpc_json_string (rpc_json_get (one, "scriptPubKey")));

    g_ptr_array_add (scripts, script);
    outputs[i].script = (BtcSpan){ script->data, script->len };
    g_assert_true (rpc_json_int (rpc_json_get (one, "amountSats"), &outputs[i].value_sat));
  }
  btc_sighash_cache_init (&cache, tx, outputs, TRUE);
  expect_hash (middle, "hashAmounts", cache.amounts_sha32);
  expect_hash (middle, "hashOutputs", cache.outputs_sha32);
  expect_hash (middle, "hashPrevouts", cache.prevouts_sha32);
  expect_hash (middle, "hashScriptPubkeys", cache.scripts_sha32);
  expect_hash (middle, "hashSequences", cache.sequences_sha32);
  for (gsize i = 0; i < rpc_json_len (inputs); i++) {
    const RpcJson *one = rpc_json_at (inputs, i);
    gint64 in, type;
    guint8 hash32[32];

    g_assert_true (rpc_json_int (rpc_json_get (rpc_json_get (one, "given"), "txinIndex"), &in));
    g_assert_true (rpc_json_int (rpc_json_get (rpc_json_get (one, "given"), "hashType"), &type));
    vectors_check (btc_sighash_taproot (&cache, in, type, NULL, NULL, 0, hash32), "input %d", (int) in);
    expect_hash (rpc_json_get (one, "intermediary"), "sigHash", hash32);
  }
}

static guint
run_taproot_files (const char *subfolder, const char *pattern)
{
  g_autoptr (GPtrArray) paths = vectors_find (subfolder, pattern);

  for (guint i = 0; i < paths->len; i++) {
    g_autoptr (RpcJson) json = vectors_load_json (paths->pdata[i]);
    const RpcJson *spending = rpc_json_get (json, "keyPathSpending");

    for (gsize j = 0; j < rpc_json_len (spending); j++)
      run_key_path (rpc_json_at (spending, j));
  }
  return paths->len;
}

int
main (void)
{
  g_autoptr (GPtrArray) paths = vectors_find ("core", "sighash*.json");
  guint n_taproot, n_legacy = 0;

  for (guint i = 0; i < paths->len; i++) {
    g_autoptr (RpcJson) json = vectors_load_json (paths->pdata[i]);

    for (gsize j = 0; j < rpc_json_len (json); j++)
      if (rpc_json_len (rpc_json_at (json, j)) > 1) {
        run_legacy (rpc_json_at (json, j));
        n_legacy++;
      }
  }
  n_taproot = run_taproot_files ("core", "bip341*.json") + run_taproot_files ("bips", "bip-0341*.json");
  if (paths->len + n_taproot == 0)
    return vectors_skip ("core", "sighash*.json");
  g_print ("%u original hashes, %u files of BIP 341\n", n_legacy, n_taproot);
  return vectors_finish ("sighash_tests");
}

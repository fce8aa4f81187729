/* script_tests*.json: [[witness…, amount]?, scriptSig, scriptPubKey, flags, error, comment?], each run with its flags,
 * and then with fewer flags if it passes, or more if it fails. */
#include "support.h"

#include "bitcoin/crypto/hash.h"
#include "bitcoin/script/script.h"

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <string.h>

#define RANDOM_FLAGS_PER_TEST 256

/* The internal key of taproot outputs that the vectors do not contain: the x coordinate of the curve's generator. */
static const char internal_key[] = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

typedef struct {
  GPtrArray *witness; /* GByteArray */
  gint64 value_sat;
  guint8 taproot_output32[32];
} Case;

/* A tree of one leaf. Sets the output key of TEST and returns the control block. */
static GByteArray *
make_control_block (Case *test, const GByteArray *script)
{
  g_autoptr (GByteArray) key = vectors_hex (internal_key);
  g_autoptr (GByteArray) leaf = g_byte_array_new ();
  GByteArray *control = g_byte_array_new ();
  guint8 tweak_data[64], tweak32[32];
  secp256k1_xonly_pubkey xonly;
  secp256k1_pubkey output;
  int parity;

  btc_write_u8 (leaf, 0xc0);
  btc_write_bytes (leaf, script->data, script->len);
  memcpy (tweak_data, key->data, 32);
  btc_tagged_hash ("TapLeaf", leaf->data, leaf->len, tweak_data + 32);
  btc_tagged_hash ("TapTweak", tweak_data, sizeof tweak_data, tweak32);
  g_assert_true (secp256k1_xonly_pubkey_parse (secp256k1_context_static, &xonly, key->data));
  g_assert_true (secp256k1_xonly_pubkey_tweak_add (secp256k1_context_static, &output, &xonly, tweak32));
  g_assert_true (secp256k1_xonly_pubkey_from_pubkey (secp256k1_context_static, &xonly, &parity, &output));
  secp256k1_xonly_pubkey_serialize (secp256k1_context_static, test->taproot_output32, &xonly);
  btc_write_u8 (control, 0xc0 | parity);
  g_byte_array_append (control, key->data, key->len);
  return control;
}

static void
read_witness (Case *test, const RpcJson *json)
{
  gsize n = rpc_json_len (json) - 1;

  for (gsize i = 0; i < n; i++) {
    const char *text = rpc_json_string (rpc_json_at (json, i));

    if (g_str_has_prefix (text, "#SCRIPT#"))
      g_ptr_array_add (test->witness, vectors_parse_script (text + strlen ("#SCRIPT#")));
    else if (strcmp (text, "#CONTROLBLOCK#") == 0)
      g_ptr_array_add (test->witness, make_control_block (test, test->witness->pdata[test->witness->len - 1]));
    else
      g_ptr_array_add (test->witness, vectors_hex (text));
  }
  g_assert_true (rpc_json_amount (rpc_json_at (json, n), &test->value_sat));
}

static GByteArray *
parse_output (const Case *test, const char *text)
{
  GByteArray *script;

  if (strcmp (text, "0x51 0x20 #TAPROOTOUTPUT#") != 0)
    return vectors_parse_script (text);
  script = g_byte_array_new ();
  btc_script_write_witness (script, 1, test->taproot_output32, 32);
  return script;
}

/* The transaction that pays to SCRIPT, and the one that spends it. */
static BtcTx *
make_spend (const Case *test, const GByteArray *script_sig, const GByteArray *script)
{
  g_autoptr (BtcTxBuilder) credit = btc_tx_builder_new (1, 0);
  g_autoptr (BtcTxBuilder) spend = btc_tx_builder_new (1, 0);
  g_autoptr (BtcTx) credit_tx = NULL;
  g_autofree BtcSpan *items = g_new0 (BtcSpan, test->witness->len + 1);
  BtcOutpoint prevout = { { 0 }, G_MAXUINT32 };
  static const guint8 two_zeros[] = { BTC_OP_0, BTC_OP_0 };

  btc_tx_builder_add_in (credit, &prevout, BTC_SEQUENCE_FINAL);
  btc_tx_builder_set_script_sig (credit, 0, two_zeros, sizeof two_zeros);
  btc_tx_builder_add_out (credit, test->value_sat, script->data, script->len);
  credit_tx = btc_tx_builder_finish (credit);
  memcpy (prevout.txid32, credit_tx->txid32, 32);
  prevout.n = 0;
  btc_tx_builder_add_in (spend, &prevout, BTC_SEQUENCE_FINAL);
  btc_tx_builder_set_script_sig (spend, 0, script_sig->data, script_sig->len);
  for (guint i = 0; i < test->witness->len; i++) {
    const GByteArray *item = test->witness->pdata[i];

    items[i] = (BtcSpan){ item->data, item->len };
  }
  btc_tx_builder_set_witness (spend, 0, items, test->witness->len);
  btc_tx_builder_add_out (spend, test->value_sat, NULL, 0);
  return btc_tx_builder_finish (spend);
}

static void
run_case (const RpcJson *json, GRand *random)
{
  g_autofree char *text = rpc_json_write (json, 0);
  g_autoptr (GPtrArray) witness = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  g_autoptr (GByteArray) script_sig = NULL;
  g_autoptr (GByteArray) script = NULL;
  g_autoptr (BtcTx) tx = NULL;
  Case test = { .witness = witness };
  BtcTxOut spent;
  BtcSighashCache cache;
  BtcVerifyFlags flags;
  BtcScriptError error;
  const char *expected;
  gboolean passes;
  gsize at = 0;

  if (rpc_json_type (rpc_json_at (json, 0)) == RPC_JSON_ARRAY)
    read_witness (&test, rpc_json_at (json, at++));
  script_sig = vectors_parse_script (rpc_json_string (rpc_json_at (json, at++)));
  script = parse_output (&test, rpc_json_string (rpc_json_at (json, at++)));
  flags = vectors_parse_flags (rpc_json_string (rpc_json_at (json, at++)));
  expected = rpc_json_string (rpc_json_at (json, at++));
  flags = flags & BTC_VERIFY_CLEANSTACK ? vectors_fill_flags (flags) : flags;
  tx = make_spend (&test, script_sig, script);
  spent = (BtcTxOut){ test.value_sat, { script->data, script->len } };
  btc_sighash_cache_init (&cache, tx, &spent, FALSE);
  error = btc_script_verify (&cache, 0, spent.script, spent.value_sat, flags, NULL);
  vectors_check (strcmp (btc_script_error_name (error), expected) == 0, "%s: got %s", text,
                 btc_script_error_name (error));
  passes = strcmp (expected, "OK") == 0;
  for (guint i = 0; i < RANDOM_FLAGS_PER_TEST; i++) {
    BtcVerifyFlags extra = g_rand_int (random) & BTC_VERIFY_ALL;
    BtcVerifyFlags combined = passes ? flags & ~extra : flags | extra;

    if (vectors_fill_flags (combined) != combined)
      continue;
    error = btc_script_verify (&cache, 0, spent.script, spent.value_sat, combined, NULL);
    vectors_check ((error == BTC_SCRIPT_ERR_OK) == passes, "%s: with flags %x", text, combined);
  }
}

int
main (void)
{
  g_autoptr (GPtrArray) paths = vectors_find ("core", "script_tests*.json");
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint n_cases = 0;

  if (paths->len == 0)
    return vectors_skip ("core", "script_tests*.json");
  for (guint i = 0; i < paths->len; i++) {
    g_autoptr (RpcJson) json = vectors_load_json (paths->pdata[i]);

    for (gsize j = 0; j < rpc_json_len (json); j++)
      if (rpc_json_len (rpc_json_at (json, j)) > 1) { /* the others are comments */
        run_case (rpc_json_at (json, j), random);
        n_cases++;
      }
  }
  g_print ("%u scripts\n", n_cases);
  return vectors_finish ("script_tests");
}

#include "bitcoin/keys/signer.h"

#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>
#include <string.h>

#include "bitcoin/descriptor/descriptor.h"
#include "bitcoin/keys/privkey.h"
#include "bitcoin/script/interpreter.h"
#include "bitcoin/script/script.h"
#include "bitcoin/script/sighash.h"
#include "common/hex.h"

static CommonSecret *
secret_from_hex (const char *hex)
{
  CommonSecret *secret = common_secret_new (NULL, 32);

  g_assert_true (common_hex_decode (hex, secret->data, 32));
  return secret;
}

static BtcTx *
tx_from_hex (const char *hex)
{
  g_autoptr (GBytes) bytes = common_hex_decode_bytes (hex);
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return btc_tx_new (data, len, TRUE);
}

/* Private keys as hex, one per input; NULL for none. */
static CommonSecret *
key_from_list (gpointer data, guint32 in, BtcSpan script, gboolean *compressed)
{
  const char **keys = data;

  return keys[in] != NULL ? secret_from_hex (keys[in]) : NULL;
}

/* The P2SH-P2WPKH example of BIP 143: exact bytes, as nonces are deterministic. */
static void
test_p2sh_p2wpkh (void)
{
  g_autoptr (BtcTx) tx
      = tx_from_hex ("0100000001db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a547701000000"
                     "00feffffff02b8b4eb0b000000001976a914a457b684d7f0d539a46a45bbc043f35b59d0d96388ac0"
                     "008af2f000000001976a914fd270b1ee6abcaea97fea7ad0402e8bd8ad6d77c88ac92040000");
  g_autoptr (GBytes) script = common_hex_decode_bytes ("a9144733f37cf4db86fbc2efed2500b4f4e49f31202387");
  BtcTxOut spent = { .value_sat = 1000000000 };
  const char *keys[] = { "eb696a065ef48a2192da5b28b694f87544b30fae8327c4510137a922f32c6dcf" };
  g_autoptr (BtcTx) signed_tx = NULL;
  g_autofree char *hex = NULL;
  gboolean done = FALSE;

  spent.script.data = g_bytes_get_data (script, &spent.script.len);
  signed_tx = btc_signer_sign_tx (tx, &spent, 0, key_from_list, keys, &done);
  hex = common_hex_encode (signed_tx->bytes.data, signed_tx->bytes.len);
  g_assert_true (done);
  g_assert_cmpstr (hex, ==,
                   "01000000000101db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a5477010000001716001479091"
                   "972186c449eb1ded2"
                   "2b78e40d009bdf0089feffffff02b8b4eb0b000000001976a914a457b684d7f0d539a46a45bbc043f35b59d0d96388ac000"
                   "8af2f0000000019"
                   "76a914fd270b1ee6abcaea97fea7ad0402e8bd8ad6d77c88ac02473044022047ac8e878352d3ebbde1c94ce3a10d057c241"
                   "75747116f8288e5"
                   "d794d12d482f0220217f36a485cae903c713331d877c1f64677e3622ad4010726870540656fe9dcb012103ad1d8e89212f0"
                   "b92c74d23bb710c"
                   "00662ad1470198ac48c43f7d6f93a2a2687392040000");
}

#define KEY_A "0101010101010101010101010101010101010101010101010101010101010101"
#define KEY_B "0202020202020202020202020202020202020202020202020202020202020202"

static void
check_taproot_signature (const BtcTx *tx, const BtcTxOut *spent, guint32 in, guint8 hash_type, const guint8 *output32)
{
  BtcSighashCache cache;
  BtcSpan signature = btc_tx_in_witness_item (&tx->in[in], 0);
  secp256k1_xonly_pubkey key;
  guint8 hash32[32];

  g_assert_cmpuint (signature.len, ==, hash_type == 0 ? 64 : 65);
  btc_sighash_cache_init (&cache, tx, spent, TRUE);
  g_assert_true (btc_sighash_taproot (&cache, in, hash_type, NULL, NULL, G_MAXUINT32, hash32));
  g_assert_true (secp256k1_xonly_pubkey_parse (secp256k1_context_static, &key, output32));
  g_assert_true (secp256k1_schnorrsig_verify (secp256k1_context_static, signature.data, hash32, 32, &key));
}

static void
test_taproot (void)
{
  g_autoptr (CommonSecret) secret = secret_from_hex (KEY_A);
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  g_autoptr (GByteArray) script = g_byte_array_new ();
  g_autoptr (BtcTx) tx = NULL;
  BtcOutpoint prevout = { .n = 1 };
  guint8 pubkey[65], output32[32];
  BtcTxOut spent[2];

  btc_privkey_get_pubkey (secret->data, TRUE, pubkey);
  g_assert_true (btc_taproot_output_key (pubkey + 1, NULL, output32, NULL));
  btc_script_write_witness (script, 1, output32, 32);
  btc_tx_builder_add_in (builder, &prevout, 1);
  prevout.n = 2;
  btc_tx_builder_add_in (builder, &prevout, 2);
  btc_tx_builder_add_out (builder, 1000, script->data, script->len);
  tx = btc_tx_builder_finish (builder);
  spent[0] = spent[1] = (BtcTxOut){ 2000, { script->data, script->len } };

  for (guint type = 0; type <= 1; type++) {
    const char *keys[] = { KEY_A, KEY_B };
    gboolean done[2];
    g_autoptr (BtcTx) signed_tx = btc_signer_sign_tx (tx, spent, (guint8) type, key_from_list, keys, done);

    g_assert_true (done[0]);
    g_assert_false (done[1]); /* another key than the script's */
    g_assert_cmpuint (signed_tx->in[1].witness_count, ==, 0);
    check_taproot_signature (signed_tx, spent, 0, (guint8) type, output32);
  }
  {
    const char *keys[] = { KEY_A, KEY_A };
    gboolean done[2];
    g_autoptr (BtcTx) signed_tx = btc_signer_sign_tx (tx, spent, BTC_SIGHASH_SINGLE, key_from_list, keys, done);

    g_assert_true (done[0]);
    g_assert_false (done[1]); /* no output with that index */
    g_assert_nonnull (signed_tx);
  }
}

/* Signatures for every type of output pass the interpreter under all standard flags, with every hash type. */
static void
test_interpreter (void)
{
  static const char *const descriptors[] = { "pk(%s)", "pkh(%s)", "wpkh(%s)", "sh(wpkh(%s))", "tr(%s)" };
  static const guint8 types[] = { 0, BTC_SIGHASH_ALL, BTC_SIGHASH_NONE | BTC_SIGHASH_ANYONECANPAY, BTC_SIGHASH_SINGLE };
  g_autoptr (CommonSecret) secret = secret_from_hex (KEY_A);
  guint8 pubkey[65];
  gsize pubkey_len = btc_privkey_get_pubkey (secret->data, TRUE, pubkey);
  g_autofree char *pubkey_hex = common_hex_encode (pubkey, pubkey_len);
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  g_autoptr (BtcTx) tx = NULL;
  BtcExpansion expansion[G_N_ELEMENTS (descriptors)];
  BtcTxOut spent[G_N_ELEMENTS (descriptors)];
  const char *keys[G_N_ELEMENTS (descriptors)];

  for (guint i = 0; i < G_N_ELEMENTS (descriptors); i++) {
    GString *text = g_string_new (descriptors[i]);
    g_autofree char *full = NULL;
    g_autoptr (BtcDescriptor) descriptor = NULL;
    BtcOutpoint prevout = { .n = i };

    g_string_replace (text, "%s", pubkey_hex, 1);
    full = g_string_free (text, FALSE);
    descriptor = btc_descriptor_parse (full, BTC_NETWORK_MAIN, FALSE, NULL);
    g_assert_true (btc_descriptor_expand (descriptor, 0, &expansion[i]));
    spent[i].value_sat = 1000 + i;
    spent[i].script.data = g_bytes_get_data (expansion[i].script, &spent[i].script.len);
    keys[i] = KEY_A;
    btc_tx_builder_add_in (builder, &prevout, 7);
    btc_tx_builder_add_out (builder, 900, spent[i].script.data, spent[i].script.len);
  }
  tx = btc_tx_builder_finish (builder);

  for (guint t = 0; t < G_N_ELEMENTS (types); t++) {
    gboolean done[G_N_ELEMENTS (descriptors)];
    g_autoptr (BtcTx) signed_tx = btc_signer_sign_tx (tx, spent, types[t], key_from_list, keys, done);
    BtcSighashCache cache;

    btc_sighash_cache_init (&cache, signed_tx, spent, FALSE);
    for (guint32 i = 0; i < G_N_ELEMENTS (descriptors); i++) {
      g_assert_true (done[i]);
      g_assert_cmpint (btc_script_verify (&cache, i, spent[i].script, spent[i].value_sat, BTC_VERIFY_STANDARD, NULL),
                       ==, BTC_SCRIPT_ERR_OK);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (descriptors); i++)
    btc_expansion_clear (&expansion[i]);
}

/* R and S take at most 32 bytes, for any message. */
static void
test_low_r (void)
{
  g_autoptr (CommonSecret) secret = secret_from_hex (KEY_B);
  guint8 hash32[32] = { 0 }, out[72];

  for (guint i = 0; i < 64; i++) {
    hash32[0] = (guint8) i;
    g_assert_cmpuint (btc_signer_ecdsa (secret->data, hash32, out), <=, 70);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/signer/p2sh-p2wpkh", test_p2sh_p2wpkh);
  g_test_add_func ("/keys/signer/taproot", test_taproot);
  g_test_add_func ("/keys/signer/interpreter", test_interpreter);
  g_test_add_func ("/keys/signer/low-r", test_low_r);
  return g_test_run ();
}

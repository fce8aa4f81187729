#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>
#include <stdio.h>
#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/descriptor/descriptor.h"
#include "bitcoin/keys/privkey.h"
#include "bitcoin/keys/signer.h"
#include "bitcoin/script/script.h"
#include "bitcoin/script/sighash.h"
#include "support.h"

/* The bytes of an optional hex string of 32 bytes; NULL where it is null. */
static const guint8 *
hash_or_null (const RpcJson *json, GBytes **keep)
{
  if (rpc_json_type (json) == RPC_JSON_NULL)
    return NULL;
  *keep = vectors_bytes (json);
  g_assert_cmpuint (g_bytes_get_size (*keep), ==, 32);
  return g_bytes_get_data (*keep, NULL);
}

static void
assert_hex (const guint8 *data, gsize len, const RpcJson *expected)
{
  g_autoptr (GBytes) bytes = vectors_bytes (expected);

  g_assert_cmpmem (data, len, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
check_script (RpcJson *one)
{
  RpcJson *between = rpc_json_get (one, "intermediary");
  RpcJson *expected = rpc_json_get (one, "expected");
  g_autoptr (GBytes) internal = vectors_bytes (rpc_json_get (rpc_json_get (one, "given"), "internalPubkey"));
  g_autoptr (GBytes) root = NULL;
  const guint8 *root32 = hash_or_null (rpc_json_get (between, "merkleRoot"), &root);
  g_autoptr (GByteArray) script = g_byte_array_new ();
  g_autofree char *address = NULL;
  guint8 output32[32];

  g_assert_true (btc_taproot_output_key (g_bytes_get_data (internal, NULL), root32, output32, NULL));
  assert_hex (output32, 32, rpc_json_get (between, "tweakedPubkey"));
  btc_script_write_witness (script, 1, output32, 32);
  assert_hex (script->data, script->len, rpc_json_get (expected, "scriptPubKey"));
  address = btc_address_encode ((BtcSpan){ script->data, script->len }, BTC_NETWORK_MAIN);
  g_assert_cmpstr (address, ==, rpc_json_string (rpc_json_get (expected, "bip350Address")));
}

static void
assert_signature (const guint8 *signature, const guint8 hash32[32], BtcSpan script)
{
  secp256k1_xonly_pubkey key;

  g_assert_true (secp256k1_xonly_pubkey_parse (secp256k1_context_static, &key, script.data + 2));
  g_assert_true (secp256k1_schnorrsig_verify (secp256k1_context_static, signature, hash32, 32, &key));
}

static void
check_input (RpcJson *one, const BtcTx *tx, const BtcTxOut *spent)
{
  RpcJson *given = rpc_json_get (one, "given");
  RpcJson *between = rpc_json_get (one, "intermediary");
  g_autoptr (GBytes) private = vectors_bytes (rpc_json_get (given, "internalPrivkey"));
  g_autoptr (GBytes) witness
      = vectors_bytes (rpc_json_at (rpc_json_get (rpc_json_get (one, "expected"), "witness"), 0));
  g_autoptr (GBytes) root = NULL;
  const guint8 *root32 = hash_or_null (rpc_json_get (given, "merkleRoot"), &root);
  const guint8 *key32 = g_bytes_get_data (private, NULL);
  guint8 hash32[32], pubkey[65], signature[64];
  BtcSighashCache cache;
  gint64 in, hash_type;

  g_assert_true (rpc_json_int (rpc_json_get (given, "txinIndex"), &in));
  g_assert_true (rpc_json_int (rpc_json_get (given, "hashType"), &hash_type));
  btc_privkey_get_pubkey (key32, TRUE, pubkey);
  assert_hex (pubkey + 1, 32, rpc_json_get (between, "internalPubkey"));

  btc_sighash_cache_init (&cache, tx, spent, TRUE);
  g_assert_true (btc_sighash_taproot (&cache, (guint32) in, (guint8) hash_type, NULL, NULL, G_MAXUINT32, hash32));
  assert_hex (hash32, 32, rpc_json_get (between, "sigHash"));
  assert_signature (g_bytes_get_data (witness, NULL), hash32, spent[in].script);

  g_assert_true (btc_signer_schnorr (key32, root32 != NULL ? BTC_SCHNORR_TAPROOT_TREE : BTC_SCHNORR_TAPROOT_NO_TREE,
                                     root32, hash32, signature));
  assert_signature (signature, hash32, spent[in].script);
}

static gsize
check_spending (RpcJson *one)
{
  RpcJson *given = rpc_json_get (one, "given");
  RpcJson *outputs = rpc_json_get (given, "utxosSpent");
  RpcJson *inputs = rpc_json_get (one, "inputSpending");
  g_autoptr (GBytes) bytes = vectors_bytes (rpc_json_get (given, "rawUnsignedTx"));
  g_autoptr (BtcTx) tx = btc_tx_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), TRUE);
  gsize n = rpc_json_len (outputs);
  g_autofree BtcTxOut *spent = g_new0 (BtcTxOut, n);
  g_autoptr (GPtrArray) scripts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_assert_cmpuint (tx->n_in, ==, n);
  for (gsize i = 0; i < n; i++) {
    GBytes *script = vectors_bytes (rpc_json_get (rpc_json_at (outputs, i), "scriptPubKey"));

    g_ptr_array_add (scripts, script);
    spent[i].script.data = g_bytes_get_data (script, &spent[i].script.len);
    g_assert_true (rpc_json_int (rpc_json_get (rpc_json_at (outputs, i), "amountSats"), &spent[i].value_sat));
  }
  for (gsize i = 0; i < rpc_json_len (inputs); i++)
    check_input (rpc_json_at (inputs, i), tx, spent);
  return rpc_json_len (inputs);
}

int
main (void)
{
  g_autoptr (RpcJson) json = vectors_open_json ("core", "bip341_wallet_vectors.json");
  RpcJson *scripts = rpc_json_get (json, "scriptPubKey");
  RpcJson *spending = rpc_json_get (json, "keyPathSpending");
  gsize n_inputs = 0;

  for (gsize i = 0; i < rpc_json_len (scripts); i++)
    check_script (rpc_json_at (scripts, i));
  for (gsize i = 0; i < rpc_json_len (spending); i++)
    n_inputs += check_spending (rpc_json_at (spending, i));
  printf ("%" G_GSIZE_FORMAT " scripts, %" G_GSIZE_FORMAT " inputs\n", rpc_json_len (scripts), n_inputs);
  return rpc_json_len (scripts) > 0 && n_inputs > 0 ? 0 : 1;
}

/* Rules in which other implementations have differed from the reference. */
#include "bitcoin/crypto/hash.h"
#include "bitcoin/script/interpreter.h"
#include "bitcoin/script/script.h"
#include "bitcoin/script/signature_encoding.h"
#include "common/hex.h"

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <string.h>

typedef struct {
  guint32 version;
  guint32 locktime;
  guint32 sequence;
  const char *script_sig;
  const char *script;
  const char *const *witness; /* hex, NULL-terminated */
} Spend;

static GByteArray *
hex (const char *text)
{
  return g_bytes_unref_to_array (common_hex_decode_bytes (text != NULL ? text : ""));
}

static BtcScriptError
verify (const Spend *spend, BtcVerifyFlags flags)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (spend->version, spend->locktime);
  g_autoptr (GByteArray) script_sig = hex (spend->script_sig);
  g_autoptr (GByteArray) script = hex (spend->script);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (BtcSpan));
  g_autoptr (BtcTx) tx = NULL;
  BtcOutpoint prevout = { { 1 }, 0 };
  BtcTxOut spent = { 1000, { script->data, script->len } };
  BtcSighashCache cache;

  btc_tx_builder_add_in (builder, &prevout, spend->sequence);
  btc_tx_builder_set_script_sig (builder, 0, script_sig->data, script_sig->len);
  for (guint i = 0; spend->witness != NULL && spend->witness[i] != NULL; i++) {
    GByteArray *item = hex (spend->witness[i]);
    BtcSpan span = { item->data, item->len };

    g_ptr_array_add (kept, item);
    g_array_append_val (items, span);
  }
  if (items->len > 0)
    btc_tx_builder_set_witness (builder, 0, (const BtcSpan *) (gpointer) items->data, items->len);
  btc_tx_builder_add_out (builder, 1000, NULL, 0);
  tx = btc_tx_builder_finish (builder);
  btc_sighash_cache_init (&cache, tx, &spent, FALSE);
  return btc_script_verify (&cache, 0, spent.script, spent.value_sat, flags, NULL);
}

static BtcScriptError
run (const char *script_sig, const char *script)
{
  Spend spend = { 1, 0, BTC_SEQUENCE_FINAL, script_sig, script, NULL };

  return verify (&spend, BTC_VERIFY_NONE);
}

static void
test_values (void)
{
  g_assert_cmpint (run ("", "0180"), ==, BTC_SCRIPT_ERR_EVAL_FALSE);     /* negative zero */
  g_assert_cmpint (run ("", "03000080"), ==, BTC_SCRIPT_ERR_EVAL_FALSE); /* a longer one */
  g_assert_cmpint (run ("", "03008000"), ==, BTC_SCRIPT_ERR_OK);         /* 0x80 is not the last byte */
  g_assert_cmpint (run ("", "0400000080"
                            "91"),
                   ==, BTC_SCRIPT_ERR_OK); /* NOT of four bytes */
  g_assert_cmpint (run ("", "050000000000"
                            "92"),
                   ==, BTC_SCRIPT_ERR_SCRIPTNUM); /* 0NOTEQUAL of five */
  g_assert_cmpint (run ("", "03aabbcc"
                            "82"
                            "53"
                            "88"),
                   ==, BTC_SCRIPT_ERR_OK); /* SIZE does not pop its operand */
  g_assert_cmpint (run ("", "51525377"
                            "53"
                            "88"),
                   ==, BTC_SCRIPT_ERR_OK); /* NIP */
  g_assert_cmpint (run ("", "51525354"
                            "53"
                            "7a"
                            "51"
                            "88"),
                   ==, BTC_SCRIPT_ERR_OK); /* ROLL */
  g_assert_cmpint (run ("", "51525354"
                            "72"
                            "52"
                            "88"
                            "51"
                            "88"),
                   ==, BTC_SCRIPT_ERR_OK); /* 2SWAP */
  g_assert_cmpint (run ("", "515253545556"
                            "71"
                            "52"
                            "88"
                            "51"
                            "88"
                            "56"
                            "88"),
                   ==, BTC_SCRIPT_ERR_OK); /* 2ROT */
  g_assert_cmpint (run ("", "5152"
                            "7d"
                            "52"
                            "88"
                            "51"
                            "88"),
                   ==, BTC_SCRIPT_ERR_OK); /* TUCK */
}

static void
test_structure (void)
{
  g_assert_cmpint (run ("", "51"
                            "4e05000000"),
                   ==, BTC_SCRIPT_ERR_BAD_OPCODE); /* a truncated push */
  g_assert_cmpint (run ("", "00"
                            "63"
                            "65"
                            "68"
                            "51"),
                   ==, BTC_SCRIPT_ERR_BAD_OPCODE); /* VERIF fails even where it is not executed */
  g_assert_cmpint (run ("", "00"
                            "63"
                            "62"
                            "68"
                            "51"),
                   ==, BTC_SCRIPT_ERR_OK); /* VER where it is not executed */
  g_assert_cmpint (run ("", "00"
                            "63"
                            "7e"
                            "68"
                            "51"),
                   ==, BTC_SCRIPT_ERR_DISABLED_OPCODE);
  g_assert_cmpint (run ("51", "63"
                              "67"
                              "00"
                              "67"
                              "51"
                              "68"
                              "51"),
                   ==, BTC_SCRIPT_ERR_OK); /* two ELSEs */
  g_assert_cmpint (run ("63", "51"
                              "68"),
                   ==, BTC_SCRIPT_ERR_INVALID_STACK_OPERATION); /* no IF across scripts */
  g_assert_cmpint (run ("5163", "5168"), ==, BTC_SCRIPT_ERR_UNBALANCED_CONDITIONAL);
  g_assert_cmpint (run ("51"
                        "6b",
                        "6c"),
                   ==, BTC_SCRIPT_ERR_INVALID_ALTSTACK_OPERATION);                /* no altstack across scripts */
  g_assert_cmpint (run ("51", "ac"), ==, BTC_SCRIPT_ERR_INVALID_STACK_OPERATION); /* CHECKSIG with one value */
  g_assert_cmpint (run ("00", "00"
                              "5f5f93"
                              "ae"),
                   ==, BTC_SCRIPT_ERR_PUBKEY_COUNT); /* 30 keys are too many */
  g_assert_cmpint (run ("00", "00"
                              "00"
                              "ae"),
                   ==, BTC_SCRIPT_ERR_OK); /* 0 of 0 */
  g_assert_cmpint (run ("", "00"
                            "00"
                            "ae"),
                   ==, BTC_SCRIPT_ERR_INVALID_STACK_OPERATION); /* the dummy element is missing */
}

/* Policy rejects OP_CODESEPARATOR before segwit, even where it is not executed. */
static void
test_const_script_code (void)
{
  Spend spend = { 1, 0, BTC_SEQUENCE_FINAL, "", "0063ab6851", NULL };
  Spend runs = { 1, 0, BTC_SEQUENCE_FINAL, "", "ab51", NULL };

  g_assert_cmpint (verify (&spend, BTC_VERIFY_NONE), ==, BTC_SCRIPT_ERR_OK);
  g_assert_cmpint (verify (&runs, BTC_VERIFY_NONE), ==, BTC_SCRIPT_ERR_OK);
  g_assert_cmpint (verify (&spend, BTC_VERIFY_CONST_SCRIPTCODE), ==, BTC_SCRIPT_ERR_OP_CODESEPARATOR);
  g_assert_cmpint (verify (&runs, BTC_VERIFY_CONST_SCRIPTCODE), ==, BTC_SCRIPT_ERR_OP_CODESEPARATOR);
}

static void
test_locks_are_unsigned (void)
{
  /* The version is a large number, not a negative one. */
  Spend spend = { 0x80000000u,
                  0,
                  5,
                  "",
                  "55"
                  "b2",
                  NULL };

  g_assert_cmpint (verify (&spend, BTC_VERIFY_CHECKSEQUENCEVERIFY), ==, BTC_SCRIPT_ERR_OK);
  spend.version = 1;
  g_assert_cmpint (verify (&spend, BTC_VERIFY_CHECKSEQUENCEVERIFY), ==, BTC_SCRIPT_ERR_UNSATISFIED_LOCKTIME);
  spend.script = "05ffffffff00"
                 "b1"; /* lock times may have five bytes */
  spend.locktime = 0xffffffffu;
  g_assert_cmpint (verify (&spend, BTC_VERIFY_CHECKLOCKTIMEVERIFY), ==, BTC_SCRIPT_ERR_OK);
  spend.sequence = BTC_SEQUENCE_FINAL;
  g_assert_cmpint (verify (&spend, BTC_VERIFY_CHECKLOCKTIMEVERIFY), ==, BTC_SCRIPT_ERR_UNSATISFIED_LOCKTIME);
}

static void
test_witness (void)
{
  static const char *const one[] = { "51", NULL };
  const BtcVerifyFlags flags = BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS | BTC_VERIFY_TAPROOT;
  const BtcVerifyFlags wary = flags | BTC_VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM;
  Spend spend = { 2, 0, 0, "", "51024e73", NULL };

  g_assert_cmpint (verify (&spend, wary), ==, BTC_SCRIPT_ERR_OK); /* pay to anchor */
  spend.script = "52024e73";
  g_assert_cmpint (verify (&spend, flags), ==, BTC_SCRIPT_ERR_OK); /* anyone can spend it */
  g_assert_cmpint (verify (&spend, wary), ==, BTC_SCRIPT_ERR_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM);
  spend.script = "51";
  spend.witness = one;
  g_assert_cmpint (verify (&spend, flags), ==, BTC_SCRIPT_ERR_WITNESS_UNEXPECTED);
  g_assert_cmpint (verify (&spend, BTC_VERIFY_P2SH), ==, BTC_SCRIPT_ERR_OK);
  spend.script = "0003aabbcc";
  g_assert_cmpint (verify (&spend, flags), ==, BTC_SCRIPT_ERR_WITNESS_PROGRAM_WRONG_LENGTH);
  /* SHA256 of 51: the script OP_1. */
  spend.script = "00204ae81572f06e1b88fd5ced7a1a000945432e83e1551e6f721ee9c00b8cc33260";
  g_assert_cmpint (verify (&spend, flags), ==, BTC_SCRIPT_ERR_OK);
  spend.script_sig = "00";
  g_assert_cmpint (verify (&spend, flags), ==, BTC_SCRIPT_ERR_WITNESS_MALLEATED);
  spend.script_sig = "";
  spend.witness = NULL;
  g_assert_cmpint (verify (&spend, flags), ==, BTC_SCRIPT_ERR_WITNESS_PROGRAM_WITNESS_EMPTY);
}

/* No version 0 script can drop a thousand stack items with its 201 operations, and none may exceed the stack limit. */
static void
test_large_witness (void)
{
  static const guint counts[] = { 999, 1000, 1001, 1063, 1064, 1065, 1066, 1200 };
  const BtcVerifyFlags flags = BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS;
  g_autofree const char **items = g_new0 (const char *, 1300);
  g_autofree char *script_hex = g_strnfill (2 * 201, '6');
  g_autoptr (GByteArray) script = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *program = NULL;
  guint8 hash32[32];
  Spend spend = { 2, 0, 0, "", NULL, items };

  for (guint i = 0; i < 201; i++)
    script_hex[2 * i + 1] = 'd'; /* 2DROP */
  script = hex (script_hex);
  btc_sha256 (script->data, script->len, hash32);
  hash = common_hex_encode (hash32, 32);
  program = g_strconcat ("0020", hash, NULL);
  spend.script = program;
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    for (guint j = 0; j < counts[i]; j++)
      items[j] = "";
    items[counts[i]] = script_hex;
    items[counts[i] + 1] = NULL;
    /* 1001 and 1002 items are within the limit after the first operation has popped two. */
    g_assert_cmpint (verify (&spend, flags), ==,
                     counts[i] <= 1002 ? BTC_SCRIPT_ERR_CLEANSTACK : BTC_SCRIPT_ERR_STACK_SIZE);
  }
}

/* With far too many items the first operation still determines the error. */
static void
test_first_operation (void)
{
  static const struct {
    const char *script;
    BtcScriptError error;
  } cases[] = {
    { "", BTC_SCRIPT_ERR_CLEANSTACK },     { "50", BTC_SCRIPT_ERR_BAD_OPCODE },
    { "6a", BTC_SCRIPT_ERR_OP_RETURN },    { "7e", BTC_SCRIPT_ERR_DISABLED_OPCODE },
    { "4c05", BTC_SCRIPT_ERR_BAD_OPCODE }, { "ae", BTC_SCRIPT_ERR_STACK_SIZE },
    { "69", BTC_SCRIPT_ERR_VERIFY },       { "6a", BTC_SCRIPT_ERR_OP_RETURN },
    { "79", BTC_SCRIPT_ERR_STACK_SIZE },   { "6c", BTC_SCRIPT_ERR_INVALID_ALTSTACK_OPERATION },
  };
  const BtcVerifyFlags flags = BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS;
  g_autofree const char **items = g_new0 (const char *, 1300);
  Spend spend = { 2, 0, 0, "", NULL, items };

  for (guint i = 0; i < 1200; i++)
    items[i] = "";
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) script = hex (cases[i].script);
    g_autofree char *hash = NULL;
    g_autofree char *program = NULL;
    guint8 hash32[32];

    btc_sha256 (script->data, script->len, hash32);
    hash = common_hex_encode (hash32, 32);
    program = g_strconcat ("0020", hash, NULL);
    spend.script = program;
    items[1200] = cases[i].script;
    g_assert_cmpint (verify (&spend, flags), ==, cases[i].error);
  }
  /* PICK and ROLL reach the bottom of the stack, but not below it. */
  {
    static const char *const depths[] = { "027f04", "02ae04", "02af04", "02b004", "0181" };
    static const BtcScriptError errors[]
        = { BTC_SCRIPT_ERR_STACK_SIZE, BTC_SCRIPT_ERR_STACK_SIZE, BTC_SCRIPT_ERR_INVALID_STACK_OPERATION,
            BTC_SCRIPT_ERR_INVALID_STACK_OPERATION, BTC_SCRIPT_ERR_INVALID_STACK_OPERATION };
    guint8 hash32[32];
    g_autoptr (GByteArray) script = hex ("79");
    g_autofree char *hash = NULL;
    g_autofree char *program = NULL;

    btc_sha256 (script->data, script->len, hash32);
    hash = common_hex_encode (hash32, 32);
    program = g_strconcat ("0020", hash, NULL);
    spend.script = program;
    items[1200] = "79";
    for (guint i = 0; i < G_N_ELEMENTS (depths); i++) {
      items[1199] = depths[i] + 2;
      g_assert_cmpint (verify (&spend, flags), ==, errors[i]);
    }
  }
}

/* Tapscript has no operation limit, so a thousand items can be dropped; one more exceeds the initial stack limit. */
static BtcScriptError
spend_tapscript (guint n_items, const char *script_hex)
{
  static const char internal_hex[] = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
  const BtcVerifyFlags flags = BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS | BTC_VERIFY_TAPROOT;
  g_autofree const char **items = g_new0 (const char *, n_items + 3);
  g_autoptr (GByteArray) script = hex (script_hex);
  g_autoptr (GByteArray) internal = hex (internal_hex);
  g_autoptr (GByteArray) leaf = g_byte_array_new ();
  g_autofree char *control = NULL;
  g_autofree char *program = NULL;
  g_autofree char *output_hex = NULL;
  guint8 tweaked[64], tweak32[32], output32[32];
  secp256k1_xonly_pubkey xonly;
  secp256k1_pubkey output;
  int parity;
  Spend spend = { 2, 0, 0, "", NULL, items };

  btc_write_u8 (leaf, 0xc0);
  btc_write_bytes (leaf, script->data, script->len);
  memcpy (tweaked, internal->data, 32);
  btc_tagged_hash ("TapLeaf", leaf->data, leaf->len, tweaked + 32);
  btc_tagged_hash ("TapTweak", tweaked, sizeof tweaked, tweak32);
  g_assert_true (secp256k1_xonly_pubkey_parse (secp256k1_context_static, &xonly, internal->data));
  g_assert_true (secp256k1_xonly_pubkey_tweak_add (secp256k1_context_static, &output, &xonly, tweak32));
  g_assert_true (secp256k1_xonly_pubkey_from_pubkey (secp256k1_context_static, &xonly, &parity, &output));
  secp256k1_xonly_pubkey_serialize (secp256k1_context_static, output32, &xonly);
  output_hex = common_hex_encode (output32, 32);
  control = g_strconcat (parity ? "c1" : "c0", internal_hex, NULL);
  program = g_strconcat ("5120", output_hex, NULL);
  for (guint i = 0; i < n_items; i++)
    items[i] = "";
  items[n_items] = script_hex;
  items[n_items + 1] = control;
  spend.script = program;
  return verify (&spend, flags);
}

static void
test_tapscript_stack (void)
{
  g_autoptr (GString) script = g_string_new ("");

  /* With a thousand items even one push is too many. */
  g_assert_cmpint (spend_tapscript (1000, "51"), ==, BTC_SCRIPT_ERR_STACK_SIZE);
  for (guint i = 0; i < 500; i++)
    g_string_append (script, "6d");
  g_string_append (script, "51");
  g_assert_cmpint (spend_tapscript (1000, script->str), ==, BTC_SCRIPT_ERR_OK);
  g_assert_cmpint (spend_tapscript (1001, script->str), ==, BTC_SCRIPT_ERR_STACK_SIZE);
  g_assert_cmpint (spend_tapscript (999, script->str), ==, BTC_SCRIPT_ERR_INVALID_STACK_OPERATION);
  /* OP_SUCCESS takes precedence over every limit, but not over an earlier opcode that cannot be decoded. */
  g_assert_cmpint (spend_tapscript (1001, "50"), ==, BTC_SCRIPT_ERR_OK);
  g_assert_cmpint (spend_tapscript (0, "4c50"), ==, BTC_SCRIPT_ERR_BAD_OPCODE);
  g_assert_cmpint (spend_tapscript (0, "504c"), ==, BTC_SCRIPT_ERR_OK);
}

/* A script that ends in the middle of an operation fails, but a signature may be checked before that. The script code
 * it commits to then has the length of the whole script, and its bytes up to where decoding stopped. */
static void
test_truncated_script_code (void)
{
  static const struct {
    const char *code;
    const char *hashed; /* with the length */
  } cases[] = {
    { "ac", "01ac" },
    { "ac050102", "04ac05" },
    { "acabac050102", "05acac05" },
    { "ac4c", "02ac4c" },
    { "ac4c030102", "05ac4c03" },
    { "ac4d03", "03ac4d" },
    { "ac4d030001", "05ac4d0300" },
    { "ac4e030000", "05ac4e" },
    { "ac4e0400000001abab", "09ac4e04000000" },
    { "abac0501ab", "04ac05" },
  };
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  g_autoptr (BtcTx) tx = NULL;
  BtcOutpoint prevout = { { 1 }, 0 };

  btc_tx_builder_add_in (builder, &prevout, 5);
  btc_tx_builder_add_out (builder, 1000, NULL, 0);
  tx = btc_tx_builder_finish (builder);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) code = hex (cases[i].code);
    g_autoptr (GByteArray) hashed = hex (cases[i].hashed);
    g_autoptr (GByteArray) preimage = g_byte_array_new ();
    guint8 hash32[32], expected32[32];

    btc_write_u32 (preimage, 2);
    btc_write_compact (preimage, 1);
    btc_write_data (preimage, prevout.txid32, 32);
    btc_write_u32 (preimage, 0);
    btc_write_data (preimage, hashed->data, hashed->len);
    btc_write_u32 (preimage, 5);
    btc_write_compact (preimage, 1);
    btc_write_u64 (preimage, 1000);
    btc_write_compact (preimage, 0);
    btc_write_u32 (preimage, 0);
    btc_write_u32 (preimage, BTC_SIGHASH_ALL);
    btc_sha256d (preimage->data, preimage->len, expected32);
    btc_sighash_legacy (tx, 0, (BtcSpan){ code->data, code->len }, BTC_SIGHASH_ALL, hash32);
    g_assert_cmpmem (hash32, 32, expected32, 32);
  }
}

/* Signs with the private key KEY; returns the DER signature followed by HASH_TYPE. */
static GByteArray *
sign_with (guint8 key, const BtcTx *tx, BtcSpan code, guint32 hash_type)
{
  secp256k1_context *context = secp256k1_context_create (SECP256K1_CONTEXT_NONE);
  guint8 key32[32] = { [31] = key }, hash32[32], der[72], type = hash_type;
  gsize len = sizeof der;
  secp256k1_ecdsa_signature signature;
  GByteArray *bytes = g_byte_array_new ();

  btc_sighash_legacy (tx, 0, code, hash_type, hash32);
  g_assert_true (secp256k1_ecdsa_sign (context, &signature, hash32, key32, NULL, NULL));
  g_assert_true (secp256k1_ecdsa_signature_serialize_der (context, der, &len, &signature));
  g_byte_array_append (bytes, der, len);
  g_byte_array_append (bytes, &type, 1);
  secp256k1_context_destroy (context);
  return bytes;
}

static GByteArray *
sign (const BtcTx *tx, BtcSpan code, guint32 hash_type)
{
  return sign_with (1, tx, code, hash_type);
}

static const char key_one[] = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

static BtcTx *
make_unsigned (guint n_out)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (1, 0);
  BtcOutpoint prevout = { { 7 }, 3 };

  btc_tx_builder_add_in (builder, &prevout, 0);
  for (guint i = 0; i < n_out; i++)
    btc_tx_builder_add_out (builder, 5, NULL, 0);
  return btc_tx_builder_finish (builder);
}

static BtcScriptError
verify_signed (const BtcTx *tx, const GByteArray *script_sig, const GByteArray *script, BtcVerifyFlags flags)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new_from_tx (tx);
  g_autoptr (BtcTx) complete = NULL;
  BtcSighashCache cache;

  btc_tx_builder_set_script_sig (builder, 0, script_sig->data, script_sig->len);
  complete = btc_tx_builder_finish (builder);
  btc_sighash_cache_init (&cache, complete, NULL, FALSE);
  return btc_script_verify (&cache, 0, (BtcSpan){ script->data, script->len }, 0, flags, NULL);
}

static GByteArray *
p2pk_script (void)
{
  g_autoptr (GByteArray) key = hex (key_one);
  GByteArray *script = g_byte_array_new ();

  btc_script_write_push (script, key->data, key->len);
  btc_write_u8 (script, BTC_OP_CHECKSIG);
  return script;
}

/* Undefined hash types are valid before taproot: the low five bits select the mode, and the whole byte is hashed. */
static void
test_hash_types (void)
{
  static const guint8 types[] = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x1f, 0x41, 0x62, 0x80, 0x81, 0x82, 0x83, 0xff };
  g_autoptr (GByteArray) script = p2pk_script ();

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (BtcTx) tx = make_unsigned (1);
    g_autoptr (GByteArray) signature = sign (tx, (BtcSpan){ script->data, script->len }, types[i]);
    g_autoptr (GByteArray) script_sig = g_byte_array_new ();

    btc_script_write_push (script_sig, signature->data, signature->len);
    g_assert_cmpint (verify_signed (tx, script_sig, script, BTC_VERIFY_DERSIG), ==, BTC_SCRIPT_ERR_OK);
    /* Another type gives another hash. */
    script_sig->data[script_sig->len - 1] ^= 0x20;
    g_assert_cmpint (verify_signed (tx, script_sig, script, BTC_VERIFY_DERSIG), ==, BTC_SCRIPT_ERR_EVAL_FALSE);
  }
}

static void
test_single_without_output (void)
{
  guint8 one32[32] = { 1 };
  guint8 hash32[32];
  g_autoptr (GByteArray) script = p2pk_script ();
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (1, 0);
  g_autoptr (BtcTx) tx = NULL;
  BtcOutpoint prevout = { { 7 }, 3 };

  btc_tx_builder_add_in (builder, &prevout, 0);
  prevout.n = 4;
  btc_tx_builder_add_in (builder, &prevout, 0);
  btc_tx_builder_add_out (builder, 5, NULL, 0);
  tx = btc_tx_builder_finish (builder);
  btc_sighash_legacy (tx, 1, (BtcSpan){ script->data, script->len }, 0x03, hash32);
  g_assert_cmpmem (hash32, 32, one32, 32);
  btc_sighash_legacy (tx, 1, (BtcSpan){ script->data, script->len }, 0x83, hash32);
  g_assert_cmpmem (hash32, 32, one32, 32);
  btc_sighash_legacy (tx, 0, (BtcSpan){ script->data, script->len }, 0x03, hash32);
  g_assert_true (memcmp (hash32, one32, 32) != 0);
}

/* A signature in the script that it signs is removed before hashing, but only where its exact push occurs. */
static void
test_find_and_delete (void)
{
  g_autoptr (BtcTx) tx = make_unsigned (1);
  g_autoptr (GByteArray) rest = g_byte_array_new ();
  g_autoptr (GByteArray) tail = p2pk_script ();
  g_autoptr (GByteArray) script = g_byte_array_new ();
  g_autoptr (GByteArray) other = g_byte_array_new ();
  g_autoptr (GByteArray) script_sig = g_byte_array_new ();
  g_autoptr (GByteArray) signature = NULL;

  btc_write_u8 (rest, BTC_OP_DROP);
  btc_write_data (rest, tail->data, tail->len);
  signature = sign (tx, (BtcSpan){ rest->data, rest->len }, 1);
  btc_script_write_push (script_sig, signature->data, signature->len);
  btc_script_write_push (script, signature->data, signature->len);
  btc_write_data (script, rest->data, rest->len);
  g_assert_cmpint (verify_signed (tx, script_sig, script, BTC_VERIFY_DERSIG), ==, BTC_SCRIPT_ERR_OK);
  g_assert_cmpint (verify_signed (tx, script_sig, script, BTC_VERIFY_CONST_SCRIPTCODE), ==,
                   BTC_SCRIPT_ERR_SIG_FINDANDDELETE);
  /* The same bytes pushed with OP_PUSHDATA1 are kept, and signed. */
  btc_write_u8 (other, BTC_OP_PUSHDATA1);
  btc_write_u8 (other, signature->len);
  btc_write_data (other, signature->data, signature->len);
  btc_write_data (other, rest->data, rest->len);
  g_assert_cmpint (verify_signed (tx, script_sig, other, BTC_VERIFY_DERSIG), ==, BTC_SCRIPT_ERR_EVAL_FALSE);
}

/* BIP 341: a version 1 program inside P2SH is not encumbered: anyone can spend it. */
static void
test_taproot_in_p2sh (void)
{
  const BtcVerifyFlags flags = BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS | BTC_VERIFY_TAPROOT;
  g_autoptr (BtcTx) tx = make_unsigned (1);
  g_autoptr (GByteArray) redeem = hex ("5120"
                                       "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
  g_autoptr (GByteArray) script = g_byte_array_new (), script_sig = g_byte_array_new (), nothing = g_byte_array_new ();
  guint8 hash20[20];

  btc_hash160 (redeem->data, redeem->len, hash20);
  btc_script_write_p2sh (script, hash20);
  btc_script_write_push (script_sig, redeem->data, redeem->len);
  g_assert_cmpint (verify_signed (tx, script_sig, script, flags), ==, BTC_SCRIPT_ERR_OK);
  g_assert_cmpint (verify_signed (tx, nothing, redeem, flags), ==, BTC_SCRIPT_ERR_WITNESS_PROGRAM_WITNESS_EMPTY);
}

/* Two of two: one signature for each key, in the order of the keys. */
static void
test_multisig (void)
{
  g_autoptr (BtcTx) tx = make_unsigned (1);
  g_autoptr (GByteArray) script = hex ("5221"
                                       "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                                       "21"
                                       "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"
                                       "52ae");
  BtcSpan code = { script->data, script->len };
  g_autoptr (GByteArray) first = sign_with (1, tx, code, 1), second = sign_with (2, tx, code, 1);
  const struct {
    const GByteArray *a, *b;
    BtcScriptError error;
  } cases[] = {
    { first, second, BTC_SCRIPT_ERR_OK },
    { second, first, BTC_SCRIPT_ERR_EVAL_FALSE },
    { first, first, BTC_SCRIPT_ERR_EVAL_FALSE },
    { second, second, BTC_SCRIPT_ERR_EVAL_FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) script_sig = g_byte_array_new ();

    btc_write_u8 (script_sig, BTC_OP_0);
    btc_script_write_push (script_sig, cases[i].a->data, cases[i].a->len);
    btc_script_write_push (script_sig, cases[i].b->data, cases[i].b->len);
    g_assert_cmpint (verify_signed (tx, script_sig, script, BTC_VERIFY_NONE), ==, cases[i].error);
  }
}

/* Before BIP 66 a signature could be padded, and an R or S out of range only made the check false. */
static void
test_lax_der (void)
{
  g_autoptr (BtcTx) tx = make_unsigned (1);
  g_autoptr (GByteArray) script = p2pk_script ();
  g_autoptr (GByteArray) signature = sign (tx, (BtcSpan){ script->data, script->len }, 1);
  g_autoptr (GByteArray) script_sig = g_byte_array_new ();
  g_autoptr (GByteArray) padded = g_byte_array_new ();
  g_autoptr (GByteArray) huge = hex ("3006020101022100"
                                     "0a");

  /* Two more zero bytes in front of R. */
  btc_write_data (padded, signature->data, 3);
  btc_write_u8 (padded, signature->data[3] + 2);
  btc_write_data (padded, (const guint8 *) "\0\0", 2);
  btc_write_data (padded, signature->data + 4, signature->len - 4);
  btc_script_write_push (script_sig, padded->data, padded->len);
  g_assert_cmpint (verify_signed (tx, script_sig, script, BTC_VERIFY_NONE), ==, BTC_SCRIPT_ERR_OK);
  g_assert_cmpint (verify_signed (tx, script_sig, script, BTC_VERIFY_DERSIG), ==, BTC_SCRIPT_ERR_SIG_DER);
  g_assert_false (btc_signature_is_der ((BtcSpan){ padded->data, padded->len }));
  g_assert_true (btc_signature_is_der ((BtcSpan){ signature->data, signature->len }));
  g_byte_array_set_size (script_sig, 0);
  btc_script_write_push (script_sig, huge->data, huge->len);
  g_assert_cmpint (verify_signed (tx, script_sig, script, BTC_VERIFY_NONE), ==, BTC_SCRIPT_ERR_EVAL_FALSE);
}

/* The total length was never checked, and lengths could be longer than necessary. */
static void
test_lax_lengths (void)
{
  static const guint8 start[] = { 0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02, 0x82, 0x00 };
  g_autoptr (BtcTx) tx = make_unsigned (1);
  g_autoptr (GByteArray) script = p2pk_script ();
  g_autoptr (GByteArray) signature = sign (tx, (BtcSpan){ script->data, script->len }, 1);
  g_autoptr (GByteArray) script_sig = g_byte_array_new ();
  g_autoptr (GByteArray) longer = g_byte_array_new ();

  btc_write_data (longer, start, sizeof start);
  btc_write_data (longer, signature->data + 3, signature->len - 3);
  btc_script_write_push (script_sig, longer->data, longer->len);
  g_assert_cmpint (verify_signed (tx, script_sig, script, BTC_VERIFY_NONE), ==, BTC_SCRIPT_ERR_OK);
  g_assert_cmpint (verify_signed (tx, script_sig, script, BTC_VERIFY_DERSIG), ==, BTC_SCRIPT_ERR_SIG_DER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interpreter/values", test_values);
  g_test_add_func ("/interpreter/structure", test_structure);
  g_test_add_func ("/interpreter/const-script-code", test_const_script_code);
  g_test_add_func ("/interpreter/locks-are-unsigned", test_locks_are_unsigned);
  g_test_add_func ("/interpreter/witness", test_witness);
  g_test_add_func ("/interpreter/large-witness", test_large_witness);
  g_test_add_func ("/interpreter/first-operation", test_first_operation);
  g_test_add_func ("/interpreter/truncated-script-code", test_truncated_script_code);
  g_test_add_func ("/interpreter/tapscript-stack", test_tapscript_stack);
  g_test_add_func ("/interpreter/hash-types", test_hash_types);
  g_test_add_func ("/interpreter/single-without-output", test_single_without_output);
  g_test_add_func ("/interpreter/find-and-delete", test_find_and_delete);
  g_test_add_func ("/interpreter/taproot-in-p2sh", test_taproot_in_p2sh);
  g_test_add_func ("/interpreter/multisig", test_multisig);
  g_test_add_func ("/interpreter/lax-der", test_lax_der);
  g_test_add_func ("/interpreter/lax-lengths", test_lax_lengths);
  return g_test_run ();
}

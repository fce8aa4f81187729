#include "bitcoin/script/interpreter.h"
#include "bitcoin/script/script.h"
#include "common/hex.h"

#include <string.h>

static BtcSpan
span_of (const GByteArray *bytes)
{
  return (BtcSpan){ bytes->data, bytes->len };
}

static GByteArray *
hex (const char *text)
{
  return g_bytes_unref_to_array (common_hex_decode_bytes (text));
}

static void
assert_hex (const GByteArray *bytes, const char *expected)
{
  g_autofree char *text = common_hex_encode (bytes->data, bytes->len);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_next (void)
{
  g_autoptr (GByteArray) script = hex ("00024142"
                                       "4c0143"
                                       "4d010044"
                                       "4e0100000045"
                                       "51"
                                       "76"
                                       "4e020000");
  const gsize lens[] = { 0, 2, 1, 1, 1, 0, 0 };
  gsize pos = 0;
  guint8 opcode;
  BtcSpan push;

  for (guint i = 0; i < G_N_ELEMENTS (lens); i++) {
    g_assert_true (btc_script_next (span_of (script), &pos, &opcode, &push));
    g_assert_cmpuint (push.len, ==, lens[i]);
    g_assert_true ((push.data == NULL) == (opcode > BTC_OP_PUSHDATA4));
  }
  /* A truncated push. */
  g_assert_false (btc_script_next (span_of (script), &pos, &opcode, &push));
  g_assert_cmpuint (pos, <, script->len);
}

static void
test_huge_push (void)
{
  static const guint8 bytes[] = { BTC_OP_PUSHDATA4, 0xff, 0xff, 0xff, 0xff, 0 };
  gsize pos = 0;
  guint8 opcode;
  BtcSpan push;

  g_assert_false (btc_script_next ((BtcSpan){ bytes, sizeof bytes }, &pos, &opcode, &push));
  g_assert_cmpuint (pos, ==, 0);
}

static void
test_write (void)
{
  g_autoptr (GByteArray) script = g_byte_array_new ();

  btc_script_write_number (script, 0);
  btc_script_write_number (script, -1);
  btc_script_write_number (script, 16);
  btc_script_write_number (script, 17);
  btc_script_write_number (script, 128);
  btc_script_write_number (script, -128);
  btc_script_write_number (script, 0x1d00ffff);
  assert_hex (script, "004f60"
                      "0111"
                      "028000"
                      "028080"
                      "04ffff001d");
  g_byte_array_set_size (script, 0);
  btc_script_write_push (script, (const guint8 *) "\x01", 1); /* not OP_1 */
  assert_hex (script, "0101");
}

static void
test_classify (void)
{
  static const struct {
    const char *script;
    BtcScriptType type;
  } cases[] = {
    { "", BTC_SCRIPT_NONSTANDARD },
    { "76a914000102030405060708090a0b0c0d0e0f1011121388ac", BTC_SCRIPT_PUBKEYHASH },
    { "a914000102030405060708090a0b0c0d0e0f1011121387", BTC_SCRIPT_SCRIPTHASH },
    { "0014000102030405060708090a0b0c0d0e0f10111213", BTC_SCRIPT_WITNESS_V0_KEYHASH },
    { "0020000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", BTC_SCRIPT_WITNESS_V0_SCRIPTHASH },
    { "5120000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", BTC_SCRIPT_WITNESS_V1_TAPROOT },
    { "51024e73", BTC_SCRIPT_ANCHOR },
    { "51024e74", BTC_SCRIPT_WITNESS_UNKNOWN },
    { "0003010203", BTC_SCRIPT_NONSTANDARD },
    { "6002aabb", BTC_SCRIPT_WITNESS_UNKNOWN },
    { "6a", BTC_SCRIPT_NULL_DATA },
    { "6a0411223344", BTC_SCRIPT_NULL_DATA },
    { "6a04112233", BTC_SCRIPT_NONSTANDARD },
    { "210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798ac", BTC_SCRIPT_PUBKEY },
    { "210579be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798ac", BTC_SCRIPT_NONSTANDARD },
    { "51210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179851ae", BTC_SCRIPT_MULTISIG },
    { "52210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179851ae", BTC_SCRIPT_NONSTANDARD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) script = hex (cases[i].script);
    BtcSpan data;

    g_test_message ("%s", cases[i].script);
    g_assert_cmpint (btc_script_classify (span_of (script), &data), ==, cases[i].type);
  }
}

static void
test_witness_program (void)
{
  static const struct {
    const char *script;
    gboolean is_program;
  } cases[] = {
    { "0001aa", FALSE },  { "0002aabb", TRUE },    { "4f02aabb", FALSE }, { "5002aabb", FALSE },
    { "6002aabb", TRUE }, { "004c02aabb", FALSE }, { "0003aabb", FALSE }, { "0002aabb51", FALSE },
  };
  BtcSpan program;
  guint version;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) script = hex (cases[i].script);

    g_assert_true (btc_script_is_witness_program (span_of (script), &version, &program) == cases[i].is_program);
  }
}

static void
test_sigops (void)
{
  g_autoptr (GByteArray) plain = hex ("acad"
                                      "52ae"
                                      "ae"
                                      "60af");
  g_autoptr (GByteArray) cut = hex ("ac"
                                    "05ac");

  g_assert_cmpuint (btc_script_count_sigops (span_of (plain), FALSE), ==, 2 + 3 * 20);
  g_assert_cmpuint (btc_script_count_sigops (span_of (plain), TRUE), ==, 2 + 2 + 20 + 16);
  /* The operations before a truncated push count. */
  g_assert_cmpuint (btc_script_count_sigops (span_of (cut), FALSE), ==, 1);
}

static void
test_input_sigops (void)
{
  const BtcVerifyFlags all = BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS;
  g_autoptr (GByteArray) p2sh = hex ("a914000102030405060708090a0b0c0d0e0f1011121387");
  g_autoptr (GByteArray) redeem = hex ("02acac");
  g_autoptr (GByteArray) two_pushes = hex ("02acac"
                                           "02ac51");
  g_autoptr (GByteArray) not_push = hex ("7602acac");
  g_autoptr (GByteArray) p2wsh = hex ("0020000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  g_autoptr (GByteArray) witness = hex ("00"
                                        "03acac52"
                                        "0352ae51");
  BtcTxIn in = { .script_sig = span_of (redeem) };

  g_assert_cmpuint (btc_script_input_sigop_cost (&in, span_of (p2sh), all), ==, 8);
  g_assert_cmpuint (btc_script_input_sigop_cost (&in, span_of (p2sh), BTC_VERIFY_NONE), ==, 0);
  in.script_sig = span_of (two_pushes); /* the last push is the redeem script */
  g_assert_cmpuint (btc_script_input_sigop_cost (&in, span_of (p2sh), all), ==, 4);
  in.script_sig = span_of (not_push);
  g_assert_cmpuint (btc_script_input_sigop_cost (&in, span_of (p2sh), all), ==, 0);
  in.script_sig = (BtcSpan){ NULL, 0 };
  in.witness = span_of (witness);
  in.witness_count = 3;
  g_assert_cmpuint (btc_script_input_sigop_cost (&in, span_of (p2wsh), all), ==, 2);
  g_assert_cmpuint (btc_script_input_sigop_cost (&in, span_of (p2wsh), BTC_VERIFY_P2SH), ==, 0);
}

static void
test_last_push (void)
{
  static const struct {
    const char *script_sig;
    gboolean ok;
    gsize len;
  } cases[] = {
    { "", FALSE, 0 },           /* no operation, so no redeem script */
    { "01aa02acac", TRUE, 2 },  /* the last of two */
    { "02acac51", TRUE, 0 },    /* a small number is an empty script */
    { "00", TRUE, 0 },          /* OP_0 pushes nothing */
    { "02acac50", TRUE, 0 },    /* OP_RESERVED counts as a push, as in BIP 16 */
    { "02acac61", FALSE, 0 },   /* OP_NOP is not a push */
    { "7602acac", FALSE, 0 },   /* OP_DUP before the push */
    { "02acac03ac", FALSE, 0 }, /* a truncated push */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) script_sig = hex (cases[i].script_sig);
    BtcSpan last;

    g_assert_true (btc_script_last_push (span_of (script_sig), &last) == cases[i].ok);
    if (cases[i].ok)
      g_assert_cmpuint (last.len, ==, cases[i].len);
  }
}

static void
test_asm (void)
{
  static const struct {
    const char *script;
    const char *text;
  } cases[] = {
    { "", "" },
    { "0051604f", "0 1 16 -1" },
    { "76a914000102030405060708090a0b0c0d0e0f1011121388ac",
      "OP_DUP OP_HASH160 000102030405060708090a0b0c0d0e0f10111213 OP_EQUALVERIFY OP_CHECKSIG" },
    { "02ff80", "-255" },
    { "04ffffffff", "-2147483647" },
    { "6a05aabb", "OP_RETURN [error]" },
    { "bb", "OP_UNKNOWN" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) script = hex (cases[i].script);
    g_autofree char *text = btc_script_to_asm (span_of (script), FALSE);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_unspendable (void)
{
  g_autofree guint8 *zeros = g_malloc0 (BTC_MAX_SCRIPT_SIZE + 1);

  g_assert_false (btc_script_is_unspendable ((BtcSpan){ zeros, BTC_MAX_SCRIPT_SIZE }));
  g_assert_true (btc_script_is_unspendable ((BtcSpan){ zeros, BTC_MAX_SCRIPT_SIZE + 1 }));
  zeros[0] = BTC_OP_RETURN;
  g_assert_true (btc_script_is_unspendable ((BtcSpan){ zeros, 1 }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/script/next", test_next);
  g_test_add_func ("/script/huge-push", test_huge_push);
  g_test_add_func ("/script/write", test_write);
  g_test_add_func ("/script/classify", test_classify);
  g_test_add_func ("/script/witness-program", test_witness_program);
  g_test_add_func ("/script/sigops", test_sigops);
  g_test_add_func ("/script/input-sigops", test_input_sigops);
  g_test_add_func ("/script/last-push", test_last_push);
  g_test_add_func ("/script/asm", test_asm);
  g_test_add_func ("/script/unspendable", test_unspendable);
  return g_test_run ();
}

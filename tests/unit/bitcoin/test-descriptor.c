#include "bitcoin/descriptor/descriptor.h"

#include <string.h>

#include "common/hex.h"

#define XPUB                                                                                                           \
  "xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2afYWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49yfdDEHGCtMMj92pReUsQ"
#define KEY "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define FULL_KEY                                                                                                       \
  "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a6855419" \
  "9c47d08ffb10d4b8"

/* BIP 380. */
static void
test_checksum (void)
{
  char checksum[9];

  g_assert_true (btc_descriptor_checksum ("raw(deadbeef)", strlen ("raw(deadbeef)"), checksum));
  g_assert_cmpstr (checksum, ==, "89f8spxm");
  g_assert_false (btc_descriptor_checksum ("raw(\xc3\xbc)", 7, checksum));
}

static void
assert_why (const char *text, const char *expected)
{
  g_autofree char *why = NULL;

  g_assert_null (btc_descriptor_parse (text, BTC_NETWORK_MAIN, FALSE, &why));
  g_assert_cmpstr (why, ==, expected);
}

static void
test_bad (void)
{
  g_autofree char *why = NULL;

  assert_why ("raw(deadbeef)#", "Expected 8 character checksum, not 0 characters");
  assert_why ("raw(deadbeef)#89f8spxmx", "Expected 8 character checksum, not 9 characters");
  assert_why ("raw(deadbeef)##9f8spxm", "Multiple '#' symbols");
  assert_why ("raw(deadbeef)#89f8spxn", "Provided checksum '89f8spxn' does not match computed checksum '89f8spxm'");
  assert_why ("wpkh()", "wpkh(): No key provided");
  assert_why ("wpkh(" FULL_KEY ")", "wpkh(): Uncompressed keys are not allowed");
  assert_why ("pkh([00000000]]" KEY ")", "pkh(): Multiple ']' characters found for a single pubkey");
  assert_why ("pkh([aaaaaaa]" KEY ")", "pkh(): Fingerprint is not 4 bytes (7 characters instead of 8 characters)");
  assert_why ("pkh([aaagaaaa]" KEY ")", "pkh(): Fingerprint 'aaagaaaa' is not hex");
  assert_why ("pkh(" XPUB "/2147483648)", "pkh(): Key path value '/2147483648' is not valid");
  assert_why ("sh(pkh(" KEY "))", "'sh(pkh(" KEY "))' is not a valid descriptor function");
  g_assert_null (btc_descriptor_parse ("raw(deadbeef)", BTC_NETWORK_MAIN, TRUE, &why));
  g_assert_cmpstr (why, ==, "Missing checksum");
}

static void
assert_script (const char *text, guint32 index, const char *expected)
{
  g_autoptr (BtcDescriptor) descriptor = btc_descriptor_parse (text, BTC_NETWORK_MAIN, FALSE, NULL);
  g_auto (BtcExpansion) expansion = { 0 };
  g_autofree char *hex = NULL;
  g_autofree char *written = NULL;

  g_assert_nonnull (descriptor);
  g_assert_true (btc_descriptor_expand (descriptor, index, &expansion));
  hex = common_hex_encode (g_bytes_get_data (expansion.script, NULL), g_bytes_get_size (expansion.script));
  g_assert_cmpstr (hex, ==, expected);
  written = btc_descriptor_format (descriptor, BTC_DESCRIPTOR_AS_WRITTEN);
  g_assert_true (g_str_has_prefix (written, text));
}

static void
test_scripts (void)
{
  assert_script ("pk(" KEY ")", 0, "21" KEY "ac");
  assert_script ("pkh(" KEY ")", 0, "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac");
  assert_script ("wpkh(" KEY ")", 0, "0014751e76e8199196d454941c45d1b3a323f1433bd6");
  assert_script ("sh(wpkh(" KEY "))", 0, "a914bcfeb728b584253d5f3f70bcb780e9ef218a68f487");
  assert_script ("pkh(" FULL_KEY ")", 0, "76a91491b24bf9f5288532960ac687abb035127b1d28a588ac");
  assert_script ("raw(6a01ff)", 0, "6a01ff");
  assert_script ("addr(bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4)", 0, "0014751e76e8199196d454941c45d1b3a323f1433bd6");
  /* BIP 86. */
  assert_script ("tr([73c5da0a/86h/0h/0h]" XPUB "/0/*)", 0,
                 "5120a60869f0dbcf1dc659c9cecbaf8050135ea9e8cdc487053f1dc6880949dc684c");
  assert_script ("tr(cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115)", 0,
                 "5120a60869f0dbcf1dc659c9cecbaf8050135ea9e8cdc487053f1dc6880949dc684c");
}

static void
test_hardened (void)
{
  g_autoptr (BtcDescriptor) path = btc_descriptor_parse ("wpkh(" XPUB "/1'/0/*)", BTC_NETWORK_MAIN, FALSE, NULL);
  g_autoptr (BtcDescriptor) range = btc_descriptor_parse ("wpkh(" XPUB "/*h)", BTC_NETWORK_MAIN, FALSE, NULL);
  g_auto (BtcExpansion) expansion = { 0 };
  g_autofree char *compat = btc_descriptor_format (range, BTC_DESCRIPTOR_COMPAT);

  g_assert_true (btc_descriptor_needs_parent (path));
  g_assert_false (btc_descriptor_expand (path, 0, &expansion));
  g_assert_false (btc_descriptor_expand (range, 0, &expansion));
  g_assert_true (btc_descriptor_is_ranged (range));
  g_assert_true (g_str_has_prefix (compat, "wpkh(" XPUB "/*')#"));
  btc_descriptor_set_parent (path, 0, &btc_descriptor_get_key (path, 0)->xpub);
  g_assert_true (btc_descriptor_expand (path, 0, &expansion));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/descriptor/checksum", test_checksum);
  g_test_add_func ("/descriptor/bad", test_bad);
  g_test_add_func ("/descriptor/scripts", test_scripts);
  g_test_add_func ("/descriptor/hardened", test_hardened);
  return g_test_run ();
}

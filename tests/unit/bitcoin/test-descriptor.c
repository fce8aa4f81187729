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
  assert_why ("pkh(" XPUB "/2147483648)", "pkh(): Key path value 2147483648 is out of range");
  assert_why ("pkh(" XPUB "/4294967296)", "pkh(): Key path value '4294967296' is not a valid uint32");
  assert_why ("pkh(" XPUB "//1)", "pkh(): Key path value '' is not valid");
  assert_why ("pkh(" XPUB "/h)", "pkh(): Key path value 'h' is not a valid uint32");
  assert_why ("pkh(" XPUB "/*/*)", "pkh(): Key path value '*' is not a valid uint32");
  assert_why ("pkh(x[00000000]" KEY ")",
              "pkh(): Key origin start '[ character expected but not found, got 'x' instead");
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

/* Functions in places where they have no meaning. */
static void
test_places (void)
{
  assert_why ("sh(sh(pk(" KEY ")))", "Can only have sh() at top level");
  assert_why ("wsh(wsh(pk(" KEY ")))", "Can only have wsh() at top level or inside sh()");
  assert_why ("wsh(wpkh(" KEY "))", "Can only have wpkh() at top level or inside sh()");
  assert_why ("sh(combo(" KEY "))", "Can only have combo() at top level");
  assert_why ("sh(tr(" KEY "))", "Can only have tr at top level");
  assert_why ("sh(rawtr(" KEY "))", "Can only have rawtr at top level");
  assert_why ("sh(raw(51))", "Can only have raw() at top level");
  assert_why ("sh(addr(x))", "Can only have addr() at top level");
  assert_why ("sh(x)", "A function is needed within P2SH");
  assert_why ("wsh(x)", "A function is needed within P2WSH");
  assert_why ("wsh(and_v(v:pk(" KEY "),older(1)))", "Miniscript is not supported by this version");
  assert_why ("x(" KEY ")", "'x(" KEY ")' is not a valid descriptor function");
  assert_why ("pk(" KEY ")x", "'pk(" KEY ")x' is not a valid descriptor function");
  assert_why ("pk(" KEY "),x", "'pk(" KEY "),x' is not a valid descriptor function");
  assert_why ("rawtr(" KEY "," KEY ")", "rawtr(): only one key expected.");
  assert_why ("raw()", "Raw script is not hex");
  assert_why ("raw(5)", "Raw script is not hex");
  assert_why ("addr(x)", "Address is not valid");
  assert_why ("wsh(pk(" FULL_KEY "))", "pk(): Uncompressed keys are not allowed");
  assert_why ("multi_a(1," KEY ")", "Can only have multi_a/sortedmulti_a inside tr()");
}

static void
assert_multi_why (const char *head, guint n, const char *tail, const char *expected)
{
  g_autoptr (GString) text = g_string_new (head);

  for (guint i = 0; i < n; i++)
    g_string_append (text, "," KEY);
  g_string_append (text, tail);
  assert_why (text->str, expected);
}

static void
test_multi_bad (void)
{
  assert_multi_why ("multi(a", 1, ")", "Multi threshold 'a' is not valid");
  assert_multi_why ("multi(-1", 1, ")", "Multi threshold '-1' is not valid");
  assert_multi_why ("multi(4294967296", 1, ")", "Multi threshold '4294967296' is not valid");
  assert_multi_why ("multi(0", 1, ")", "Multisig threshold cannot be 0, must be at least 1");
  assert_multi_why ("multi(3", 2, ")",
                    "Multisig threshold cannot be larger than the number of keys; threshold is 3 but only 2 keys "
                    "specified");
  assert_multi_why ("multi(1", 0, ")", "Cannot have 0 keys in multisig; must have between 1 and 20 keys, inclusive");
  assert_multi_why ("wsh(multi(1", 21, "))",
                    "Cannot have 21 keys in multisig; must have between 1 and 20 keys, inclusive");
  assert_multi_why ("multi(1", 4, ")", "Cannot have 4 pubkeys in bare multisig; only at most 3 pubkeys");
  assert_multi_why ("sh(multi(1", 16, "))", "P2SH script is too large, 547 bytes is larger than 520 bytes");
  assert_multi_why ("multi(1", 1, ",)", "Multi: No key provided");
}

#define KEY_2 "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"

#define KEY_3 "03a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd"
#define XPUB_2                                                                                                         \
  "xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7fe5JnJ7dh8zL4fiyLHV"

/* Scripts in scripts. The keys of the generator times 1 and 2. */
static void
test_tree (void)
{
  assert_script ("multi(1," KEY_2 "," KEY ")", 0, "5121" KEY_2 "21" KEY "52ae");
  assert_script ("sortedmulti(1," KEY_2 "," KEY ")", 0, "5121" KEY "21" KEY_2 "52ae");
  assert_script ("sh(pk(" KEY "))", 0, "a91423b0ad3477f2178bc0b3eed26e4e6316f4e83aa187");
  assert_script ("rawtr(79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)", 0,
                 "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
  /* These four are of the reference's tests. */
  assert_script ("wsh(pk(" KEY_3 "))", 0, "00202e271faa2325c199d25d22e1ead982e45b64eeb4f31e73dbdf41bd4b5fec23fa");
  assert_script ("wsh(pkh(" KEY_3 "))", 0, "0020338e023079b91c58571b20e602d7805fb808c22473cbc391a41b1bd3a192e75b");
  assert_script ("sh(wsh(pkh(" KEY_3 ")))", 0, "a914b61b92e2ca21bac1e72a3ab859a742982bea960a87");
  assert_script ("wsh(multi(1," XPUB_2 "/0," KEY_3 "))", 0,
                 "0020cb155486048b23a6da976d4c6fe071a2dbc8a7b57aaf225b8955f2e2a27b5f00");
  assert_script ("rawtr(" KEY ")", 0, "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
}

static void
assert_format_script (const char *text, guint32 index, guint i, const char *expected)
{
  g_autoptr (BtcDescriptor) descriptor = btc_descriptor_parse (text, BTC_NETWORK_MAIN, FALSE, NULL);
  g_auto (BtcExpansion) expansion = { 0 };
  g_autofree char *written = NULL;

  g_assert_nonnull (descriptor);
  g_assert_true (btc_descriptor_expand (descriptor, index, &expansion));
  written = btc_descriptor_format_script (descriptor, &expansion, i);
  if (expected == NULL) {
    g_assert_null (written);
    return;
  }
  g_assert_cmpint (strcspn (written, "#") + 9, ==, strlen (written));
  written[strcspn (written, "#")] = '\0';
  g_assert_cmpstr (written, ==, expected);
}

/* The descriptor of one script: keys with their origins, no wildcard. */
static void
test_format_script (void)
{
  BtcXpub xpub, key;
  guint8 master4[4];
  g_autofree char *hex = NULL;
  g_autofree char *fingerprint = NULL;
  g_autofree char *expected = NULL;

  g_assert_true (btc_xpub_parse (XPUB, BTC_NETWORK_MAIN, &xpub));
  btc_xpub_fingerprint (&xpub, master4);
  g_assert_true (btc_xpub_derive (&xpub, 0, &key) && btc_xpub_derive (&key, 7, &key));
  hex = common_hex_encode (key.pubkey33, 33);
  fingerprint = common_hex_encode (master4, 4);
  expected = g_strdup_printf ("wpkh([%s/0/7]%s)", fingerprint, hex);
  assert_format_script ("wpkh(" XPUB "/0/*)", 7, 0, expected);
  assert_format_script ("sh(sortedmulti(1,[00112233/5h]" KEY_2 "," KEY "))", 0, 0,
                        "sh(multi(1,[751e76e8]" KEY ",[00112233/5h]" KEY_2 "))");
  assert_format_script ("combo(" KEY ")", 0, 0, "pk([751e76e8]" KEY ")");
  assert_format_script ("combo(" KEY ")", 0, 1, "pkh([751e76e8]" KEY ")");
  assert_format_script ("combo(" KEY ")", 0, 2, "wpkh([751e76e8]" KEY ")");
  assert_format_script ("combo(" KEY ")", 0, 3, "sh(wpkh([751e76e8]" KEY "))");
  assert_format_script ("rawtr(" KEY ")", 0, 0,
                        "rawtr([751e76e8]79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)");
  assert_format_script ("raw(51)", 0, 0, NULL);
}

static void
test_combo (void)
{
  g_autoptr (BtcDescriptor) full = btc_descriptor_parse ("combo(" FULL_KEY ")", BTC_NETWORK_MAIN, FALSE, NULL);
  g_autoptr (BtcDescriptor) unused = btc_descriptor_parse ("unused(" KEY ")", BTC_NETWORK_MAIN, FALSE, NULL);
  g_auto (BtcExpansion) two = { 0 };
  g_auto (BtcExpansion) none = { 0 };

  g_assert_true (btc_descriptor_expand (full, 0, &two));
  g_assert_cmpuint (two.scripts->len, ==, 2);
  g_assert_true (btc_descriptor_expand (unused, 0, &none));
  g_assert_cmpuint (none.scripts->len, ==, 0);
  g_assert_null (none.script);
  assert_why ("unused(" XPUB "/*)", "unused(): key cannot be ranged");
}

static void
assert_all (const char *text, guint n, const char *first, const char *last)
{
  g_autoptr (GPtrArray) all = btc_descriptor_parse_all (text, BTC_NETWORK_MAIN, FALSE, NULL);
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  g_assert_nonnull (all);
  g_assert_cmpuint (all->len, ==, n);
  a = btc_descriptor_format (g_ptr_array_index (all, 0), BTC_DESCRIPTOR_AS_WRITTEN);
  b = btc_descriptor_format (g_ptr_array_index (all, n - 1), BTC_DESCRIPTOR_AS_WRITTEN);
  a[strcspn (a, "#")] = b[strcspn (b, "#")] = '\0';
  g_assert_cmpstr (a, ==, first);
  g_assert_cmpstr (b, ==, last);
}

/* BIP 389. */
static void
test_several_values (void)
{
  assert_all ("wpkh(" XPUB "/<0;1>/*)", 2, "wpkh(" XPUB "/0/*)", "wpkh(" XPUB "/1/*)");
  assert_all ("wpkh(" XPUB "/1/<2h;3;4>)", 3, "wpkh(" XPUB "/1/2h)", "wpkh(" XPUB "/1/4)");
  assert_all ("multi(1," XPUB "/<0;1>," XPUB_2 "/5)", 2, "multi(1," XPUB "/0," XPUB_2 "/5)",
              "multi(1," XPUB "/1," XPUB_2 "/5)");
  assert_why ("wpkh(" XPUB "/<0;1>)", "Multipath descriptor not accepted");
  assert_why ("wpkh(" XPUB "/<0>)", "wpkh(): Multipath key path specifiers must have at least two items");
  assert_why ("wpkh(" XPUB "/<>)", "wpkh(): Multipath key path specifiers must have at least two items");
  assert_why ("wpkh(" XPUB "/<0;0>)", "wpkh(): Duplicated key path value 0 in multipath specifier");
  assert_why ("wpkh(" XPUB "/<0;>)", "wpkh(): Key path value '' is not valid");
  assert_why ("wpkh(" XPUB "/<0;1>/<2;3>)", "wpkh(): Multiple multipath key path specifiers found");
  assert_why ("wpkh([00000000/<0;1>]" XPUB ")",
              "wpkh(): Key path value '<0;1>' specifies multipath in a section where multipath is not allowed");
  assert_why ("multi(1," XPUB "/<0;1>," XPUB_2 "/<0;1;2>)",
              "multi(): Multipath derivation paths have mismatched lengths");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/descriptor/checksum", test_checksum);
  g_test_add_func ("/descriptor/bad", test_bad);
  g_test_add_func ("/descriptor/scripts", test_scripts);
  g_test_add_func ("/descriptor/places", test_places);
  g_test_add_func ("/descriptor/multi-bad", test_multi_bad);
  g_test_add_func ("/descriptor/tree", test_tree);
  g_test_add_func ("/descriptor/format-script", test_format_script);
  g_test_add_func ("/descriptor/combo", test_combo);
  g_test_add_func ("/descriptor/several-values", test_several_values);
  g_test_add_func ("/descriptor/hardened", test_hardened);
  return g_test_run ();
}

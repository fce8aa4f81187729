#include "bitcoin/keys/private_descriptor.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/keys/privkey.h"

/* The seed of the mnemonic that BIPs 49, 84 and 86 use for their examples. */
static BtcXprv *
master_of_examples (void)
{
  const char *words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
  guint8 seed[64];

  btc_pbkdf2_hmac_sha512 ((const guint8 *) words, strlen (words), (const guint8 *) "mnemonic", strlen ("mnemonic"),
                          2048, seed);
  return btc_xprv_new_from_seed (seed, sizeof seed);
}

static char *
address_at (const BtcDescriptor *descriptor, guint32 index, BtcNetwork network)
{
  g_auto (BtcExpansion) expansion = { 0 };
  const guint8 *data;
  gsize len;

  g_assert_true (btc_descriptor_expand (descriptor, index, &expansion));
  data = g_bytes_get_data (expansion.script, &len);
  return btc_address_encode ((BtcSpan){ data, len }, network);
}

static void
assert_standard (BtcDescriptorType type, gboolean internal, BtcNetwork network, guint32 index, const char *expected)
{
  g_autoptr (BtcXprv) master = master_of_examples ();
  BtcXpub last_hardened;
  g_autoptr (BtcDescriptor) descriptor
      = btc_private_descriptor_new_standard (master, type, internal, network, &last_hardened);
  BtcDescriptorSecret secret = { .xprv = master };
  g_autofree char *address = address_at (descriptor, index, network);
  g_autofree char *normalized = btc_descriptor_format_normalized (descriptor, &last_hardened);
  g_autoptr (BtcDescriptor) again = btc_descriptor_parse (normalized, network, TRUE, NULL);
  g_autofree char *same = NULL;
  g_autoptr (CommonSecret) text = NULL;
  g_autoptr (BtcDescriptor) from_private = NULL;
  g_auto (BtcDescriptorSecret) read = { 0 };

  g_assert_cmpstr (address, ==, expected);
  g_assert_nonnull (again);
  g_assert_false (btc_descriptor_needs_parent (again));
  same = address_at (again, index, network);
  g_assert_cmpstr (same, ==, expected);

  text = btc_private_descriptor_format (descriptor, &secret, network);
  from_private = btc_private_descriptor_parse ((const char *) text->data, network, TRUE, &read, NULL);
  g_assert_nonnull (from_private);
  g_assert_nonnull (read.xprv);
  g_clear_pointer (&same, g_free);
  same = address_at (from_private, index, network);
  g_assert_cmpstr (same, ==, expected);
}

static void
test_standard (void)
{
  assert_standard (BTC_DESCRIPTOR_PKH, FALSE, BTC_NETWORK_MAIN, 0, "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA");
  assert_standard (BTC_DESCRIPTOR_SH_WPKH, FALSE, BTC_NETWORK_TEST, 0, "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2");
  assert_standard (BTC_DESCRIPTOR_WPKH, FALSE, BTC_NETWORK_MAIN, 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
  assert_standard (BTC_DESCRIPTOR_WPKH, FALSE, BTC_NETWORK_MAIN, 1, "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g");
  assert_standard (BTC_DESCRIPTOR_WPKH, TRUE, BTC_NETWORK_MAIN, 0, "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el");
  assert_standard (BTC_DESCRIPTOR_TR, FALSE, BTC_NETWORK_MAIN, 0,
                   "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr");
  assert_standard (BTC_DESCRIPTOR_TR, TRUE, BTC_NETWORK_MAIN, 0,
                   "bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7");
}

static void
test_key_matches (void)
{
  g_autoptr (BtcXprv) master = master_of_examples ();
  g_autoptr (BtcDescriptor) descriptor
      = btc_private_descriptor_new_standard (master, BTC_DESCRIPTOR_WPKH, FALSE, BTC_NETWORK_MAIN, NULL);
  BtcDescriptorSecret secret = { .xprv = master };

  for (guint32 i = 0; i < 5; i++) {
    g_autoptr (CommonSecret) key = btc_private_descriptor_key (descriptor, &secret, i);
    g_auto (BtcExpansion) expansion = { 0 };
    guint8 pubkey[65];

    g_assert_true (btc_descriptor_expand (descriptor, i, &expansion));
    g_assert_cmpuint (btc_privkey_get_pubkey (key->data, TRUE, pubkey), ==, 33);
    g_assert_cmpmem (pubkey, 33, expansion.keys[0].pubkey, expansion.keys[0].pubkey_len);
    g_assert_cmpuint (expansion.keys[0].path.len, ==, 5);
    g_assert_cmpuint (expansion.keys[0].path.step[0], ==, 84 | BTC_HARDENED);
    g_assert_cmpuint (expansion.keys[0].path.step[4], ==, i);
    g_assert_cmphex (btc_get_u32 (expansion.keys[0].fingerprint), ==, 0x0adac573); /* 73c5da0a */
  }
}

/* A private key of another descriptor is not accepted, and keys never appear in a message. */
static void
test_rejects (void)
{
  g_auto (BtcDescriptorSecret) secret = { 0 };
  g_autofree char *why = NULL;
  const char *wif = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";
  g_autofree char *text = g_strdup_printf ("wpkh(%s)", wif);
  g_autofree char *other_network = g_strdup_printf ("pkh(%s)", wif);
  g_autofree char *good = g_strdup_printf ("pkh(%s)", wif);
  g_autoptr (BtcDescriptor) pkh = NULL;

  g_assert_null (btc_private_descriptor_parse (text, BTC_NETWORK_MAIN, FALSE, &secret, &why));
  g_assert_null (strstr (why, wif));
  g_clear_pointer (&why, g_free);
  g_assert_null (btc_private_descriptor_parse (other_network, BTC_NETWORK_REGTEST, FALSE, &secret, &why));
  g_assert_null (strstr (why, wif));
  g_clear_pointer (&why, g_free);
  g_assert_null (btc_private_descriptor_parse (good, BTC_NETWORK_MAIN, TRUE, &secret, &why));
  g_assert_cmpstr (why, ==, "Missing checksum");

  pkh = btc_private_descriptor_parse (good, BTC_NETWORK_MAIN, FALSE, &secret, NULL);
  g_assert_nonnull (pkh);
  g_assert_nonnull (secret.key);
  g_assert_false (secret.compressed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/private_descriptor/standard", test_standard);
  g_test_add_func ("/keys/private_descriptor/key-matches", test_key_matches);
  g_test_add_func ("/keys/private_descriptor/rejects", test_rejects);
  return g_test_run ();
}

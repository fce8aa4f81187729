#include "bitcoin/address/address.h"

#include <string.h>

#include "bitcoin/address/bech32.h"
#include "common/hex.h"

static char *
script_hex (const char *address, BtcNetwork network, char **why)
{
  g_autoptr (GBytes) script = btc_address_decode (address, network, why);

  return script != NULL ? common_hex_encode (g_bytes_get_data (script, NULL), g_bytes_get_size (script)) : NULL;
}

/* BIPs 173 and 350: addresses and their scripts. */
static void
test_bip350_valid (void)
{
  static const struct {
    const char *address;
    BtcNetwork network;
    const char *script;
  } cases[] = {
    { "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", BTC_NETWORK_MAIN, "0014751e76e8199196d454941c45d1b3a323f1433bd6" },
    { "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", BTC_NETWORK_TEST,
      "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262" },
    { "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", BTC_NETWORK_MAIN,
      "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6" },
    { "BC1SW50QGDZ25J", BTC_NETWORK_MAIN, "6002751e" },
    { "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", BTC_NETWORK_MAIN, "5210751e76e8199196d454941c45d1b3a323" },
    { "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", BTC_NETWORK_MAIN,
      "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *hex = script_hex (cases[i].address, cases[i].network, NULL);
    g_autofree char *lower = g_ascii_strdown (cases[i].address, -1);
    g_autoptr (GBytes) script = common_hex_decode_bytes (cases[i].script);
    BtcSpan span = { g_bytes_get_data (script, NULL), g_bytes_get_size (script) };
    g_autofree char *written = btc_address_encode (span, cases[i].network);

    g_assert_cmpstr (hex, ==, cases[i].script);
    g_assert_cmpstr (written, ==, lower);
  }
}

static void
test_why (void)
{
  static const struct {
    const char *address;
    const char *why;
  } cases[] = {
    { "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "Invalid or unsupported Segwit (Bech32) or Base58 encoding." },
    { "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
      "Version 1+ witness address must use Bech32m checksum" },
    { "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "Invalid Bech32 v0 address program size (16 bytes), per BIP141" },
    { "bc1pw5dgrnzv", "Invalid Bech32 address program size (1 byte)" },
    { "bc1gmk9yu", "Empty Bech32 data section" },
    { "bc1q", "Invalid separator position" },
    { "bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Invalid character or mixed case" },
    { "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "Invalid checksum or length of Base58 address (P2PKH or P2SH)" },
    { "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "Invalid or unsupported Base58-encoded address." },
    { "", "Invalid checksum or length of Base58 address (P2PKH or P2SH)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *why = NULL;

    g_assert_null (btc_address_decode (cases[i].address, BTC_NETWORK_MAIN, &why));
    g_assert_cmpstr (why, ==, cases[i].why);
  }
}

#define WITNESS "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"

static void
check_places (const char *address, const char *why, const char *expected)
{
  g_autoptr (GArray) places = btc_address_locate_errors (address, BTC_NETWORK_MAIN);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *got = NULL;

  g_assert_null (btc_address_decode (address, BTC_NETWORK_MAIN, &got));
  for (guint i = 0; i < places->len; i++)
    g_string_append_printf (text, "%s%" G_GSIZE_FORMAT, i > 0 ? "," : "", g_array_index (places, gsize, i));
  g_assert_cmpstr (text->str, ==, expected);
  g_assert_cmpstr (got, ==, why);
}

/* One or two wrong characters are located, wherever they are. */
static void
test_located_errors (void)
{
  gsize len = strlen (WITNESS);

  for (gsize i = 3; i < len; i++)
    for (gsize j = i; j < len; j++) {
      g_autofree char *address = g_strdup (WITNESS);
      g_autofree char *places
          = i == j ? g_strdup_printf ("%u", (guint) i) : g_strdup_printf ("%u,%u", (guint) i, (guint) j);
      address[i] = address[i] == 'q' ? 'p' : 'q';
      if (i != j)
        address[j] = address[j] == 'z' ? 'r' : 'z';
      check_places (address, "Invalid Bech32 checksum", places);
    }
  check_places ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj8", "Invalid Bech32m checksum", "61");
  check_places ("bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "Invalid checksum", "");
}

static void
test_located_characters (void)
{
  check_places ("bc1qW508D6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Invalid character or mixed case", "4,8");
  check_places ("bc1q\x07w508d6", "Invalid character or mixed case", "4");
  check_places ("bc1qbw508d6qejxtdg4y5", "Invalid Base 32 character", "4");
  check_places ("bc1qqqqq", "Invalid separator position", "2");
  check_places ("bcqqqqq", "Missing separator", "");
  check_places ("bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
                "Bech32 string too long", "90,91");
  check_places ("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
                "Invalid or unsupported prefix for Segwit (Bech32) address (expected bc, got bcrt).", "");
}

/* A version 0 program with the checksum of the later versions. */
static void
test_other_checksum (void)
{
  guint8 values[33] = { 0 };
  g_autofree char *address = btc_bech32_encode (BTC_BECH32M, "bc", values, sizeof values);
  g_autofree char *why = NULL;

  g_assert_null (btc_address_decode (address, BTC_NETWORK_MAIN, &why));
  g_assert_cmpstr (why, ==, "Version 0 witness address must use Bech32 checksum");
}

static void
test_base58 (void)
{
  g_autofree char *p2pkh = script_hex ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", BTC_NETWORK_MAIN, NULL);
  g_autofree char *p2sh = script_hex ("3P14159f73E4gFr7JterCCQh9QjiTjiZrG", BTC_NETWORK_MAIN, NULL);
  const guint8 p2pk[] = { 0x6a };
  g_autofree char *none = btc_address_encode ((BtcSpan){ p2pk, 1 }, BTC_NETWORK_MAIN);

  g_assert_cmpstr (p2pkh, ==, "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac");
  g_assert_cmpstr (p2sh, ==, "a914e9c3dd0c07aac76179ebc76a6c78d4d67c6c160a87");
  g_assert_null (none);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/bip350-valid", test_bip350_valid);
  g_test_add_func ("/address/why", test_why);
  g_test_add_func ("/address/located-errors", test_located_errors);
  g_test_add_func ("/address/located-characters", test_located_characters);
  g_test_add_func ("/address/other-checksum", test_other_checksum);
  g_test_add_func ("/address/base58", test_base58);
  return g_test_run ();
}

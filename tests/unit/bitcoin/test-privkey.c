#include "bitcoin/keys/privkey.h"

#include <string.h>

#include "common/hex.h"

/* The key and its wallet import format are the example from the original description of the format. */
#define KEY "0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d"
#define WIF "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
#define WIF_COMPRESSED "KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617"

static void
test_wif (void)
{
  guint8 key32[32];

  g_assert_true (common_hex_decode (KEY, key32, 32));
  for (guint compressed = 0; compressed < 2; compressed++) {
    const char *expected = compressed ? WIF_COMPRESSED : WIF;
    g_autoptr (CommonSecret) text = btc_wif_format (key32, (gboolean) compressed, BTC_NETWORK_MAIN);
    gboolean read = !compressed;
    g_autoptr (CommonSecret) key = btc_wif_parse (expected, BTC_NETWORK_MAIN, &read);

    g_assert_cmpstr ((const char *) text->data, ==, expected);
    g_assert_nonnull (key);
    g_assert_cmpmem (key->data, key->len, key32, 32);
    g_assert_cmpint (read, ==, compressed);
    g_assert_null (btc_wif_parse (expected, BTC_NETWORK_TEST, NULL));
  }
  g_assert_null (btc_wif_parse ("", BTC_NETWORK_MAIN, NULL));
  g_assert_null (btc_wif_parse ("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK", BTC_NETWORK_MAIN, NULL));
}

static void
test_der (void)
{
  guint8 key32[32], pubkey[65];

  g_assert_true (common_hex_decode (KEY, key32, 32));
  for (guint compressed = 0; compressed < 2; compressed++) {
    g_autoptr (CommonSecret) der = btc_privkey_to_der (key32, (gboolean) compressed);
    g_autoptr (CommonSecret) key = btc_privkey_from_der (der->data, der->len);
    gsize len = btc_privkey_get_pubkey (key32, (gboolean) compressed, pubkey);

    g_assert_cmpuint (der->len, ==, compressed ? 214 : 279);
    g_assert_cmpmem (key->data, key->len, key32, 32);
    g_assert_cmpmem (der->data + der->len - len, len, pubkey, len);
    for (gsize cut = 0; cut < 40; cut++)
      g_assert_null (btc_privkey_from_der (der->data, cut));
  }
}

static void
test_valid (void)
{
  guint8 key32[32] = { 0 };
  g_autoptr (CommonSecret) a = btc_privkey_generate ();
  g_autoptr (CommonSecret) b = btc_privkey_generate ();

  g_assert_false (btc_privkey_is_valid (key32));
  key32[31] = 1;
  g_assert_true (btc_privkey_is_valid (key32));
  memset (key32, 0xff, 32);
  g_assert_false (btc_privkey_is_valid (key32));
  g_assert_true (memcmp (a->data, b->data, 32) != 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/privkey/wif", test_wif);
  g_test_add_func ("/keys/privkey/der", test_der);
  g_test_add_func ("/keys/privkey/valid", test_valid);
  return g_test_run ();
}

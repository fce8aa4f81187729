#include "bitcoin/keys/xprv.h"

#include <string.h>

#include "common/hex.h"

typedef struct {
  const char *seed;
  guint32 path[3];
  gsize len;
  const char *xpub;
  const char *xprv;
} Case;

#define H BTC_HARDENED

/* Test vectors 1, 2 and 3 of BIP 32; the third keeps leading zeros of a private key. */
static const Case cases[] = {
  { "000102030405060708090a0b0c0d0e0f",
    { 0 },
    0,
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi" },
  { "000102030405060708090a0b0c0d0e0f",
    { 0 | H, 1 },
    2,
    "xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hqck2AxYysAA7xmALppuCkwQ",
    "xprv9wTYmMFdV23N2TdNG573QoEsfRrWKQgWeibmLntzniatZvR9BmLnvSxqu53Kw1UmYPxLgboyZQaXwTCg8MSY3H2EU4pWcQDnRnrVA1xe8fs" },
  { "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a57"
    "5"
    "4514e4b484542",
    { 0 },
    1,
    "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH",
    "xprv9vHkqa6EV4sPZHYqZznhT2NPtPCjKuDKGY38FBWLvgaDx45zo9WQRUT3dKYnjwih2yJD9mkrocEZXo1ex8G81dwSM1fwqWpWkeS3v86pgKt" },
  { "4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e"
    "5a3"
    "c51c73235be",
    { 0 | H },
    1,
    "xpub68NZiKmJWnxxS6aaHmn81bvJeTESw724CRDs6HbuccFQN9Ku14VQrADWgqbhhTHBaohPX4CjNLf9fq9MYo6oDaPPLPxSb7gwQN3ih19Zm4Y",
    "xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBAJMu2qaMWPrS7AANYqdq6vcBcBUdJCVVFceUvJFjaPdGZ2y9WACViL4L" },
};

static void
assert_same (const BtcXpub *a, const BtcXpub *b)
{
  guint8 a74[BTC_XPUB_SIZE], b74[BTC_XPUB_SIZE];

  btc_xpub_encode (a, a74);
  btc_xpub_encode (b, b74);
  g_assert_cmpmem (a74, sizeof a74, b74, sizeof b74);
}

static void
test_vectors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_autoptr (GBytes) seed = common_hex_decode_bytes (c->seed);
    gsize len;
    const guint8 *data = g_bytes_get_data (seed, &len);
    g_autoptr (BtcXprv) master = btc_xprv_new_from_seed (data, len);
    g_autoptr (BtcXprv) key = btc_xprv_derive_path (master, c->path, c->len);
    g_autoptr (CommonSecret) xprv = btc_xprv_format (key, BTC_NETWORK_MAIN);
    g_autofree char *xpub = btc_xpub_format (btc_xprv_get_xpub (key), BTC_NETWORK_MAIN);
    g_autoptr (BtcXprv) parsed = btc_xprv_parse (c->xprv, BTC_NETWORK_MAIN);
    BtcXpub public;

    g_assert_cmpstr (xpub, ==, c->xpub);
    g_assert_cmpstr ((const char *) xprv->data, ==, c->xprv);
    g_assert_nonnull (parsed);
    g_assert_cmpmem (btc_xprv_get_key (parsed), 32, btc_xprv_get_key (key), 32);
    g_assert_true (btc_xpub_parse (c->xpub, BTC_NETWORK_MAIN, &public));
    assert_same (&public, btc_xprv_get_xpub (key));
    g_assert_null (btc_xprv_parse (c->xprv, BTC_NETWORK_REGTEST));
    g_assert_null (btc_xprv_parse (c->xpub, BTC_NETWORK_MAIN));
    g_assert_false (btc_xpub_parse (c->xprv, BTC_NETWORK_MAIN, &public));
  }
}

/* A child of the public key is the public key of the child. */
static void
test_public_derivation (void)
{
  g_autoptr (BtcXprv) master = btc_xprv_parse (cases[0].xprv, BTC_NETWORK_MAIN);

  for (guint32 i = 0; i < 20; i++) {
    g_autoptr (BtcXprv) child = btc_xprv_derive (master, i * 77);
    BtcXpub public;

    g_assert_true (btc_xpub_derive (btc_xprv_get_xpub (master), i * 77, &public));
    assert_same (&public, btc_xprv_get_xpub (child));
  }
  {
    BtcXpub public;

    g_assert_false (btc_xpub_derive (btc_xprv_get_xpub (master), BTC_HARDENED, &public));
  }
}

/* Test vector 5 of BIP 32. */
static void
test_invalid (void)
{
  static const char *const bad[] = {
    /* A public key with the version of private keys, and vice versa. */
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6LBpB85b3D2yc8sfvZU521AAwdZafEz7mnzBBsz4wKY5fTtTQBm",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGTQQD3dC4H2D5GBj7vWvSQaaBv5cxi9gafk7NF3pnBju6dwKvH",
    /* Depth 0 with a parent fingerprint, and with a child number. */
    "xprv9s2SPatNQ9Vc6GTbVMFPFo7jsaZySyzk7L8n2uqKXJen3KUmvQNTuLh3fhZMBoG3G4ZW1N2kZuHEPY53qmbZzCHshoQnNf4GvELZfqTUrcv",
    "xprv9s21ZrQH4r4TsiLvyLXqM9P7k1K3EYhA1kkD6xuquB5i39AU8KF42acDyL3qsDbU9NmZn6MsGSUYZEsuoePmjzsB3eFKSUEh3Gu1N3cqVUN",
    /* The private keys 0 and the order of the curve. */
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzF93Y5wvzdUayhgkkFoicQZcP3y52uPPxFnfoLZB21Teqt1VvEHx",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD5SDKr24z3aiUvKr9bJpdrcLg1y3G",
    "",
    "xpub",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    BtcXpub public;

    g_assert_null (btc_xprv_parse (bad[i], BTC_NETWORK_MAIN));
    g_assert_false (btc_xpub_parse (bad[i], BTC_NETWORK_MAIN, &public));
  }
}

static void
test_from_key (void)
{
  g_autoptr (BtcXprv) key = btc_xprv_parse (cases[1].xprv, BTC_NETWORK_MAIN);
  g_autoptr (BtcXprv) other = btc_xprv_parse (cases[0].xprv, BTC_NETWORK_MAIN);
  g_autoptr (BtcXprv) same = btc_xprv_new_from_key (btc_xprv_get_key (key), btc_xprv_get_xpub (key));

  g_assert_nonnull (same);
  g_assert_null (btc_xprv_new_from_key (btc_xprv_get_key (other), btc_xprv_get_xpub (key)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/xprv/vectors", test_vectors);
  g_test_add_func ("/keys/xprv/public-derivation", test_public_derivation);
  g_test_add_func ("/keys/xprv/invalid", test_invalid);
  g_test_add_func ("/keys/xprv/from-key", test_from_key);
  return g_test_run ();
}

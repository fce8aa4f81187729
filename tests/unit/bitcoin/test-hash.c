#include "bitcoin/crypto/hash.h"

#include <nettle/sha2.h>
#include <string.h>

#include "bitcoin/crypto/sha256_compress.h"
#include "common/hex.h"

static void
assert_hex (const guint8 *data, gsize len, const char *expected)
{
  g_autofree char *hex = common_hex_encode (data, len);

  g_assert_cmpstr (hex, ==, expected);
}

/* The examples of FIPS 180-4. */
static void
test_sha256_known (void)
{
  guint8 out[32];

  btc_sha256 ((const guint8 *) "", 0, out);
  assert_hex (out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  btc_sha256 ((const guint8 *) "abc", 3, out);
  assert_hex (out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  btc_sha256 ((const guint8 *) "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out);
  assert_hex (out, 32, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  btc_sha256d ((const guint8 *) "hello", 5, out);
  assert_hex (out, 32, "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50");
}

/* Every length around the block size, whole and in uneven parts, against another implementation. */
static void
test_sha256_lengths (void)
{
  guint8 data[300];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 7 + 3);
  for (guint len = 0; len <= sizeof data; len++) {
    struct sha256_ctx other;
    guint8 expected[32], out[32];
    BtcSha256 hash;

    sha256_init (&other);
    sha256_update (&other, len, data);
    sha256_digest (&other, 32, expected);
    btc_sha256 (data, len, out);
    g_assert_cmpmem (out, 32, expected, 32);

    for (guint part = 1; part < 130; part += 13) {
      btc_sha256_init (&hash);
      for (guint at = 0; at < len; at += part)
        btc_sha256_update (&hash, data + at, MIN (part, len - at));
      btc_sha256_finish (&hash, out);
      g_assert_cmpmem (out, 32, expected, 32);
    }
  }
}

static void
check_engine (const BtcSha256Engine *engine)
{
  guint8 in[64 * 9], out[32 * 9], expected[32];
  guint32 state[8], other_state[8];

  for (guint i = 0; i < sizeof in; i++)
    in[i] = (guint8) (i * i + 11);

  memcpy (state, btc_sha256_initial, sizeof state);
  memcpy (other_state, btc_sha256_initial, sizeof state);
  engine->blocks (state, in, 9);
  btc_sha256_portable.blocks (other_state, in, 9);
  g_assert_cmpmem (state, sizeof state, other_state, sizeof state);

  for (guint n = 0; n <= 9; n++) {
    guint8 place[sizeof in];

    engine->double_64 (out, in, n);
    memcpy (place, in, sizeof in);
    engine->double_64 (place, place, n);
    for (guint i = 0; i < n; i++) {
      btc_sha256d (in + 64 * i, 64, expected);
      g_assert_cmpmem (out + 32 * i, 32, expected, 32);
      g_assert_cmpmem (place + 32 * i, 32, expected, 32);
    }
    g_assert_cmpmem (place + 64 * n, sizeof in - 64 * n, in + 64 * n, sizeof in - 64 * n);
  }
}

static void
test_sha256_engines (void)
{
  check_engine (&btc_sha256_portable);
  if (btc_sha256_x86 () != NULL)
    check_engine (btc_sha256_x86 ());
  else
    g_test_message ("no SHA instructions here");
}

static void
test_tagged (void)
{
  guint8 out[32], tag[32], data[67];

  btc_sha256 ((const guint8 *) "TapTweak", 8, tag);
  memcpy (data, tag, 32);
  memcpy (data + 32, tag, 32);
  memcpy (data + 64, "abc", 3);
  btc_sha256 (data, 67, tag);
  btc_tagged_hash ("TapTweak", (const guint8 *) "abc", 3, out);
  g_assert_cmpmem (out, 32, tag, 32);
}

static void
test_others (void)
{
  guint8 out[64];

  btc_ripemd160 ((const guint8 *) "abc", 3, out);
  assert_hex (out, 20, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
  btc_sha1 ((const guint8 *) "abc", 3, out);
  assert_hex (out, 20, "a9993e364706816aba3e25717850c26c9cd0d89d");
  btc_sha512 ((const guint8 *) "abc", 3, out);
  assert_hex (out, 64,
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  btc_hash160 ((const guint8 *) "hello", 5, out);
  assert_hex (out, 20, "b6a9c8c230722b7c748331a8b450f05566dc7d0f");
  /* RFC 4231, case 2. */
  btc_hmac_sha512 ((const guint8 *) "Jefe", 4, (const guint8 *) "what do ya want for nothing?", 28, out);
  assert_hex (out, 64,
              "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
              "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

/* The first vector of BIP 39. */
static void
test_pbkdf2 (void)
{
  const char *words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
  guint8 out[64];

  btc_pbkdf2_hmac_sha512 ((const guint8 *) words, strlen (words), (const guint8 *) "mnemonicTREZOR",
                          strlen ("mnemonicTREZOR"), 2048, out);
  assert_hex (out, 64,
              "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
              "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04");
}

/* The example in the SipHash paper. */
static void
test_siphash (void)
{
  guint8 data[15];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) i;
  g_assert_cmphex (btc_siphash (0x0706050403020100, 0x0f0e0d0c0b0a0908, data, 15), ==, 0xa129ca6149be45e5);
  g_assert_cmphex (btc_siphash (0x0706050403020100, 0x0f0e0d0c0b0a0908, data, 0), ==, 0x726fdb47dd0e0e31);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/hash/sha256-known", test_sha256_known);
  g_test_add_func ("/crypto/hash/sha256-lengths", test_sha256_lengths);
  g_test_add_func ("/crypto/hash/sha256-engines", test_sha256_engines);
  g_test_add_func ("/crypto/hash/tagged", test_tagged);
  g_test_add_func ("/crypto/hash/others", test_others);
  g_test_add_func ("/crypto/hash/pbkdf2", test_pbkdf2);
  g_test_add_func ("/crypto/hash/siphash", test_siphash);
  return g_test_run ();
}

#include "bitcoin/crypto/bip324.h"

#include <string.h>

static const guint8 magic4[4] = { 0xfa, 0xbf, 0xb5, 0xda };

typedef struct {
  BtcBip324 *initiator, *responder;
} Ends;

static BtcBip324Key *
make_key (guint8 number)
{
  const guint8 secret32[32] = { [31] = number }, seed32[32] = { number };

  return btc_bip324_key_new (secret32, seed32, seed32);
}

static void
set_up (Ends *ends, gconstpointer data)
{
  g_autoptr (BtcBip324Key) first = make_key (1), second = make_key (2);

  ends->initiator = btc_bip324_new (first, btc_bip324_key_get_public (second), TRUE, magic4);
  ends->responder = btc_bip324_new (second, btc_bip324_key_get_public (first), FALSE, magic4);
}

static void
tear_down (Ends *ends, gconstpointer data)
{
  btc_bip324_free (ends->initiator);
  btc_bip324_free (ends->responder);
}

/* Decrypts PACKET in pieces of PIECE bytes; NULL: it is forged. */
static GBytes *
receive (BtcBip324 *cipher, guint8 *packet, gsize n, gsize piece)
{
  guint32 len = btc_bip324_decrypt_length (cipher, packet);
  guint8 *bytes = packet + BTC_BIP324_LENGTH_SIZE;
  gsize left = len + BTC_BIP324_HEADER_SIZE;

  g_assert_cmpuint (len + BTC_BIP324_OVERHEAD, ==, n);
  btc_bip324_decrypt_begin (cipher, NULL, 0);
  for (gsize done; left > 0; bytes += done, left -= done) {
    done = MIN (left, piece);
    btc_bip324_decrypt_piece (cipher, bytes, done);
  }
  if (!btc_bip324_decrypt_finish (cipher, bytes))
    return NULL;
  return g_bytes_new (packet + BTC_BIP324_LENGTH_SIZE, len + BTC_BIP324_HEADER_SIZE);
}

/* Both directions, through several changes of the keys, whatever the size of the pieces. */
static void
test_round (Ends *ends, gconstpointer data)
{
  guint8 contents[700];

  for (gsize i = 0; i < sizeof contents; i++)
    contents[i] = (guint8) i;
  for (guint i = 0; i < sizeof contents; i++) {
    BtcBip324 *sender = i % 2 == 0 ? ends->initiator : ends->responder;
    guint8 packet[sizeof contents + BTC_BIP324_OVERHEAD];
    g_autoptr (GBytes) plain = NULL;
    const guint8 *bytes;

    btc_bip324_encrypt (sender, contents, i, NULL, 0, i % 3 == 0, packet);
    plain = receive (i % 2 == 0 ? ends->responder : ends->initiator, packet, i + BTC_BIP324_OVERHEAD,
                     BTC_BIP324_PIECE * (1 + i % 4));
    g_assert_nonnull (plain);
    bytes = g_bytes_get_data (plain, NULL);
    g_assert_cmpuint (bytes[0], ==, i % 3 == 0 ? BTC_BIP324_IGNORE : 0);
    g_assert_cmpmem (bytes + 1, g_bytes_get_size (plain) - 1, contents, i);
  }
}

/* One changed bit anywhere but in the length. */
static void
test_forged (Ends *ends, gconstpointer data)
{
  guint8 packet[10 + BTC_BIP324_OVERHEAD];
  const guint8 contents[10] = { 0 };
  guint which = GPOINTER_TO_UINT (data);

  btc_bip324_encrypt (ends->initiator, contents, sizeof contents, NULL, 0, FALSE, packet);
  packet[which] ^= 1;
  g_assert_null (receive (ends->responder, packet, sizeof packet, BTC_BIP324_PIECE));
}

static void
test_same_session (Ends *ends, gconstpointer data)
{
  g_assert_cmpmem (btc_bip324_get_session_id (ends->initiator), 32, btc_bip324_get_session_id (ends->responder), 32);
  g_assert_cmpmem (btc_bip324_get_send_terminator (ends->initiator), 16,
                   btc_bip324_get_receive_terminator (ends->responder), 16);
  g_assert_cmpmem (btc_bip324_get_receive_terminator (ends->initiator), 16,
                   btc_bip324_get_send_terminator (ends->responder), 16);
}

/* 0 and the order of the curve are no keys. */
static void
test_bad_key (void)
{
  static const guint8 order32[32]
      = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
          0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41 };
  const guint8 zero32[32] = { 0 };

  g_assert_null (btc_bip324_key_new (zero32, zero32, zero32));
  g_assert_null (btc_bip324_key_new (order32, zero32, zero32));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/crypto/bip324/round", Ends, NULL, set_up, test_round, tear_down);
  g_test_add ("/crypto/bip324/forged/header", Ends, GUINT_TO_POINTER (3), set_up, test_forged, tear_down);
  g_test_add ("/crypto/bip324/forged/contents", Ends, GUINT_TO_POINTER (9), set_up, test_forged, tear_down);
  g_test_add ("/crypto/bip324/forged/tag", Ends, GUINT_TO_POINTER (29), set_up, test_forged, tear_down);
  g_test_add ("/crypto/bip324/session", Ends, NULL, set_up, test_same_session, tear_down);
  g_test_add_func ("/crypto/bip324/bad-key", test_bad_key);
  return g_test_run ();
}

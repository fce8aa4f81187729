/* bip-0324_*.csv: decoding and inverting ElligatorSwift, and packets of the cipher. */
#include "support.h"

#include <string.h>

#include "bitcoin/crypto/bip324.h"
#include "bitcoin/crypto/ellswift.h"

static const guint8 main_magic4[4] = { 0xf9, 0xbe, 0xb4, 0xd9 };

static gboolean
is_hex (const guint8 *data, gsize n, const char *hex)
{
  g_autoptr (GByteArray) expected = vectors_hex (hex);

  return expected->len == n && memcmp (expected->data, data, n) == 0;
}

static void
run_decode (char **field, const char *line)
{
  g_autoptr (GByteArray) ell64 = vectors_hex (field[0]);
  guint8 x32[32];

  btc_ellswift_decode (ell64->data, x32);
  vectors_check (is_hex (x32, sizeof x32, field[1]), "%s", line);
}

static void
run_invert (char **field, const char *line)
{
  g_autoptr (GByteArray) u32 = vectors_hex (field[0]), x32 = vectors_hex (field[1]);

  for (guint branch = 0; branch < 8; branch++) {
    const char *expected = field[2 + branch];
    guint8 t32[32];
    gboolean found = btc_ellswift_invert (x32->data, u32->data, branch, t32);

    vectors_check (*expected == '\0' ? !found : found && is_hex (t32, sizeof t32, expected), "branch %u: %s", branch,
                   line);
  }
}

enum { IDX, PRIVATE, OURS, THEIRS, INITIATING, CONTENTS, MULTIPLY, AAD, IGNORE, X_OURS, X_THEIRS };
enum { SEND_TERMINATOR = 17, RECEIVE_TERMINATOR, SESSION_ID, CIPHERTEXT, CIPHERTEXT_END };

static BtcBip324 *
make_cipher (char **field)
{
  g_autoptr (GByteArray) secret = vectors_hex (field[PRIVATE]), ours = vectors_hex (field[OURS]),
                         theirs = vectors_hex (field[THEIRS]);
  const guint8 seed32[32] = { 1 };
  g_autoptr (BtcBip324Key) key = btc_bip324_key_new (secret->data, seed32, seed32);

  btc_bip324_key_set_public (key, ours->data);
  return btc_bip324_new (key, theirs->data, *field[INITIATING] == '1', main_magic4);
}

static void
run_packet (char **field, const char *line)
{
  g_autoptr (BtcBip324) cipher = make_cipher (field);
  g_autoptr (GByteArray) one = vectors_hex (field[CONTENTS]), aad = vectors_hex (field[AAD]),
                         contents = g_byte_array_new ();
  g_autofree guint8 *packet = NULL;
  guint8 before[BTC_BIP324_OVERHEAD];
  gsize n, n_end = strlen (field[CIPHERTEXT_END]) / 2;

  for (guint64 i = g_ascii_strtoull (field[MULTIPLY], NULL, 10); i > 0; i--)
    g_byte_array_append (contents, one->data, one->len);
  n = contents->len + BTC_BIP324_OVERHEAD;
  packet = g_malloc (n);
  vectors_check (is_hex (btc_bip324_get_session_id (cipher), 32, field[SESSION_ID]), "session ID: %s", line);
  vectors_check (is_hex (btc_bip324_get_send_terminator (cipher), 16, field[SEND_TERMINATOR]), "sent: %s", line);
  vectors_check (is_hex (btc_bip324_get_receive_terminator (cipher), 16, field[RECEIVE_TERMINATOR]), "received: %s",
                 line);
  for (guint64 i = g_ascii_strtoull (field[IDX], NULL, 10); i > 0; i--)
    btc_bip324_encrypt (cipher, NULL, 0, NULL, 0, FALSE, before);
  btc_bip324_encrypt (cipher, contents->data, contents->len, aad->data, aad->len, *field[IGNORE] == '1', packet);
  if (n_end > 0)
    vectors_check (n_end <= n && is_hex (packet + n - n_end, n_end, field[CIPHERTEXT_END]), "end: %s", line);
  else
    vectors_check (is_hex (packet, n, field[CIPHERTEXT]), "packet: %s", line);
}

static guint
run_files (const char *pattern, guint n_fields, void (*run) (char **field, const char *line))
{
  g_autoptr (GPtrArray) paths = vectors_find ("bips", pattern);

  for (guint i = 0; i < paths->len; i++) {
    g_autoptr (GByteArray) text = vectors_load (paths->pdata[i]);
    g_auto (GStrv) lines = g_strsplit ((const char *) text->data, "\n", -1);

    for (guint j = 1; lines[j] != NULL; j++) {
      g_auto (GStrv) field = g_strsplit (g_strstrip (lines[j]), ",", -1);

      if (*lines[j] == '\0')
        continue;
      g_assert_cmpuint (g_strv_length (field), >=, n_fields);
      vectors_name_case ("line %u of %s", j + 1, (const char *) paths->pdata[i]);
      run (field, lines[j]);
    }
  }
  return paths->len;
}

int
main (void)
{
  if (run_files ("bip-0324_ellswift_decode*.csv", 2, run_decode) == 0
      || run_files ("bip-0324_xswiftec_inv*.csv", 10, run_invert) == 0
      || run_files ("bip-0324_packet_encoding*.csv", CIPHERTEXT_END + 1, run_packet) == 0)
    return vectors_skip ("bips", "bip-0324_*.csv");
  return vectors_finish ("bip324");
}

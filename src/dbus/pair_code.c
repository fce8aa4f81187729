#include "dbus/pair_code.h"

#include <nettle/hmac.h>

#include "common/random.h"
#include "dbus/errors.h"

#define ALPHABET "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#define VERSION 1
#define CHECKSUM_LABEL "moneyrocket pairing code"
#define N_CHECKSUM 6
#define N_CHECKED (BUS_PAIR_CODE_CHARS - N_CHECKSUM)
#define N_BYTES (BUS_FINGERPRINT_LEN + BUS_PAIR_SECRET_LEN)
/* A whole page would be no code. */
#define MAX_TEXT_LEN 1024

G_STATIC_ASSERT (sizeof (BusPairCode) == N_BYTES);
G_STATIC_ASSERT ((N_CHECKED - 1) * 5 == N_BYTES * 8 + 1);

/* One number below 32 for each character, in secret memory. */
typedef guint8 *PairDigits;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (PairDigits, common_secret_free, NULL)

BusPairCode *
bus_pair_code_new (const guint8 fingerprint32[BUS_FINGERPRINT_LEN])
{
  BusPairCode *code = common_secret_alloc (sizeof *code);

  memcpy (code->fingerprint32, fingerprint32, BUS_FINGERPRINT_LEN);
  common_random_bytes (code->secret16, BUS_PAIR_SECRET_LEN);
  return code;
}

void
bus_pair_code_free (BusPairCode *code)
{
  common_secret_free (code);
}

static void
pair_code_make_checksum (const guint8 *digits, guint8 *checksum)
{
  struct sha256_ctx hash;
  guint8 digest[SHA256_DIGEST_SIZE];

  sha256_init (&hash);
  sha256_update (&hash, sizeof CHECKSUM_LABEL - 1, (const guint8 *) CHECKSUM_LABEL);
  sha256_update (&hash, N_CHECKED, digits);
  sha256_digest (&hash, sizeof digest, digest);
  for (guint i = 0; i < N_CHECKSUM; i++) {
    guint bit = i * 5, pair = (guint) digest[bit / 8] << 8 | digest[bit / 8 + 1];

    checksum[i] = pair >> (11 - bit % 8) & 31;
  }
  common_secret_wipe (&hash, sizeof hash);
  common_secret_wipe (digest, sizeof digest);
}

static void
pair_code_to_digits (const BusPairCode *code, guint8 *digits)
{
  const guint8 *bytes = (const guint8 *) code;

  digits[0] = VERSION;
  for (guint i = 0; i < N_CHECKED - 1; i++) {
    guint bit = i * 5, next = bit / 8 + 1 < N_BYTES ? bytes[bit / 8 + 1] : 0;
    guint pair = (guint) bytes[bit / 8] << 8 | next;

    digits[1 + i] = pair >> (11 - bit % 8) & 31;
  }
  pair_code_make_checksum (digits, digits + N_CHECKED);
}

CommonSecret *
bus_pair_code_to_text (const BusPairCode *code)
{
  g_auto (PairDigits) digits = common_secret_alloc (BUS_PAIR_CODE_CHARS);
  CommonSecret *text = common_secret_new (NULL, BUS_PAIR_CODE_LEN);
  gsize len = 0;

  pair_code_to_digits (code, digits);
  for (guint i = 0; i < BUS_PAIR_CODE_CHARS; i++) {
    if (i > 0 && i % BUS_PAIR_CODE_GROUP == 0)
      text->data[len++] = '-';
    text->data[len++] = (guint8) ALPHABET[digits[i]];
  }
  return text;
}

static gboolean
pair_code_fail (GError **error, const char *reason)
{
  g_set_error (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "This is not a pairing code: %s", reason);
  return FALSE;
}

/* -1: no character of a code. */
static int
pair_code_get_digit (char c)
{
  const char *found;

  c = g_ascii_toupper (c);
  if (c == 'I' || c == 'L')
    return 1;
  if (c == 'O')
    return 0;
  found = c != '\0' ? strchr (ALPHABET, c) : NULL;
  return found != NULL ? (int) (found - ALPHABET) : -1;
}

static gboolean
pair_code_read_digits (const char *text, gsize len, guint8 *digits, GError **error)
{
  guint n = 0;

  if (len > MAX_TEXT_LEN)
    return pair_code_fail (error, "it is much too long.");
  for (gsize i = 0; i < len; i++) {
    int digit = pair_code_get_digit (text[i]);

    if (g_ascii_isspace (text[i]) || text[i] == '-')
      continue;
    if (digit < 0)
      return pair_code_fail (error, "it has a character that no code has. A code has digits, letters and hyphens.");
    if (n == BUS_PAIR_CODE_CHARS)
      return pair_code_fail (error, "it has more than 84 characters.");
    digits[n++] = (guint8) digit;
  }
  if (n == 0)
    return pair_code_fail (error, "it is empty.");
  return n == BUS_PAIR_CODE_CHARS || pair_code_fail (error, "it has fewer than 84 characters. Enter all of it.");
}

/* The last bit is zero. */
static gboolean
pair_code_from_digits (const guint8 *digits, BusPairCode *code)
{
  guint8 *bytes = (guint8 *) code;
  guint bits = 0, n_bits = 0, n = 0;

  for (guint i = 0; i < N_CHECKED - 1; i++) {
    bits = (bits << 5 | digits[1 + i]) & 0xfff;
    n_bits += 5;
    if (n_bits >= 8) {
      n_bits -= 8;
      bytes[n++] = (guint8) (bits >> n_bits);
    }
  }
  return (bits & 1) == 0;
}

BusPairCode *
bus_pair_code_parse (const char *text, gsize len, GError **error)
{
  g_auto (PairDigits) digits = common_secret_alloc (BUS_PAIR_CODE_CHARS);
  g_autoptr (BusPairCode) code = common_secret_alloc (sizeof *code);
  guint8 checksum[N_CHECKSUM];

  if (!pair_code_read_digits (text, len, digits, error))
    return NULL;
  pair_code_make_checksum (digits, checksum);
  if (!common_secret_equal (checksum, digits + N_CHECKED, N_CHECKSUM))
    pair_code_fail (error, "there is a mistake in it. Compare each group with the code that is shown.");
  else if (digits[0] != VERSION || !pair_code_from_digits (digits, code))
    pair_code_fail (error, "another version of this program has made it. Update the older one of the two.");
  else
    return g_steal_pointer (&code);
  return NULL;
}

void
bus_pair_code_prove (const BusPairCode *code,
                     BusPairSide side,
                     const guint8 reader32[BUS_FINGERPRINT_LEN],
                     guint8 out32[BUS_PAIR_PROOF_LEN])
{
  static const char *const labels[] = { [BUS_PAIR_READER] = "moneyrocket pairing: the code was read",
                                        [BUS_PAIR_SHOWER] = "moneyrocket pairing: the code was shown" };
  struct hmac_sha256_ctx hmac;

  hmac_sha256_set_key (&hmac, BUS_PAIR_SECRET_LEN, code->secret16);
  hmac_sha256_update (&hmac, strlen (labels[side]), (const guint8 *) labels[side]);
  hmac_sha256_update (&hmac, BUS_FINGERPRINT_LEN, code->fingerprint32);
  hmac_sha256_update (&hmac, BUS_FINGERPRINT_LEN, reader32);
  hmac_sha256_digest (&hmac, BUS_PAIR_PROOF_LEN, out32);
  common_secret_wipe (&hmac, sizeof hmac);
}

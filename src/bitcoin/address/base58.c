#include "bitcoin/address/base58.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"

/* The bytes are a big-endian number, written in base 58; each leading zero byte becomes a "1". With checksum, the first
 * four bytes of the data's double SHA-256 are appended to it. */

#define CHECKSUM_LEN 4

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static gint
digit_value (char c)
{
  const char *at = c != '\0' ? strchr (alphabet, c) : NULL;

  return at != NULL ? (gint) (at - alphabet) : -1;
}

/* The data may be a private key, so temporary buffers are wiped before they are freed. */
static void
wipe_free (guint8 *data, gsize len)
{
  explicit_bzero (data, len);
  g_free (data);
}

/* Five digits are one of base 58^5, so that a step divides 64 bits. */
#define GROUP 5
#define GROUP_BASE 656356768u

/* Multiplies the number, of N groups with the lowest first, by 256 and adds BYTE. Returns the number of its groups. */
static gsize
base58_append (guint32 *groups, gsize n, guint8 byte)
{
  guint64 carry = byte;

  for (gsize i = 0; i < n; i++) {
    carry += (guint64) groups[i] << 8;
    groups[i] = (guint32) (carry % GROUP_BASE);
    carry /= GROUP_BASE;
  }
  if (carry != 0)
    groups[n++] = (guint32) carry;
  return n;
}

/* The digits of N groups, the highest first, without leading zeros. Returns their number. */
static gsize
base58_write (guint32 *groups, gsize n, char *out)
{
  gsize len = 0;

  while (n-- > 0) {
    char digits[GROUP];
    guint used = 0;

    for (guint i = 0; i < GROUP; i++, groups[n] /= 58) {
      digits[i] = alphabet[groups[n] % 58];
      if (groups[n] != 0)
        used = i + 1;
    }
    for (guint i = len > 0 ? GROUP : used; i > 0; i--)
      out[len++] = digits[i - 1];
  }
  return len;
}

char *
btc_base58_encode (const guint8 *data, gsize len)
{
  gsize zeros = 0, n = 0, size;
  guint32 *groups;
  char *text;

  while (zeros < len && data[zeros] == 0)
    zeros++;
  /* log(256) / log(58) is less than 1.38. */
  size = ((len - zeros) * 138 / 100 + 1) / GROUP + 1;
  groups = g_new0 (guint32, size);
  for (gsize i = zeros; i < len; i++)
    n = base58_append (groups, n, data[i]);
  text = g_malloc (zeros + n * GROUP + 1);
  memset (text, '1', zeros);
  text[zeros + base58_write (groups, n, text + zeros)] = '\0';
  wipe_free ((guint8 *) groups, size * sizeof *groups);
  return text;
}

/* Adds one digit to the little-endian number of *USED bytes in NUMBER, which has room for SIZE. */
static gboolean
append_digit (guint8 *number, gsize size, gsize *used, guint digit)
{
  guint carry = digit;
  gsize at = 0;

  for (; carry != 0 || at < *used; at++) {
    if (at == size)
      return FALSE;
    carry += 58u * number[at];
    number[at] = carry & 0xff;
    carry >>= 8;
  }
  *used = at;
  return TRUE;
}

GBytes *
btc_base58_decode (const char *text, gsize max_len)
{
  gsize zeros = 0, used = 0, len;
  guint8 *number, *data;
  gboolean good = TRUE;

  g_return_val_if_fail (text != NULL, NULL);

  while (g_ascii_isspace (*text))
    text++;
  len = strlen (text);
  while (len > 0 && g_ascii_isspace (text[len - 1]))
    len--;

  while (zeros < len && text[zeros] == '1')
    zeros++;
  if (zeros > max_len)
    return NULL;

  number = g_malloc0 (max_len - zeros + 1);
  for (gsize i = zeros; i < len && good; i++) {
    gint digit = digit_value (text[i]);

    good = digit >= 0 && append_digit (number, max_len - zeros, &used, (guint) digit);
  }
  if (!good) {
    wipe_free (number, max_len - zeros + 1);
    return NULL;
  }

  data = g_malloc0 (zeros + used + 1);
  for (gsize i = 0; i < used; i++)
    data[zeros + i] = number[used - 1 - i];
  wipe_free (number, max_len - zeros + 1);
  return g_bytes_new_take (data, zeros + used);
}

char *
btc_base58check_encode (const guint8 *data, gsize len)
{
  guint8 *with_checksum = g_malloc (len + 32);
  char *text;

  memcpy (with_checksum, data, len);
  btc_sha256d (data, len, with_checksum + len);
  text = btc_base58_encode (with_checksum, len + CHECKSUM_LEN);
  wipe_free (with_checksum, len + 32);
  return text;
}

GBytes *
btc_base58check_decode (const char *text, gsize max_len)
{
  g_autoptr (GBytes) bytes = btc_base58_decode (text, max_len + CHECKSUM_LEN);
  gsize len;
  guint8 *data;
  guint8 hash32[32];
  gboolean good;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_unref_to_data (g_steal_pointer (&bytes), &len);
  if (len >= CHECKSUM_LEN) {
    btc_sha256d (data, len - CHECKSUM_LEN, hash32);
    good = memcmp (hash32, data + len - CHECKSUM_LEN, CHECKSUM_LEN) == 0;
  } else {
    good = FALSE;
  }
  if (!good) {
    wipe_free (data, len);
    return NULL;
  }
  return g_bytes_new_take (data, len - CHECKSUM_LEN);
}

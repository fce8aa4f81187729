/* Base58: bytes to text and back, and text to bytes and back. */
#include <stdlib.h>
#include <string.h>

#include "bitcoin/address/base58.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static void
check_text (const char *text)
{
  g_autoptr (GBytes) bytes = btc_base58_decode (text, 200);
  g_autofree char *again = NULL;
  g_autofree char *stripped = NULL;
  gsize len;

  if (bytes == NULL)
    return;
  again = btc_base58_encode (g_bytes_get_data (bytes, &len), g_bytes_get_size (bytes));
  stripped = g_strstrip (g_strdup (text));
  if (strcmp (again, stripped) != 0)
    abort ();
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *text = g_strndup ((const char *) data, len);
  g_autofree char *encoded = NULL;
  g_autoptr (GBytes) decoded = NULL;

  if (len > 500)
    return 0;
  check_text (text);
  encoded = btc_base58check_encode (data, len);
  decoded = btc_base58check_decode (encoded, len);
  if (decoded == NULL || g_bytes_get_size (decoded) != len
      || (len > 0 && memcmp (g_bytes_get_data (decoded, NULL), data, len) != 0))
    abort ();
  return 0;
}

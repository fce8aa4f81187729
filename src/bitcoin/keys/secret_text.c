#include "bitcoin/keys/secret_text.h"

#include <string.h>

#include "bitcoin/address/base58.h"

CommonSecret *
btc_secret_base58check_decode (const char *text, gsize max_len)
{
  GBytes *bytes = btc_base58check_decode (text, max_len);
  CommonSecret *secret = NULL;
  guint8 *data;
  gsize len;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_unref_to_data (bytes, &len);
  if (len > 0) {
    secret = common_secret_new (data, len);
    common_secret_wipe (data, len);
  }
  g_free (data);
  return secret;
}

CommonSecret *
btc_secret_base58check_encode (const guint8 *data, gsize len)
{
  char *text = btc_base58check_encode (data, len);
  gsize text_len = strlen (text);
  CommonSecret *secret = common_secret_new (text, text_len);

  common_secret_wipe (text, text_len);
  g_free (text);
  return secret;
}

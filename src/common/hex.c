#include "common/hex.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

void
common_hex_write (char *out, const guint8 *data, gsize len)
{
  for (gsize i = 0; i < len; i++) {
    out[2 * i] = digits[data[i] >> 4];
    out[2 * i + 1] = digits[data[i] & 15];
  }
}

void
common_hex_write_reversed (char *out, const guint8 *data, gsize len)
{
  for (gsize i = 0; i < len; i++) {
    out[2 * i] = digits[data[len - 1 - i] >> 4];
    out[2 * i + 1] = digits[data[len - 1 - i] & 15];
  }
}

char *
common_hex_encode (const guint8 *data, gsize len)
{
  char *text;

  g_return_val_if_fail (data != NULL || len == 0, NULL);

  text = g_malloc (2 * len + 1);
  common_hex_write (text, data, len);
  text[2 * len] = '\0';
  return text;
}

char *
common_hex_encode_reversed (const guint8 *data, gsize len)
{
  char *text;

  g_return_val_if_fail (data != NULL || len == 0, NULL);

  text = g_malloc (2 * len + 1);
  common_hex_write_reversed (text, data, len);
  text[2 * len] = '\0';
  return text;
}

gboolean
common_hex_decode (const char *text, guint8 *out, gsize out_len)
{
  g_return_val_if_fail (text != NULL && (out != NULL || out_len == 0), FALSE);

  if (strlen (text) != 2 * out_len)
    return FALSE;
  for (gsize i = 0; i < out_len; i++) {
    int high = g_ascii_xdigit_value (text[2 * i]);
    int low = g_ascii_xdigit_value (text[2 * i + 1]);

    if (high < 0 || low < 0)
      return FALSE;
    out[i] = (guint8) (high << 4 | low);
  }
  return TRUE;
}

gboolean
common_hex_decode_reversed (const char *text, guint8 *out, gsize out_len)
{
  if (!common_hex_decode (text, out, out_len))
    return FALSE;
  for (gsize i = 0; i < out_len / 2; i++) {
    guint8 byte = out[i];

    out[i] = out[out_len - 1 - i];
    out[out_len - 1 - i] = byte;
  }
  return TRUE;
}

GBytes *
common_hex_decode_bytes (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  gsize len = strlen (text) / 2;
  g_autofree guint8 *data = g_malloc (len + 1);

  if (!common_hex_decode (text, data, len))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), len);
}

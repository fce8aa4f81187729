#include "common/text.h"

#include <string.h>

#define SYMBOL_FOR_NULL "\xe2\x90\x80"
#define ZERO_WIDTH_NON_JOINER 0x200c
#define ZERO_WIDTH_JOINER 0x200d

/* TEXT with another string for each U+0000. */
static char *
text_replace_zeros (const char *text, const char *by, gsize by_len, gsize *len)
{
  GString *out = g_string_new (NULL);
  const char *zero;

  while ((zero = strstr (text, COMMON_TEXT_ZERO)) != NULL) {
    g_string_append_len (out, text, zero - text);
    g_string_append_len (out, by, (gssize) by_len);
    text = zero + strlen (COMMON_TEXT_ZERO);
  }
  g_string_append (out, text);
  *len = out->len;
  return g_string_free (out, FALSE);
}

gsize
common_text_len (const char *text)
{
  gsize len;

  g_return_val_if_fail (text != NULL, 0);
  len = strlen (text);
  while ((text = strstr (text, COMMON_TEXT_ZERO)) != NULL) {
    text += strlen (COMMON_TEXT_ZERO);
    len -= strlen (COMMON_TEXT_ZERO) - 1;
  }
  return len;
}

char *
common_text_from_bytes (const char *bytes, gsize len)
{
  const char *end = bytes + len, *zero;
  GString *text = g_string_sized_new (len);

  while ((zero = memchr (bytes, '\0', (gsize) (end - bytes))) != NULL) {
    g_string_append_len (text, bytes, zero - bytes);
    g_string_append (text, COMMON_TEXT_ZERO);
    bytes = zero + 1;
  }
  g_string_append_len (text, bytes, end - bytes);
  return g_string_free (text, FALSE);
}

char *
common_text_to_bytes (const char *text, gsize *len)
{
  g_return_val_if_fail (text != NULL && len != NULL, NULL);
  return text_replace_zeros (text, "", 1, len);
}

int
common_text_compare (const char *a, const char *b)
{
  gsize a_len, b_len;
  g_autofree char *first = common_text_to_bytes (a, &a_len), *second = common_text_to_bytes (b, &b_len);
  int common = memcmp (first, second, MIN (a_len, b_len));

  return common != 0 ? common : (a_len > b_len) - (a_len < b_len);
}

char *
common_text_dup_shown (const char *text)
{
  g_autofree char *shown = NULL;
  gsize len;

  g_return_val_if_fail (text != NULL, NULL);
  shown = text_replace_zeros (text, SYMBOL_FOR_NULL, strlen (SYMBOL_FOR_NULL), &len);
  return g_utf8_make_valid (shown, -1);
}

static gboolean
text_is_invisible (gunichar c)
{
  switch (g_unichar_type (c)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
    return TRUE;
  case G_UNICODE_FORMAT:
    return c != ZERO_WIDTH_NON_JOINER && c != ZERO_WIDTH_JOINER;
  default:
    return FALSE;
  }
}

gboolean
common_text_is_visible (const char *utf8)
{
  g_return_val_if_fail (utf8 != NULL, FALSE);

  for (; *utf8 != '\0'; utf8 = g_utf8_next_char (utf8))
    if (text_is_invisible (g_utf8_get_char (utf8)))
      return FALSE;
  return TRUE;
}

#include "rpc/url.h"

#include "common/text.h"

char *
rpc_url_unescape (const char *text, gsize len)
{
  g_autoptr (GString) bytes = g_string_sized_new (len);

  for (gsize i = 0; i < len; i++) {
    if (text[i] == '%' && i + 2 < len && g_ascii_isxdigit (text[i + 1]) && g_ascii_isxdigit (text[i + 2])) {
      g_string_append_c (bytes, (char) (g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2])));
      i += 2;
    } else {
      g_string_append_c (bytes, text[i]);
    }
  }
  return common_text_from_bytes (bytes->str, bytes->len);
}

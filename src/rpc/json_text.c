#include "rpc/json_private.h"

#include <string.h>

/* Texts that hold U+0000. */

gsize
rpc_text_len (const char *text)
{
  gsize len;

  g_return_val_if_fail (text != NULL, 0);
  len = strlen (text);
  while ((text = strstr (text, RPC_JSON_ZERO)) != NULL) {
    text += strlen (RPC_JSON_ZERO);
    len -= strlen (RPC_JSON_ZERO) - 1;
  }
  return len;
}

char *
rpc_text_from_bytes (const char *bytes, gsize len)
{
  const char *end = bytes + len, *zero;
  GString *text = g_string_sized_new (len);

  while ((zero = memchr (bytes, '\0', (gsize) (end - bytes))) != NULL) {
    g_string_append_len (text, bytes, zero - bytes);
    g_string_append (text, RPC_JSON_ZERO);
    bytes = zero + 1;
  }
  g_string_append_len (text, bytes, end - bytes);
  return g_string_free (text, FALSE);
}

gboolean
rpc_json_has_zero (const RpcJson *json)
{
  const char *text = rpc_json_string (json);

  if (text != NULL)
    return strstr (text, RPC_JSON_ZERO) != NULL;
  for (gsize i = 0; i < rpc_json_len (json); i++) {
    const char *name = rpc_json_name_at (json, i);
    if ((name != NULL && strstr (name, RPC_JSON_ZERO) != NULL) || rpc_json_has_zero (rpc_json_at (json, i)))
      return TRUE;
  }
  return FALSE;
}

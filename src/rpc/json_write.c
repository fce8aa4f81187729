#include "rpc/json_private.h"

#include <string.h>

#include "common/text.h"

/* The writer. With an indent every value of an array or object, and the closing bracket even of an empty one, has a
 * line of its own, like in the reference's output. */

static gboolean
needs_escape (guchar c)
{
  return c < 0x20 || c == '"' || c == '\\' || c == 0x7f || c == (guchar) COMMON_TEXT_ZERO[0];
}

/* How many bytes are written with one escape. */
static gsize
write_escape (GString *out, guchar c)
{
  static const char bytes[] = "\"\\\b\f\n\r\t";
  static const char letters[] = "\"\\bfnrt";
  const char *found = strchr (bytes, c);

  if (c == (guchar) COMMON_TEXT_ZERO[0]) {
    g_string_append (out, "\\u0000");
    return strlen (COMMON_TEXT_ZERO);
  }
  if (found == NULL) {
    g_string_append_printf (out, "\\u%04x", c);
    return 1;
  }
  g_string_append_c (out, '\\');
  g_string_append_c (out, letters[found - bytes]);
  return 1;
}

static void
json_write_string (GString *out, const char *text, gsize len)
{
  gsize at = 0;

  g_string_append_c (out, '"');
  while (at < len) {
    gsize run = at;
    while (run < len && !needs_escape ((guchar) text[run]))
      run++;
    g_string_append_len (out, text + at, (gssize) (run - at));
    if (run < len)
      run += write_escape (out, (guchar) text[run]);
    at = run;
  }
  g_string_append_c (out, '"');
}

static void
write_plain (GString *out, const char *text, gsize len)
{
  g_string_append_c (out, '"');
  g_string_append_len (out, text, (gssize) len);
  g_string_append_c (out, '"');
}

static void
write_break (GString *out, guint spaces)
{
  g_string_append_c (out, '\n');
  for (guint i = 0; i < spaces; i++)
    g_string_append_c (out, ' ');
}

static void write_value (GString *out, const RpcJson *json, guint indent, guint level);

static void
write_nested (GString *out, const RpcJson *json, guint indent, guint level)
{
  gboolean object = json->type == RPC_JSON_OBJECT;
  gsize n = rpc_json_len (json);

  g_string_append_c (out, object ? '{' : '[');
  for (gsize i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    if (indent > 0)
      write_break (out, indent * (level + 1));
    if (object) {
      const char *name = rpc_json_name_at (json, i);
      json_write_string (out, name, strlen (name));
      g_string_append (out, indent > 0 ? ": " : ":");
    }
    write_value (out, rpc_json_at (json, i), indent, level + 1);
  }
  if (indent > 0)
    write_break (out, indent * level);
  g_string_append_c (out, object ? '}' : ']');
}

static void
write_value (GString *out, const RpcJson *json, guint indent, guint level)
{
  switch (rpc_json_type (json)) {
  case RPC_JSON_NULL:
    g_string_append (out, "null");
    break;
  case RPC_JSON_BOOL:
    g_string_append (out, json->truth ? "true" : "false");
    break;
  case RPC_JSON_NUMBER:
    g_string_append_len (out, json->text, (gssize) json->len);
    break;
  case RPC_JSON_STRING:
    if (json->plain)
      write_plain (out, json->text, json->len);
    else
      json_write_string (out, json->text, json->len);
    break;
  case RPC_JSON_ARRAY:
  case RPC_JSON_OBJECT:
    if (json->packed)
      g_string_append_len (out, json->text, (gssize) json->len);
    else
      write_nested (out, json, indent, level);
    break;
  }
}

void
rpc_json_write_to (GString *out, const RpcJson *json)
{
  write_value (out, json, 0, 0);
}

char *
rpc_json_write (const RpcJson *json, guint indent)
{
  GString *out = g_string_new (NULL);
  write_value (out, json, indent, 0);
  return g_string_free (out, FALSE);
}

RpcJson *
rpc_json_pack (RpcJson *json)
{
  GString *out;
  RpcJson *packed;

  g_return_val_if_fail (rpc_json_type (json) >= RPC_JSON_ARRAY, json);
  out = g_string_sized_new (4096);
  write_value (out, json, 0, 0);
  packed = rpc_json_copy_text (rpc_json_type (json), out->str, out->len);
  packed->packed = TRUE;
  g_string_free (out, TRUE);
  rpc_json_unref (json);
  return packed;
}

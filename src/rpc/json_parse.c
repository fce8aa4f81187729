#include "rpc/json_private.h"

#include <string.h>

/* The parser: RFC 8259, strictly. */

typedef struct {
  const char *at;
  const char *end;
  guint depth;
  GString *scratch;
} Parser;

static RpcJson *parse_value (Parser *p);

static void
skip_space (Parser *p)
{
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
    p->at++;
}

/* Skips space, then takes the byte WHAT when it comes next. */
static gboolean
take (Parser *p, char what)
{
  skip_space (p);
  if (p->at == p->end || *p->at != what)
    return FALSE;
  p->at++;
  return TRUE;
}

static gboolean
take_word (Parser *p, const char *word)
{
  gsize len = strlen (word);
  if ((gsize) (p->end - p->at) < len || memcmp (p->at, word, len) != 0)
    return FALSE;
  p->at += len;
  return TRUE;
}

static gboolean
read_hex4 (Parser *p, guint *code)
{
  *code = 0;
  if (p->end - p->at < 4)
    return FALSE;
  for (guint i = 0; i < 4; i++) {
    gint digit = g_ascii_xdigit_value (*p->at++);
    if (digit < 0)
      return FALSE;
    *code = *code << 4 | (guint) digit;
  }
  return TRUE;
}

static gboolean
read_unicode_escape (Parser *p)
{
  guint code, low;

  if (!read_hex4 (p, &code))
    return FALSE;
  if (code >= 0xdc00 && code <= 0xdfff)
    return FALSE;
  if (code >= 0xd800 && code <= 0xdbff) {
    if (!take_word (p, "\\u") || !read_hex4 (p, &low) || low < 0xdc00 || low > 0xdfff)
      return FALSE;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  if (code == 0)
    g_string_append_c (p->scratch, '\0');
  else
    g_string_append_unichar (p->scratch, code);
  return TRUE;
}

static gboolean
read_escape (Parser *p)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char bytes[] = "\"\\/\b\f\n\r\t";
  const char *letter;
  char c;

  if (p->at == p->end)
    return FALSE;
  c = *p->at++;
  if (c == 'u')
    return read_unicode_escape (p);
  letter = c != '\0' ? strchr (letters, c) : NULL;
  if (letter == NULL)
    return FALSE;
  g_string_append_c (p->scratch, bytes[letter - letters]);
  return TRUE;
}

/* The string after its opening quote, into p->scratch. */
static gboolean
read_string (Parser *p)
{
  g_string_truncate (p->scratch, 0);
  while (p->at < p->end) {
    const char *run = p->at;
    while (p->at < p->end && *p->at != '"' && *p->at != '\\' && (guchar) *p->at >= 0x20)
      p->at++;
    g_string_append_len (p->scratch, run, p->at - run);
    if (p->at == p->end || (guchar) *p->at < 0x20)
      return FALSE;
    if (*p->at++ == '"')
      return TRUE;
    if (!read_escape (p))
      return FALSE;
  }
  return FALSE;
}

static RpcJson *
parse_array (Parser *p)
{
  g_autoptr (RpcJson) array = rpc_json_new_array ();

  if (take (p, ']'))
    return g_steal_pointer (&array);
  do {
    RpcJson *value = parse_value (p);
    if (value == NULL)
      return NULL;
    rpc_json_append (array, value);
  } while (take (p, ','));
  return take (p, ']') ? g_steal_pointer (&array) : NULL;
}

static RpcJson *
parse_object (Parser *p)
{
  g_autoptr (RpcJson) object = rpc_json_new_object ();

  if (take (p, '}'))
    return g_steal_pointer (&object);
  do {
    g_autofree char *name = NULL;
    RpcJson *value;
    if (!take (p, '"') || !read_string (p) || strlen (p->scratch->str) != p->scratch->len)
      return NULL;
    name = g_strndup (p->scratch->str, p->scratch->len);
    if (!take (p, ':') || (value = parse_value (p)) == NULL)
      return NULL;
    rpc_json_add_pair (object, name, value);
  } while (take (p, ','));
  return take (p, '}') ? g_steal_pointer (&object) : NULL;
}

static RpcJson *
parse_number (Parser *p)
{
  gsize len = rpc_json_number_len (p->at, (gsize) (p->end - p->at));
  const char *text = p->at;

  if (len == 0)
    return NULL;
  p->at += len;
  return rpc_json_take_text (RPC_JSON_NUMBER, g_strndup (text, len), len);
}

static RpcJson *
parse_nested (Parser *p)
{
  RpcJson *value;

  if (p->depth == RPC_JSON_MAX_DEPTH)
    return NULL;
  p->depth++;
  value = *p->at++ == '[' ? parse_array (p) : parse_object (p);
  p->depth--;
  return value;
}

static RpcJson *
parse_value (Parser *p)
{
  skip_space (p);
  if (p->at == p->end)
    return NULL;
  switch (*p->at) {
  case '[':
  case '{':
    return parse_nested (p);
  case '"':
    p->at++;
    if (!read_string (p))
      return NULL;
    return rpc_json_take_text (RPC_JSON_STRING, g_memdup2 (p->scratch->str, p->scratch->len + 1), p->scratch->len);
  case 't':
    return take_word (p, "true") ? rpc_json_new_bool (TRUE) : NULL;
  case 'f':
    return take_word (p, "false") ? rpc_json_new_bool (FALSE) : NULL;
  case 'n':
    return take_word (p, "null") ? rpc_json_new_null () : NULL;
  default:
    return parse_number (p);
  }
}

RpcJson *
rpc_json_parse (const char *text, gsize len)
{
  Parser p = { text, text + len, 0, NULL };
  g_autoptr (RpcJson) value = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  if (!g_utf8_validate_len (text, len, NULL))
    return NULL;
  p.scratch = g_string_new (NULL);
  value = parse_value (&p);
  g_string_free (p.scratch, TRUE);
  skip_space (&p);
  return p.at == p.end ? g_steal_pointer (&value) : NULL;
}
